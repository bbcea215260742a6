"""The part of a model that is still open: what is settled is taken out, so that the solver never sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.draft import Arrays, Floats


@dataclass(frozen=True)
class Core:
    """`arrays` holds columns `columns` and rows `rows` of the whole model; the others keep the values in `settled`.

    `constant` is what the settled columns are worth.
    """

    arrays: Arrays
    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    settled: Floats
    constant: float

    def whole(self, x: Floats) -> Floats:
        """A point of the core as a point of the whole model."""
        full = self.settled.copy()
        full[self.columns] = x
        return full


def core(arrays: Arrays, lower: Floats, upper: Floats) -> Core:
    """The model within other column bounds, without columns whose bounds are equal and rows that are left empty."""
    open_ = lower < upper
    settled = np.where(open_, 0.0, lower)
    columns = np.flatnonzero(open_)
    matrix = arrays.matrix[:, columns]
    rows = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[0]))
    used = np.asarray(arrays.matrix @ settled)[rows]
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
    return Core(part, columns, rows, settled, float(arrays.value @ settled))
