"""A policy and the single path in the same futures: with nothing else drawn, the policy comes to what is stored."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.plan.planned import policy, programme
from tests.tiny import tiny

import tawteen as tw
from tawteen.case.ranges import expected_case
from tawteen.plan.robust.model import POLICY_RUNS
from tawteen.plan.robust.policy_futures import FoundFutures
from tawteen.plan.robust.recourse import StartChoice, outcome
from tawteen.plan.robust.robustness import robustness
from tawteen.plan.robust.sampling import as_planned

NO_SHOCKS = ()


@cache
def futures() -> FoundFutures:
    return FoundFutures.of_policy(tiny(), policy())


def test_with_values_as_planned_the_policy_comes_to_its_stored_gains() -> None:
    drawn = as_planned(replace(expected_case(tiny()), stated=None))
    one_of_each = {course: number for number, course in enumerate(policy().solutions)}
    assert len(one_of_each) > 1
    for number in one_of_each.values():
        starts = futures().starts[number]
        choice = StartChoice(starts, frozenset(starts), frozenset(starts))
        result = outcome(futures().policy_sample(drawn, number), choice)
        assert result.gain == pytest.approx(policy().gains[number], rel=1e-6, abs=1.0)
        assert result.short == pytest.approx(0.0, abs=1.0)


def test_gates_and_plants_are_as_they_are_found() -> None:
    drawn = as_planned(replace(expected_case(tiny()), stated=None))
    cells = futures().cells
    for number, found in enumerate(futures().by_future):
        case = futures().path_sample(drawn, number).case
        for site, opens, quantile in found.select("site", "opens", "quantile").iter_rows():
            gates = case["blockers"].filter((pl.col("site") == site) & (pl.col("state") == "unknown"))
            assert set(gates["chance"]) == {float(opens)}
            for row in cells.filter(site=site, quantile=quantile).iter_rows(named=True) if quantile is not None else ():
                assert case[row["table"]][row["column"]][row["place"]] == pytest.approx(row["value"])


def test_both_meet_the_same_futures() -> None:
    learning = replace(programme(), policy=policy())
    result = robustness(tiny(), learning, scenarios=4, replans=0, shocks=NO_SHOCKS)
    assert result.policy_runs["scenario"].to_list() == result.policy_runs["future"].to_list() == [0, 1, 2, 3]
    figures = dict(result.policy_figures.select("figure", "policy").iter_rows())
    assert figures["expected"] == pytest.approx(np.mean(result.policy_runs["policy"].to_list()))
    assert figures["p10"] <= figures["p50"] <= figures["p90"]
    assert 0.0 <= figures["chance_of_loss"] <= 1.0
    few = robustness(
        tiny(), learning, scenarios=3, replans=0, shocks=NO_SHOCKS,
        params=tw.SearchParams().robust.model_copy(update={"policy_scenarios": 2}),
    )  # fmt: skip
    assert few.policy_runs.rows() == result.policy_runs.head(2).rows()


def test_without_a_policy_there_is_nothing_beside_the_path() -> None:
    alone = robustness(tiny(), programme(), scenarios=2, replans=0, shocks=NO_SHOCKS)
    unasked = robustness(
        tiny(), replace(programme(), policy=policy()), scenarios=2, replans=0, shocks=NO_SHOCKS, policy=False
    )  # fmt: skip
    for result in (alone, unasked):
        assert result.policy_runs.schema == POLICY_RUNS
        assert result.policy_runs.is_empty()
        assert result.policy_figures.is_empty()
