"""A table as it was found: rows of text, before anything is known about its columns but their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from tawteen.case.names import fold
from tawteen.case.tables import TABLES, TITLES

HEADER_WITHIN = 10


@dataclass(frozen=True)
class Raw:
    """Cells as trimmed text, null when empty, in columns "0", "1", …; row i stands at row `rows[i]` of `file`.

    `written` says that numbers were written by somebody as text, as in CSV, and may use a decimal comma.
    """

    table: str
    file: str
    cells: pl.DataFrame
    rows: pl.Series
    written: bool = True


def trimmed(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells without outer white space; those with nothing else are null."""
    text = pl.all().str.strip_chars().str.strip_chars("\ufeff")
    return cells.with_columns(text).with_columns(pl.when(pl.all() != "").then(pl.all()))


@cache
def headings(table: str) -> Mapping[str, str]:
    """Every folded spelling of a column's heading: its name, or its label in either language where only it has it."""
    labels: dict[str, str | None] = {}
    for name, column in TABLES[table].columns().items():
        for label in {fold((column.metadata or {})[lang]) for lang in ("en", "ar")}:
            labels[label] = None if label in labels else name
    unique = {label: name for label, name in labels.items() if name}
    return unique | {fold(name): name for name in TABLES[table].columns()}


@cache
def _titles() -> Mapping[str, str]:
    return {fold(title): table for table, titles in TITLES.items() for title in titles} | {fold(t): t for t in TABLES}


def table_named(name: str) -> str | None:
    """The table a file or sheet of this name holds, by its name or its title in either language."""
    return _titles().get(fold(name))


def recognised(heads: Iterable[str | None], table: str) -> tuple[int, int]:
    """How many cells are headings of the table, and how many of these are column names exactly."""
    known, names = headings(table), TABLES[table].columns()
    texts = [head for head in heads if head]
    return sum(fold(text) in known for text in texts), sum(text in names for text in texts)


def header_of(raw: Raw) -> int | None:
    """Index of the row with the column headings: of the first filled rows the one with most; None where none has."""
    filled = ~raw.cells.select(pl.all_horizontal(pl.all().is_null())).to_series()
    places = filled.arg_true().head(HEADER_WITHIN).to_list()
    scores = {place: recognised(raw.cells.row(place), raw.table) for place in places}
    best = max(places, key=lambda place: scores[place], default=None)
    return best if best is not None and scores[best][0] else None
