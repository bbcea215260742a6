"""The best of a model whose starts are given: whole classes first, then all else at the prices of its limits."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.model_builder import Floats, MilpArrays, no_columns
from tawteen.plan.problem import Problem, fix_starts
from tawteen.plan.solver import Solution, Stop, solve_lp, solve_mip


def solve_with_starts(
    arrays: MilpArrays, columns: NDArray[np.int64], *, seconds: float = np.inf, stop: Stop | None = None
) -> Solution:
    """The best point of a model in which the starts `columns` are chosen and no others, with prices.

    Prices are those of the linear model in which the whole columns keep their numbers. A search for these that ends
    by its `seconds` or by `stop` gives the outcome of that search, whatever it found.
    """
    fixed, end = fix_starts(arrays, columns), time.monotonic() + seconds
    if not len(fixed.whole):
        return solve_lp(fixed, seconds=seconds)
    best = solve_mip(fixed, seconds=seconds, stop=stop)
    if best.x is None:
        return best
    solution = solve_lp(with_numbers(fixed, np.round(best.x[fixed.whole])), seconds=max(end - time.monotonic(), 0.0))
    return solution if best.outcome == "optimal" else replace(solution, outcome=best.outcome, bound=best.bound)


def price_with_starts(problem: Problem, columns: NDArray[np.int64]) -> Solution:
    """The same for a problem, with prices that belong to its limits alone.

    A class is held or not: another seat in its room is worth nothing until it makes a class, so that the limits on
    seats of courses with classes, which the numbers of classes keep, have no price.
    """
    fixed = fix_starts(problem.arrays, columns)
    counts = whole_numbers(fixed)
    if counts is None:
        return Solution("infeasible", None, -np.inf, None)
    settled = with_numbers(fixed, counts)
    if len(fixed.whole):
        upper, row_upper = settled.upper.copy(), settled.row_upper.copy()
        taught = problem.columns["class"].keys["course"].unique().implode()
        for limits, block, key in (
            (upper, problem.columns["pool_supply"], "pool"), (row_upper, problem.rows["seats"], "course"),
        ):  # fmt: skip
            limits[block.span][block.keys[key].is_in(taught).to_numpy()] = np.inf
        settled = replace(settled, upper=upper, row_upper=row_upper)
    return solve_lp(settled)


def whole_numbers(arrays: MilpArrays, *, stop: Stop | None = None) -> Floats | None:
    """The best numbers of the whole columns of a model without open starts; None where none keep its limits."""
    if not len(arrays.whole):
        return np.zeros(0)
    best = solve_mip(arrays, stop=stop)
    return None if best.x is None else np.round(best.x[arrays.whole])


def with_numbers(arrays: MilpArrays, counts: Floats) -> MilpArrays:
    """The linear model in which the whole columns have the numbers `counts`."""
    if not len(arrays.whole):
        return arrays
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    lower[arrays.whole] = upper[arrays.whole] = counts
    return replace(arrays, lower=lower, upper=upper, whole=no_columns())
