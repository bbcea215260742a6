"""Blockers, losses and needs."""
