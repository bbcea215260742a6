"""Entries of starts that are negligible beside those of their kind are left out, and limits widen by as much."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import sparse

from tawteen.plan.limits.negligible import without_negligible
from tawteen.plan.model_builder import MilpArrays, ModelBlock


def model(last: float) -> MilpArrays:
    """Three starts and a flow; a row of outlays of 100, 200 and `last`, and a row that the flow alone fills."""
    return MilpArrays(
        matrix=sparse.csc_matrix([[100.0, 200.0, last, -1.0], [0.0, 0.0, 0.0, 1e-11]]),
        value=np.ones(4),
        lower=np.zeros(4),
        upper=np.array([1.0, 1.0, 1.0, np.inf]),
        integer=np.array([True, True, True, False]),
        row_lower=np.array([0.0, -np.inf]),
        row_upper=np.array([0.0, 5.0]),
    )


ROWS = {
    "outlay": ModelBlock(0, pl.DataFrame({"class": ["budget"]})),
    "other": ModelBlock(1, pl.DataFrame({"class": ["budget"]})),
}


def test_a_negligible_entry_goes_and_its_limit_widens() -> None:
    for entry, lower, upper in ((1e-9, -1e-9, 0.0), (-1e-9, 0.0, 1e-9)):
        without = without_negligible(model(entry), ROWS)
        assert without.matrix.toarray().tolist() == [[100.0, 200.0, 0.0, -1.0], [0.0, 0.0, 0.0, 1e-11]]
        assert without.row_lower.tolist() == [lower, -np.inf]
        assert without.row_upper.tolist() == [upper, 5.0]


def test_small_entries_stay() -> None:
    arrays = model(1e-7)
    assert without_negligible(arrays, ROWS) is arrays
