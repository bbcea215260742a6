"""A number without measure anywhere in a case: the programme is right, or the case is refused with that number."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from tests.tiny import tables, tiny

from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import fix_starts
from tawteen.plan.solver import solve_lp
from tawteen.plan.verify import verify

NUMBERS = (1e12, 1e20, 1e-12)
COLUMNS = (
    "regions.inland_cost",
    "routes.capacity",
    "commodities.cif",
    "demands.quantity",
    "demands.penalty",
    "supplies.variable_cost",
    "options.capacity",
    "works.effort",
    "works.weeks",
    "sites.survey_weeks",
    "costs.amount",
    "offers.capacity",
    "fund_limits.amount",
)


def mutated(place: str, number: float) -> Case:
    table, column = place.split(".")
    rows = copy.deepcopy(tables()[table])
    next((row for row in rows if row.get(column) is not None), rows[0])[column] = number
    return tiny({table: rows})


def known_values(case: Case) -> list[float]:
    """Values of doing nothing and of single starts, each solved for itself."""
    model = planning_problem(case)
    first = model.columns["start"].keys.with_row_index("place").unique("option", keep="first")["place"].to_list()
    found = []
    for columns in ([], *([place] for place in first)):
        solved = solve_lp(fix_starts(model.arrays, np.array(columns, dtype=np.int64) + model.starts.start))
        if solved.outcome == "optimal" and solved.x is not None:
            found.append(float(model.arrays.value @ solved.x) + model.constant)
    return found


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("place", COLUMNS)
def test_the_programme_is_right_or_the_case_is_refused(place: str, number: float) -> None:
    case = mutated(place, number)
    refused: list[Finding] = []
    try:
        programme = plan(case, time_limit=600, steps=4)
    except CaseError as error:
        refused = error.findings
    if refused:
        assert [finding.code for finding in refused] == ["plan.magnitude"]
        assert refused[0].args["id"]
        return
    found = verify(case, programme)
    assert found.holds, found.findings
    assert programme.value is not None
    near = 1e-6 * max(abs(programme.value), abs(programme.do_nothing or 0.0))
    best = max(known_values(case))
    assert programme.bound is None or programme.bound >= best - near
    assert programme.status != "optimal" or programme.value >= best - near
