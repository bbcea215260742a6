"""Policies: inspect first, then decide by what the inspection finds (docs/method.md, Policies)."""
