"""Rules that contradict each other: the smallest set found that cannot be kept together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.problem import Problem
from tawteen.plan.solver import solve_mip

EACH = 20.0
MONEY = ("outlay", "fund", "credit")


def conflict(problem: Problem) -> tuple[str, ...]:
    """Ids of rules that cannot be kept together while any of them may be dropped, in the order of the case.

    Deletion filter (Chinneck and Dravnieks 1991): a rule without which the rest is still impossible is not needed to
    explain it. A rule whose removal cannot be judged in time stays.
    """
    place = problem.rows["rule"]
    names = place.keys["rule"].to_list()
    kept = list(dict.fromkeys(names))
    for rule in list(kept):
        without = [other for other in kept if other != rule]
        rows = np.array([name not in without for name in names], dtype=bool)
        if solve_mip(_without(problem.arrays, place.first, rows), gap=np.inf, seconds=EACH).outcome == "infeasible":
            kept = without
    return tuple(kept)


def lacks_money(problem: Problem) -> bool:
    """Whether rules that cannot be kept could be, if funds and letters of credit had no limit."""
    arrays = problem.arrays
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    for block in MONEY:
        if block in problem.rows:
            lower[problem.rows[block].span], upper[problem.rows[block].span] = -np.inf, np.inf
    rich = replace(arrays, row_lower=lower, row_upper=upper, value=np.zeros_like(arrays.value))
    return solve_mip(rich, gap=np.inf, seconds=EACH).x is not None


def _without(arrays: MilpArrays, first: int, dropped: np.ndarray) -> MilpArrays:
    """The model without some of its rules, and without a purpose: only whether it can be done at all."""
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    rows = first + np.flatnonzero(dropped)
    lower[rows], upper[rows] = -np.inf, np.inf
    return replace(arrays, row_lower=lower, row_upper=upper, value=np.zeros_like(arrays.value))
