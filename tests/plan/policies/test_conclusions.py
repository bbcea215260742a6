"""What is found at one site counts for the others of its decision, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.plan.policies.random_cases import BestPolicy, DrawnOption, DrawnProblem, policy_inputs
from tests.tiny import tiny, unknown_title

from tawteen.plan.policies.bound import policy_bound
from tawteen.plan.policies.conclusions import Conclusions
from tawteen.plan.policies.future_problem import future_problem, start_worths
from tawteen.plan.policies.futures import all_futures
from tawteen.plan.policies.improve import simulated
from tawteen.plan.policies.inputs import PolicyInputs, prepare_policies
from tawteen.plan.policies.policy import IntendedStart, Rollout, Simulation

FINDINGS = [
    ("a", 0, 0.5, True), ("a", 1, 0.5, False), ("b", 0, 0.3, True), ("b", 1, 0.2, True), ("b", 2, 0.5, False),
    ("c", 0, 0.2, True), ("c", 1, 0.8, False), ("d", 0, 0.2, True), ("d", 1, 0.8, False),
]  # fmt: skip
DECISIONS = [
    ("a", "court", 0.5), ("b", "court", 0.5), ("c", "court", 0.5), ("d", "court", 0.5), ("d", "registry", 0.4),
    ("e", "registry", 0.4),
]  # fmt: skip
"""`c` has an unknown gate of its own beside the court, `d` a second decision."""


def conclusions() -> Conclusions:
    findings = pl.DataFrame(
        [*FINDINGS, ("e", 0, 0.4, True), ("e", 1, 0.6, False)], schema=["site", "finding", "chance", "opens"],
        orient="row",
    )  # fmt: skip
    return Conclusions(findings, pl.DataFrame(DECISIONS, schema=["site", "decision", "chance"], orient="row"))


@pytest.mark.parametrize(
    ("known", "shut"),
    [
        ({}, {}),
        ({"a": 1}, {"b": 2, "c": 1, "d": 1}),
        ({"a": 0}, {}),
        ({"c": 1}, {}),
        ({"d": 1}, {}),
        ({"d": 1, "a": 0}, {"e": 1}),
        ({"d": 1, "e": 0}, {"a": 1, "b": 2, "c": 1}),
        ({"b": 2, "d": 1}, {"a": 1, "c": 1}),
    ],
)
def test_a_site_stays_shut_where_a_decision_about_it_surely_does(known: dict[str, int], shut: dict[str, int]) -> None:
    assert conclusions().shut_sites(known) == shut


def neighbours() -> tuple[DrawnProblem, PolicyInputs]:
    """One court decides about both: its survey costs little at `a` and much at `b`, which opens only with `a`."""
    first = np.eye(5)[0]
    nothing = 0.0 * first
    problem = DrawnProblem(
        5,
        chances={"a": [0.5, 0.5], "b": [0.5, 0.5]},
        options={("a", 0): [DrawnOption("a1", first, nothing, 0.01 * (1.0 - first), 1, 4)], ("a", 1): [], ("b", 1): [],
                 ("c", None): [], ("b", 0): [DrawnOption("b1", first, nothing, 3.0 * (1.0 - first), 1, 4)]},
        surveys={"a": DrawnOption("a:survey", 0.1 * first, nothing, nothing, 1, 4),
                 "b": DrawnOption("b:survey", 2.0 * first, nothing, nothing, 1, 4)},
        money=np.array([0.1, 9.0, 0.0, 0.0, 0.0]), crew=3.0, rule=None, meetings=(), decision_quarters=0,
        joint=np.array([[0.5, 0.0], [0.0, 0.5]]),
    )  # fmt: skip
    inputs = policy_inputs(problem)
    return problem, replace(inputs, decisions=inputs.decisions.with_columns(chance=pl.lit(0.5)))


def test_a_neighbour_is_not_surveyed_where_the_common_decision_is_shut() -> None:
    problem, inputs = neighbours()
    bound = policy_bound(replace(inputs, decisions=inputs.decisions.clear()))
    assert bound.row_price is not None
    future = future_problem(inputs)
    apart = Simulation(
        replace(inputs, decisions=inputs.decisions.clear()), start_worths(future, bound.row_price), future
    )
    together = Simulation(inputs, start_worths(future, bound.row_price), future)
    policy = {
        ("a", None): IntendedStart("a:survey", 0), ("b", None): IntendedStart("b:survey", 1),
        ("b", 0): IntendedStart("b1", 2),
    }  # fmt: skip
    futures = all_futures(inputs.findings, inputs.decisions)
    gains = [float(simulated(s, policy, futures).values @ futures.weights) - bound.nothing for s in (apart, together)]
    assert gains[1] == pytest.approx(BestPolicy(problem).value())
    discount = 1.08 ** (-2 / 4)
    assert gains[1] - gains[0] == pytest.approx(0.5 * 2.0 * discount)
    for outcome in futures.outcomes:
        begun = {together.point_of[column] for column in Rollout(together, policy).starts(outcome)}
        assert (("b", None) in begun) == (outcome["a"] == 0)


def test_a_survey_that_a_rule_asks_for_is_made_all_the_same() -> None:
    gates = [unknown_title(site, chance=0.4, decision="court") for site in ("mill", "pasta")]
    rule = {"id": "r", "kind": "must", "sites": "pasta", "options": "survey", "text_en": "R", "text_ar": "ق"}
    inputs = prepare_policies(tiny({"blockers": gates, "rules": [rule]}))
    shut = dict(inputs.findings.filter(~pl.col("opens")).select("site", "finding").iter_rows())
    assert Conclusions(inputs.findings, inputs.decisions).shut_sites({"mill": shut["mill"]}) == {"pasta": shut["pasta"]}
    future = future_problem(inputs)
    bound = policy_bound(replace(inputs, decisions=inputs.decisions.clear()))
    assert bound.row_price is not None
    simulation = Simulation(inputs, start_worths(future, bound.row_price), future)
    last = max(t for site, _, option, t in simulation.columns if option == "pasta:survey")
    policy = {("mill", None): IntendedStart("mill:survey", 0), ("pasta", None): IntendedStart("pasta:survey", last)}
    begun = {simulation.point_of[column] for column in Rollout(simulation, policy).starts(shut)}
    assert ("pasta", None) in begun
