"""A table as it was found: rows of text, before anything is known about its columns but their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from tawteen.case.names import INVISIBLE, fold
from tawteen.case.params import READING
from tawteen.case.tables import NOTES, TABLES, TITLES


@dataclass(frozen=True)
class Raw:
    """Cells as trimmed text, null when empty, in columns "0", "1", …; row i stands at row `rows[i]` of `file`.

    Numbers that come from a program stand as `tawteen.case.cells.exact_text` writes them. `refused` holds (row number,
    column) of cells about which a finding is told already.
    """

    table: str
    file: str
    cells: pl.DataFrame
    rows: pl.Series
    refused: frozenset[tuple[int, str]] = frozenset()


def trimmed(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells without outer white space; those with nothing that can be seen are null."""
    text = pl.all().str.strip_chars().str.strip_chars("\ufeff")
    seen = pl.all().str.contains(rf"[^\s{INVISIBLE[1:]}")
    return cells.with_columns(text).with_columns(pl.when(seen).then(pl.all()))


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


@cache
def _notes() -> frozenset[str]:
    return frozenset(fold(heading) for heading in NOTES)


def is_notes(heading: str) -> bool:
    """Whether a column of this heading holds notes of the people who fill the table in, which are not read."""
    return fold(heading) in _notes()


def table_named(name: str) -> str | None:
    """The table a file or sheet of this name holds, by its name or its title in either language."""
    return _titles().get(fold(name))


@cache
def _names(table: str) -> frozenset[str]:
    """Names of the columns of a table."""
    return frozenset(TABLES[table].columns())


def recognised(heads: Iterable[str | None], table: str) -> tuple[int, int]:
    """How many cells are headings of the table, and how many of these are column names exactly."""
    known, names = headings(table), _names(table)
    texts = [head for head in heads if head]
    return sum(fold(text) in known for text in texts), sum(text in names for text in texts)


def header_of(raw: Raw) -> int | None:
    """Index of the row with the column headings among the first filled rows; None where none has any.

    Of the rows that hold at least half as many headings as the best one, the first with most exact column names; a
    template has rows of labels above it. Where no row has exact names, the last of the rows of labels that begin.
    """
    filled = ~raw.cells.select(pl.all_horizontal(pl.all().is_null())).to_series()
    places: list[int] = filled.arg_true().head(READING.heading_rows).to_list()
    scores = {place: recognised(raw.cells.row(place), raw.table) for place in places}
    most = max((labels for labels, _ in scores.values()), default=0)
    if not most:
        return None
    likely = [place for place in places if scores[place][0] * 2 >= most and scores[place][0]]
    best = max(likely, key=lambda place: scores[place][1])
    if scores[best][1]:
        return best
    run = [place for i, place in enumerate(likely) if place == likely[0] + i]
    return run[-1]


def table_with_headings(cells: pl.DataFrame, tables: Iterable[str]) -> str | None:
    """The one of `tables` whose headings stand in a row of `cells`; None where none fits, or two fit equally.

    A row fits a table when every needed column is among its headings, three quarters of its cells are headings of the
    table, and there are at least three of them.
    """
    filled = cells.filter(~pl.all_horizontal(pl.all().is_null())).head(READING.heading_rows)
    fits: dict[str, tuple[int, int]] = {}
    for row in filled.iter_rows():
        heads = [fold(head) for head in row if head]
        for table in tables:
            columns, known = TABLES[table].columns(), headings(table)
            names = {known[head] for head in heads if head in known}
            needed = {name for name, column in columns.items() if not column.nullable}
            if needed <= names and len(names) >= 3 and 4 * len(names) >= 3 * len(heads):
                fits[table] = max(fits.get(table, (0, 0)), (len(names), -len(columns)))
    best = [table for table, fit in fits.items() if fit == max(fits.values())]
    return best[0] if len(best) == 1 else None
