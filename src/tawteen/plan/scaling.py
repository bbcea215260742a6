"""Scaling: tonnes, megawatt-hours and money of any size brought near one, by powers of two so that nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from tawteen.plan.model_builder import Floats, MilpArrays

PASSES = 8
LARGEST = 2.0**60


@dataclass(frozen=True)
class Scaling:
    """A column's unit in the solver is `columns` of the case's; a row is multiplied by `rows`, value by `value`."""

    rows: Floats
    columns: Floats
    value: float

    def into(self, arrays: MilpArrays) -> MilpArrays:
        """The same model in the solver's units."""
        matrix = sparse.diags_array(self.rows) @ arrays.matrix @ sparse.diags_array(self.columns)
        return replace(
            arrays,
            matrix=sparse.csc_matrix(matrix),
            value=arrays.value * self.columns * self.value,
            lower=arrays.lower / self.columns,
            upper=arrays.upper / self.columns,
            row_lower=arrays.row_lower * self.rows,
            row_upper=arrays.row_upper * self.rows,
        )


def scaling(arrays: MilpArrays) -> Scaling:
    """Geometric scaling of the continuous columns and all rows, limits counted as entries; binaries stay as they are.

    Source: Curtis and Reid (1972) in the geometric-mean iteration of Fulkerson and Wolfe (1962).
    """
    matrix = abs(arrays.matrix).tocoo()
    row, column, size = matrix.row, matrix.col, np.log2(matrix.data)
    limits = _sizes(arrays.row_lower, arrays.row_upper)
    bounds = _sizes(arrays.lower, arrays.upper)
    rows, columns = np.zeros(len(limits)), np.zeros(len(bounds))
    for _ in range(PASSES):
        rows = _middle(row, size + columns[column], limits)
        columns = _middle(column, size + rows[row], -bounds)
        columns[arrays.integer] = 0.0
    rows = _middle(row, size + columns[column], limits)
    unit = arrays.value[arrays.integer] if arrays.integer.any() else arrays.value
    largest = np.max(np.abs(unit), initial=0.0)
    return Scaling(
        rows=np.exp2(np.round(np.clip(rows, -60, 60))),
        columns=np.exp2(np.round(np.clip(columns, -60, 60))),
        value=float(np.exp2(np.round(np.log2(1e4 / largest)))) if largest > 0 else 1.0,
    )


def _sizes(lower: Floats, upper: Floats) -> Floats:
    """log2 of the larger finite limit; nan where there is none but zero."""
    size = np.maximum(np.where(np.isfinite(lower), abs(lower), 0.0), np.where(np.isfinite(upper), abs(upper), 0.0))
    return np.log2(size, out=np.full(len(size), np.nan), where=size > 0)


def _middle(index: np.ndarray, size: Floats, extra: Floats) -> Floats:
    """Minus the middle of the smallest and largest size of each line, its limit included."""
    high, low = extra.copy(), extra.copy()
    np.fmax.at(high, index, size)
    np.fmin.at(low, index, size)
    return np.asarray(-np.nan_to_num((high + low) / 2))
