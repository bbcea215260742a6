"""What the solver says of a model that presolve cannot judge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.solver import solve_lp, solve_mip


def model(upper: float, row: float) -> MilpArrays:
    """The most of x − y with x − y equal to `row`, both from zero to `upper`."""
    return MilpArrays(
        matrix=sparse.csc_matrix(np.array([[1.0, -1.0]])), value=np.array([1.0, 0.5]),
        lower=np.zeros(2), upper=np.full(2, upper), integer=np.zeros(2, dtype=np.bool_),
        row_lower=np.array([row]), row_upper=np.array([row]),
    )  # fmt: skip


def test_what_has_no_end_is_not_called_impossible() -> None:
    assert solve_lp(model(np.inf, 1.0)).outcome == "unbounded"
    whole = replace(model(np.inf, 1.0), integer=np.array([True, False]))
    assert solve_mip(whole, seconds=10.0).outcome != "infeasible"


def test_what_cannot_be_is_impossible() -> None:
    assert solve_lp(model(3.0, 4.0)).outcome == "infeasible"
    assert solve_mip(replace(model(3.0, 4.0), integer=np.array([True, False]))).outcome == "infeasible"


def test_what_can_be_is_solved() -> None:
    found = solve_lp(model(3.0, 1.0))
    assert found.outcome == "optimal"
    assert found.value is not None
    assert abs(found.value - 4.0) < 1e-9
