"""Limits of a future: what earlier answers say is what the linear model says."""

from __future__ import annotations

import numpy as np
from tests.plan.policies.random_cases import drawn_problem, policy_inputs

from tawteen.plan.policies.future_limits import FutureLimits
from tawteen.plan.policies.future_problem import future_problem
from tawteen.plan.policies.params import PolicyParams


def test_earlier_answers_are_those_of_the_linear_model() -> None:
    carried = refused = 0
    for seed in range(6):
        problem = future_problem(policy_inputs(drawn_problem(seed)))
        count = problem.starts.stop - problem.starts.start
        limits, random = FutureLimits(problem), np.random.default_rng(seed)
        for _ in range(30):
            starts = np.flatnonzero(random.random(count) < 1.5 / count)
            used = limits.used(starts.tolist())
            point = np.zeros(count)
            point[starts] = 1.0
            answer = FutureLimits(problem).allow(point)
            assert limits.carry(used) == answer
            assert limits.allow(point) == answer
            carried, refused = carried + answer, refused + (not answer)
        solved = len(limits._carried) + len(limits._rays)
        assert solved < 30
    assert carried >= 30
    assert refused >= 30


def test_no_more_answers_are_kept_than_wanted() -> None:
    problem = future_problem(policy_inputs(drawn_problem(0)))
    count = problem.starts.stop - problem.starts.start
    many, few = FutureLimits(problem), FutureLimits(problem, PolicyParams(kept_answers=2))
    random = np.random.default_rng(0)
    for _ in range(30):
        point = (random.random(count) < 1.5 / count).astype(float)
        assert few.allow(point) == many.allow(point)
    assert len(few._carried) <= 2
    assert len(few._rays) == len(few._least) <= 2
    assert len(many._carried) + len(many._rays) > 4
