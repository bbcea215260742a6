"""The bound from futures in which all is known: never below the best policy in the mean, whatever the prices."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from tests.plan.policies.random_cases import (
    BestPolicy,
    DrawnProblem,
    dependent_problem,
    drawn_problem,
    policy_inputs,
)
from tests.tiny import tables, tiny, unknown_title

import tawteen as tw
from tawteen.plan.budget import SearchBudget
from tawteen.plan.policies.bound import policy_bound
from tawteen.plan.policies.future_problem import StartWorths, future_problem, start_worths
from tawteen.plan.policies.futures import all_futures
from tawteen.plan.policies.planning import guide, policy_of_shares
from tawteen.plan.policies.policy import Rollout, Simulation
from tawteen.plan.policies.sampled_bound import BoundEffort, InformedFutures

ENOUGH = BoundEffort(np.inf, 0.0, None, lambda: False)


def bounds(problems: Iterable[DrawnProblem], *, random_prices: bool = False) -> list[tuple[float, float, float]]:
    """Of each problem that can keep its rules the best policy, the mean of the bounds, and the linear bound."""
    compared = []
    for number, problem in enumerate(problems):
        best = BestPolicy(problem).value()
        if not np.isfinite(best):
            continue
        inputs = policy_inputs(problem)
        linear, future = policy_bound(inputs), future_problem(inputs)
        assert linear.row_price is not None or inputs.decisions.height
        price = linear.row_price
        if price is None or len(price) != len(future.arrays.row_lower) or random_prices:
            worth = np.random.default_rng(number).uniform(0.0, 5.0, future.starts.stop - future.starts.start)
            worths = StartWorths(worth, worth)
        else:
            worths = start_worths(future, price)
        known = InformedFutures(Simulation(inputs, worths, future))
        futures = all_futures(inputs.findings)
        gains = np.array([known.bound(outcome, None, ENOUGH) for outcome in futures.outcomes])
        weights = futures.weights
        if problem.joint is not None:
            weights = np.array([problem.joint[outcome["a"], outcome["b"]] for outcome in futures.outcomes])
        if np.isfinite(gains).all():
            compared.append((best, float(gains @ weights), linear.bound - linear.nothing))
    return compared


def test_no_policy_is_worth_more_and_the_linear_bound_is_no_tighter() -> None:
    problems = [problem for problem in map(drawn_problem, range(18)) if not_must(problem)]
    compared = bounds(problems)
    assert len(compared) > 9
    for best, sampled, linear in compared:
        assert best - 1e-7 <= sampled <= linear + 1e-7
    assert any(sampled < linear - 1e-3 for _, sampled, linear in compared)


def not_must(problem: DrawnProblem) -> bool:
    """Whether no rule asks for the start of one site, which it does for each finding: the linear bound prices all."""
    return problem.rule is None or problem.rule["kind"] != "must"


def test_no_policy_is_worth_more_at_any_prices() -> None:
    compared = bounds(map(drawn_problem, range(15)), random_prices=True)
    assert all(best <= sampled + 1e-7 for best, sampled, _ in compared)


def test_no_policy_is_worth_more_where_findings_are_dependent() -> None:
    compared = bounds(map(dependent_problem, range(10)))
    assert compared
    assert all(best <= sampled + 1e-7 for best, sampled, _ in compared)


def test_few_futures_prove_the_bound_and_drawn_ones_estimate_it() -> None:
    tighter = 0
    for problem in map(drawn_problem, (1, 2, 4, 10)):
        best, inputs = BestPolicy(problem).value(), policy_inputs(problem)
        if not np.isfinite(best):
            continue
        future = future_problem(inputs)
        linear = policy_bound(inputs)
        assert linear.row_price is not None
        known = InformedFutures(Simulation(inputs, start_worths(future, linear.row_price), future))
        proved = known.proved({}, SearchBudget(60.0), gap=0.0)
        assert proved is not None
        assert best - 1e-7 <= proved <= linear.bound - linear.nothing + 1e-7
        bounds = known.sampled({}, SearchBudget(60.0), seed=1, gap=0.0, width=0.0)
        assert len(bounds) >= inputs.params.least_bound_futures
        assert min(bounds) - 1e-7 <= proved <= max(bounds) + 1e-7
        tighter += proved < linear.bound - linear.nothing - 1e-7
    assert tighter


def test_no_time_gives_no_bound() -> None:
    inputs = policy_inputs(drawn_problem(2))
    future = future_problem(inputs)
    linear = policy_bound(inputs)
    assert linear.row_price is not None
    known = InformedFutures(Simulation(inputs, start_worths(future, linear.row_price), future))
    assert known.proved({}, SearchBudget(0.0), gap=0.0) is None
    assert known.sampled({}, SearchBudget(0.0), seed=1, gap=0.0, width=0.0) == ()


def test_no_future_in_which_all_is_known_is_worth_less_than_the_policy_there() -> None:
    """At the same prices; and in the mean these are nothing, so that the differences and the policy are the bound."""
    compared = 0
    for problem in filter(not_must, map(drawn_problem, range(12))):
        inputs = policy_inputs(problem)
        guided = guide(inputs, 1, SearchBudget(60.0))
        if guided is None or guided.informed is None:
            continue
        rollout = Rollout(guided.simulation, policy_of_shares(guided.shares, 0.0))
        futures = all_futures(inputs.findings)
        starts = [rollout.starts(outcome) for outcome in futures.outcomes]
        if any(map(guided.simulation.unmet_rules, starts, futures.outcomes)):
            continue
        best = np.array([guided.informed.bound(outcome, None, ENOUGH) for outcome in futures.outcomes])
        own = np.array([guided.informed.gain_of(rollout, outcome) for outcome in futures.outcomes])
        gains = np.array([guided.simulation.value(some) for some in starts]) - guided.nothing
        assert (best - own).min() > -1e-7
        assert own @ futures.weights == pytest.approx(gains @ futures.weights, abs=1e-7)
        compared += 1
    assert compared > 5


def test_a_bound_from_few_futures_is_not_below_the_policy_where_most_of_them_bring_nothing() -> None:
    """A court and a registry leave the dear site open in one future of five: four drawn ones seldom have it."""
    decisions = {("mill", "title"): ("court", 0.5), ("cables", "title"): ("court", 0.5),
                 ("cables", "control"): ("registry", 0.4), ("pasta", "title"): ("registry", 0.4)}  # fmt: skip
    known = [
        row for row in tables()["blockers"] if row["gate"] != "title" and (row["site"], row["gate"]) not in decisions
    ]
    unknown = [
        unknown_title(site, gate=gate, decision=decision, chance=chance)
        for (site, gate), (decision, chance) in decisions.items()
    ]
    rule = {"id": "m", "kind": "must", "sites": "mill;cables;pasta", "active": True, "text_en": "M", "text_ar": "م"}
    sites = [{**row, "authority": "ministry"} for row in tables()["sites"]]
    plan = tw.plan_policy(tiny({"blockers": [*known, *unknown], "sites": sites, "rules": [rule]}), steps=1, futures=40)
    assert plan is not None
    assert plan.bound is not None
    assert plan.gap is not None
    assert plan.gap_interval is not None
    assert plan.expected <= plan.bound * (1.0 + 1e-9)
    assert 0.0 <= plan.gap + 1e-9 <= 1.0
    assert plan.gap_interval[0] <= plan.gap <= plan.gap_interval[1]
    assert not plan.sampled_bounds or min(plan.sampled_bounds) >= plan.expected - 1.0
