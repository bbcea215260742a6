"""Scenarios: a case with the changes of a scenario."""

from __future__ import annotations

from tawteen.case.changes import change_case
from tawteen.case.model import Case
from tawteen.plan.programme import Scenario


def apply(case: Case, scenario: Scenario) -> Case:
    """The case with the changes of `scenario`; an empty scenario returns it unchanged.

    Raises CaseError with one finding for each expression or site that does not fit the case.
    """
    return change_case(case, scenario.set, must=scenario.must, without=scenario.without)
