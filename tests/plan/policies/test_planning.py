"""Policies that are carried out: never worth more than the best of all policies, and led by what is known alone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.plan.limits.test_classes import PRICE, two_sites
from tests.plan.policies.random_cases import BestPolicy, drawn_problem, policy_inputs
from tests.plan.policies.test_bound import one_site, uninspected_cables
from tests.tiny import tiny, unknown_title

from tawteen.plan.budget import SearchBudget
from tawteen.plan.policies.bound import policy_bound
from tawteen.plan.policies.findings import FINDING_SCHEMA
from tawteen.plan.policies.future_problem import StartWorths, future_problem, start_worths
from tawteen.plan.policies.futures import all_futures, drawn_futures
from tawteen.plan.policies.improve import improved, simulated
from tawteen.plan.policies.inputs import PolicyInputs, prepare_policies
from tawteen.plan.policies.planning import policy_of, policy_of_shares
from tawteen.plan.policies.policy import Rollout, Simulation


def prepared(inputs: PolicyInputs) -> tuple[Simulation, dict, float, float] | None:
    """The simulation, the first policy, the value of doing nothing and the bound; None where rules cannot be kept."""
    found = policy_bound(inputs)
    if found.row_price is None:
        return None
    future = future_problem(inputs)
    simulation = Simulation(inputs, start_worths(future, found.row_price), future)
    return simulation, policy_of_shares(found.starts, 0.5), found.nothing, found.bound


def test_a_policy_is_worth_no_more_than_the_best_one_and_that_no_more_than_the_bound() -> None:
    reached, best_gains = 0.0, 0.0
    for seed in range(16):
        problem = drawn_problem(seed)
        best, made = BestPolicy(problem).value(), prepared(policy_inputs(problem))
        if made is None or not np.isfinite(best):
            continue
        simulation, policy, nothing, bound = made
        futures = all_futures(simulation.inputs.findings)
        assert futures.weights.sum() == pytest.approx(1.0)
        better = improved(simulation, policy, futures, SearchBudget(np.inf, steps=10), 1)
        found = simulated(simulation, better, futures)
        if any(found.unmet_rules):
            continue
        gain = float(found.values @ futures.weights) - nothing
        assert gain <= best + 1e-7, seed
        assert best <= bound - nothing + 1e-7, seed
        reached, best_gains = reached + gain, best_gains + best
    assert best_gains > 0.0
    assert reached >= 0.8 * best_gains


def test_no_decision_uses_what_is_not_yet_known() -> None:
    changed = 0
    for problem in (one_site(brings=3.0, survey=0.1), *map(drawn_problem, (1, 2, 3, 4, 6, 7))):
        made = prepared(policy_inputs(problem))
        if made is None:
            continue
        simulation, policy, _, _ = made
        futures = all_futures(simulation.inputs.findings).outcomes
        rollout = Rollout(simulation, policy)
        starts = {tuple(sorted(outcome.items())): rollout.starts(outcome) for outcome in futures}
        periods = simulation.keys["period"]
        for outcome in futures:
            for site in outcome:
                count = simulation.inputs.findings.filter(pl.col("site") == site).height
                other = {**outcome, site: (outcome[site] + 1) % count}
                one, two = starts[tuple(sorted(outcome.items()))], starts[tuple(sorted(other.items()))]
                surveys = [c for c in one if simulation.point_of[c] == (site, None)]
                told = min((simulation.usable_from.get(c, 99) for c in surveys), default=99)
                assert [c for c in one if periods[c] < told] == [c for c in two if periods[c] < told]
                changed += one != two
    assert changed


def test_every_future_keeps_limits_and_rules_that_forbid() -> None:
    for seed in range(8):
        made = prepared(policy_inputs(drawn_problem(seed)))
        if made is not None:
            simulation, policy, _, _ = made
            for outcome in all_futures(simulation.inputs.findings).outcomes:
                starts = Rollout(simulation, policy).starts(outcome)
                assert simulation.rules.allow(simulation.indicator(starts))
                assert np.isfinite(simulation.value(starts))


def test_drawn_futures_have_the_chances_of_the_findings_and_repeat() -> None:
    rows = [("a", 0, 0.3, True, None), ("a", 1, 0.7, False, None), ("b", 0, 1.0, False, None)]
    findings = pl.DataFrame(rows, schema=FINDING_SCHEMA, orient="row")
    drawn = drawn_futures(findings, 200, seed=3)
    assert np.mean([outcome["a"] == 0 for outcome in drawn.outcomes]) == pytest.approx(0.3, abs=1e-9)
    assert drawn.outcomes == drawn_futures(findings, 200, seed=3).outcomes
    assert drawn.outcomes != drawn_futures(findings, 200, seed=4).outcomes


def test_a_survey_that_pays_is_the_first_stage_and_its_finding_says_what_is_done() -> None:
    problem = one_site(brings=3.0, survey=0.1)
    inputs = policy_inputs(problem)
    found = policy_of(inputs, seed=1, budget=SearchBudget(np.inf, steps=5))
    assert found is not None
    assert found.first_stage.select("site", "option", "period").rows() == [("a", "a:survey", 0)]
    assert found.policy.select("finding", "option", "period").rows() == [(None, "a:survey", 0), (0, "a1", 1)]
    assert found.policy["futures"].to_list() == pytest.approx([1.0, 1.0])
    assert found.expected == pytest.approx(BestPolicy(problem).value(), rel=0.05)
    assert found.gap_interval is not None
    assert found.gap_interval[0] <= 1e-9 <= found.gap_interval[1] + 1e-9
    assert found.p10 < 0.0 < found.p90
    assert found.chance_of_loss == pytest.approx(0.5, abs=0.01)


def test_the_same_seed_and_steps_give_the_same_policy_of_a_case() -> None:
    _, inputs = uninspected_cables()
    one, two = (policy_of(inputs, seed=2, budget=SearchBudget(np.inf, steps=6), futures=40) for _ in range(2))
    assert one is not None
    assert two is not None
    assert one.gains == two.gains
    assert one.policy.equals(two.policy)
    assert one.expected <= one.bound + one.half_width
    assert one.rules_missed == 0.0


def common_court() -> PolicyInputs:
    gates = [unknown_title(site, chance=0.4, decision="court") for site in ("mill", "pasta")]
    return prepare_policies(tiny({"blockers": [*gates, unknown_title("pasta", gate="control")]}))


def test_futures_of_one_decision_open_its_sites_together() -> None:
    inputs = common_court()
    futures = all_futures(inputs.findings, inputs.decisions)
    opens = {(site, number): opens for site, number, opens in inputs.findings.select("site", "finding", "opens").rows()}
    opened = [(opens["mill", outcome["mill"]], opens["pasta", outcome["pasta"]]) for outcome in futures.outcomes]
    chance = {pair: sum(w for p, w in zip(opened, futures.weights, strict=True) if p == pair) for pair in set(opened)}
    assert chance == pytest.approx({(True, True): 0.2, (True, False): 0.2, (False, False): 0.6})
    for site, finding, stated in inputs.findings.select("site", "finding", "chance").rows():
        mine = [w for outcome, w in zip(futures.outcomes, futures.weights, strict=True) if outcome[site] == finding]
        assert sum(mine) == pytest.approx(stated)
    drawn = drawn_futures(inputs.findings, 200, seed=1, batches=1, decisions=inputs.decisions)
    both = [(opens["mill", outcome["mill"]], opens["pasta", outcome["pasta"]]) for outcome in drawn.outcomes]
    assert both.count((True, False)) + both.count((True, True)) == 80
    assert (False, True) not in both
    assert both.count((True, True)) == pytest.approx(40, abs=15)


def test_a_policy_is_carried_out_where_one_decision_is_about_several_sites() -> None:
    plan = policy_of(common_court(), seed=1, budget=SearchBudget(np.inf, steps=5), futures=40)
    assert plan is not None
    assert plan.expected <= plan.bound + plan.half_width + 1e-6 * abs(plan.bound)


def test_a_future_holds_whole_classes() -> None:
    """Five places need a class of five or of ten, with its whole price; in three seats ten have no room."""
    values = []
    for size, seats in ((5.0, 50.0), (10.0, 50.0), (10.0, 3.0)):
        case = two_sites(0.0, cohort=size, seats=seats)
        tables = {name: frame.to_dicts() for name, frame in case.tables.items() if frame.height}
        inputs = prepare_policies(
            tiny({**tables, "blockers": [unknown_title("mill")]}, time={"start": "2027-01-01", "periods": 6})
        )
        plan = policy_of(inputs, seed=1, budget=SearchBudget(np.inf, steps=2), futures=10)
        assert plan is not None
        assert plan.expected <= plan.bound + plan.half_width + 1e-6 * abs(plan.bound)
        future = future_problem(inputs)
        nothing = np.zeros(future.starts.stop - future.starts.start)
        simulation = Simulation(inputs, StartWorths(nothing, nothing), future)
        survey = simulation.columns["mill", None, "mill:survey", 0]
        start = (survey, simulation.columns["mill", 1, "mill-repair", 2])
        assert simulation.allow(start) == (seats == 50.0)
        if seats == 50.0:
            values.append(simulation.value(start))
    assert values[1] < values[0] - 5 * 0.5 * PRICE
