"""Funds of both parties, what they may pay for, and letters of credit."""

from __future__ import annotations

import datetime as dt

from facts import parameter, rows
from figure import Book, Figure

START = dt.date(2027, 1, 1)
END = dt.date(2031, 12, 31)


def add(book: Book) -> None:
    """Five years of money; nothing of it is promised by anybody."""
    for row in rows("assumptions/funds.csv"):
        words = {k: row[k] for k in ("name_en", "name_ar", "party", "terms", "currency")}
        terms = {k: _around(float(row[k])) for k in ("rate", "carry_over", "refill")}
        book.add("funds", id=row["fund"], **words, **terms)
        amount = (parameter("fund_range") * float(row["quarter"])).noted(row["reason"])
        book.add("fund_limits", fund=row["fund"], start=START, end=END, amount=amount)
    for row in rows("assumptions/fund_uses.csv"):
        book.add("fund_uses", **{k: v or None for k, v in row.items()})
    book.add("credit", start=START, amount=parameter("credit_line"))


def _around(value: float) -> Figure | float:
    """Terms that are not nothing or all are assumed within a range."""
    return value if value in (0.0, 1.0) else Figure(value, value / 2, min(1.0, value * 2), "terms assumed")
