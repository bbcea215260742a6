"""Figures of simulated gains."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tawteen.plan.gains import quantile_of, share_of_losses


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50), st.floats(0.01, 0.99))
def test_a_quantile_is_one_of_the_values_that_enough_do_not_exceed(values: list[float], share: float) -> None:
    found = quantile_of(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6
    assert sum(value < found for value in values) <= share * len(values) + 1e-6


def test_rounding_dust_is_no_loss() -> None:
    assert share_of_losses([-1e-6, 1e6]) == 0.0
    assert share_of_losses([-1.0, 1e6]) == 0.5
    assert share_of_losses([0.0]) == 0.0
