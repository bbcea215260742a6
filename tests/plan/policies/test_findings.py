"""What surveys can find, and the case as it is known afterwards."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.tiny import tables, tiny, unknown_title

from tawteen.case.model import Case
from tawteen.diagnose import diagnose
from tawteen.plan.inputs import prepare
from tawteen.plan.policies.bound import policy_bound
from tawteen.plan.policies.findings import findings, plant_cells, plant_values
from tawteen.plan.policies.inputs import prepare_policies
from tawteen.plan.policies.known_cases import known_case
from tawteen.plan.policies.params import POLICY_PARAMS, PolicyParams


def blockers(*rows: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {"blockers": [{"stops": "now", "opens_by": "works", **row} for row in rows]}


def ranged() -> list[dict[str, Any]]:
    """Costs of the cable works with a range of their own and an estimate class that counts."""
    return [
        {**row, "low": row["amount"] * 0.8, "high": row["amount"] * 1.5} if row["option"] == "cables-rehab" else row
        for row in tables()["costs"]
    ]


def found_in(case: Case) -> pl.DataFrame:
    inputs = prepare(case)
    return findings(inputs.case, inputs.diagnosis)


def test_gates_open_or_not_in_each_state_of_the_plant() -> None:
    found = found_in(tiny({"costs": ranged()}))
    assert found["site"].to_list() == ["cables"] * 4
    assert found["chance"].to_list() == pytest.approx([0.21, 0.28, 0.21, 0.3])
    assert found["opens"].to_list() == [True, True, True, False]
    assert found["quantile"].to_list() == [0.1, 0.5, 0.9, None]


def test_a_site_that_is_known_has_no_findings() -> None:
    found = found_in(tiny(blockers({"site": "cables", "gate": "title", "state": "open"})))
    assert found.is_empty()
    assert found.schema == {"site": pl.String, "finding": pl.Int64, "chance": pl.Float64, "opens": pl.Boolean,
                            "quantile": pl.Float64}  # fmt: skip


def test_a_gate_without_a_chance_has_one_finding_that_opens_nothing() -> None:
    found = found_in(tiny(blockers({"site": "cables", "gate": "title", "state": "unknown"})))
    assert found.rows() == [("cables", 0, 1.0, False, None)]


def test_a_stale_state_takes_no_chance_away() -> None:
    sites = [{**row, "state_as_of": dt.date(2020, 1, 1)} for row in tables()["sites"]]
    case = tiny({"sites": sites, **blockers({"site": "cables", "gate": "title", "state": "open"})})
    found = found_in(case)
    assert found.group_by("site", maintain_order=True).agg(pl.col("chance").sum())["chance"].to_list() == (
        pytest.approx([1.0] * 3)
    )
    assert found["opens"].all()


def test_chances_sum_to_one_whatever_the_points() -> None:
    inputs = prepare(tiny({"costs": ranged()}))
    pearson_tukey = findings(inputs.case, inputs.diagnosis, PolicyParams(tail=0.05, tail_weight=0.185))
    assert pearson_tukey["chance"].to_list() == pytest.approx([0.7 * 0.185, 0.7 * 0.63, 0.7 * 0.185, 0.3])


@pytest.mark.parametrize("distribution", ["triangular", "pert"])
def test_the_mean_over_the_states_is_what_is_planned(distribution: str) -> None:
    case = prepare(tiny({"costs": ranged()}, uncertainty={"distribution": distribution})).case
    cells = plant_cells(case)
    assert cells.filter(pl.col("site") == "cables").height
    values = np.array([plant_values(case, cells, q) for q, _ in POLICY_PARAMS.states()])
    weights = np.array([weight for _, weight in POLICY_PARAMS.states()])
    assert weights @ values == pytest.approx(cells["mean"].to_numpy())
    assert (values >= cells["low"].to_numpy() - 1e-9).all()
    assert (values <= cells["high"].to_numpy() + 1e-9).all()
    assert (np.diff(values, axis=0) > 0).all(axis=0).tolist() == cells["rises"].to_list()


def test_a_range_with_its_mode_at_an_end_keeps_its_mean_and_its_range() -> None:
    costs = [{**row, "low": row["amount"], "high": row["amount"] * 9} for row in tables()["costs"]]
    case = prepare(tiny({"costs": costs})).case
    cells = plant_cells(case).filter(pl.col("table") == "costs")
    values = np.array([plant_values(case, cells, q) for q, _ in POLICY_PARAMS.states()])
    assert [0.3, 0.4, 0.3] @ values == pytest.approx(cells["mean"].to_numpy())
    assert (values >= cells["low"].to_numpy() - 1e-9).all()


def test_a_known_case_has_no_uninspected_site() -> None:
    inputs = prepare(tiny({"costs": ranged()}))
    found = findings(inputs.case, inputs.diagnosis)
    for number, available in ((0, True), (3, False)):
        known = known_case(inputs.case, found.filter(pl.col("finding") == number))
        site = diagnose(known).sites.filter(pl.col("site") == "cables")
        assert site.select("conditional", "available", "chance").row(0) == (False, available, 1.0)


def test_opened_gates_keep_their_task_and_their_date() -> None:
    gate = {"site": "cables", "gate": "title", "state": "unknown", "opens_by": "authority", "chance": 0.5, "weeks": 6.0}
    day = dt.date(2027, 9, 30)
    for more, opens_by in (({"open_date": day}, "authority"), ({}, "works")):
        inputs = prepare(tiny(blockers({**gate, **more})))
        known = known_case(inputs.case, findings(inputs.case, inputs.diagnosis).head(1))
        assert known["blockers"].select("state", "opens_by").row(0) == ("closed", opens_by)
        option = prepare(known).effects.options.filter(pl.col("option") == "cables-rehab")
        assert option["available"].item()
        assert option["earliest"].item() == (2 if more else 0)


def test_a_decisive_gate_that_was_said_to_stop_no_one_stops_it_once_it_is_found_shut() -> None:
    gate = {"site": "cables", "gate": "title", "state": "unknown", "stops": "no", "chance": 0.5}
    inputs = prepare(tiny(blockers(gate)))
    found = findings(inputs.case, inputs.diagnosis)
    shut = known_case(inputs.case, found.filter(~pl.col("opens")))
    assert not diagnose(shut).sites.filter(pl.col("site") == "cables")["available"].item()


def test_a_bad_state_costs_more_and_works_are_dated_from_the_gates() -> None:
    inputs = prepare(tiny({"costs": ranged()}))
    found = findings(inputs.case, inputs.diagnosis)
    cost = [
        prepare(known_case(inputs.case, found.filter(pl.col("finding") == k))).effects.options.filter(
            pl.col("option") == "cables-rehab"
        )["investment"].item()
        for k in range(3)
    ]  # fmt: skip
    assert cost[0] < cost[1] < cost[2]
    planned = inputs.effects.options.filter(pl.col("option") == "cables-rehab")["investment"].item()
    # The survey (20,000) is paid before, by an option of its own.
    assert np.array([0.3, 0.4, 0.3]) @ cost == pytest.approx(planned - 20_000.0)


def test_other_sites_stay_as_they_are() -> None:
    inputs = prepare(tiny({"costs": ranged()}))
    known = prepare(known_case(inputs.case, findings(inputs.case, inputs.diagnosis).head(1)))
    mine = pl.col("option").str.starts_with("cables")
    for name in ("outlays", "needs", "profile"):
        assert getattr(known.effects, name).filter(~mine).equals(getattr(inputs.effects, name).filter(~mine))


def test_sites_of_one_unknown_decision_are_dependent() -> None:
    decisions = {"mill": "court", "pasta": "court", "cables": "registry"}
    inputs = prepare_policies(tiny({"blockers": [unknown_title(s, decision=d) for s, d in decisions.items()]}))
    assert sorted(inputs.decisions.rows()) == [("mill", "court", 0.5), ("pasta", "court", 0.5)]
    apart = replace(inputs, decisions=inputs.decisions.clear())
    assert np.isfinite(policy_bound(inputs).bound)
    assert policy_bound(inputs).bound >= policy_bound(apart).bound - 1.0
