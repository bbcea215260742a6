"""Column constructors: one call states a column's type, bounds, unit, references and words in both languages."""

from __future__ import annotations

from typing import Any

import dataframely as dy

COLUMN = dict[str, Any]

HIGHEST: dict[str, float] = {
    "currency": 1e13, "money": 1e13, "currency/quarter": 1e13, "money/quarter": 1e13, "measure": 1e13,
    "currency/unit": 1e10, "currency/capability unit": 1e10, "currency/unit/quarter": 1e10,
    "currency/t": 1e9, "currency/person": 1e10, "currency/person/quarter": 1e10,
    "unit": 1e11, "unit/quarter": 1e11, "t/quarter": 1e11, "capability unit/quarter": 1e10, "capability unit": 1e9,
    "unit/unit": 1e8, "t/unit": 1e5, "tCO2/unit": 1e5,
    "persons": 1e7, "persons/person": 100.0, "persons/(unit/quarter)": 1e5,
    "weeks": 2_600.0, "quarters": 400.0, "months": 600.0, "years": 200.0, "days": 3_650.0, "km": 40_000.0,
    "ratio": 1_000.0, "times": 100.0, "share": 1.0, "share/year": 1.0, "as the column": 1e15,
}  # fmt: skip
"""The highest number of each unit that a case can mean; a column may state a lower one.

Money is meant in any currency, so that it reaches from dollars to rials; the range of a plan's coefficients stays such
that its proof is one.
"""


def _meta(words: tuple[str, ...], **extra: Any) -> dict[str, Any]:
    """Words are (label_en, label_ar) or (label_en, label_ar, help_en, help_ar); help falls back on the label."""
    en, ar, *helps = words
    help_en, help_ar = helps if helps else (en, ar)
    return {"en": en, "ar": ar, "help_en": help_en, "help_ar": help_ar, **extra}


def key(*words: str, ref: str | None = None, codes: str | None = None) -> dy.String:
    """Part of the primary key of its table."""
    return dy.String(primary_key=True, min_length=1, metadata=_meta(words, ref=ref, codes=codes))


def text(
    *words: str, need: bool = False, ref: str | None = None, codes: str | None = None, many: bool = False
) -> dy.String:
    """Text; `ref` names the table whose key it must be, `codes` the code list; `many` separates several by `;`."""
    return dy.String(nullable=not need, metadata=_meta(words, ref=ref, codes=codes, many=many))


def number(
    *words: str,
    unit: str,
    need: bool = False,
    low: float | None = 0.0,
    high: float | None = None,
    default: float | None = None,
) -> dy.Float64:
    """A quantity in `unit`; `default` is what an empty cell means, and is shown in the template.

    Without `high` it reaches to the `HIGHEST` of its unit.
    """
    high = HIGHEST[unit] if high is None else high
    return dy.Float64(
        nullable=not need,
        min=-high if low is None else low,
        max=high,
        metadata=_meta(words, unit=unit, default=default),
    )


def whole(
    *words: str, unit: str, need: bool = False, low: int | None = 0, high: int | None = None, default: int | None = None
) -> dy.Int64:
    """A whole number in `unit`."""
    high = round(HIGHEST[unit]) if high is None else high
    return dy.Int64(nullable=not need, min=low, max=high, metadata=_meta(words, unit=unit, default=default))


def date(*words: str, need: bool = False, part: str = "middle") -> dy.Date:
    """A calendar day, ISO 8601 in files; `part` is the day a plan takes of a year or month (first, middle, last)."""
    return dy.Date(nullable=not need, metadata=_meta(words, unit="date", part=part))


def flag(*words: str, default: bool = False) -> dy.Bool:
    """Yes or no; empty means `default`."""
    return dy.Bool(nullable=True, metadata=_meta(words, unit="", default=default))


def year_key(*words: str) -> dy.Int64:
    """A year counted from 1, part of the primary key."""
    return dy.Int64(primary_key=True, min=1, max=200, metadata=_meta(words, unit="years"))


def date_key(*words: str) -> dy.Date:
    """A day that is part of the primary key."""
    return dy.Date(primary_key=True, metadata=_meta(words, unit="date", part="first"))


def maybe(*words: str) -> dy.Bool:
    """Yes, no, or unknown when empty."""
    return dy.Bool(nullable=True, metadata=_meta(words, unit=""))
