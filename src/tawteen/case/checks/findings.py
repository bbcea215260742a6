"""Findings from the rows of a table that break a rule, with the place of each row."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Literal

import polars as pl

from tawteen.case.evidence import key_of
from tawteen.case.findings import Finding
from tawteen.case.model import SETTINGS, Case, Origin
from tawteen.case.params import MESSAGE

Severity = Literal["error", "warning", "note"]


def rows_of(case: Case, table: str) -> pl.DataFrame:
    """The table with its defaults and `at`, the place of each row."""
    return case.filled(table).with_row_index("at")


def plain(value: Any) -> str:
    """A value as it would stand in a file."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def tell(  # noqa: PLR0917 — what, how bad and where; every call has all of it
    case: Case, severity: Severity, code: str, table: str, rows: pl.DataFrame, column: str | None = None
) -> list[Finding]:
    """A finding a row of `rows`, the first `MESSAGE.rule_findings` of them, and one that counts the rest.

    `rows` holds `at`, the place in the table; `value` where a value is to be shown; other columns are arguments of
    the sentence, beside table, key, column and value.
    """
    if rows.is_empty():
        return []
    listed = rows.sort("at", maintain_order=True).head(MESSAGE.rule_findings)
    origin = case.origins.get(table, Origin(""))
    keys = case[table][listed["at"].to_list()].select(key_of(table)).to_series()
    findings = []
    for key, row in zip(keys, listed.iter_rows(named=True), strict=True):
        place, value = row.pop("at"), plain(row.pop("value", None))
        args = {name: plain(cell) for name, cell in row.items()}
        where = {"table": table, "key": key, "column": column or "", "value": value}
        number = origin.rows[place] if place < len(origin.rows) else None
        findings.append(
            Finding(severity, code, table, origin.file or None, number, column, value or None, {**where, **args})
        )
    if rows.height > MESSAGE.rule_findings:
        more = {"table": table, "more": rows.height - MESSAGE.rule_findings, "code": code}
        findings.append(Finding(severity, "check.more", table, origin.file or None, column=column, args=more))
    return findings


def in_settings(case: Case, finding: Finding) -> Finding:
    """A finding of table `SETTINGS` with the file or sheet, and the row, where the case states its key."""
    if finding.table != SETTINGS or finding.file is not None:
        return finding
    origin = case.origins.get(SETTINGS, Origin(""))
    steps = (finding.column or "").split(".")
    paths = [f"{finding.column}.{finding.value}", *(".".join(steps[:n]) for n in range(len(steps), 0, -1))]
    row = next((origin.lines[path] for path in paths if path in origin.lines), None)
    return replace(finding, table=None, file=origin.file or None, row=row)
