"""The engine for many sites on random small cases with hardly any time: never less than nothing, or than was known."""

from __future__ import annotations

from typing import Any

import pytest
from tests.plan.decomposition.random_cases import random_case

from tawteen.plan.decomposition.planning import plan_country
from tawteen.plan.planning import plan
from tawteen.plan.verify import verify


@pytest.mark.parametrize("seed", [0, 3, 5])
def test_no_programme_is_worse_than_nothing_or_than_one_that_was_known(seed: int) -> None:
    case = random_case(seed)
    exact = plan(case, time_limit=20.0)
    assert exact.status == "optimal"
    assert exact.value is not None
    assert exact.do_nothing is not None
    near = 1e-6 * abs(exact.value)
    for limits in ({"time_limit": 0.0}, {"steps": 0}, {"steps": 1}, {"steps": 0, "start": exact}):
        given: dict[str, Any] = dict(limits)
        made = plan_country(case, **given)
        assert made.value is not None
        assert made.value <= exact.value + near
        assert made.bound is None or made.bound >= exact.value - near
        if case["rules"].is_empty():
            assert made.value >= exact.do_nothing - near
        if "start" in given:
            assert made.value >= exact.value - near
        assert verify(case, made).difference == pytest.approx(0.0, abs=near)


@pytest.mark.parametrize("seed", [2, 6])
def test_the_whole_model_has_a_programme_too_when_its_time_is_over(seed: int) -> None:
    """Whatever rules ask for: as the engine for many sites, and no worse than a programme that was known."""
    case = random_case(seed)
    exact = plan(case, time_limit=20.0)
    assert exact.status in ("optimal", "within_gap")
    assert exact.value is not None
    near = 1e-6 * abs(exact.value)
    bare, started = plan(case, time_limit=0.0), plan(case, time_limit=0.0, start=exact)
    assert bare.value is not None
    assert bare.value <= exact.value + near
    assert started.value == pytest.approx(exact.value, abs=near)
    assert verify(case, bare).difference == pytest.approx(0.0, abs=near)
