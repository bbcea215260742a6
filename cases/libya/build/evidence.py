"""Observations of sites and partner as evidence of the cells they speak of, conflicts kept."""

from __future__ import annotations

from typing import Any

from facts import Row, rows, source_of, sources
from figure import Book, day

GRADE = {"document": "documented", "reported": "reported"}
FILES = ("facts/observations.csv", "facts/partner_observations.csv", "facts/more_observations.csv")


def add(book: Book) -> None:
    """Sources, and each observation that a reading (assumptions/readings.csv) maps onto a cell of the case."""
    for (title, address), source in sources().items():
        licence = "facts stated in own words, page not copied"
        book.add("sources", id=source, title=title, address=address or None, licence=licence)
    seen = {_key(r, _subject(r)): r for file in FILES for r in rows(file)}
    for reading in rows("assumptions/readings.csv"):
        row = seen[_key(reading, reading["subject"])]
        note = "; ".join(filter(None, (f"read: {row['value']} {row['unit']}".strip(), reading["note"], row["note"])))
        book.witness(
            reading["table"], reading["row"], reading["column"], grade=GRADE[row["grade"]], source=source_of(row),
            as_of=day(row["as_of"]), note=note, **_said(reading["reading"]),
        )  # fmt: skip


def _subject(row: Row) -> str:
    return next(row[name] for name in ("site_id", "unit_id", "subject") if name in row)


def _key(row: Row, subject: str) -> tuple[str, str, str, str, str]:
    return subject, row["field"], row["value"], row["unit"], row["source_title"]


def _said(text: str) -> dict[str, Any]:
    """A value, or a range written low..high."""
    low, dots, high = text.partition("..")
    return {"value": None, "low": float(low), "high": float(high)} if dots else {"value": text}
