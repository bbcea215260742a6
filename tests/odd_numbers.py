"""Cases with one number that is out of all measure, and what planning makes of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from tests.tiny import tables, tiny

from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.tables import TABLES
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import fix_starts
from tawteen.plan.programme import Programme
from tawteen.plan.solver import solve_lp
from tawteen.runs.verified import require_verified

NUMBERS = (1e12, 1e20, 1e-12)


class Outcome(NamedTuple):
    """A verified programme, or the findings with which the case or its programme was refused."""

    programme: Programme | None
    refused: list[Finding]


def places() -> Iterator[str]:
    """Every numeric column of the tiny case that has a number, as table.column."""
    for table, rows in tables().items():
        for column, spec in TABLES[table].columns().items():
            if spec.dtype.is_numeric() and any(row.get(column) is not None for row in rows):
                yield f"{table}.{column}"


def mutated(place: str, number: float | None) -> Case:
    """The tiny case with `number` in the first row that has one in the column `place`."""
    table, column = place.split(".")
    rows = copy.deepcopy(tables()[table])
    next((row for row in rows if row.get(column) is not None), rows[0])[column] = number
    return tiny({table: rows})


def planned(case: Case) -> Outcome:
    try:
        programme = plan(case, time_limit=600, steps=4)
        require_verified(case, programme)
    except CaseError as error:
        return Outcome(None, error.findings)
    return Outcome(programme, [])


def known_values(case: Case) -> list[float]:
    """Values of doing nothing and of single starts, each solved for itself."""
    model = planning_problem(case)
    first = model.columns["start"].keys.with_row_index("place").unique("option", keep="first")["place"].to_list()
    values = []
    for columns in ([], *([place] for place in first)):
        solved = solve_lp(fix_starts(model.arrays, np.array(columns, dtype=np.int64) + model.starts.start))
        if solved.outcome == "optimal" and solved.x is not None:
            values.append(float(model.arrays.value @ solved.x) + model.constant)
    return values


def faults(case: Case, outcome: Outcome) -> list[str]:
    """What is wrong with an outcome: it is verified with a bound above all known values, or refused by one finding."""
    if outcome.programme is None:
        named = len(outcome.refused) == 1 and outcome.refused[0].code in {"plan.odd_cell", "plan.magnitude"}
        return [] if named else ["refused by " + ", ".join(finding.code for finding in outcome.refused)]
    programme = outcome.programme
    if programme.value is None:
        return ["no value"]
    near = 1e-6 * max(abs(programme.value), abs(programme.do_nothing or 0.0))
    best = max(known_values(case))
    wrong = []
    if programme.bound is not None and programme.bound < best - near:
        wrong.append(f"bound {programme.bound} below a known value {best}")
    if programme.status == "optimal" and programme.value < best - near:
        wrong.append(f"called optimal at {programme.value} where {best} is known")
    return wrong
