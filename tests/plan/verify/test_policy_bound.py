"""The bound on policies proved again from its prices: no policy is worth more, and it is close to the planner's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.plan.planned import programme
from tests.plan.policies.random_cases import (
    BestPolicy,
    DrawnProblem,
    dependent_problem,
    drawn_problem,
    policy_inputs,
    quarter,
)
from tests.plan.policies.test_bound import one_site
from tests.plan.verify.test_policy import policy
from tests.tiny import tiny

from tawteen.plan.budget import SearchBudget
from tawteen.plan.policies.bound import PolicyBound, policy_bound
from tawteen.plan.policies.future_problem import FeasibleStarts, future_problem
from tawteen.plan.policies.inputs import PolicyInputs
from tawteen.plan.policies.priced import policy_market
from tawteen.plan.policies.priced_bound import priced_policies
from tawteen.plan.policies.problem import policy_problem
from tawteen.plan.policies.statement import facts_of_inputs, policy_bound_by_prices
from tawteen.plan.problem import relaxed
from tawteen.plan.solver import solve_lp
from tawteen.plan.verify import verify
from tawteen.plan.verify.policy.courses import PolicyFacts
from tawteen.plan.verify.policy.impossible import impossible_starts
from tawteen.plan.verify.site_bounds import startable_options

INDEPENDENT, DEPENDENT = 60, 10
"""Random problems; `plan/policies/test_bound.py` tries the planner's bound on further ones."""


@cache
def bounded(draw: Callable[[int], DrawnProblem], seed: int) -> tuple[PolicyInputs, PolicyBound]:
    """A random problem as the planner takes it, and its bound; several tests ask for those of the first seeds."""
    inputs = policy_inputs(draw(seed))
    return inputs, policy_bound(inputs)


def proved(inputs: PolicyInputs, found: PolicyBound) -> float:
    """The gain that no policy exceeds, by the prices."""
    assert found.prices is not None
    return policy_bound_by_prices(inputs, found.prices) - found.nothing


def with_every_start(inputs: PolicyInputs, found: PolicyBound) -> float:
    """The bound on the gain of the planner's model with every start."""
    model = policy_problem(inputs)
    every = solve_lp(relaxed(model.arrays)).value
    assert every is not None
    return every + model.constant - found.nothing


def with_best(draw: Callable[[int], DrawnProblem], seeds: range) -> Iterator[tuple[int, DrawnProblem, float]]:
    """Problems whose rules can be kept, with their seeds and the value of their best policy."""
    for seed in seeds:
        best = BestPolicy(draw(seed)).value()
        if np.isfinite(best):
            yield seed, draw(seed), best


@pytest.mark.parametrize("first", range(0, INDEPENDENT, 20))
def test_no_policy_is_worth_more_than_its_prices_prove_and_they_prove_what_the_planner_does(first: int) -> None:
    """What is found may be used as soon as the survey has ended; a planner that waits longer may prove less. In some
    problems starts that no future can carry are left out.
    """
    tried = smaller = 0
    for seed, problem, best in with_best(drawn_problem, range(first, first + 20)):
        inputs, found = bounded(drawn_problem, seed)
        by_prices, planned = proved(inputs, found), found.bound - found.nothing
        near = 1e-6 * max(1.0, abs(planned))
        assert by_prices >= best - near
        assert planned >= best - 1e-7, seed
        if not problem.decision_quarters:
            assert by_prices == pytest.approx(planned, abs=near)
        tried += 1
        smaller += planned < with_every_start(inputs, found) - near
    assert tried >= 15
    assert smaller


def test_sites_of_common_decisions_are_relaxed() -> None:
    """The bound is weaker there than the linear model, and still one."""
    weaker = 0
    for seed, _, best in with_best(dependent_problem, range(DEPENDENT)):
        inputs, found = bounded(dependent_problem, seed)
        by_prices, planned = proved(inputs, found), found.bound - found.nothing
        assert by_prices >= best - 1e-6 * max(1.0, abs(best))
        assert planned >= best - 1e-7, seed
        weaker += by_prices > planned + 1e-6
    assert weaker


def test_any_prices_bound_every_policy() -> None:
    """Prices near those of the linear model, and far from them, of every limit and rule."""
    random = np.random.default_rng(5)
    for draw, seeds in ((drawn_problem, range(16)), (dependent_problem, range(4))):
        for seed, _, best in with_best(draw, seeds):
            inputs, found = bounded(draw, seed)
            assert found.prices is not None
            for size in (0.3, 3.0):
                factors = random.gamma(1.0, size, found.prices.height)
                prices = found.prices.with_columns(pl.col("price") * pl.Series(factors))
                assert policy_bound_by_prices(inputs, prices) - found.nothing >= best - 1e-6 * max(1.0, abs(best))


@pytest.mark.parametrize("seed", [0, 10, 16])
def test_prices_of_the_decomposition_prove_its_bound(seed: int) -> None:
    inputs = policy_inputs(replace(drawn_problem(seed), decision_quarters=0))
    made = priced_policies(inputs, *policy_market(inputs), SearchBudget(np.inf))
    assert made is not None
    assert policy_bound_by_prices(inputs, made.prices) == pytest.approx(made.bound, abs=1e-4)


def short(problem: DrawnProblem, *, money: float = 100.0, crew: float = 1.0, need: float = 0.5) -> float:
    """The gain that prices prove where the survey pays, and its option may be beyond money or crew."""
    first = np.eye(problem.periods)[0]
    (option,) = problem.options["a", 0]
    changed = replace(
        problem, money=np.array([money, *np.zeros(problem.periods - 1)]), crew=crew,
        options={**problem.options, ("a", 0): [replace(option, need=need * first)]},
    )  # fmt: skip
    inputs = policy_inputs(changed)
    return proved(inputs, policy_bound(inputs))


def test_starts_that_no_future_can_carry_prove_nothing() -> None:
    """At a chance of a half, twice the money and twice the crew are carried in the mean, and in no future."""
    problem = one_site(brings=3.0, survey=0.1)
    assert short(problem) > 1.0
    assert short(problem, crew=0.3) == pytest.approx(0.0, abs=1e-9)
    assert short(problem, money=2.5) == pytest.approx(0.0, abs=1e-9)
    assert short(problem, money=3.5) > 1.0


def marked(facts: PolicyFacts) -> set[tuple[str, int]]:
    """Starts that the check says no future can carry: option and period."""
    options = startable_options(facts.claim)
    places = np.argwhere(impossible_starts(facts.claim, options)).tolist()
    return {(options["option"][row], period) for row, period in places}


def test_what_the_check_leaves_out_the_planner_finds_impossible() -> None:
    left_out = 0
    for seed in range(20):
        inputs, _ = bounded(drawn_problem, seed)
        future = future_problem(inputs)
        keys = future.columns["start"].keys
        impossible = FeasibleStarts(future).impossible(set(keys["option"]))
        planned = set(keys.select("option", "period").with_row_index().filter(pl.col("index").is_in(impossible)).select(
            "option", "period").iter_rows())  # fmt: skip
        mine = marked(facts_of_inputs(inputs)) & set(keys.select("option", "period").iter_rows())
        assert mine <= planned, seed
        left_out += len(mine)
    assert left_out


def test_a_start_beyond_the_letters_of_credit_is_left_out_in_the_quarters_that_have_a_limit() -> None:
    facts = facts_of_inputs(policy_inputs(one_site(brings=3.0, survey=0.1)))
    assert not marked(facts)
    end = quarter(2) - dt.timedelta(days=1)
    row = pl.DataFrame([{"start": quarter(1), "end": end, "amount": 1.5}])
    credit = pl.concat([facts.claim.case["credit"].clear(), row], how="diagonal")
    case = replace(facts.claim.case, tables={**facts.claim.case.tables, "credit": credit})
    abroad = facts.claim.effects.outlays.with_columns(origin=pl.lit("foreign"))
    claim = replace(facts.claim, case=case, effects=replace(facts.claim.effects, outlays=abroad))
    # Works cost 2, a survey 0.1.
    assert marked(replace(facts, claim=claim)) == {("a1@0", 1)}


def test_of_a_case_the_bound_is_proved_again() -> None:
    plan = policy()
    assert plan.bound_by_prices is not None
    assert plan.proven_bound is not None
    assert plan.bound_by_prices >= plan.proven_bound - 1e-6 * plan.proven_bound
    assert plan.bound_by_prices <= 1.5 * plan.proven_bound
    found = verify(tiny(), replace(programme(), policy=plan))
    assert found.holds
    assert found.policy_bound_by_prices == pytest.approx(plan.bound_by_prices, rel=1e-9)


def codes(**changes: object) -> list[str]:
    changed = replace(policy(), **changes)  # type: ignore[arg-type]
    return [finding.code for finding in verify(tiny(), replace(programme(), policy=changed)).findings]


def test_a_bound_that_prices_do_not_prove_is_found() -> None:
    plan = policy()
    assert plan.bound_by_prices is not None
    assert codes(bound_by_prices=0.9 * plan.bound_by_prices) == ["verify.policy_bound"]
    assert codes(bound_by_prices=None) == ["verify.policy_bound"]
    assert codes(bound_prices=plan.bound_prices.clear()) == ["verify.policy_bound"]
    assert codes(bound_prices=plan.bound_prices.with_columns(pl.col("price") * 0.5)) == ["verify.policy_bound"]


def test_prices_of_what_the_case_does_not_have_are_found() -> None:
    prices = policy().bound_prices
    assert "verify.reference" in codes(bound_prices=prices.with_columns(id=pl.lit("nothing")))
    assert "verify.reference" in codes(bound_prices=prices.with_columns(finding=pl.lit(0, pl.Int64)))
    assert "verify.reference" in codes(bound_prices=prices.with_columns(pl.col("period") + 1000))


def test_without_prices_no_bound_is_proved() -> None:
    bare = replace(policy(), bound_prices=policy().bound_prices.clear(), bound_by_prices=None)
    found = verify(tiny(), replace(programme(), policy=bare))
    assert found.holds
    assert found.policy_bound_by_prices is None
