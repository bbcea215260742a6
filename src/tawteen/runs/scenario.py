"""Scenarios that fit a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tawteen.case.findings import CaseError
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Scenario


def refuse_unknown(case: Case, scenario: Scenario) -> None:
    """Raises UsageError if an expression or a site of the scenario does not exist in this case."""
    from tawteen.plan.scenario import apply

    try:
        apply(case, scenario)
    except CaseError as error:
        raise UsageError.from_findings(error.findings) from error
