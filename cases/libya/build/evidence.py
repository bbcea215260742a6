"""Observations of sites and partner as evidence of the cells they speak of, conflicts kept."""

from __future__ import annotations

from facts import Row, rows, source_of, sources
from figure import Book, day

GRADE = {"document": "documented", "reported": "reported"}


def add(book: Book) -> None:
    """Sources, the states and owners of the site list, and each observation that a reading maps onto a cell."""
    licence = "facts stated in own words, page not copied"
    for (title, address), source in sources().items():
        book.add("sources", id=source, title=title, address=address or None, licence=licence)
    seen = {_key(r): r for r in rows("facts/observations.csv")}
    for reading in rows("assumptions/readings.csv"):
        row = seen[_key(reading)]
        note = "; ".join(filter(None, (f"read: {row['value']} {row['unit']}".strip(), reading["note"], row["note"])))
        book.witness(
            reading["table"], reading["row"], reading["column"], reading["reading"], grade=GRADE[row["grade"]],
            source=source_of(row), as_of=day(row["as_of"]), note=note,
        )  # fmt: skip


def _key(row: Row) -> tuple[str, str, str, str, str]:
    return row["site_id"], row["field"], row["value"], row["unit"], row["source_title"]
