"""The outlook of a programme: figures that follow from scenarios, and its fields in the file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.plan.planned import programme

from tawteen.case.findings import CaseError
from tawteen.plan.outlook import FIELDS, FIGURES, Outlook, no_rows
from tawteen.plan.params import OutlookParams
from tawteen.plan.programme_file import read_programme, write_programme

GAINS = (-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0)


def outlook() -> Outlook:
    flags = pl.DataFrame(
        [("programme_loss", None, 0.3, 0.5, "share", False), ("site_loss", "mill", 0.6, 0.5, "share", True)],
        schema=no_rows("red_flags").schema, orient="row",
    )  # fmt: skip
    parties = pl.DataFrame([("host", 5.0, 8.0, 3.0, None)], schema=no_rows("parties").schema, orient="row")
    rules = pl.DataFrame([("r1", 1.0, 2.0)], schema=no_rows("rule_costs").schema, orient="row")
    return Outlook(7, GAINS, flags, parties, rules)


def test_figures_of_ten_known_scenarios() -> None:
    known = outlook()
    assert known.scenarios == 10
    assert known.expected == pytest.approx(15.0)
    assert (known.p10, known.p50, known.p90) == (-30.0, 10.0, 50.0)
    assert known.chance_of_loss == pytest.approx(0.3)
    assert known.standard_error == pytest.approx(30.2765 / 10**0.5, rel=1e-4)
    assert known.raised["code"].to_list() == ["site_loss"]


def test_the_outlook_comes_back_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "programme.json"
    write_programme(replace(programme(), outlook=outlook()), path)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["expected"] == pytest.approx(15.0)
    assert data["chance_of_loss"] == pytest.approx(0.3)
    assert data["parties"] == [{"party": "host", "without": 5.0, "with": 8.0, "gain": 3.0, "transfer": None}]
    again = read_programme(path).outlook
    assert again is not None
    assert again.gains == GAINS
    assert again.red_flags.equals(outlook().red_flags)
    assert again.parties.equals(outlook().parties)
    assert again.rule_costs.equals(outlook().rule_costs)


def test_a_programme_that_was_not_simulated_states_no_figure(tmp_path: Path) -> None:
    path = tmp_path / "programme.json"
    write_programme(programme(), path)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert [data[name] for name in (*FIGURES, "outlook")] == [None] * 6
    assert read_programme(path).outlook is None


CHANGES: list[dict[str, Any]] = [
    {"expected": 15.1}, {"p10": -20.0}, {"p50": None}, {"p90": "50"}, {"chance_of_loss": 0.31}, {"outlook": None},
    {"outlook": {"seed": 7, "gains": []}}, {"outlook": {"seed": -1, "gains": [1.0]}}, {"outlook": {"gains": [1.0]}},
    {"outlook": {"seed": 7, "gains": [*GAINS[:-1], 61.0]}}, {"red_flags": {}}, {"red_flags": [{"code": "x"}]},
    {"parties": [{"party": "host", "without": 5.0, "with": 8.0, "gain": 4.0, "transfer": None}]},
    {"rule_costs": [{"rule": "r1", "at_least": 3.0, "at_most": 2.0}]}, {"rule_costs": None},
    {"rule_costs": [{"rule": None, "at_least": 1.0, "at_most": 2.0}]},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_changed_field_is_found(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "programme.json"
    write_programme(replace(programme(), outlook=outlook()), path)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert change.keys() <= set(FIELDS)
    path.write_text(json.dumps({**data, **change}), encoding="utf-8")
    with pytest.raises(CaseError):
        read_programme(path)


def test_large_cases_have_fewer_scenarios_unless_a_number_is_asked_for() -> None:
    params = OutlookParams()
    assert [params.count(sites) for sites in (1, 63, 400, 1_000, 30_000)] == [100, 100, 50, 20, 20]
    assert params.with_scenarios(7).count(30_000) == 7
    assert params.with_scenarios(500).count(63) == 500
    assert params.with_scenarios(0).count(63) == 0
    assert params.with_scenarios(None) is params
