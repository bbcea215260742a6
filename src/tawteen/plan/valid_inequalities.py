"""Rows and columns that follow from others but say at once what the solver would have to piece together: its cuts and
branches start there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.params import DEFAULTS
from tawteen.plan.problem import Problem


def with_money_so_far(problem: Problem, quarters: int = DEFAULTS.branch.money_row_quarters) -> MilpArrays:
    """The model with a row every `quarters` periods: what is spent until then is at most what all funds were given.

    The sum of the funds' balances and of what is drawn from them, without what is left over (never negative). Valid
    because no fund carries over more than it has.
    """
    arrays, matrix = problem.arrays, problem.arrays.matrix.tocsr()
    rows, limits = [], []
    for last in range(quarters - 1, problem.inputs.periods, quarters):
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


@dataclass(frozen=True)
class OptionBinaries:
    """A model with one more binary for each option, the sum of its starts, and at most one of these at each site.

    To branch on whether, before when, moves the bound far more than one start of forty does. `starts` says which
    columns each of them sums.
    """

    arrays: MilpArrays
    starts: sparse.csr_matrix

    def extended(self, x: Floats) -> Floats:
        """A point of the model it was made from, with the new columns."""
        return np.concatenate([x, self.starts @ x])

    def plain(self, x: Floats) -> Floats:
        """A point without the new columns."""
        return x[: self.starts.shape[1]]


def with_choices(arrays: MilpArrays, option: NDArray[np.int64], site: NDArray[np.int64]) -> OptionBinaries:
    """`arrays` with a binary for each option; `option` and `site` number those of its binaries, in their order."""
    starts = np.flatnonzero(arrays.integer)
    width, number = len(arrays.value), int(option.max(initial=-1)) + 1
    sums = sparse.csr_matrix((np.ones(len(starts)), (option, starts)), shape=(number, width))
    where = np.zeros(number, dtype=np.int64)
    where[option] = site
    sites = int(site.max(initial=-1)) + 1
    once = sparse.csr_matrix((np.ones(number), (where, np.arange(number))), shape=(sites, number))
    none = sparse.csr_matrix((sites, width))
    matrix = sparse.block_array([[arrays.matrix, None], [sums, -sparse.eye_array(number)], [none, once]])
    more = replace(
        arrays,
        matrix=sparse.csc_matrix(matrix),
        value=np.concatenate([arrays.value, np.zeros(number)]),
        lower=np.concatenate([arrays.lower, np.zeros(number)]),
        upper=np.concatenate([arrays.upper, np.ones(number)]),
        integer=np.concatenate([arrays.integer, np.ones(number, dtype=bool)]),
        row_lower=np.concatenate([arrays.row_lower, np.zeros(number), np.full(sites, -np.inf)]),
        row_upper=np.concatenate([arrays.row_upper, np.zeros(number), np.ones(sites)]),
    )
    return OptionBinaries(more, sums)
