"""Tables in memory, of polars, pandas or plain Python, become raw tables as files do: read and checked cell by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias, runtime_checkable

import polars as pl

from tawteen.case.cells import exact_text
from tawteen.case.findings import CaseError, Finding
from tawteen.case.intervals import with_intervals
from tawteen.case.model import SETTINGS, Case, empty_tables
from tawteen.case.names import closest
from tawteen.case.raw import Raw, table_named, trimmed
from tawteen.case.settings import Settings
from tawteen.case.settings_file import read_values
from tawteen.case.tables import TABLES
from tawteen.case.typed import typed, without_notes


@runtime_checkable
class PandasFrame(Protocol):
    """What is used of a `pandas.DataFrame`, which need not be installed."""

    columns: Any

    def __getitem__(self, key: Any, /) -> Any: ...

    def to_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Rows or columns as plain Python; its presence tells a frame of pandas from a mapping."""


Table: TypeAlias = pl.DataFrame | pl.LazyFrame | PandasFrame | Mapping[str, Iterable[Any]] | Iterable[Mapping[str, Any]]
"""A table in memory: a frame of polars or pandas, columns by name, or rows as mappings."""


def case_from_tables(
    tables: Mapping[str, Table | Mapping[str, Any]], settings: Settings | Mapping[str, Any] | None = None
) -> Case:
    """A case of tables by name and of settings as `case.toml` holds them; tables that are left out are empty.

    Settings may also stand under the name `settings` among the tables.
    Cells are read as those of a workbook: bounds, codes, needed cells and keys are checked, and labels in Arabic or
    English are recognised as headings and codes. Raises CaseError with every finding; `row` there counts from 1.
    """
    findings: list[Finding] = []
    tables = dict(tables)
    stated: Any = tables.pop(SETTINGS, {}) if settings is None else settings
    held = stated if isinstance(stated, Settings) else None
    if held is None:
        held, findings = read_values(dict(stated), SETTINGS)
    read = empty_tables()
    for name, table in tables.items():
        known = table_named(name)
        if known is None:
            guess = closest(name, list(TABLES))
            args = {"guess": guess or "", "known": ", ".join(TABLES)}
            findings.append(Finding("error", "table.no_such", value=name, args=args))
            continue
        read[known], _, cell_findings = typed(raw_table(known, table), hijri=held is not None and held.time.hijri)
        findings += without_notes(cell_findings)
    read["evidence"] = with_intervals(read["evidence"], findings)
    if held is None or any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    return Case(held, read, findings=tuple(findings))


def raw_table(table: str, rows: Table, file: str | None = None) -> Raw:
    """The cells of `rows` as text under their headings; the heading stands at row 0, the first row at row 1."""
    columns = _columns(rows)
    heads = list(columns)
    length = max(map(len, columns.values()), default=0)
    cells = pl.DataFrame(
        [pl.Series(str(i), [head, *map(plain_text, columns[head])], dtype=pl.String) for i, head in enumerate(heads)]
    )
    numbers = pl.int_range(0, length + 1, eager=True) if heads else pl.Series([], dtype=pl.Int64)
    return Raw(table, file or table, trimmed(cells) if heads else cells, numbers)


def _columns(rows: Table) -> dict[str, list[Any]]:
    match rows:
        case pl.LazyFrame():
            return rows.collect().to_dict(as_series=False)
        case pl.DataFrame():
            return rows.to_dict(as_series=False)
        case Mapping():
            return {str(name): list(cells) for name, cells in rows.items()}
    if isinstance(rows, PandasFrame):
        frame: Any = rows
        return {str(name): frame[name].tolist() for name in frame.columns}
    listed = list(rows)
    heads = dict.fromkeys(str(name) for row in listed for name in row)
    return {head: [row.get(head) for row in listed] for head in heads}


def plain_text(value: Any) -> str | None:
    """A value as text that reads back to the same value; None for what is missing (None, NaN, NaT)."""
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()  # a scalar of numpy
    if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):  # noqa: PLR0124 - NaN
        return None
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return exact_text(value)
        case dt.datetime():
            return value.isoformat(sep=" ")
        case list() | tuple() | set():
            return ";".join(str(part) for part in value)
    return str(value)
