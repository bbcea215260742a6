"""Internal rates of random cash flows."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tawteen.appraise.rates import NEVER_COSTS, NEVER_PAYS, OUTSIDE, all_rates, internal_rates

MONEY = st.floats(-1e6, 1e6).map(lambda x: round(x, 2))


def present(flow, rate):
    return sum(f * (1 + rate) ** (-t / 4) for t, f in enumerate(flow))


@given(st.lists(st.lists(MONEY, min_size=6, max_size=6), min_size=1, max_size=6))
def test_a_rate_makes_the_flow_worth_nothing_and_a_reason_stands_where_none_is(rows):
    flows = np.array(rows)
    rates, reasons = internal_rates(flows)
    for flow, rate, reason in zip(flows, rates, reasons, strict=True):
        assert np.isnan(rate) == (reason is not None)
        if reason is None:
            size = present(np.abs(flow), rate)
            assert present(flow, rate) == pytest.approx(0, abs=1e-9 * size)


@given(st.floats(1, 1e6), st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_money_out_and_then_in_has_one_rate(spent, earned):
    assume(0.01 < sum(earned) / spent < 100)
    (rate,), (reason,) = internal_rates(np.array([[-spent, *earned]]))
    if reason is None:
        assert (rate > 0) == (sum(earned) > spent) or rate == pytest.approx(0, abs=1e-9)
        assert all_rates(np.array([-spent, *earned])) == pytest.approx([rate], rel=1e-6, abs=1e-9)
    else:
        assert reason == OUTSIDE


@pytest.mark.parametrize(
    ("flow", "reason"),
    [([0, 0, 0], NEVER_COSTS), ([-1, 0, -2], NEVER_PAYS), ([0, 3, 1], NEVER_COSTS), ([-1e6, 1], OUTSIDE)],
)
def test_flows_without_rate(flow, reason):
    rates, reasons = internal_rates(np.array([flow], dtype=float))
    assert np.isnan(rates[0])
    assert reasons == [reason]


def test_rate_is_per_year():
    # 100 out, 110 back four quarters later.
    (rate,), _ = internal_rates(np.array([[-100.0, 0, 0, 0, 110.0]]))
    assert rate == pytest.approx(0.10)
