"""Statements and indicators of options."""
