"""The part of a model that is still open: what is settled is taken out, so that the solver never sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.model_builder import Floats, MilpArrays

NEAR = 1e-6


@dataclass(frozen=True)
class ReducedModel:
    """`arrays` holds columns `columns` and rows `rows` of the whole model; the others keep the values in `settled`.

    `constant` is what the settled columns are worth.
    """

    arrays: MilpArrays
    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    settled: Floats
    constant: float

    def whole(self, x: Floats) -> Floats:
        """A point of the core as a point of the whole model."""
        full = self.settled.copy()
        full[self.columns] = x
        return full


def reduce_model(arrays: MilpArrays, lower: Floats, upper: Floats) -> ReducedModel:
    """The model within other column bounds, without columns whose bounds are equal and rows that are left empty.

    A row of decisions alone that is left empty and broken stays, so that the solver sees that it cannot be kept.
    """
    open_ = lower < upper
    settled = np.where(open_, 0.0, lower)
    columns = np.flatnonzero(open_)
    matrix = arrays.matrix[:, columns]
    filled = np.bincount(matrix.indices, minlength=matrix.shape[0]) > 0
    taken = np.asarray(arrays.matrix @ settled)
    rows = np.flatnonzero(filled | _broken(arrays, taken))
    used = taken[rows]
    part = replace(
        arrays,
        matrix=matrix[rows, :].tocsc(),
        value=arrays.value[columns],
        lower=lower[columns],
        upper=upper[columns],
        integer=arrays.integer[columns],
        row_lower=arrays.row_lower[rows] - used,
        row_upper=arrays.row_upper[rows] - used,
    )
    return ReducedModel(part, columns, rows, settled, float(arrays.value @ settled))


def _broken(arrays: MilpArrays, taken: Floats) -> NDArray[np.bool_]:
    """Rows without continuous columns whose limits `taken` does not keep; of others a solver's rounding may be seen."""
    others = arrays.matrix[:, np.flatnonzero(~arrays.integer)]
    decided = np.bincount(others.indices, minlength=others.shape[0]) == 0
    low, high = arrays.row_lower, arrays.row_upper
    outside = (taken < low - NEAR * np.maximum(1.0, abs(low))) | (taken > high + NEAR * np.maximum(1.0, abs(high)))
    return np.asarray(decided & outside)
