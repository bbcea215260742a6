"""Policies from Python."""

from __future__ import annotations

import math

import pytest
from tests.tiny import tables, tiny

import tawteen as tw
from tawteen.plan.policies.params import POLICY_PARAMS


def test_a_policy_says_what_is_surveyed_first_and_what_each_finding_leads_to() -> None:
    stages: list[str] = []
    plan = tw.plan_policy(tiny(), steps=3, futures=20, progress=lambda event: stages.append(event.stage))
    assert plan is not None
    assert {"prices", "valuing"} <= set(stages)
    assert plan.p10 <= plan.p50 <= plan.p90
    assert plan.expected <= plan.bound + plan.half_width + 1e-6 * abs(plan.bound)
    assert "PolicyPlan(seed=1, gains: 20" in repr(plan)
    again = tw.plan_policy(tiny(), steps=3, futures=20)
    assert again is not None
    assert again.gains == plan.gains
    assert again.policy.equals(plan.policy)


def test_a_stopped_search_values_the_best_so_far() -> None:
    stages: list[str] = []
    plan = tw.plan_policy(
        tiny(), time_limit=math.inf, futures=30, progress=lambda event: stages.append(event.stage),
        stop=lambda: "improve" in stages,
    )  # fmt: skip
    assert plan is not None
    assert len(plan.gains) == POLICY_PARAMS.least_futures


def test_a_case_that_cannot_be_planned_is_refused() -> None:
    with pytest.raises(tw.CaseError):
        tw.plan_policy(tiny({**{name: [] for name in tables()}, "regions": tables()["regions"]}))


def test_less_than_one_future_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        tw.plan_policy(tiny(), futures=0)
