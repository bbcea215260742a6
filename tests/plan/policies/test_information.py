"""What knowing is worth: nothing where nothing is unknown, and no survey that can change no decision."""

from __future__ import annotations

import polars as pl
import pytest
from tests.plan.planned import policy
from tests.tiny import tables, tiny

import tawteen as tw
from tawteen.case.model import Case


def known() -> Case:
    """The case in which no gate is unknown."""
    gates = [{**gate, "state": "open", "stops": "no"} for gate in tables()["blockers"]]
    return tiny({"blockers": gates})


def without_use() -> Case:
    """The case in which no option of the unknown site pays, whatever is found."""
    options = [
        {**row, "fixed_cost": 9e9} if row["site"] == "cables" else row for row in tables()["options"]
    ]  # fmt: skip
    return tiny({"options": options})


def test_knowing_is_worth_nothing_where_nothing_is_unknown() -> None:
    plan = tw.plan_policy(known(), steps=2, futures=10)
    assert plan is not None
    assert plan.findings.is_empty()
    assert plan.value_of_information == pytest.approx(0.0, abs=1e-6 * abs(plan.do_nothing))
    assert plan.information.is_empty()
    assert tw.plan(known(), steps=2).policy is None


def test_a_survey_that_changes_no_decision_is_not_chosen() -> None:
    plan = tw.plan_policy(without_use(), steps=5, futures=10)
    assert plan is not None
    assert plan.policy.filter(pl.col("site") == "cables").is_empty()
    assert plan.value_of_information == 0.0


def test_knowing_is_worth_what_the_same_futures_lose_without_the_survey() -> None:
    plan = policy()
    first = sum(plan.gains[: plan.information_futures]) / plan.information_futures
    row = plan.information.row(0, named=True)
    assert row["site"] == "cables"
    assert row["with_survey"] == pytest.approx(first)
    assert row["value_of_information"] == pytest.approx(row["with_survey"] - row["without_survey"])
    # One site alone is unknown: without its survey nothing is surveyed.
    assert row["without_survey"] <= sum(plan.gains_without) / len(plan.gains_without) + 1e-3
    assert plan.value_of_information > 0.0
