"""What making at home is worth, against what is reckoned by hand from the appraisal's cash."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.tiny import names, tables, tiny

from tawteen.appraise import appraise
from tawteen.appraise.economic.import_substitution import (
    ADDS_NOTHING,
    CANNOT_START,
    NO_MAKER,
    NO_WAY,
    NOT_LISTED,
    OTHER_CHOSEN,
    YearlyOperation,
    as_planned,
    best_alone,
    freight,
    makers,
    worth_of_making,
)
from tawteen.case.model import Case
from tawteen.effects import effects_of
from tawteen.words import LANGS, Words


def with_rods(**more: Any) -> Case:
    """The tiny case with a works in the south that could draw the copper rod the cable works in the east buy."""
    base = tables()
    site = {**base["sites"][0], "id": "rods", **names("Rod works", "مصنع القضبان"), "care_cost": 0.0}
    option = {"id": "rods-build", "site": "rods", "kind": "build", **names("Build", "إنشاء"), "capacity": 50.0,
              "output_reached": 0.9, "fixed_cost": 5_000.0, "variable_cost": 3_500.0, "foreign_share": 0.5,
              "jobs": 5.0, "wage": 1000.0, "life": 10.0, **more.pop("option", {})}  # fmt: skip
    recipe = {"option": "rods-build", "commodity": "copper", "direction": "out", "quantity": 1.0}
    cost = {"option": "rods-build", "id": "hall", **names("Hall", "صالة"), "category": "civil", "amount": 60_000.0,
            "origin": "local"}  # fmt: skip
    work = {"option": "rods-build", "id": "A", **names("Build", "بناء"), "weeks": 10.0, "capability": "mechanical",
            "effort": 10.0}  # fmt: skip
    changes = {
        "sites": [*base["sites"], site], "options": [*base["options"], option],
        "recipes": [*base["recipes"], recipe], "costs": [*base["costs"], cost], "works": [*base["works"], work],
    }  # fmt: skip
    return tiny({**changes, **more})


def running(**amounts: float) -> YearlyOperation:
    rows = {"option": [name.replace("_", "-") for name in amounts], "amount": list(amounts.values())}
    return YearlyOperation(pl.DataFrame(rows, schema={"option": pl.String, "amount": pl.Float64}))


def of(table: pl.DataFrame, kind: str, item: str) -> dict[str, Any]:
    return table.row(by_predicate=(pl.col("kind") == kind) & (pl.col("item") == item), named=True)


def levelised(case: Case) -> tuple[float, float]:
    """Price of a rod at which the works would just pay, and rods of the last year: all but its sales, discounted."""
    cash = appraise(case, effects_of(case)).cash.filter(option="rods-build", view="economic")
    factors = 1.08 ** (-(cash["period"].to_numpy() + 1) / 4)
    made = cash["sales"].to_numpy() / (5000 * 1.2 + 50 + 40)
    spent = (cash["net"] - cash["sales"] - cash["net_without"]).to_numpy()
    return -float(spent @ factors) / float(made @ factors), float(made[-4:].sum())


def test_a_rod_made_at_home_costs_its_levelised_cost_and_the_way():
    case = with_rods()
    table = worth_of_making(case, effects_of(case), running(cables_rehab=200.0))
    found = of(table, "input", "copper")
    price, made = levelised(case)
    # 200 units of 0.9 t at 5,000 with a premium of a fifth and the port's 50; the way to the east is 35.
    assert found["quantity"] == pytest.approx(180.0)
    assert found["import_price"] == pytest.approx(6050.0)
    assert found["most"] == pytest.approx(180.0 * 6050.0)
    assert found["foreign"] == pytest.approx(180.0 * 5000.0)
    assert found["maker"] == "rods-build"
    assert found["home_price"] == pytest.approx(price + 35.0)
    assert found["made"] == pytest.approx(min(made, 180.0))
    assert found["worth"] == pytest.approx(found["made"] * (6050.0 - price - 35.0))
    assert found["reason"] is None


def test_no_more_is_counted_than_is_used():
    case = with_rods(option={"capacity": 500.0})
    found = of(worth_of_making(case, effects_of(case), running(cables_rehab=20.0)), "input", "copper")
    assert found["made"] == pytest.approx(18.0)


@pytest.mark.parametrize(("until", "made_at_home"), [(None, 40.0), ((2028, 6, 30), 20.0), ((2027, 12, 31), 0.0)])
def test_supplies_count_while_they_hold_in_the_last_year(until: tuple[int, int, int] | None, made_at_home: float):
    """Ten tonnes of scrap a quarter; the last year of the horizon is 2028."""
    scrap = {"id": "scrap", **names("Scrap", "خردة"), "region": "east", "commodity": "copper", "quantity": 10.0,
             "variable_cost": 900.0, "end": None if until is None else dt.date(*until)}  # fmt: skip
    case = with_rods(supplies=[*tables()["supplies"], scrap])
    found = of(worth_of_making(case, effects_of(case), running(cables_rehab=200.0)), "input", "copper")
    assert found["quantity"] == pytest.approx(180.0 - made_at_home)


def test_ranked_by_worth_and_what_cannot_be_said_has_a_reason():
    case = with_rods()
    table = worth_of_making(case, effects_of(case), running(cables_rehab=200.0, mill_repair=12_000.0))
    known = table["worth"].drop_nulls().to_list()
    assert known == sorted(known, reverse=True)
    assert table["worth"].null_count() == table["reason"].len() - table["reason"].null_count()
    wheat = of(table, "input", "wheat")
    assert (wheat["reason"], wheat["worth"]) == (NO_MAKER, None)
    assert wheat["most"] == pytest.approx(12_000 * 1.3 * (250 * 1.2 + 15 + 40))
    # 150,000 of spares over the 12 years of the repair, with the premium.
    lump = of(table, "spares_lump", "mill-repair")
    assert lump["reason"] == NOT_LISTED
    assert lump["most"] == pytest.approx(150_000 * 1.2 / 12)
    for code in (
        NO_MAKER,
        CANNOT_START,
        OTHER_CHOSEN,
        ADDS_NOTHING,
        NO_WAY,
        NOT_LISTED,
    ):
        for lang in LANGS:
            assert Words(lang).say(code) != code


def test_parts_that_are_listed_are_compared_one_by_one():
    part = {"option": "mill-repair", "item": "parts", "commodity": "copper", "quantity": 12.0}
    case = with_rods(parts=[part])
    table = worth_of_making(case, effects_of(case), running(mill_repair=12_000.0))
    found = of(table, "spares", "copper")
    # A tonne a year of twelve; it is used in the south, where the rods are drawn.
    assert found["quantity"] == pytest.approx(1.0)
    assert found["worth"] == pytest.approx(5000 * 1.2 + 50 + 40 - levelised(case)[0])
    assert of(table, "spares_lump", "mill-repair")["foreign"] == pytest.approx((150_000 - 60_000) / 12)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"blockers": [*tables()["blockers"], {"site": "rods", "gate": "title", "state": "closed", "stops": "now",
                                               "opens_by": "none"}]}, CANNOT_START),
        ({"routes": []}, NO_WAY),
        ({"option": {"capacity": 0.0}}, ADDS_NOTHING),
    ],
)  # fmt: skip
def test_why_it_cannot_be_made(more, code):
    case = with_rods(**more)
    found = of(worth_of_making(case, effects_of(case), running(cables_rehab=200.0)), "input", "copper")
    assert (found["reason"], found["worth"]) == (code, None)


def test_a_site_that_does_something_else_makes_nothing():
    case = with_rods()
    busy = YearlyOperation(running(cables_rehab=200.0).throughput, chosen_sites=frozenset({"rods"}))
    assert of(worth_of_making(case, effects_of(case), busy), "input", "copper")["reason"] == OTHER_CHOSEN


def test_a_programme_counts_what_it_imports_in_its_last_year():
    made = pl.DataFrame({"option": ["cables-rehab"] * 8, "period": range(8), "amount": [10.0] * 4 + [50.0] * 4},
                        schema={"option": pl.String, "period": pl.Int64, "amount": pl.Float64})  # fmt: skip
    bought = pl.DataFrame({"kind": ["import"] * 2, "commodity": ["copper"] * 2, "period": [3, 7],
                           "amount": [500.0, 90.0]})  # fmt: skip
    case = with_rods()
    planned = as_planned(made, bought, frozenset({"cables"}), 8)
    found = of(worth_of_making(case, effects_of(case), planned), "input", "copper")
    assert found["quantity"] == pytest.approx(90.0)


def test_alone_one_option_a_site_or_the_line_of_today():
    case = tiny()
    chosen = best_alone(case, effects_of(case)).throughput
    worth = appraise(case, effects_of(case)).indicators.filter(view="economic")
    paying = set(worth.filter(pl.col("npv") > 0)["option"])
    site = dict(case["options"].select("id", "site").iter_rows())
    assert chosen["option"].is_unique().all()
    assert len({site[option] for option in chosen["option"]}) == chosen.height
    assert set(chosen["option"]) <= paying | {"pasta-now"}


def test_existing_lines_are_taken_off_what_more_output_adds():
    case = tiny()
    found = makers(
        case, effects_of(case), YearlyOperation(pl.DataFrame(schema={"option": pl.String, "amount": pl.Float64}))
    )
    more = found.row(by_predicate=pl.col("option") == "pasta-more", named=True)
    assert more["made"] == pytest.approx(4 * (2200 - 1500))


def test_the_cheapest_way_may_lead_over_a_third_region():
    regions = [*tables()["regions"], {"id": "west", **names("West", "الغرب"), "port": True, "inland_cost": 0.0}]
    route = {"from_region": "east", "to_region": "west", "carries": "goods"}
    case = tiny({"regions": regions, "routes": [*tables()["routes"], {"id": "e-w", **route, "cost": 20.0}]})
    ways = freight(case)
    assert ways["goods", "south", "west"] == pytest.approx(55.0)
    assert ("goods", "west", "south") not in ways
    assert np.isfinite(list(ways.values())).all()
