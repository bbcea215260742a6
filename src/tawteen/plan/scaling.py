"""Scaling: tonnes, megawatt-hours and money of any size brought near one, by powers of two so that nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from tawteen.plan.model_builder import Floats, MilpArrays


@dataclass(frozen=True)
class ScalingParams:
    """How rows, columns and money are scaled before they go to the solver."""

    passes: int = 10
    """Passes of geometric scaling over rows and columns; more passes bring entries nearer to 1."""
    reach: float = 20.0
    """Powers of two by which a limit may lie outside the entries of its row; a limit further out sets no scale."""
    far: float = 36.0
    """Powers of two by which a limit may lie from the median limit; a limit further out sets no scale."""
    value_spread: float = 1e4
    """Multiple of the median start value up to which a start value sets the scale of money: a larger one would push
    the others below the solver's tolerance."""
    largest_cost: float = 2.0**40
    """Largest cost in the solver's units. A larger cost is cut to it, which can only weaken the bound."""
    no_limit: float = 2.0**50
    """Limits above this in the solver's units count as infinite, which can only weaken the bound."""


SCALING = ScalingParams()


@dataclass(frozen=True)
class Scaling:
    """A column's unit in the solver is `columns` of the case's; a row is multiplied by `rows`, value by `value`."""

    rows: Floats
    columns: Floats
    value: float

    def into(self, arrays: MilpArrays) -> MilpArrays:
        """The same model in the solver's units; costs and limits that are out of all proportion are cut."""
        matrix = sparse.diags_array(self.rows) @ arrays.matrix @ sparse.diags_array(self.columns)
        upper, row_upper = arrays.upper / self.columns, arrays.row_upper * self.rows
        return replace(
            arrays,
            matrix=sparse.csc_matrix(matrix),
            value=np.maximum(arrays.value * self.columns * self.value, -SCALING.largest_cost),
            lower=arrays.lower / self.columns,
            upper=np.where(upper > SCALING.no_limit, np.inf, upper),
            row_lower=arrays.row_lower * self.rows,
            row_upper=np.where(row_upper > SCALING.no_limit, np.inf, row_upper),
        )


def scaling(arrays: MilpArrays) -> Scaling:
    """Geometric scaling of the continuous columns and all rows, limits counted as entries.

    Binaries and whole numbers stay as they are.

    It begins at the binaries and at limited columns, whose sizes are known, and goes from line to line. So the unit in
    which a case counts its money or its goods changes the scale, not the model that the solver sees.

    Source: Curtis and Reid (1972) in the geometric-mean iteration of Fulkerson and Wolfe (1962).
    """
    matrix = abs(arrays.matrix).tocoo()
    row, column, size = matrix.row, matrix.col, np.log2(matrix.data)
    limits = _usual(_sizes(arrays.row_lower, arrays.row_upper))
    bounds = _usual(_sizes(arrays.lower, arrays.upper))
    rows = np.full(len(limits), np.nan)
    unscaled = arrays.discrete
    columns = np.where(unscaled, 0.0, bounds)
    if not np.isfinite(columns).any():
        columns = np.zeros(len(bounds))
    for _ in range(SCALING.passes):
        rows = _middle(row, size + columns[column], limits)
        columns = np.where(unscaled, 0.0, _middle(column, size + rows[row], -bounds))
    rows = np.nan_to_num(_middle(row, size + np.nan_to_num(columns)[column], limits))
    columns = np.nan_to_num(columns)
    unit = arrays.value[arrays.integer] if arrays.integer.any() else arrays.value
    amounts = np.abs(unit[unit != 0])
    largest = min(np.max(amounts), SCALING.value_spread * np.median(amounts)) if len(amounts) else 0.0
    return Scaling(
        rows=np.exp2(np.round(np.clip(rows, -60, 60))),
        columns=np.exp2(np.round(np.clip(columns, -60, 60))),
        value=float(np.exp2(np.round(np.log2(1e4 / largest)))) if largest > 0 else 1.0,
    )


def _sizes(lower: Floats, upper: Floats) -> Floats:
    """log2 of the larger finite limit; nan where there is none but zero."""
    size = np.maximum(np.where(np.isfinite(lower), abs(lower), 0.0), np.where(np.isfinite(upper), abs(upper), 0.0))
    return np.log2(size, out=np.full(len(size), np.nan), where=size > 0)


def _usual(sizes: Floats) -> Floats:
    """Sizes without those that lie beyond `SCALING.far` of their median: nothing is measured by them."""
    known = sizes[np.isfinite(sizes)]
    return np.where(np.abs(sizes - np.median(known)) > SCALING.far, np.nan, sizes) if len(known) else sizes


def _middle(index: np.ndarray, size: Floats, extra: Floats) -> Floats:
    """Minus the middle of the smallest and largest known size of each line, its limit included; nan where none is."""
    high, low = np.full(len(extra), np.nan), np.full(len(extra), np.nan)
    np.fmax.at(high, index, size)
    np.fmin.at(low, index, size)
    # Cut to its reach such a limit would pull the line a little farther in each pass.
    near = np.where((extra > high + SCALING.reach) | (extra < low - SCALING.reach), np.nan, extra)
    return np.asarray(-(np.fmax(high, near) + np.fmin(low, near)) / 2)
