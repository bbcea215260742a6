"""A model without its fixed columns and without the rows that these leave empty."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.tolerances import TOLERANCES


@dataclass(frozen=True)
class ReducedModel:
    """The columns `columns` and rows `rows` (indices in the full model) as `arrays`.

    `fixed` has one value per column of the full model: that of the fixed columns, 0 for the others. `constant` is the
    value of the fixed columns, which `arrays` does not count.
    """

    arrays: MilpArrays
    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    fixed: Floats
    constant: float

    def expand(self, x: Floats) -> Floats:
        """The point of the full model that belongs to `x`, a point of the reduced one."""
        full = self.fixed.copy()
        full[self.columns] = x
        return full


def reduce_model(arrays: MilpArrays, lower: Floats, upper: Floats) -> ReducedModel:
    """The model with the column bounds `lower` and `upper`, without the columns whose two bounds are equal.

    Rows without any other column are removed. A row of integer columns alone that the fixed columns violate stays, so
    that the solver reports the model as infeasible.
    """
    free = lower < upper
    fixed = np.where(free, 0.0, lower)
    columns = np.flatnonzero(free)
    matrix = arrays.matrix[:, columns]
    nonempty = np.bincount(matrix.indices, minlength=matrix.shape[0]) > 0
    fixed_activity = np.asarray(arrays.matrix @ fixed)
    rows = np.flatnonzero(nonempty | _violated_integer_rows(arrays, fixed_activity))
    reduced = replace(
        arrays,
        matrix=matrix[rows, :].tocsc(),
        value=arrays.value[columns],
        lower=lower[columns],
        upper=upper[columns],
        integer=arrays.integer[columns],
        row_lower=arrays.row_lower[rows] - fixed_activity[rows],
        row_upper=arrays.row_upper[rows] - fixed_activity[rows],
        whole=np.flatnonzero(np.isin(columns, arrays.whole)),
    )
    return ReducedModel(reduced, columns, rows, fixed, float(arrays.value @ fixed))


def _violated_integer_rows(arrays: MilpArrays, activity: Floats) -> NDArray[np.bool_]:
    """Rows without continuous columns whose limits `activity` violates.

    Rows with continuous columns are left out: a small violation there is rounding of the solver that fixed them.
    """
    continuous = arrays.matrix[:, np.flatnonzero(~arrays.integer)]
    integer_only = np.bincount(continuous.indices, minlength=continuous.shape[0]) == 0
    low, high = arrays.row_lower, arrays.row_upper
    below = activity < low - TOLERANCES.feasibility * np.maximum(1.0, abs(low))
    above = activity > high + TOLERANCES.feasibility * np.maximum(1.0, abs(high))
    return np.asarray(integer_only & (below | above))
