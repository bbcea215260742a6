"""What a folder or workbook states of a case, cell by cell, as far as it can be read: also a part, also with errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from tawteen.case.findings import CaseError, Finding
from tawteen.case.intervals import with_intervals
from tawteen.case.model import Origin
from tawteen.case.names import fold
from tawteen.case.outline import check_outline
from tawteen.case.paths import outline_of
from tawteen.case.raw import Raw, header_of, headings
from tawteen.case.read import opened
from tawteen.case.settings import Settings
from tawteen.case.size_limits import unreadable
from tawteen.case.tables import TABLES
from tawteen.case.typed import typed, without_notes

_OF_A_CELL = "cell."
"""Beginning of the codes of errors about single cells: after any other one, what a table lacks says nothing."""


@dataclass(frozen=True)
class StatedTable:
    """The rows of a table that could be read.

    `frame` has the columns of the schema, `columns` are those that the file has; row i stands at row `rows[i]` of
    `file`. `refused` holds (i, column) of cells that hold something which could not be read. `whole`: no row is missing
    from `frame` that the file has.
    """

    frame: pl.DataFrame
    file: str
    rows: tuple[int | None, ...]
    columns: tuple[str, ...]
    refused: frozenset[tuple[int, str]]
    whole: bool


@dataclass(frozen=True)
class StatedCase:
    """Settings and tables that the files at a path have, where the settings stand, and every finding about them.

    `outline` is the file of the outline on the map where there is one that is sound.
    """

    path: Path | None
    settings: Settings | None
    settings_origin: Origin
    tables: Mapping[str, StatedTable]
    findings: tuple[Finding, ...]
    outline: Path | None = None


def read_stated(path: Path) -> StatedCase:
    """What a folder or workbook states, with the outline beside it; settings and tables may be missing.

    Raises CaseError where it states neither settings nor a table nor an outline that can be read.
    """
    try:
        settings, raws, opening_findings, origin = opened(path)
    except OSError as error:
        raise CaseError([unreadable(path, error)]) from error
    findings = [finding for finding in opening_findings if finding.code != "settings.missing"]
    torn = {finding.table for finding in findings if _leaves_rows_out(finding)}
    tables = {}
    for name, raw in raws.items():
        table, table_findings = _stated_table(raw, hijri=settings is not None and settings.time.hijri)
        tables[name] = replace(table, whole=False) if name in torn else table
        findings += table_findings
    _add_intervals(tables, findings)
    outline, outline_findings = outline_of(path), check_outline(outline_of(path))
    findings += outline_findings
    has_outline = outline.is_file() and not outline_findings
    if settings is None and not tables and not has_outline:
        errors = [finding for finding in findings if finding.severity == "error"]
        raise CaseError(findings if errors else [Finding("error", "settings.missing", file=origin.file)])
    return StatedCase(path, settings, origin, tables, tuple(without_notes(findings)), outline if has_outline else None)


def _stated_table(raw: Raw, *, hijri: bool) -> tuple[StatedTable, list[Finding]]:
    frame, origin, findings = typed(raw, hijri=hijri)
    places = _places(raw)
    whole = not any(map(_leaves_rows_out, findings))
    if not frame.height:
        return StatedTable(frame, raw.file, (), tuple(places), frozenset(), whole), findings
    unfit: set[tuple[int, str]] = set()
    texts = raw.cells.filter(raw.rows.is_in(list(origin.rows)))
    numbers = dict(zip(origin.rows, range(len(origin.rows)), strict=True))
    for name, place in places.items():
        lost = texts[place].is_not_null() & frame[name].is_null()
        unfit.update((i, name) for i in lost.arg_true().to_list())
        unfit.update((numbers[row], name) for row, column in raw.refused if column == place and row in numbers)
    table = StatedTable(frame, raw.file, origin.rows, tuple(places), frozenset(unfit), whole)
    keys = frame.select(TABLES[raw.table].primary_key())
    nameless = keys.is_duplicated() | keys.select(pl.any_horizontal(pl.all().is_null())).to_series()
    return (_without(table, nameless) if nameless.any() else table), findings


def _leaves_rows_out(finding: Finding) -> bool:
    return finding.severity == "error" and not finding.code.startswith(_OF_A_CELL)


def _places(raw: Raw) -> dict[str, str]:
    """Where each column of the schema stands among the raw ones."""
    head = header_of(raw)
    places: dict[str, str] = {}
    if head is not None:
        known = headings(raw.table)
        for place, text in zip(raw.cells.columns, raw.cells.row(head), strict=True):
            if text is not None and (name := known.get(fold(text))) is not None:
                places.setdefault(name, place)
    return places


def _without(table: StatedTable, left_out: pl.Series) -> StatedTable:
    """The table without some rows."""
    kept = (~left_out).arg_true().to_list()
    numbers = {old: new for new, old in enumerate(kept)}
    refused = frozenset((numbers[i], name) for i, name in table.refused if i in numbers)
    rows = tuple(table.rows[i] for i in kept)
    return StatedTable(table.frame[kept], table.file, rows, table.columns, refused, whole=False)


def _add_intervals(tables: dict[str, StatedTable], findings: list[Finding]) -> None:
    """Adds the observations that `with_intervals` makes of days of which a cell states the year or month alone."""
    schema = TABLES["evidence"]
    stated = tables.get("evidence")
    frame = with_intervals(schema.create_empty() if stated is None else stated.frame, findings)
    known_rows = () if stated is None else stated.rows
    added = frame.height - len(known_rows)
    if added and stated is None:
        columns = ("id", "table", "row", "column", "value", "grade")
        tables["evidence"] = StatedTable(frame, "evidence", (None,) * added, columns, frozenset(), whole=False)
    elif added and stated is not None:
        rows = (*known_rows, *(None,) * added)
        tables["evidence"] = StatedTable(frame, stated.file, rows, stated.columns, stated.refused, stated.whole)
