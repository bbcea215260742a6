"""The bound on policies: against the best of all policies, and what it must be where learning is worth little."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.plan.policies.random_cases import (
    BestPolicy,
    DrawnOption,
    DrawnProblem,
    dependent_problem,
    drawn_problem,
    policy_inputs,
)
from tests.tiny import tables, tiny

from tawteen.case.model import Case
from tawteen.plan.inputs import prepare
from tawteen.plan.policies.bound import policy_bound
from tawteen.plan.policies.future_problem import future_problem
from tawteen.plan.policies.inputs import PolicyInputs, prepare_policies
from tawteen.plan.policies.known_cases import known_case
from tawteen.plan.policies.problem import policy_problem
from tawteen.plan.problem import Problem, build_problem, fix_starts, relaxed
from tawteen.plan.solver import solve_lp, solve_mip

CASES = int(os.environ.get("TAWTEEN_POLICY_CASES", "200"))
"""Random problems that are tried; the environment variable asks for more."""
DEPENDENT_CASES = CASES // 8
HELD_WITH_PRICES, DEPENDENT_HELD_WITH_PRICES = 60, 10
"""The first ones, on which `plan/verify/test_policy_bound.py` proves the same and more."""


def bounded(problems: Iterable[DrawnProblem]) -> int:
    """How many of the problems can keep their rules; none of their policies is worth more than the bound."""
    tried = 0
    for number, problem in enumerate(problems):
        best = BestPolicy(problem).value()
        if np.isfinite(best):
            found = policy_bound(policy_inputs(problem))
            assert found.bound - found.nothing >= best - 1e-7, number
            tried += 1
    return tried


@pytest.mark.parametrize("first", range(HELD_WITH_PRICES, CASES, 20))
def test_no_policy_is_worth_more_than_the_bound(first: int) -> None:
    assert bounded(map(drawn_problem, range(first, first + 20))) >= 12


def test_no_policy_is_worth_more_than_the_bound_where_findings_are_dependent() -> None:
    seeds = range(DEPENDENT_HELD_WITH_PRICES, DEPENDENT_CASES)
    assert bounded(map(dependent_problem, seeds)) >= 0.7 * len(seeds)


def test_a_neighbour_is_surveyed_only_where_the_common_decision_opens() -> None:
    """One court decides about both: its survey costs little at `a` and much at `b`, which opens only with `a`."""
    first = np.eye(5)[0]
    nothing = 0.0 * first
    problem = DrawnProblem(
        5,
        chances={"a": [0.5, 0.5], "b": [0.5, 0.5]},
        options={("a", 0): [], ("a", 1): [], ("b", 1): [], ("c", None): [],
                 ("b", 0): [DrawnOption("b1", first, nothing, 3.0 * (1.0 - first), 1, 4)]},
        surveys={"a": DrawnOption("a:survey", 0.1 * first, nothing, nothing, 1, 4),
                 "b": DrawnOption("b:survey", 2.0 * first, nothing, nothing, 1, 4)},
        money=np.array([0.1, 9.0, 0.0, 0.0, 0.0]), crew=3.0, rule=None, meetings=(), decision_quarters=0,
        joint=np.array([[0.5, 0.0], [0.0, 0.5]]),
    )  # fmt: skip
    best, inputs = BestPolicy(problem).value(), policy_inputs(problem)
    found = policy_bound(inputs)
    assert best - 1e-7 <= found.bound - found.nothing < best + 0.1
    independent = policy_bound(replace(inputs, decisions=inputs.decisions.clear()))
    assert independent.bound - independent.nothing < best - 0.3


def test_a_whole_first_stage_lowers_the_bound_and_still_bounds_every_policy() -> None:
    lower = 0
    for seed in range(10):
        problem = drawn_problem(seed)
        best = BestPolicy(problem).value()
        if np.isfinite(best):
            found = policy_bound(policy_inputs(problem), seconds=10.0)
            assert best - 1e-7 <= found.first_stage - found.nothing
            assert found.first_stage <= found.bound
            lower += found.first_stage < found.bound - 1e-6
    assert lower


def one_site(*, brings: float, survey: float, chance: float = 0.5) -> DrawnProblem:
    """An uninspected site whose option costs 2 and brings so much a quarter, with money for all of it."""
    periods = 5
    first = np.eye(periods)[0]
    option = DrawnOption("a1", 2.0 * first, 0.0 * first, brings * (1.0 - first), 1, periods - 1)
    return DrawnProblem(
        periods,
        chances={"a": [chance, 1.0 - chance]},
        options={("a", 0): [option], ("a", 1): [], ("c", None): []},
        surveys={"a": DrawnOption("a:survey", survey * first, 0.0 * first, 0.0 * first, 1, periods - 1)},
        money=np.full(periods, 100.0),
        crew=1.0,
        rule=None,
        meetings=(),
        decision_quarters=0,
    )


@pytest.mark.parametrize(("brings", "survey"), [(0.5, 0.1), (3.0, 20.0)])
def test_a_survey_that_changes_no_decision_or_costs_more_than_it_tells_is_not_chosen(
    brings: float, survey: float
) -> None:
    problem = one_site(brings=brings, survey=survey)
    found = policy_bound(policy_inputs(problem))
    assert found.starts.is_empty()
    assert found.bound - found.nothing == pytest.approx(BestPolicy(problem).value(), abs=1e-9)


def test_a_survey_that_is_worth_its_cost_comes_first_and_its_finding_is_used_at_once() -> None:
    problem = one_site(brings=3.0, survey=0.1)
    found = policy_bound(policy_inputs(problem))
    assert found.starts.select("planned", "finding", "period").rows() == [("a:survey", None, 0), ("a1", 0, 1)]
    assert found.bound - found.nothing == pytest.approx(BestPolicy(problem).value())


def test_what_a_survey_found_waits_for_the_committee() -> None:
    problem = replace(one_site(brings=3.0, survey=0.1), meetings=(0, 3))
    found = policy_bound(policy_inputs(problem))
    assert found.starts.filter(pl.col("planned") == "a1")["period"].to_list() == [3]
    assert found.bound - found.nothing == pytest.approx(BestPolicy(problem).value())


def test_a_whole_model_is_no_bound_a_start_may_depend_on_what_is_found_elsewhere() -> None:
    """One purchase can be paid: that of the surveyed site if it opens, else that of the inspected one."""
    problem = one_site(brings=9.0, survey=0.1)
    other = DrawnOption("c1", 2.0 * np.eye(5)[0], np.zeros(5), 3.0 * (1.0 - np.eye(5)[0]), 1, 4)
    problem = replace(
        problem, options={**problem.options, ("c", None): [other]}, money=np.array([0.2, 2.1, 0.0, 0.0, 0.0])
    )
    best = BestPolicy(problem).value()
    model = policy_problem(policy_inputs(problem))
    whole = policy_bound(policy_inputs(problem), seconds=10.0)
    fractional = {row["planned"]: row["share"] for row in whole.starts.iter_rows(named=True)}
    assert 0.0 < fractional["c1"] < 1.0
    assert whole.first_stage - whole.nothing >= best - 1e-9
    in_whole_starts = solve_mip(model.arrays).value
    assert in_whole_starts is not None
    assert in_whole_starts + model.constant - whole.nothing < best - 1.0


def test_learning_is_worth_nothing_where_nothing_is_unknown() -> None:
    gates = [{**row, "state": "open"} if row["state"] == "unknown" else row for row in tables()["blockers"]]
    inputs = prepare_policies(tiny({"blockers": gates}))
    assert inputs.findings.is_empty()
    today = build_problem(inputs.planned)
    relaxation, whole = solve_lp(relaxed(today.arrays)), solve_mip(today.arrays)
    assert relaxation.value is not None
    assert whole.value is not None
    found = policy_bound(inputs)
    # Starts that the limits can never carry are left out of the bound, but not of the relaxation of today.
    assert whole.value + today.constant - 1e-3 <= found.bound <= relaxation.value + today.constant + 1e-3
    assert future_problem(inputs).arrays.value.tolist() == policy_problem(inputs).arrays.value.tolist()


def future_value(future: Problem, starts: list[tuple[str, int]]) -> float | None:
    """Value of fixed starts in one future by the model of today, in which a site may be surveyed and then start."""
    keys = future.columns["start"].keys.with_row_index("column")
    columns = [
        keys.filter((pl.col("option") == option) & (pl.col("period") == period))["column"].item()
        for option, period in starts
    ]
    upper = future.arrays.row_upper.copy()
    upper[future.rows["site"].span] = np.inf
    fixed = fix_starts(replace(future.arrays, row_upper=upper), np.array(columns, dtype=np.int64))
    solution = solve_lp(fixed)
    return None if solution.value is None else solution.value + future.constant


def uninspected_cables() -> tuple[Case, PolicyInputs]:
    costs = [
        {**row, "low": row["amount"] * 0.8, "high": row["amount"] * 1.5} if row["option"] == "cables-rehab" else row
        for row in tables()["costs"]
    ]
    case = tiny({"costs": costs})
    return case, prepare_policies(case)


def test_policies_of_a_case_valued_in_each_future_by_the_model_of_today_stay_below_the_bound() -> None:
    _, inputs = uninspected_cables()
    found = policy_bound(inputs)
    rows = inputs.findings.rows(named=True)
    told = inputs.findings.partition_by("finding", maintain_order=True)
    futures = [build_problem(prepare(known_case(inputs.planned.case, one))) for one in told]
    opened = [row["finding"] for row in rows if row["opens"]]
    best = -np.inf
    for survey, more in itertools.product((0, 2), ([], [("mill-repair", 0)])):
        for starting in itertools.product((None, survey + 1, survey + 2), repeat=len(opened)):
            mean = 0.0
            for row, future in zip(rows, futures, strict=True):
                start = starting[opened.index(row["finding"])] if row["opens"] else None
                begun = [] if start is None else [("cables-rehab", start)]
                value = future_value(future, [("cables:survey", survey), *more, *begun])
                mean = -np.inf if value is None else mean + row["chance"] * value
            best = max(best, mean)
            assert mean <= found.bound + 1e-6 * abs(found.bound)
    assert np.isfinite(best)


def test_a_future_and_the_mean_value_a_start_alike() -> None:
    """Where no limit binds, a start of a finding is worth in the model what it is worth in its future, times chance."""
    _, inputs = uninspected_cables()
    model = policy_problem(inputs)
    starts = model.columns["start"].keys
    for finding in (0, 2):
        known = prepare(known_case(inputs.planned.case, inputs.findings.filter(pl.col("finding") == finding)))
        future = build_problem(known)
        theirs = future.columns["start"].keys.with_columns(worth=pl.Series(future.arrays.value[future.starts]))
        mine = starts.with_columns(worth=pl.Series(model.arrays.value[model.starts]))
        pairs = mine.filter(pl.col("finding") == finding).join(
            theirs.select(planned="option", period="period", whole="worth"), on=["planned", "period"]
        )
        assert pairs.height
        assert (pairs["whole"] * pairs["chance"]).to_list() == pytest.approx(pairs["worth"].to_list())
