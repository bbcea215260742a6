"""Entries of starts that are negligible beside those of their kind are left out: they would spoil the scaling.

A start that takes a billionth of what starts usually take of a limit changes no programme; its entry makes the row span
more digits than a solver has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tawteen.plan.model_builder import MilpArrays, ModelBlock
from tawteen.plan.tolerances import TOLERANCES


def without_negligible(arrays: MilpArrays, rows: Mapping[str, ModelBlock]) -> MilpArrays:
    """The same model without negligible entries of starts, its limits wider by as much: every bound stays valid."""
    matrix = arrays.matrix.copy()
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    block = np.zeros(matrix.shape[0], dtype=np.int64)
    for place, one in enumerate(rows.values()):
        block[one.span] = place
    of_start = arrays.integer[column] & (matrix.data != 0)
    entry_block, size = block[matrix.indices], np.abs(matrix.data)
    negligible = np.zeros(len(size), dtype=bool)
    for place in np.unique(entry_block[of_start]):
        mine = of_start & (entry_block == place)
        negligible |= mine & (size < TOLERANCES.entry * float(np.median(size[mine])))
    if not negligible.any():
        return arrays
    row, entry = matrix.indices[negligible], matrix.data[negligible]
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    np.subtract.at(lower, row, np.maximum(entry, 0.0))
    np.subtract.at(upper, row, np.minimum(entry, 0.0))
    matrix.data[negligible] = 0.0
    matrix.eliminate_zeros()
    return replace(arrays, matrix=matrix, row_lower=lower, row_upper=upper)
