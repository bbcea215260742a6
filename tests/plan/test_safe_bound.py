"""The bound that prices alone prove."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from tests.tiny import tiny

from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.planning import planning_problem
from tawteen.plan.problem import relaxed
from tawteen.plan.safe_bound import most_used, safe_bound
from tawteen.plan.solver import solve_lp


def bakery() -> MilpArrays:
    """Maximise 3a + 2b where a + b ≤ 4, a + 3b ≤ 6, a ≤ 3, b without limit: 11 at (3, 1)."""
    return MilpArrays(
        matrix=sparse.csc_matrix([[1.0, 1.0], [1.0, 3.0]]),
        value=np.array([3.0, 2.0]),
        lower=np.zeros(2),
        upper=np.array([3.0, np.inf]),
        integer=np.zeros(2, dtype=bool),
        row_lower=np.full(2, -np.inf),
        row_upper=np.array([4.0, 6.0]),
    )


def test_the_right_prices_prove_the_optimum() -> None:
    proved = safe_bound(bakery(), np.array([2.0, 0.0]), np.array([np.inf, 10.0]))
    assert 11.0 <= proved <= 11.0 + 1e-12


def test_wrong_prices_prove_less_and_never_too_much() -> None:
    most = np.full(2, 4.0)
    for prices in np.random.default_rng(3).uniform(-2.0, 4.0, (50, 2)):
        assert safe_bound(bakery(), prices, most) >= 11.0


def test_nothing_is_proved_where_a_column_without_limit_earns() -> None:
    assert safe_bound(bakery(), np.array([1.0, 0.0]), np.full(2, np.inf)) == np.inf


def test_limits_of_columns_follow_from_the_rows_of_a_case_and_lose_nothing() -> None:
    model = planning_problem(tiny())
    most = most_used(model)
    assert np.isfinite(most).all()
    solved = solve_lp(relaxed(model.arrays))
    assert solved.x is not None
    assert solved.row_price is not None
    assert np.all(solved.x <= most * (1 + 1e-9) + 1e-9)
    proved = safe_bound(model.arrays, solved.row_price, most)
    assert proved == pytest.approx(solved.value, rel=1e-9)
    assert proved >= float(model.arrays.value @ solved.x) - 1e-6
