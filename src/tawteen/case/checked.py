"""A case that passed its checks: errors are raised, warnings and notes are kept on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from tawteen.case.checks import check
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.read import read_case_with_findings
from tawteen.case.tables import FIRST_TABLES
from tawteen.progress import ProgressCallback


def checked_case(
    case: Case, earlier_findings: Iterable[Finding] = (), progress: ProgressCallback | None = None
) -> Case:
    """The case with `earlier_findings`, those of reading it, and the findings of its checks. CaseError for an error."""
    findings = [*earlier_findings, *check(case, progress)]
    if any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    return dataclasses.replace(case, findings=tuple(findings))


def require_plannable(case: Case) -> None:
    """Raises CaseError where the case has no sites or no options: its plan would be empty, and proven best at once."""
    if any(case[name].is_empty() for name in ("sites", "options")):
        empty = [name for name in FIRST_TABLES if case[name].is_empty()]
        raise CaseError([Finding("error", "case.not_plannable", args={"tables": empty})])


def read_checked_case(path: Path, progress: ProgressCallback | None = None) -> Case:
    """The case in a folder or workbook, checked. Raises CaseError with every finding where one is an error."""
    return checked_case(*read_case_with_findings(path), progress)
