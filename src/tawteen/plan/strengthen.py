"""Rows that follow from others but say at once what the solver would have to piece together: its cuts start there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from tawteen.plan.draft import Arrays
from tawteen.plan.problem import Problem

STEP = 10


def with_money_so_far(problem: Problem) -> Arrays:
    """The model with a row every `STEP` periods: what is spent until then is at most what all funds were given.

    The sum of the funds' balances and of what is drawn from them, without what is left over (never negative). Valid
    because no fund carries over more than it has.
    """
    arrays, matrix = problem.arrays, problem.arrays.matrix.tocsr()
    rows, limits = [], []
    for last in range(STEP - 1, problem.ground.periods, STEP):
        index = [_until(problem, block, last) for block in ("fund", "outlay")]
        row = np.asarray(matrix[np.concatenate(index)].sum(axis=0)).ravel()
        for block in ("draw", "fund_left"):
            row[problem.columns[block].span] = 0.0
        rows.append(sparse.csr_matrix(np.where(np.abs(row) > 1e-9 * np.abs(row).max(initial=0.0), row, 0.0)))
        limits.append(float(arrays.row_upper[index[0]].sum()))
    if not rows:
        return arrays
    return replace(
        arrays,
        matrix=sparse.vstack([arrays.matrix, *rows]).tocsc(),
        row_lower=np.concatenate([arrays.row_lower, np.full(len(rows), -np.inf)]),
        row_upper=np.concatenate([arrays.row_upper, limits]),
    )


def _until(problem: Problem, block: str, last: int) -> np.ndarray:
    place = problem.rows[block]
    return np.asarray(place.first + np.flatnonzero((place.keys["period"] <= last).to_numpy()))
