"""What delays a start: the limit that is named is right, so much more of it brings the start forward, less does not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.tiny import tables, tiny

from tawteen.case.model import Case
from tawteen.plan.explain import Reasons, explain_all
from tawteen.plan.explain.delay_sentences import delay_sentences
from tawteen.plan.explain.sentences import SentenceWriter
from tawteen.plan.explain.start_delay import DelaySearch, StartDelay
from tawteen.plan.fixed_starts import solve_with_starts
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.programme import Programme
from tawteen.words import Words

Tables = dict[str, list[dict[str, Any]]]
OF_OPTION = ("recipes", "works", "costs", "cadres")
LATER = dt.date(2028, 1, 1)


def only(*options: str) -> Tables:
    """The tables of the tiny case with some options alone, and money, crews and seats without limit."""
    all_ = tables()
    kept: Tables = {"options": [row for row in all_["options"] if row["id"] in (*options, "pasta-now")]}
    kept |= {table: [row for row in all_[table] if row["option"] in (*options, "pasta-now")] for table in OF_OPTION}
    kept["sites"] = [row | {"survey_cost": 0.0, "survey_weeks": 0.0} for row in all_["sites"]]
    kept["fund_limits"] = [{"fund": "budget", "start": dt.date(2027, 1, 1), "amount": 1e8}]
    kept["fund_uses"] = [{"id": "1", "fund": "budget"}]
    kept["credit"] = []
    kept["capabilities"] = [row | {"third_party_price": None} for row in all_["capabilities"]]
    kept["offers"] = [row | {"capacity": 5000.0, "lead_weeks": 0.0} for row in all_["offers"]]
    kept["courses"] = [row | {"third_party_price": None, "seats": 500.0} for row in all_["courses"]]
    kept["trainers"] = [row | {"headcount": 50.0, "attrition": 0.0} for row in all_["trainers"]]
    kept["supplies"] = [row | {"quantity": 50_000.0} for row in all_["supplies"]]
    kept["blockers"] = []
    kept["commodities"] = [row | ({"cif": 700.0, "uptake": 1.0} if row["id"] == "flour" else {})
                           for row in all_["commodities"]]  # fmt: skip
    return kept


def case_of(kept: Tables) -> Case:
    """The case of some tables, of four years."""
    return tiny(kept, time={"start": dt.date(2027, 1, 1), "periods": 16})


def money() -> Tables:
    """A little money comes in 2027, all that the mill needs in 2028."""
    limits = [
        {"fund": "budget", "start": dt.date(2027, 1, 1), "end": dt.date(2027, 3, 31), "amount": 20_000.0},
        {"fund": "budget", "start": LATER, "end": dt.date(2028, 3, 31), "amount": 1e7},
    ]
    return only("mill-repair") | {"fund_limits": limits}


def crew() -> Tables:
    """The cable works, which must start at once, take the mechanics."""
    offers = [row | ({"capacity": 260.0} if row["capability"] == "mechanical" else {}) for row in only()["offers"]]
    return only("mill-repair", "cables-rehab") | {"offers": offers, **cables_first()}


def late_crew() -> Tables:
    """The mechanics come in 2028."""
    offers = [row | ({"start": LATER} if row["capability"] == "mechanical" else {}) for row in only()["offers"]]
    return only("mill-repair") | {"offers": offers}


def trainer() -> Tables:
    """The cable works, which must start at once, take the trainers."""
    trainers = [row | {"headcount": 0.6} for row in only()["trainers"]]
    return only("mill-repair", "cables-rehab") | {"trainers": trainers, **cables_first()}


def cables_first() -> Tables:
    rule = {"id": "first", "kind": "must", "sites": "cables", "end": dt.date(2027, 1, 1), "text_en": "Cables first"}
    return {"rules": [rule]}


def gate() -> Tables:
    """An authority opens the mill's title in 2028."""
    shut = {"site": "mill", "gate": "title", "state": "closed", "stops": "now", "opens_by": "authority",
            "authority": "court", "open_date": LATER}  # fmt: skip
    return only("mill-repair") | {"blockers": [shut]}


def date() -> Tables:
    """The case states an earliest date for the option."""
    kept = only("mill-repair")
    options = [row | ({"earliest": LATER} if row["id"] == "mill-repair" else {}) for row in kept["options"]]
    return kept | {"options": options}


def order() -> Tables:
    """A rule lets the mill start only after the cable works, which take long, are done."""
    kept = only("mill-repair", "cables-rehab")
    works = [row | ({"weeks": 50.0} if row["option"] == "cables-rehab" else {}) for row in kept["works"]]
    rules = [*cables_first()["rules"], {"id": "order", "kind": "after", "sites": "mill", "before": "cables"}]
    return kept | {"rules": rules, "works": works}


def power() -> Tables:
    """The south has no power before 2028, and a mill that stands still costs much."""
    kept = only("mill-repair")
    supplies = [row | {"start": LATER} for row in kept["supplies"]]
    options = [row | ({"fixed_cost": 4e5} if row["id"] == "mill-repair" else {}) for row in kept["options"]]
    return kept | {"supplies": supplies, "options": options}


def shared_class() -> Tables:
    """The cable works, which must start at once and train in their third quarter, hold a class with room for all."""
    kept = only("mill-repair", "cables-rehab")
    works = [row | ({"weeks": 30.0} if row["option"] == "cables-rehab" else {}) for row in kept["works"]]
    courses = [row | {"cohort": 20.0, "price": 100_000.0} for row in kept["courses"]]
    return kept | {"works": works, "courses": courses, **cables_first()}


def first_day(delay: StartDelay) -> dt.date:
    """The day from which the least amount is given."""
    lever = delay.limits[0].least_lever
    assert lever is not None
    return dt.date(2027 + lever.start // 4, 1 + 3 * (lever.start % 4), 1)


def give_money(kept: Tables, delay: StartDelay, share: float) -> Tables:
    day, more = first_day(delay), (delay.limits[0].least or 0.0) * share
    last = dt.date(day.year + day.month // 10, (day.month + 3) % 12, 1) - dt.timedelta(days=1)
    gift = {"fund": "budget", "start": day, "end": last, "amount": more}
    return kept | {"fund_limits": [*kept["fund_limits"], gift]}


def give_crew(kept: Tables, delay: StartDelay, share: float) -> Tables:
    more = (delay.limits[0].least or 0.0) * share
    return kept | {
        "offers": [r | ({"capacity": r["capacity"] + more} if r["capability"] == "mechanical" else {})
                   for r in kept["offers"]]
    }  # fmt: skip


def give_late_crew(kept: Tables, delay: StartDelay, share: float) -> Tables:
    more = {**kept["offers"][0], "unit": "GIFT", "start": first_day(delay)}
    more["capacity"] = (delay.limits[0].least or 0.0) * share
    units = [*tables()["units"], {**tables()["units"][0], "id": "GIFT"}]
    return kept | {"offers": [*kept["offers"], more], "units": units}


def give_trainers(kept: Tables, delay: StartDelay, share: float) -> Tables:
    more = (delay.limits[0].least or 0.0) * share
    return kept | {"trainers": [row | {"headcount": row["headcount"] + more} for row in kept["trainers"]]}


def give_time(kept: Tables, delay: StartDelay, share: float) -> Tables:
    quarters = int((delay.limits[0].least or 0.0) * share)
    sooner = dt.date(LATER.year - 1, 13 - 3 * quarters, 1) if quarters else LATER
    blockers = [row | {"open_date": sooner} for row in kept["blockers"]]
    options = [row | ({"earliest": sooner} if row.get("earliest") else {}) for row in kept["options"]]
    return kept | {"blockers": blockers, "options": options}


def give_power(kept: Tables, delay: StartDelay, share: float) -> Tables:
    more = (delay.limits[0].least or 0.0) * share
    gift = {**kept["supplies"][1], "id": "gift", "start": first_day(delay), "quantity": more}
    return kept | {"supplies": [*kept["supplies"], gift]}


def lift(kept: Tables, _delay: StartDelay, share: float) -> Tables:
    return kept if share < 1 else kept | {"rules": [rule for rule in kept["rules"] if rule["id"] != "order"]}


def teach_one_by_one(kept: Tables, _delay: StartDelay, share: float) -> Tables:
    return kept if share < 1 else kept | {"courses": [row | {"cohort": None} for row in kept["courses"]]}


CASES: dict[str, tuple[Callable[[], Tables], tuple[str, str], Callable[[Tables, StartDelay, float], Tables]]] = {
    "money": (money, ("fund", "budget"), give_money),
    "crew": (crew, ("capability", "mechanical"), give_crew),
    "late crew": (late_crew, ("capability", "mechanical"), give_late_crew),
    "trainer": (trainer, ("trainers", "academy"), give_trainers),
    "gate": (gate, ("gate", "title"), give_time),
    "date": (date, ("date", "own"), give_time),
    "order": (order, ("rule", "order"), lift),
    "power": (power, ("supply", "power"), give_power),
    "class": (shared_class, ("class", "electricians"), teach_one_by_one),
}


@cache
def planned(name: str) -> tuple[Case, Programme, Reasons, StartDelay]:
    case = case_of(CASES[name][0]())
    made = plan(case, time_limit=60.0, gap=0.0)
    reasons = Reasons(case, made)
    return case, made, reasons, DelaySearch(reasons, ["mill"]).site_delay("mill")


def best_start(case: Case, others: dict[str, tuple[str, int]]) -> int:
    """The best start of the mill when the others start as they do: every start of the whole model is solved."""
    model = planning_problem(case)
    keys = list(model.columns["start"].keys.select("option", "site", "period").iter_rows())
    fixed = [i for i, (option, site, period) in enumerate(keys) if others.get(site) == (option, period)]
    assert len(fixed) == len(others)
    values = {
        period: solve_with_starts(model.arrays, np.array([*fixed, i]) + model.starts.start).value
        for i, (_, site, period) in enumerate(keys)
        if site == "mill"
    }
    return max(values, key=lambda period: -np.inf if values[period] is None else float(values[period] or 0.0))


@pytest.mark.parametrize("name", CASES)
def test_the_limit_that_delays_is_named_and_so_much_more_of_it_brings_the_start_forward(name: str) -> None:
    make, named, give = CASES[name]
    _, _, reasons, delay = planned(name)
    assert delay.planned > 0
    assert delay.code == "limit"
    assert (delay.limits[0].kind, delay.limits[0].id) == named
    others = {site: reasons.shortlist.best[site] for site in reasons.chosen if site != "mill"}
    assert best_start(case_of(make()), others) == delay.planned
    assert best_start(case_of(give(make(), delay, 1.0)), others) < delay.planned
    assert best_start(case_of(give(make(), delay, 0.8)), others) == delay.planned
    assert delay.limits[0].worth > 0


@pytest.mark.parametrize("name", CASES)
def test_what_delays_is_said_in_both_languages(name: str) -> None:
    case, made, _, delay = planned(name)
    for lang in ("en", "ar"):
        said = delay_sentences(delay, SentenceWriter(case, made, Words(lang)))  # type: ignore[arg-type]
        assert len(said) >= 3
        assert not any(re.search(r"\{|\b(delay|looser|more|limit)\.\w", line) for line in said)
        assert case.calendar.label(delay.planned) in said[0]


def test_the_table_of_all_reasons_names_the_limit() -> None:
    case, made, reasons, delay = planned("money")
    row = explain_all(case, made, reasons).row(by_predicate=pl.col("site") == "mill", named=True)
    limit = delay.limits[0]
    assert (row["delay_code"], row["delay_kind"], row["delay_id"]) == ("limit", "fund", "budget")
    assert row["delay_amount"] == pytest.approx(limit.amount)
    assert row["delay_worth"] == pytest.approx(limit.worth)
    assert "Budget" in row["reason_en"]
    assert "ميزانية" in row["reason_ar"]


def test_a_start_that_nothing_delays_is_told_so() -> None:
    """Without demand before 2028 an earlier start only costs, whatever more there is of every limit."""
    kept = only("mill-repair")
    kept["demands"] = [row | {"start": LATER} for row in tables()["demands"]]
    kept["commodities"] = [row | {"fob": None} for row in kept["commodities"]]
    kept["options"] = [row | ({"fixed_cost": 4e5} if row["id"] == "mill-repair" else {}) for row in kept["options"]]
    case = case_of(kept)
    made = plan(case, time_limit=60.0, gap=0.0)
    reasons = Reasons(case, made)
    delay = DelaySearch(reasons, ["mill"]).site_delay("mill")
    assert delay.planned > 0
    assert delay.code == "none"
    assert not delay.limits
