"""A view of the registry as a case, with which every command can work."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tawteen.case.checks import check
from tawteen.case.findings import CaseError, Finding
from tawteen.case.frames import case_from_tables, plain_text
from tawteen.case.model import SETTINGS, Case
from tawteen.case.settings_file import read_rows
from tawteen.case.tables import TABLES
from tawteen.record.cells import Version
from tawteen.web.registry.record_tables import SETTING_COLUMN, SETTING_TABLE
from tawteen.web.visibility import CellView, value_of

Rows = Mapping[str, Mapping[str, list[Version]]]
"""By row and column, the versions that stand."""


def view_case(view: CellView) -> tuple[Case, list[Finding]]:
    """The case that a view shows, and warnings and notes about it; of a value in conflict it holds the first one.

    The order of its rows is that of their keys: two views that show the same have the same case. Raises CaseError with
    every finding where one is an error, such as a row that names another one which the view does not show.
    """
    tables = {table: dict(sorted(rows.items())) for table in TABLES if (rows := view.rows(table))}
    try:
        case = case_of_rows(view.rows(SETTING_TABLE), tables)
    except CaseError as error:
        raise CaseError(_placed(error.findings, tables)) from error
    findings = [*case.findings, *check(case)]
    if any(finding.severity == "error" for finding in findings):
        raise CaseError(_placed(findings, tables))
    return case, findings


def case_of_rows(stated: Rows, tables: Mapping[str, Rows]) -> Case:
    """Settings and tables, typed. Raises CaseError with what is wrong in both; rows in it count from 1."""
    texts = [(key, plain_text(value_of(cells, SETTING_COLUMN))) for key, cells in sorted(stated.items())]
    settings, wrong = read_rows([(0, key, text) for key, text in texts], SETTINGS)
    values = {table: [_values(table, row) for row in rows.values()] for table, rows in tables.items()}
    try:
        case = case_from_tables(values, {} if settings is None else settings)
    except CaseError as error:
        in_tables = [finding for finding in error.findings if finding.file != SETTINGS]
        raise CaseError([*wrong, *in_tables]) from error
    return dataclasses.replace(case, findings=(*wrong, *case.findings))


def _values(table: str, cells: Mapping[str, list[Version]]) -> dict[str, Any]:
    return {column: value_of(cells, column) for column in TABLES[table].columns() if column in cells}


def _placed(findings: list[Finding], tables: Mapping[str, Rows]) -> list[Finding]:
    """The findings, with the key of a row in place of its number, which says nothing here."""
    keys = {table: list(rows) for table, rows in tables.items()}
    return [_with_key(finding, keys.get(finding.table or "", [])) for finding in findings]


def _with_key(finding: Finding, keys: list[str]) -> Finding:
    if finding.row is None:
        return finding
    if not 0 < finding.row <= len(keys):
        return dataclasses.replace(finding, row=None, args={"row": finding.row, **finding.args})
    key = keys[finding.row - 1]
    # Some sentences name the row themselves.
    return dataclasses.replace(finding, file=f"{finding.table} {key}", row=None, args={"row": key, **finding.args})
