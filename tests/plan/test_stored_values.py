"""Values as JSON stores them, and tables of rows."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tawteen.plan.outlook import RuleCosts
from tawteen.plan.policy_plan import Findings, FirstStage
from tawteen.plan.stored_values import is_finite, is_whole, table_of_rows


@pytest.mark.parametrize(
    ("value", "whole", "finite"),
    [
        (0, True, True),
        (3, True, True),
        (-1, False, True),
        (1.0, False, True),
        (True, False, False),
        (None, False, False),
        ("1", False, False),
        (float("inf"), False, False),
        (float("nan"), False, False),
        ([1], False, False),
    ],
)
def test_numbers_are_told_from_what_looks_like_them(value: Any, whole: bool, finite: bool) -> None:
    assert (is_whole(value), is_finite(value)) == (whole, finite)


def test_rows_become_a_table_of_its_types() -> None:
    rows = [{"rule": "r1", "at_least": 1, "at_most": None}, {"rule": "r2", "at_least": 0.5, "at_most": 2.0}]
    table = table_of_rows(RuleCosts, rows)
    assert table.rows() == [("r1", 1.0, None), ("r2", 0.5, 2.0)]
    assert table.schema == {"rule": pl.String, "at_least": pl.Float64, "at_most": pl.Float64}
    assert table_of_rows(RuleCosts, []).schema == table.schema


START = {"order": 1, "site": "mill", "kind": "rehab", "option": "mill-repair", "period": 0, "start": "2027-Q1"}
FINDING = {"site": "mill", "finding": 0, "chance": 0.5, "opens": True, "quantile": None}


@pytest.mark.parametrize(
    ("schema", "rows"),
    [
        (RuleCosts, {"rule": ["r1"]}),
        (RuleCosts, ["r1"]),
        (RuleCosts, [{"rule": "r1", "at_least": 1.0}]),
        (RuleCosts, [{"rule": "r1", "at_least": "1", "at_most": 2.0}]),
        (RuleCosts, [{"rule": "r1", "at_least": True, "at_most": 2.0}]),
        (RuleCosts, [{"rule": None, "at_least": 1.0, "at_most": 2.0}]),
        (FirstStage, [{**START, "units": [{"unit": "a", "capability": "b", "amount": -1.0}]}]),
        (FirstStage, [{**START, "units": [3]}]),
        (FirstStage, [{**START, "units": [], "start": "2027"}]),
        (FirstStage, [{**START, "units": [], "order": 0}]),
        (Findings, [{**FINDING, "chance": 1.5}]),
        (Findings, [{**FINDING, "opens": 1}]),
        (Findings, [{**FINDING, "finding": 2**70}]),
    ],
)
def test_what_a_schema_does_not_allow_is_refused(schema: Any, rows: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for nobody: callers name the field
        table_of_rows(schema, rows)
    good = {FirstStage: [{**START, "units": []}], Findings: [FINDING], RuleCosts: []}
    assert table_of_rows(schema, good[schema]).height == len(good[schema])
