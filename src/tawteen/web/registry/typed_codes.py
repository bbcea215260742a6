"""Why a typed text cannot stand in a cell: each code `cell.CODE` of a finding has a sentence `web.typed.CODE`."""

from __future__ import annotations

TYPED_CODES = (
    "needed", "number", "number_ambiguous", "percent", "whole", "bound", "share", "tiny", "unprintable", "long", "date",
    "date_ambiguous", "date_two_digits", "date_hijri", "date_year", "date_year_number", "date_zero", "date_number",
    "flag", "code",
)  # fmt: skip
