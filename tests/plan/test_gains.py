"""Figures of simulated gains."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tawteen.plan.gains import gain_over, quantile_of, share_of_losses


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50), st.floats(0.01, 0.99))
def test_a_quantile_is_one_of_the_values_that_enough_do_not_exceed(values: list[float], share: float) -> None:
    found = quantile_of(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6
    assert sum(value < found for value in values) <= share * len(values) + 1e-6


def test_a_gain_that_is_rounding_of_large_values_is_none() -> None:
    nothing = -379777686.48139757
    gains = gain_over(np.array([nothing - 6e-8, nothing, nothing + 1.0, nothing - 1.0]), nothing)
    assert gains.tolist() == [0.0, 0.0, 1.0, -1.0]
    assert share_of_losses(gains.tolist()) == 0.25
    assert gain_over(0.0, 0.0) == 0.0


def test_rounding_dust_is_no_loss() -> None:
    assert share_of_losses([-1e-6, 1e6]) == 0.0
    assert share_of_losses([-1.0, 1e6]) == 0.5
    assert share_of_losses([0.0]) == 0.0
