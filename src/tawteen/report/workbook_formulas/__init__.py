"""Statements as formulas of a spreadsheet."""
