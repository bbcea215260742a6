"""The linear model around one site, kept so that it can be solved again and again from where it stood.

What other sites have chosen is settled and taken out; throughput that nothing else limits has its capacity as a bound.
Between two questions only bounds and limits change, so that a few steps of the simplex method answer the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.fixed_starts import whole_numbers
from tawteen.plan.model_builder import Floats, MilpArrays, ModelBlock
from tawteen.plan.problem import Problem
from tawteen.plan.reduced_model import ReducedModel, reduce_model
from tawteen.plan.solver import Relaxation, States

Indices = NDArray[np.int64]
BasisState = tuple[States, States]


@dataclass(frozen=True)
class SiteModelSolution:
    """A point of the whole model and its value, both None where there is none."""

    value: float | None
    x: Floats | None


class SiteModel:
    """`model` with the columns `free` of its starts open, the others chosen. `like` is where another stood that has as
    many columns and rows.
    """

    def __init__(self, model: Problem, arrays: MilpArrays, free: Indices, like: BasisState | None = None) -> None:
        self.model, self.arrays, self.free = model, arrays, free
        self._core, self._lower, self._upper = _open_part(model, arrays, free)
        self._like = like
        self._begun = False

    @cached_property
    def _relaxation(self) -> Relaxation:
        relaxation = Relaxation(replace(self._core.arrays, lower=self._lower, upper=self._upper))
        if self._like is not None and [len(part) for part in self._like] == [len(self._lower), len(self._core.rows)]:
            relaxation.set_basis(*self._like)
            self._begun = True
        return relaxation

    @property
    def state(self) -> BasisState | None:
        """Where it stands, once it has been solved."""
        return self._relaxation.basis if self._begun else None

    def solve(self, picked: Indices, arrays: MilpArrays | None = None) -> SiteModelSolution:
        """The best of the model when exactly the columns `picked` of the open ones are 1.

        `arrays` may have other limits and bounds than those it was begun with. Where its matrix is another one, or what
        was settled is open now, a model is made for this question alone.
        """
        core, settled = self._core, self._core
        lower, upper = self._lower.copy(), self._upper.copy()
        if arrays is not None:
            settled, lower, upper = _open_part(self.model, arrays, self.free)
            same = arrays.matrix is self.arrays.matrix and _same_shape(settled, core)
            if not same:
                return SiteModel(self.model, arrays, self.free, self.state).solve(picked)
        row_lower, row_upper = settled.arrays.row_lower, settled.arrays.row_upper
        open_ = np.isin(core.columns, self.free)
        lower[open_] = upper[open_] = np.isin(core.columns[open_], picked)
        everything = np.arange(len(lower))
        self._relaxation.bound(everything, lower, upper)
        self._relaxation.limit(np.arange(len(row_lower)), row_lower, row_upper)
        whole = core.arrays.whole
        if len(whole):
            fixed = replace(
                core.arrays, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper,
                integer=np.zeros(len(lower), dtype=bool),
            )  # fmt: skip
            counts = whole_numbers(fixed)
            if counts is None:
                return SiteModelSolution(None, None)
            self._relaxation.bound(whole, counts, counts)
        solution = self._relaxation.solve(presolve=not self._begun)
        if solution.outcome != "optimal" or solution.value is None or solution.x is None:
            return SiteModelSolution(None, None)
        self._begun = True
        return SiteModelSolution(solution.value + core.constant, core.expand(solution.x))


def _same_shape(first: ReducedModel, second: ReducedModel) -> bool:
    """Whether two cores have the same columns and rows of their model."""
    return np.array_equal(first.columns, second.columns) and np.array_equal(first.rows, second.rows)


def _open_part(model: Problem, arrays: MilpArrays, free: Indices) -> tuple[ReducedModel, Floats, Floats]:
    """The open part of the model, without rows that only say what throughput there may be, and its bounds."""
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    starts = np.arange(model.starts.start, model.starts.stop)
    lower[starts], upper[starts] = 1.0, 1.0
    lower[free] = 0.0
    part = reduce_model(arrays, lower, upper)
    return rows_as_bounds(part, model.rows["throughput"])


def rows_as_bounds(part: ReducedModel, block: ModelBlock) -> tuple[ReducedModel, Floats, Floats]:
    """The part with rows of a block that hold one column as bounds of that column: rows `x ≤ limit`."""
    arrays = part.arrays
    matrix = arrays.matrix.tocsr()
    span = (part.rows >= block.span.start) & (part.rows < block.span.stop)
    single = span & (np.diff(matrix.indptr) == 1)
    single_rows = np.flatnonzero(single)
    column, entry = matrix.indices[matrix.indptr[single_rows]], matrix.data[matrix.indptr[single_rows]]
    upper = arrays.upper.copy()
    np.minimum.at(upper, column, arrays.row_upper[single_rows] / entry)
    others = np.flatnonzero(~single)
    slim = replace(
        arrays, matrix=matrix[others].tocsc(), upper=np.maximum(upper, arrays.lower),
        row_lower=arrays.row_lower[others], row_upper=arrays.row_upper[others],
    )  # fmt: skip
    return replace(part, arrays=slim, rows=part.rows[others]), slim.lower, slim.upper


__all__ = ["SiteModel", "SiteModelSolution"]
