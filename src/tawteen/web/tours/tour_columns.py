"""The columns of a tour as a table."""

from __future__ import annotations

TOUR_COLUMNS = ("number", "site", "name", "town", "authority", "first_day", "last_day", "km", "form")
"""Columns of the table, each with a label `web.tour.column.NAME`."""
