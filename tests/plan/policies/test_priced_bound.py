"""The bound from prices and trees: valid at any prices, and as low as the linear model where these are found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.plan.policies.random_cases import BestPolicy, dependent_problem, drawn_problem, policy_inputs
from tests.plan.policies.test_bound import one_site, uninspected_cables

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.outcome import do_nothing_solution
from tawteen.plan.policies.bound import policy_bound
from tawteen.plan.policies.future_problem import future_problem
from tawteen.plan.policies.planning import guide, policy_of
from tawteen.plan.policies.priced import policy_market
from tawteen.plan.policies.priced_bound import most_flows, priced_policies, priced_shares, proved_bound
from tawteen.plan.policies.problem import policy_problem
from tawteen.plan.policies.restricted import with_options
from tawteen.plan.problem import relaxed
from tawteen.plan.solver import solve_lp

UNLIMITED = SearchBudget(np.inf)


def test_any_prices_bound_every_policy() -> None:
    """Prices near those of the linear model, and far from them; findings may depend on each other."""
    tried = 0
    for problem in (*map(drawn_problem, range(24)), *map(dependent_problem, range(8))):
        best = BestPolicy(problem).value()
        if not np.isfinite(best):
            continue
        market, sites = policy_market(policy_inputs(problem))
        nothing = do_nothing_solution(market, sites)[1].value or 0.0
        most, random = most_flows(market, sites), np.random.default_rng(tried)
        for size in (0.0, 0.3, 3.0):
            prices = random.normal(0.0, size, len(market.arrays.row_lower))
            assert proved_bound(market, sites, prices, most) - nothing >= best - 1e-7
        tried += 1
    assert tried >= 20


@pytest.mark.parametrize("seed", [0, 10, 16])
def test_prices_find_the_bound_of_the_linear_model(seed: int) -> None:
    inputs = policy_inputs(drawn_problem(seed))
    market, sites = policy_market(inputs)
    shares = priced_shares(market, sites, UNLIMITED)
    linear = solve_lp(relaxed(policy_problem(inputs).arrays)).value
    proved = proved_bound(market, sites, shares.dual.proof.prices, most_flows(market, sites))
    assert proved == pytest.approx(linear, abs=1e-3)
    assert shares.value == pytest.approx(linear, abs=1e-3)
    assert proved >= shares.value - 1e-9


def test_a_bound_that_had_no_time_is_loose_but_right() -> None:
    _, inputs = uninspected_cables()
    market, sites = policy_market(inputs)
    made = priced_policies(inputs, market, sites, SearchBudget(0.0))
    assert made is not None
    assert policy_bound(inputs).bound <= made.bound + 1e-6 * abs(made.bound)
    assert np.isfinite(made.bound)


def test_the_survey_that_is_worth_its_cost_leads_the_policy() -> None:
    inputs = policy_inputs(one_site(brings=3.0, survey=0.1))
    market, sites = policy_market(inputs)
    made = priced_policies(inputs, market, sites, UNLIMITED)
    assert made is not None
    used = made.starts.select("planned", "finding", "period").rows()
    assert sorted(used, key=str) == [("a1", 0, 1), ("a:survey", None, 0)]


def test_a_policy_from_prices_is_as_good_as_one_from_the_linear_model() -> None:
    _, inputs = uninspected_cables()
    by_prices = replace(inputs, params=replace(inputs.params, large_starts=0))
    one, two = (
        policy_of(each, seed=1, budget=SearchBudget(np.inf, steps=4), futures=20) for each in (inputs, by_prices)
    )
    assert one is not None
    assert two is not None
    linear, priced = (guide(each, 1, SearchBudget(np.inf, steps=4)) for each in (inputs, by_prices))
    assert linear is not None
    assert priced is not None
    assert priced.bound == pytest.approx(linear.bound, rel=1e-3)
    assert two.expected >= 0.9 * one.expected
    assert two.expected <= two.bound + two.half_width + 1e-6 * abs(two.bound)


def test_options_left_out_change_nothing_of_the_others() -> None:
    _, inputs = uninspected_cables()
    whole = future_problem(inputs)
    keys = whole.columns["start"].keys
    kept = set(keys["planned"].unique()) - {"mill-repair"}
    part = future_problem(with_options(inputs, kept))
    left = part.columns["start"].keys.with_columns(value=pl.Series(part.arrays.value[part.starts]))
    same = keys.with_columns(value=pl.Series(whole.arrays.value[whole.starts])).filter(pl.col("planned").is_in(kept))
    assert left.height < keys.height
    assert left.select("option", "period", "value").rows() == same.select("option", "period", "value").rows()
    assert part.constant == whole.constant
