"""Rules that contradict each other: a small set of rules that no programme keeps together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.params import DEFAULTS, ConflictParams
from tawteen.plan.problem import Problem
from tawteen.plan.solver import solve_mip

MONEY_BLOCKS = ("outlay", "fund", "credit")


def conflict(problem: Problem, params: ConflictParams = DEFAULTS.conflict) -> tuple[str, ...]:
    """Ids of rules of an infeasible problem that contradict each other, in the order of the case.

    Deletion filter (Chinneck and Dravnieks 1991): a rule is left out where the remaining rules are infeasible without
    it. A rule that cannot be decided within `params.rule_seconds` stays, so the set may not be minimal.
    """
    block = problem.rows["rule"]
    rule_of_row = block.keys["rule"].to_list()
    conflicting = list(dict.fromkeys(rule_of_row))
    for rule in list(conflicting):
        others = [other for other in conflicting if other != rule]
        dropped = block.first + np.flatnonzero([name not in others for name in rule_of_row])
        model = _feasibility_model(problem.arrays, dropped)
        if solve_mip(model, gap=np.inf, seconds=params.rule_seconds).outcome == "infeasible":
            conflicting = others
    return tuple(conflicting)


def lacks_money(problem: Problem, params: ConflictParams = DEFAULTS.conflict) -> bool:
    """Whether all rules can be kept once funds and letters of credit have no limit."""
    blocks = [problem.rows[name] for name in MONEY_BLOCKS if name in problem.rows]
    rows = [np.arange(block.span.start, block.span.stop) for block in blocks]
    dropped = np.concatenate([np.zeros(0, dtype=np.int64), *rows])
    model = _feasibility_model(problem.arrays, dropped)
    return solve_mip(model, gap=np.inf, seconds=params.rule_seconds).x is not None


def _feasibility_model(arrays: MilpArrays, dropped: NDArray[np.int64]) -> MilpArrays:
    """The model without the limits of the rows `dropped` and with value 0 everywhere."""
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    lower[dropped], upper[dropped] = -np.inf, np.inf
    return replace(arrays, row_lower=lower, row_upper=upper, value=np.zeros_like(arrays.value))
