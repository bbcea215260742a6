"""Verification finds what was broken, and only that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from tests.plan.planned import changed, held_against, programme, with_rows
from tests.tiny import SETTINGS, tiny

from tawteen.appraise.prices import prices
from tawteen.appraise.value import start_values
from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.diagnose import diagnose
from tawteen.effects import effects
from tawteen.match import match
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.verify import Verification, verify
from tawteen.plan.verify.objective import option_terms
from tawteen.words import Words
from tawteen.works import works_network

FOLLOWS = {"value", "bound", "gap", "nothing_proof", "reference", "site_cells", "limits"}
"""Limits that break as a consequence of another."""


def limits(found: Verification) -> set[str]:
    return {finding.args["limit"] for finding in found.findings} - FOLLOWS


def bump(frame: pl.DataFrame, where: pl.Expr, by: float) -> pl.DataFrame:
    """The first row that fits, its amount changed."""
    place = frame.with_row_index("i").filter(where)["i"][0]
    at = pl.int_range(pl.len()) == place
    return frame.with_columns(amount=pl.when(at).then(pl.col("amount") + by).otherwise("amount"))


def flow(kind: str, name: str, commodity: str, region: str, amount: float) -> Callable[[Programme], Programme]:
    row = {"kind": kind, "id": name, "commodity": commodity, "region": region, "period": 5, "amount": amount}
    return lambda p: replace(p, flows=with_rows(p.flows, **row))


def test_a_plan_holds() -> None:
    made = programme()
    found = verify(tiny(), made)
    assert found.holds
    assert not found.findings
    assert found.value == pytest.approx(made.value, rel=1e-9)
    assert found.do_nothing == pytest.approx(made.do_nothing, rel=1e-9)
    assert abs(found.difference or 0.0) <= 1e-9 * abs(made.value or 0.0)
    assert abs(found.nothing_excess or 0.0) <= 1e-6 * abs(made.do_nothing or 0.0)
    for kind in (
        "throughput",
        "balance",
        "pool",
        "source",
        "trainers",
        "outlay",
        "fund",
        "credit",
        "uptake",
        "nothing",
    ):
        assert found.checks[kind] > 0


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(set=("fund.budget*0.6", "offer.ENG/mechanical*0.3")),
        Scenario(must=("mill",)),
        Scenario(without=("pasta", "cables")),
        Scenario(set=("value.view=financial",)),
    ],
)
def test_a_plan_holds_under_its_scenario(scenario: Scenario) -> None:
    made = programme(scenario)
    found = verify(tiny(), made)
    assert not found.findings
    assert abs(found.difference or 0.0) <= 1e-9 * abs(made.value or 0.0)


CHANGES: dict[str, tuple[Callable[[Programme], Programme], set[str]]] = {
    "above capacity": (
        lambda p: replace(p, throughput=bump(p.throughput, pl.col("option") == "cables-rehab", 1.0)),
        {"throughput", "balance"},
    ),
    "throughput of what is not started": (
        lambda p: replace(p, throughput=with_rows(p.throughput, option="mill-new", period=3, amount=1.0)),
        {"throughput", "balance"},
    ),
    "nobody imports": (lambda p: replace(p, flows=bump(p.flows, pl.col("id") == "copper", -50.0)), {"balance"}),
    "import of what has no price": (flow("import", "power", "power", "east", 9.0), {"import"}),
    "export of what has no price": (flow("export", "wheat", "wheat", "east", 9.0), {"export", "balance"}),
    "stock of what rots": (flow("stock", "flour", "flour", "east", 9.0), {"stock", "balance"}),
    "more missing than wanted": (flow("unmet", "flour-east", "flour", "east", 1e5), {"unmet"}),
    "more than there is": (flow("supply", "diesel-south", "power", "south", 1e5), {"supply"}),
    "too much on the road": (flow("transport", "south-east", "flour", "south", 1e4), {"route", "balance"}),
    "power on the road": (flow("transport", "east-south", "power", "east", 9.0), {"carrier", "balance"}),
    "from the wrong end": (flow("transport", "east-south", "flour", "south", 9.0), {"carrier", "balance"}),
    "a flow of no kind": (flow("gift", "flour", "flour", "east", 9.0), {"kind"}),
    "negative": (flow("import", "cable", "cable", "south", -9.0), {"negative", "balance"}),
    "after the end": (
        lambda p: replace(p, flows=with_rows(
            p.flows, kind="import", id="cable", commodity="cable", region="east", period=8, amount=1.0)),
        {"period"},
    ),
    "overbooked": (
        lambda p: replace(p, supply=bump(p.supply, pl.col("source") == "ENG", 1e3)), {"pool", "source"},
    ),
    "a source that is not there": (
        lambda p: replace(p, supply=p.supply.with_columns(
            source=pl.when(pl.col("pool") == "electrical").then(pl.lit("NOBODY")).otherwise("source"))),
        {"source"},
    ),
    "an outlay forgotten": (
        lambda p: replace(p, draws=p.draws.filter(pl.int_range(pl.len()) != pl.col("amount").arg_max())), {"outlay"},
    ),
    "the wrong fund": (
        lambda p: replace(p, draws=p.draws.with_columns(
            fund=pl.when(pl.col("category") == "survey").then(pl.lit("line")).otherwise("fund"))),
        {"eligible"},
    ),
    "a fund that is not there": (
        lambda p: replace(p, draws=p.draws.with_columns(
            fund=pl.when(pl.col("category") == "survey").then(pl.lit("purse")).otherwise("fund"))),
        {"eligible", "fund_unknown"},
    ),
    "worth more": (lambda p: replace(p, value=(p.value or 0.0) + 1e5), set()),
    "nothing worth more": (lambda p: replace(p, do_nothing=(p.do_nothing or 0.0) + 1e5), {"do_nothing"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_broken_is_found(name: str) -> None:
    change, expected = CHANGES[name]
    found = verify(tiny(), change(programme()))
    assert found.findings
    assert limits(found) == expected


def test_a_wrong_value_is_found() -> None:
    made = programme()
    wrong = verify(tiny(), replace(made, value=(made.value or 0.0) + 1e5))
    assert "value" in {finding.args["limit"] for finding in wrong.findings}
    assert wrong.difference == pytest.approx(1e5)
    low = verify(tiny(), replace(made, bound=(made.value or 0.0) - 1e5))
    assert {finding.args["limit"] for finding in low.findings} == {"bound", "gap"}
    gap = verify(tiny(), replace(made, gap=0.25))
    assert [finding.args["limit"] for finding in gap.findings] == ["gap"]


def moved(site: str, start: str) -> Programme:
    made = programme()
    label = pl.when(pl.col("id") == site).then(pl.lit(start)).otherwise("start")
    return replace(made, sites=made.sites.with_columns(start=label))


def test_starts_outside_their_bounds_are_found() -> None:
    window = {"earliest": dt.date(2027, 4, 1), "latest": dt.date(2027, 9, 1)}
    options = [row | (window if row["id"] == "cables-rehab" else {}) for row in tiny()["options"].to_dicts()]
    case = tiny({"options": options})
    assert "earliest" in limits(verify(case, held_against(moved("cables", "2027-Q1"), case)))
    assert "latest" in limits(verify(case, held_against(moved("cables", "2027-Q4"), case)))
    late = limits(verify(tiny(), moved("cables", "2028-Q4")))
    assert {"latest", "horizon"} <= late
    assert "option" in limits(verify(tiny(), moved("cables", "some day")))


def test_a_site_with_two_options_is_found() -> None:
    made = programme()
    again = made.sites.filter(pl.col("id") == "cables")
    assert "site" in limits(verify(tiny(), replace(made, sites=pl.concat([made.sites, again]))))


def test_an_option_of_another_site_is_found() -> None:
    made = programme()
    other = pl.when(pl.col("id") == "mill").then(pl.lit("pasta-more")).otherwise("option")
    assert "option" in limits(verify(tiny(), replace(made, sites=made.sites.with_columns(option=other))))


def gate(**cells: Any) -> Case:
    blocker = {"site": "pasta", "gate": "title", "state": "closed", "stops": "now", "opens_by": "none", **cells}
    return tiny({"blockers": [*tiny()["blockers"].to_dicts(), blocker]})


def test_works_behind_a_closed_gate_are_found() -> None:
    case = gate()
    assert {"gate", "available", "latest"} <= limits(verify(case, held_against(programme(), case)))
    dated = gate(opens_by="authority", open_date=dt.date(2027, 8, 1))
    assert {"gate_date", "earliest"} == limits(verify(dated, held_against(programme(), dated)))
    passed = gate(opens_by="authority", open_date=dt.date(2027, 2, 1))
    assert limits(verify(passed, held_against(programme(), passed))) == set()


@pytest.mark.parametrize(
    ("case", "broken"),
    [
        (changed("fund.budget*0.01"), {"fund"}),
        (changed("credit*0.001"), {"credit"}),
        (changed("trainer.academy=0.01"), {"trainers"}),
        (changed("commodities.flour.uptake=0.01"), {"uptake"}),
        (changed("commodities.copper.import_limit=1"), {"import"}),
        (changed("supply.grid-east=1"), {"supply"}),
        (changed("offer.ENG/mechanical*0.01"), {"source"}),
    ],
)
def test_a_tighter_limit_is_found_broken(case: Case, broken: set[str]) -> None:
    assert limits(verify(case, held_against(programme(), case))) == broken


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ({"kind": "never", "sites": "cables"}, False),
        ({"kind": "never", "sites": "mill"}, True),
        ({"kind": "must", "sites": "mill"}, False),
        ({"kind": "must", "sites": "cables;pasta"}, True),
        ({"kind": "must", "sites": "cables", "end": dt.date(2027, 1, 5)}, False),
        ({"kind": "must", "sites": "pasta", "options": "modernise"}, False),
        ({"kind": "one_of", "sites": "cables;pasta"}, False),
        ({"kind": "one_of", "sites": "cables;pasta", "value": 2.0}, True),
        ({"kind": "at_most", "value": 1.0}, False),
        ({"kind": "at_most", "measure": "jobs", "region": "east", "value": 80.0}, True),
        ({"kind": "at_least", "measure": "jobs", "value": 100.0}, False),
        ({"kind": "at_least", "measure": "investment", "value": 1e5}, True),
        ({"kind": "after", "sites": "pasta", "before": "mill"}, False),
        ({"kind": "after", "sites": "mill", "before": "pasta"}, True),
        ({"kind": "share", "region": "south", "value": 0.2}, False),
        ({"kind": "share", "authority": "fund", "value": 0.5}, True),
        ({"kind": "never", "sites": "cables", "active": False}, True),
    ],
)
def test_rules_are_checked(rule: dict[str, Any], kept: bool) -> None:
    case = tiny({"rules": [{"id": "r", **rule}]})
    assert limits(verify(case, held_against(programme(), case))) == (set() if kept else {"rule"})


def test_another_case_is_found() -> None:
    case = tiny(about={**SETTINGS["about"], "name_en": "Another"})
    assert limits(verify(case, programme())) == {"hash"}
    assert limits(verify(tiny(), replace(programme(), scenario=Scenario(set=("fund.budget*1.1",))))) == {"hash"}


def test_doing_nothing_must_be_the_best_of_its_kind() -> None:
    made = programme()
    wasteful = with_rows(
        made.nothing_flows, kind="import", id="flour", commodity="flour", region="east", period=0, amount=1e4
    )
    cost = 1e4 * (400 * 1.2 + 20) * 1.08**-0.25
    worse = replace(made, nothing_flows=wasteful, do_nothing=(made.do_nothing or 0.0) - cost)
    found = verify(tiny(), worse)
    assert found.nothing_excess == pytest.approx(cost, rel=1e-6)
    assert [f.code for f in found.findings] == ["verify.nothing_prices"]
    unpriced = verify(tiny(), replace(made, nothing_prices=made.nothing_prices.clear()))
    assert [f.code for f in unpriced.findings] == ["verify.unpriced"]
    assert unpriced.holds


def test_wrong_prices_prove_nothing() -> None:
    made = programme()
    halved = replace(made, nothing_prices=made.nothing_prices.with_columns(pl.col("price") * 0.5))
    found = verify(tiny(), halved)
    assert (found.nothing_excess or 0.0) > 1e5


def test_premium_over_the_cheapest_source_is_owed() -> None:
    scenario = Scenario(set=("offer.ENG/mechanical*0.3",), must=("cables",))
    made = programme(scenario)
    assert made.draws.filter(pl.col("option").is_null()).height
    forgotten = replace(made, draws=made.draws.filter(pl.col("option").is_not_null()))
    assert limits(verify(tiny(), forgotten)) == {"premium"}


def test_every_limit_is_said_in_both_languages() -> None:
    args = {"limit": "x", "id": "x", "period": "2027-Q1", "used": 1.0, "allowed": 2.0, "excess": 3.0}
    codes = {
        f"verify.{kind}" for kind in verify(tiny(), programme()).checks if kind not in ("nothing", "nothing_proof")
    }
    codes |= {"verify.unpriced", "verify.unproved"}
    for lang in ("en", "ar"):
        for code in codes:
            assert code not in Words(lang).say(code, args)


@pytest.mark.parametrize("view", ["economic", "financial"])
def test_value_of_starts_agrees_with_the_appraisal(view: Any) -> None:
    for case in (tiny(), generate(12, seed=3)):
        diagnosis = diagnose(case)
        network = works_network(case, diagnosis)
        offers = match(case, network)
        shaped = effects(case, diagnosis, network, offers)
        stated = start_values(case, shaped, prices(case, view)).rename({"period": "start"})
        terms = option_terms(stated.select("option", "start"), shaped, offers, prices(case, view))
        found = terms.group_by("option", "start").agg(
            found=pl.col("amount").sum(), size=pl.col("amount").abs().sum()
        )  # fmt: skip
        both = stated.join(found, on=["option", "start"], how="left").with_columns(pl.col("found").fill_null(0.0))
        assert both.height > 50
        off = (both["value"] - both["found"]).abs() / both["size"].fill_null(1.0).clip(lower_bound=1.0)
        assert off.max() < 1e-9


@pytest.mark.parametrize(
    "tables",
    [{"demands": []}, {"funds": [], "fund_limits": [], "fund_uses": []}, {"routes": []}, {"credit": []},
     {"sites": [], "blockers": [], "options": [], "recipes": [], "works": [], "costs": [], "cadres": []}],
)  # fmt: skip
def test_cases_that_lack_something_hold(tables: dict[str, list[dict[str, Any]]]) -> None:
    case = tiny(tables)
    made = plan(case, time_limit=30.0)
    found = verify(case, made)
    assert not found.findings
    assert found.value == pytest.approx(made.value, rel=1e-9, abs=1e-6)
