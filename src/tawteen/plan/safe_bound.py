"""An upper bound on a linear model from prices alone, in the units of the case and safe against rounding.

Whatever the prices, what the limits are worth at them and the best that each column could earn beyond them bound the
value of every point (weak duality); rounding is added to it. Source: Neumaier and Shcherbina (2004), Safe bounds in
linear and mixed-integer linear programming, Mathematical Programming 99.
"""

from __future__ import annotations

import math

import numpy as np

from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.problem import Problem

ROUNDING = 2.0**-52
LINKING_FLOWS = ("import", "export", "transport", "stock")


def safe_bound(arrays: MilpArrays, row_price: Floats, most: Floats) -> float:
    """The bound on `value·x` that `row_price` proves (worth of one more unit of each row, of any quality).

    `most` are upper bounds of columns that some best point keeps; infinite where none is known.
    """
    side = np.where(row_price > 0, arrays.row_upper, arrays.row_lower)
    price = np.where(np.isfinite(side), row_price, 0.0)
    side = np.where(price != 0, side, 0.0)
    earned = arrays.value - arrays.matrix.T @ price
    size = np.abs(arrays.value) + abs(arrays.matrix).T @ np.abs(price)
    doubt = ROUNDING * (np.diff(arrays.matrix.indptr) + 2.0) * size
    upper = np.minimum(arrays.upper, most)
    high, low = earned + doubt, earned - doubt
    best = np.maximum(_times(high, upper), np.maximum(_times(low, arrays.lower), _times(high, arrays.lower)))
    best = np.maximum(best, _times(low, upper))
    if not np.isfinite(best).all():
        return math.inf
    terms = np.concatenate([side * price, best])
    return math.fsum(terms) + 4 * ROUNDING * math.fsum(np.abs(terms))


def _times(factor: Floats, limit: Floats) -> Floats:
    """The product, 0 where the factor is not above 0 and the limit is infinite."""
    idle = ~np.isfinite(limit) & (factor <= 0)
    return np.where(idle, -np.inf, factor * np.where(idle, 0.0, limit))


def most_used(problem: Problem) -> Floats:
    """Upper bounds of columns that some best point of the problem keeps.

    Goods: what is demanded, taken and made of a commodity over the whole horizon; more of it would be carried in
    circles. Money and pools: what the limits of their rows leave.
    """
    arrays = problem.arrays
    most = arrays.upper.copy()
    if "balance" in problem.rows:
        _limit_goods(problem, most)
    for _ in range(problem.inputs.periods + 3):
        before = most.copy()
        _limit_by_rows(arrays, most)
        if np.array_equal(before, most):
            break
    return most


def _limit_goods(problem: Problem, most: Floats) -> None:
    """Limits imports, exports, transport and stock of each commodity."""
    arrays, balance = problem.arrays, problem.rows["balance"]
    limited = np.where(np.isfinite(arrays.upper), arrays.upper, 0.0)
    turned = abs(arrays.matrix[balance.span]) @ limited + 2.0 * np.maximum(arrays.row_lower[balance.span], 0.0)
    total: dict[str, float] = {}
    for commodity, amount in zip(balance.keys["commodity"], turned, strict=True):
        total[commodity] = total.get(commodity, 0.0) + float(amount)
    for name in LINKING_FLOWS:
        if name in problem.columns:
            block = problem.columns[name]
            amounts = np.array([total.get(commodity, math.inf) for commodity in block.keys["commodity"]])
            most[block.span] = np.minimum(most[block.span], amounts)


def _limit_by_rows(arrays: MilpArrays, most: Floats) -> None:
    """Limits each column by what the others leave it in its rows (one pass of bound propagation)."""
    entries = arrays.matrix.tocoo()
    for sign, limits in ((1.0, arrays.row_upper), (-1.0, -arrays.row_lower)):
        entry = sign * entries.data
        with np.errstate(invalid="ignore"):
            least = np.where(entry > 0, entry * arrays.lower[entries.col], entry * most[entries.col])
        endless = ~np.isfinite(least)
        count = np.bincount(entries.row, endless, len(limits))
        total = np.bincount(entries.row, np.where(endless, 0.0, least), len(limits))
        known = (entry > 0) & (count[entries.row] == 0) & np.isfinite(limits[entries.row])
        row, column = entries.row[known], entries.col[known]
        left = (limits[row] - total[row]) / entry[known] + arrays.lower[column]
        np.minimum.at(most, column, np.maximum(left * (1 + 1e-9), arrays.lower[column]))
