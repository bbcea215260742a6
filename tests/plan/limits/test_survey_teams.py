"""Survey teams: a pool for which surveys compete, paid whatever the gates turn out to be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.tiny import names, tables, tiny

from tawteen.appraise.flows import flows_of
from tawteen.appraise.option_study import study_of
from tawteen.appraise.prices import prices
from tawteen.case.checks import check
from tawteen.case.model import Case
from tawteen.effects import effects_of
from tawteen.match.sources import sources_of
from tawteen.plan.decomposition.planning import plan_country
from tawteen.plan.inputs import prepare
from tawteen.plan.planning import plan
from tawteen.plan.robust.recourse import StartChoice, outcome
from tawteen.plan.robust.sampling import scenarios
from tawteen.plan.verify import verify

EFFORT, PRICE, FREE = 8.0, 1_000.0, 100.0


def case(capacity: float = FREE, effort: float = EFFORT, *, by: str | None = None, sites: str = "mill;cables") -> Case:
    """The tiny case whose sites are surveyed by inspectors; `sites` must be surveyed by the day `by`."""
    rows = tables()
    team = {"survey_capability": "inspectors", "survey_effort": effort}
    must = {
        "id": "look",
        "kind": "must",
        "sites": sites,
        "options": "survey",
        "end": dt.date.fromisoformat(by or "2027-01-01"),
    }
    offer = {"unit": "INS", "capability": "inspectors", "capacity": capacity, "price": PRICE, "local_share": 1.0}
    changes: dict[str, list[dict[str, Any]]] = {
        "sites": [row | team for row in rows["sites"]],
        "units": [*rows["units"], {"id": "INS", **names("Inspectors", "مفتشون"), "party": "host"}],
        "capabilities": [
            *rows["capabilities"], {"id": "inspectors", **names("Inspectors", "مفتشون"), "unit": "person_week"}
        ],
        "offers": [*rows["offers"], offer],
        "rules": [] if by is None else [must],
        "fund_limits": [row | {"amount": 5e6} for row in rows["fund_limits"]],
    }  # fmt: skip
    return tiny(changes)


def test_a_survey_takes_its_team_wherever_a_site_is_surveyed() -> None:
    needs = effects_of(case()).needs.filter(pool="inspectors")
    taken = {row["option"]: (row["quarter"], row["amount"], row["sure"]) for row in needs.to_dicts()}
    # The cable works wait behind an unknown gate: their survey is a part of the option.
    surveyed = ("cables-rehab", "mill:survey", "cables:survey", "pasta:survey")
    assert taken == dict.fromkeys(surveyed, (0, EFFORT, True))
    assert not effects_of(case()).needs.filter(pl.col("pool") != "inspectors")["sure"].any()


def test_the_team_is_paid_in_full_whatever_the_gate() -> None:
    plain, teamed = (case(effort=effort) for effort in (0.0, EFFORT))
    paid = {}
    for name, one in (("plain", plain), ("teamed", teamed)):
        flows = flows_of(one, effects_of(one), prices(one))
        place = flows.options["option"].to_list().index("cables-rehab")
        paid[name] = (flows.pooled_local[place].sum(), flows.released[place].sum())
    assert paid["teamed"][0] - paid["plain"][0] == pytest.approx(-EFFORT * PRICE)
    assert paid["teamed"][1] == pytest.approx(paid["plain"][1])
    outlays = effects_of(teamed).outlays.filter("pooled", option="cables-rehab", category="survey")
    assert outlays.select("amount", "sure").rows() == [(EFFORT * PRICE, True)]


@pytest.mark.parametrize("planner", [plan, plan_country])
def test_surveys_wait_for_the_team(planner: Any) -> None:
    """A team that can look at one site a quarter looks at two in two quarters; then it does no more."""
    one = case(capacity=EFFORT, by="2027-06-30")
    found = planner(one, steps=6)
    assert not verify(one, found).findings
    surveys = found.sites.filter(
        pl.col("units").list.eval(pl.element().struct["capability"] == "inspectors").list.any()
    )
    assert sorted(surveys.filter(pl.col("period") <= 1)["period"]) == [0, 1]
    assert found.supply.filter(pool="inspectors")["amount"].max() == pytest.approx(EFFORT)
    impossible = planner(case(capacity=EFFORT, by="2027-03-31"), steps=6)
    assert impossible.status == "infeasible"


def test_a_closer_look_costs_what_the_team_takes() -> None:
    """Both programmes must survey the two sites in the first quarter, so that they differ by the price alone."""
    dear, cheap = (plan(case(effort=effort, by="2027-03-31"), time_limit=20.0) for effort in (EFFORT, 0.0))
    assert dear.value is not None
    assert cheap.value is not None
    surveyed = [p.sites.filter(pl.col("period").is_not_null())["id"].to_list() for p in (dear, cheap)]
    assert surveyed[0] == surveyed[1]
    count = effects_of(case()).needs.filter(
        pl.col("pool") == "inspectors", pl.col("option").is_in(dear.sites["option"])
    )
    discount = prepare(case()).prices.discount(0)
    assert cheap.value - dear.value == pytest.approx(count.height * EFFORT * PRICE * discount)


def test_a_team_that_nobody_offers_surveys_nothing() -> None:
    one = case(capacity=0.0)
    assert not sources_of(one).filter(pl.col("pool") == "inspectors", pl.col("capacity") > 0).height
    assert any(finding.code == "check.no_offer" and finding.args["key"] == "inspectors" for finding in check(one))
    found = plan(case(capacity=0.0), time_limit=20.0)
    assert found.sites.filter(status="survey").height == 0


def test_effort_without_a_team_is_named() -> None:
    rows = [row | {"survey_effort": 3.0} for row in tables()["sites"]]
    codes = {(finding.code, finding.column) for finding in check(tiny({"sites": rows}))}
    assert ("check.crew", "survey_capability") in codes


def test_an_old_state_takes_the_team_too() -> None:
    rows = case()["sites"].with_columns(state_as_of=pl.lit(dt.date(2020, 1, 1)))
    stale = Case(case().settings, {**case().tables, "sites": rows})
    needs = effects_of(stale).needs.filter(pool="inspectors")
    assert "mill-repair" in needs["option"].to_list()


def test_a_scenario_pays_the_team_also_where_the_gate_stays_shut() -> None:
    choice = StartChoice({"cables-rehab": 0}, chosen=frozenset({"cables-rehab"}), firm=frozenset())
    gains = {}
    for effort in (0.0, EFFORT):
        drawn = scenarios(case(effort=effort), 8, seed=1, shocks=())
        passed = [sample.case["blockers"].filter(site="cables", gate="title")["chance"].item() for sample in drawn]
        assert set(passed) == {0.0, 1.0}
        gains[effort] = [outcome(sample, choice).gain for sample in drawn]
    discount = prepare(case()).prices.discount(0)
    assert np.subtract(gains[0.0], gains[EFFORT]) == pytest.approx(EFFORT * PRICE * discount)


def test_the_country_sees_a_team_and_what_else_a_survey_costs_as_one_item() -> None:
    """The item of local surveys holds 20,000 paid at home and the team, of which 60 % goes abroad."""
    one = case()
    offers = one["offers"].with_columns(
        local_share=pl.when(pl.col("capability") == "inspectors").then(0.4).otherwise("local_share")
    )
    study = study_of(replace(one, tables={**one.tables, "offers": offers}), effects_of(one), "cables-rehab")
    assert study.country is not None
    assert study.country.cost_benefit is not None
    abroad = {price.item: price.exposure for price in study.country.cost_benefit.shadows}
    assert abroad["survey:local"] == pytest.approx(0.6 * EFFORT * PRICE / (EFFORT * PRICE + 20_000.0))
