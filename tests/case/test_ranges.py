"""The mean that is computed with: one definition for plan, robustness, appraisal and check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.tiny import names, tables, tiny

from tawteen.appraise.risk.distributions import quantile
from tawteen.appraise.risk.ranges import ranges_of
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.ranges import expected_case, premium_range, ranged_cells
from tawteen.effects import effects_of
from tawteen.plan.distributions import QUANTILE_FUNCTIONS
from tawteen.plan.inputs import prepare
from tawteen.plan.planning import plan
from tawteen.plan.programme import Scenario
from tawteen.plan.robust.sampling import scenarios
from tawteen.plan.robust.uncertainties import unknowns
from tawteen.plan.verify import verify

PERT = {"uncertainty": {"distribution": "pert"}}
GRID = (np.arange(20_000) + 0.5) / 20_000


def item(option: str, **cells: Any) -> list[dict[str, Any]]:
    """The investment items of the tiny case, with other cells for those of `option`."""
    return [row | (cells if row["option"] == option else {}) for row in tables()["costs"]]


def option(name: str, **cells: Any) -> list[dict[str, Any]]:
    return [row | (cells if row["id"] == name else {}) for row in tables()["options"]]


def seen(cell: str, low: float, high: float) -> dict[str, Any]:
    """An observation of the range of a cell, named as table.row.column."""
    table, row, column = cell.split(".")
    return {"id": cell, "table": table, "row": row, "column": column, "grade": "assumed", "low": low, "high": high}


def past(*cost_ratios: float, **more: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"P{i}", "reference_class": "food", **names("Past", "سابقة"), "cost_ratio": ratio, **more}
        for i, ratio in enumerate(cost_ratios)
    ]


def amount(case: Case, place: int = 0) -> float:
    return float(case["costs"]["amount"][place])


@pytest.mark.parametrize(("settings", "mean"), [({}, 5.0), (PERT, 4.0)])
def test_a_value_between_two_ends_counts_with_its_mean(settings: dict[str, Any], mean: float) -> None:
    case = tiny({"costs": item("mill-repair", low=2.0, amount=3.0, high=10.0)}, **settings)
    assert amount(expected_case(case)) == pytest.approx(mean)
    paid = prepare(case).effects.outlays.filter((pl.col("option") == "mill-repair") & (pl.col("category") == "spares"))
    assert paid["amount"].sum() == pytest.approx(mean)
    assert amount(case) == 3.0
    planned = expected_case(case)
    assert expected_case(planned) is planned


@pytest.mark.parametrize("settings", [{}, PERT])
def test_what_is_planned_is_the_mean_of_what_is_drawn(settings: dict[str, Any]) -> None:
    evidence = [
        seen("commodities.wheat.cif", 200.0, 400.0),
        seen("options.mill-repair.capacity", 1000.0, 3300.0),
        seen("works.mill-repair/A.effort", 100.0, 300.0),
        seen("blockers.cables/title.chance", 0.1, 0.8),
    ]
    changes = {"evidence": evidence, "costs": item("mill-repair", low=120_000.0, high=300_000.0)}
    changes |= {"options": option("cables-rehab", estimate_class=4)}
    case = tiny(changes, **settings)
    planned, cells = expected_case(case), unknowns(case, ()).cells
    quantile_of = QUANTILE_FUNCTIONS[case.settings.uncertainty.distribution]
    assert {("costs", "amount"), ("works", "effort"), ("commodities", "cif")} <= set(
        cells.select("table", "column").iter_rows()
    )
    for cell in cells.iter_rows(named=True):
        drawn = quantile_of(GRID, cell["low"], cell["mode"], cell["high"])
        assert planned[cell["table"]][cell["column"]][cell["place"]] == pytest.approx(drawn.mean(), rel=1e-4)
    assert quantile_of(GRID, *premium_range(case)).mean() == pytest.approx(0.2, rel=1e-4)
    draws = scenarios(case, 400, seed=3, shocks=())
    opened = np.mean([d.case["blockers"].filter(pl.col("gate") == "title")["chance"][0] for d in draws])
    chance = planned["blockers"].filter(pl.col("gate") == "title")["chance"][0]
    assert chance == pytest.approx((0.1 + (0.7 if not settings else 2.8) + 0.8) / (3 if not settings else 6))
    assert opened == pytest.approx(chance, abs=0.1)
    assert all(prepare(d.case).case["costs"].equals(d.case["costs"]) for d in draws[:3])


def test_a_value_that_a_class_corrects_is_not_corrected_by_its_own_range_too() -> None:
    costs = item("mill-repair", low=120_000.0, high=300_000.0)
    classed = option("mill-repair", reference_class="food")
    few = tiny({"costs": costs, "options": classed, "precedents": past(1.0, 1.2, 2.0)})
    assert amount(expected_case(few)) == 150_000.0
    paid = prepare(few).effects.outlays.filter((pl.col("option") == "mill-repair") & (pl.col("category") == "spares"))
    assert paid["amount"].sum() == pytest.approx(1.4 * 150_000)
    spread = ranged_cells(few).row(by_predicate=(pl.col("table") == "costs") & (pl.col("place") == 0), named=True)
    assert spread["corrected"]
    assert (spread["low"], spread["high"]) == pytest.approx((120_000 * 150 / 190, 300_000 * 150 / 190))
    many = tiny({"costs": costs, "options": classed, "precedents": past(1.0, 1.2, 1.3, 1.5, 3.0)})
    assert ranged_cells(many).filter((pl.col("table") == "costs") & (pl.col("place") == 0)).is_empty()
    ratios = [
        d.case["precedents"].filter(pl.col("reference_class") == "mill|food")["cost_ratio"][0]
        for d in scenarios(many, 500, seed=1, shocks=())
    ]
    assert np.mean(ratios) == pytest.approx(1.6, abs=0.12)
    assert prepare(many).effects.outlays.filter((pl.col("option") == "mill-repair") & (pl.col("category") == "spares"))[
        "amount"
    ].sum() == pytest.approx(1.6 * 150_000)


def test_a_class_that_states_no_ratio_corrects_nothing() -> None:
    changes = {"costs": item("mill-repair", low=120_000.0, high=300_000.0)}
    changes |= {"options": option("mill-repair", reference_class="food"), "precedents": past(None, output_reached=0.5)}
    assert amount(expected_case(tiny(changes))) == pytest.approx(190_000)


def test_the_estimate_class_gives_the_range_that_nobody_states() -> None:
    base = tiny({"options": option("mill-repair", estimate_class=5)})
    # −35 % and +65 %, the middles of what AACE 18R-97 states for class 5.
    assert amount(expected_case(base)) == pytest.approx(150_000 * (0.65 + 1 + 1.65) / 3)
    assert amount(expected_case(tiny())) == pytest.approx(150_000)
    cells = ranged_cells(tiny()).filter(pl.col("source") == "estimate_class")
    assert cells["mean"].to_list() == pytest.approx([row["amount"] for row in tables()["costs"]])
    closed = tiny(
        {
            "options": option("mill-repair", estimate_class=5),
            "costs": item("mill-repair", low=150_000.0, high=150_000.0),
        }
    )
    assert amount(expected_case(closed)) == 150_000.0


def test_what_is_changed_is_what_is_planned_with() -> None:
    evidence = [seen("commodities.wheat.cif", 200.0, 600.0)]
    case = tiny({"costs": item("mill-repair", low=120_000.0, high=300_000.0), "evidence": evidence})
    mean = amount(expected_case(case))

    def price(*changes: str) -> float:
        return float(prepare(case, Scenario(set=changes)).case["commodities"].filter(pl.col("id") == "wheat")["cif"][0])

    assert price() == pytest.approx(350)
    assert price("commodity.wheat*2") == pytest.approx(700)
    assert price("commodity.wheat+50") == pytest.approx(400)
    assert price("commodity.wheat=300") == 300
    half = prepare(case, Scenario(set=("option.mill-repair*0.5",))).case
    assert amount(half) == pytest.approx(0.5 * mean)
    assert amount(prepare(case, Scenario(set=("option.mill-repair=90000",))).case) == 90_000


def test_a_value_outside_of_its_range_wins() -> None:
    case = tiny({"evidence": [seen("commodities.wheat.cif", 100.0, 200.0)]})
    assert expected_case(case)["commodities"].filter(pl.col("id") == "wheat")["cif"][0] == 250.0


def test_programme_and_check_share_the_means() -> None:
    evidence = [
        seen("commodities.flour.cif", 300.0, 700.0),
        seen("demands.flour-east.quantity", 4e3, 9e3),
    ]
    case = tiny({"costs": item("mill-repair", low=120_000.0, high=500_000.0), "evidence": evidence})
    programme = plan(case, time_limit=60.0, gap=0.0)
    assert programme.case_hash == case_hash(case) == case_hash(expected_case(case))
    found = verify(case, programme)
    assert found.holds
    assert found.value == pytest.approx(programme.value)
    modes = replace(case, tables={**case.tables, "evidence": case["evidence"].clear()})
    assert not verify(modes, programme).holds


def test_the_simulation_of_an_option_has_the_mean_of_its_effects() -> None:
    case = tiny({"costs": item("mill-repair", low=120_000.0, high=500_000.0)})
    cost = ranges_of(case, effects_of(case), "mill-repair", "financial").inputs["cost"]
    assert quantile(cost, GRID).mean() == pytest.approx(1.0, rel=1e-4)
