"""Redundant rows and columns that tighten the relaxation and give the solver better branching variables."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.params import DEFAULTS
from tawteen.plan.problem import Problem


def with_money_so_far(problem: Problem, quarters: int = DEFAULTS.branch.money_row_quarters) -> MilpArrays:
    """The model with one row every `quarters` periods: outlays up to then are at most the income of all funds.

    Each row sums the balance rows of the funds and the payment rows of the outlays, without the balances carried over,
    which are never negative. Valid because no fund carries over more than its balance.
    """
    arrays, matrix = problem.arrays, problem.arrays.matrix.tocsr()
    rows, limits = [], []
    for last in range(quarters - 1, problem.inputs.periods, quarters):
        summed = [_rows_until(problem, block, last) for block in ("fund", "outlay")]
        row = np.asarray(matrix[np.concatenate(summed)].sum(axis=0)).ravel()
        for block in ("draw", "fund_left"):
            row[problem.columns[block].span] = 0.0
        rows.append(sparse.csr_matrix(np.where(np.abs(row) > 1e-9 * np.abs(row).max(initial=0.0), row, 0.0)))
        limits.append(float(arrays.row_upper[summed[0]].sum()))
    if not rows:
        return arrays
    return replace(
        arrays,
        matrix=sparse.vstack([arrays.matrix, *rows]).tocsc(),
        row_lower=np.concatenate([arrays.row_lower, np.full(len(rows), -np.inf)]),
        row_upper=np.concatenate([arrays.row_upper, limits]),
    )


def _rows_until(problem: Problem, name: str, last: int) -> np.ndarray:
    """Indices of the rows of a block up to the period `last`."""
    block = problem.rows[name]
    return np.asarray(block.first + np.flatnonzero((block.keys["period"] <= last).to_numpy()))


@dataclass(frozen=True)
class OptionBinaries:
    """A model with one more binary per option, the sum of its starts, and at most one of these per site.

    Branching on such a binary moves the bound more than branching on one of some forty starts of the option. `starts`
    (option × column of the original model) marks the starts of each option.
    """

    arrays: MilpArrays
    starts: sparse.csr_matrix

    def extended(self, x: Floats) -> Floats:
        """The point of this model that belongs to `x`, a point of the original model."""
        return np.concatenate([x, self.starts @ x])

    def plain(self, x: Floats) -> Floats:
        """The point of the original model that belongs to `x`, a point of this one."""
        return x[: self.starts.shape[1]]


def with_choices(arrays: MilpArrays, option: NDArray[np.int64], site: NDArray[np.int64]) -> OptionBinaries:
    """`arrays` with a binary per option; `option` and `site` are the numbers of the option and site of each binary."""
    starts = np.flatnonzero(arrays.integer)
    width, number = len(arrays.value), int(option.max(initial=-1)) + 1
    sums = sparse.csr_matrix((np.ones(len(starts)), (option, starts)), shape=(number, width))
    site_of_option = np.zeros(number, dtype=np.int64)
    site_of_option[option] = site
    sites = int(site.max(initial=-1)) + 1
    one_per_site = sparse.csr_matrix((np.ones(number), (site_of_option, np.arange(number))), shape=(sites, number))
    empty = sparse.csr_matrix((sites, width))
    matrix = sparse.block_array([[arrays.matrix, None], [sums, -sparse.eye_array(number)], [empty, one_per_site]])
    extended = replace(
        arrays,
        matrix=sparse.csc_matrix(matrix),
        value=np.concatenate([arrays.value, np.zeros(number)]),
        lower=np.concatenate([arrays.lower, np.zeros(number)]),
        upper=np.concatenate([arrays.upper, np.ones(number)]),
        integer=np.concatenate([arrays.integer, np.ones(number, dtype=bool)]),
        row_lower=np.concatenate([arrays.row_lower, np.zeros(number), np.full(sites, -np.inf)]),
        row_upper=np.concatenate([arrays.row_upper, np.zeros(number), np.ones(sites)]),
    )
    return OptionBinaries(extended, sums)
