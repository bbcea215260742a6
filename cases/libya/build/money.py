"""Funds of both parties with their terms, what they may pay for, who buys, and letters of credit."""

from __future__ import annotations

import datetime as dt

from facts import Row, parameter, rows, stated
from figure import Book, Figure

START = dt.date(2027, 1, 1)
END = dt.date(2031, 12, 31)


def add(book: Book) -> None:
    """Five years of money; nothing of it is promised by anybody."""
    for row in rows("assumptions/funds.csv"):
        words = {k: row[k] for k in ("name_en", "name_ar", "party", "terms", "currency")}
        terms = {k: _around(float(row[k])) for k in ("rate", "carry_over", "refill")}
        terms |= {one["column"]: stated(one) for one in rows("assumptions/terms.csv") if one["fund"] == row["fund"]}
        book.add("funds", id=row["fund"], **words, **terms)
        amount = (parameter("fund_range") * float(row["quarter"])).noted(row["reason"])
        book.add("fund_limits", fund=row["fund"], start=START, end=END, amount=amount)
    for row in rows("assumptions/fund_uses.csv"):
        book.add("fund_uses", **{k: v or None for k, v in row.items()})
    for row in rows("assumptions/finance.csv"):
        book.add("finance", id=row["id"], fund=row["fund"], share=_share(row))
    for row in rows("assumptions/buyers.csv"):
        words = {k: row[k] for k in ("id", "name_en", "name_ar", "kind")}
        days = {"share": "share", "days": "days", "late_days": "late"}
        told = {name: _ranged(row, column) for name, column in days.items()}
        book.add("buyers", **words, commodities=row["commodities"] or None, **told)
    book.add("credit", start=START, amount=parameter("credit_line"))


def _share(row: Row) -> Figure | None:
    """Nothing stated means whatever others leave."""
    return _ranged(row, "share", "") if row["share"] else None


def _ranged(row: Row, column: str, prefix: str | None = None) -> Figure:
    """A figure whose range stands in columns of its own."""
    before = f"{column}_" if prefix is None else prefix
    return Figure(float(row[column]), float(row[f"{before}low"]), float(row[f"{before}high"]), row["reason"])


def _around(value: float) -> Figure | float:
    """Terms that are not nothing or all are assumed within a range."""
    return value if value in (0.0, 1.0) else Figure(value, value / 2, min(1.0, value * 2), "terms assumed")
