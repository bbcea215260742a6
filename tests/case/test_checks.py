"""Each rule is silent on the tiny case and speaks on a changed one, in both languages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import dataframely as dy
import pytest
from tests.tiny import names, tables, tiny, unknown_title

from tawteen.case import checks
from tawteen.case.checked import require_plannable
from tawteen.case.checks import (
    RULES,
    check,
    coordinates,
    dates,
    efficiency,
    finance,
    links,
    localisation,
    market,
    money,
    observed,
    people,
    place,
    plausibility,
    repeated,
    risk,
    siblings,
)
from tawteen.case.checks import rules as rule_checks
from tawteen.case.findings import CaseError, sentence_of
from tawteen.case.generate import generate
from tawteen.case.model import Case, Origin
from tawteen.case.params import MESSAGE
from tawteen.case.size_limits import SIZE_LIMITS
from tawteen.case.tables import FIRST_TABLES, TABLES
from tawteen.progress import ProgressEvent
from tawteen.words import LANGS, Words, catalog

Rows = list[dict[str, Any]]


def rows(table: str, at: int | None = None, /, *more: dict[str, Any], **cells: Any) -> dict[str, Rows]:
    """The tiny case's rows of one table, one of them with other cells, and more of them."""
    old = tables().get(table, [])
    return {table: [{**row, **cells} if n == at else row for n, row in enumerate(old)] + list(more)}


def without(*names_: str) -> dict[str, Rows]:
    return {name: [] for name in names_}


def seen(**cells: Any) -> dict[str, Any]:
    """An observation of the capacity of the mill's repair (3000 in the tiny case)."""
    usual = {"table": "options", "row": "mill-repair", "column": "capacity", "value": "3000", "grade": "reported"}
    return {"id": "e1", **usual, **cells}


def rule(kind: str, **cells: Any) -> dict[str, Any]:
    return {"id": kind, "kind": kind, **cells}


def paid(**cells: Any) -> dict[str, Any]:
    """A row of finance: the budget pays."""
    return {"id": "f1", "fund": "budget", **cells}


def buyer(**cells: Any) -> dict[str, Any]:
    return {"id": "b1", **names("State", "الدولة"), "kind": "state", "commodities": "flour", **cells}


def decided(cells: dict[str, Any]) -> dict[str, Rows]:
    """Two gates of one court, of which the other has these cells."""
    return {"blockers": [unknown_title("mill", decision="court"), unknown_title("pasta", decision="court") | cells]}


PLACED = [{**row, "lat": 30.0, "lon": 20.0} for row in tables()["sites"]]
NOTHING_FOR_WORKS = {"fund_uses": [{"id": "1", "fund": "budget", "category": "equipment"}]}
HALF = {"option": "pasta-more", "capability": "electrical", "effort": 4.0, **names("Half", "نصف"), "weeks": 2.0}
DAY = dt.date(2030, 1, 1)
PART = {"option": "mill-repair", "item": "parts", "commodity": "copper", "quantity": 3.0}

READ_AS_1252 = "مصنع".encode().decode("cp1252", "replace")
ARABIC_AS_1252 = "مصنع الصلب".encode("cp1256").decode("cp1252")
MILL = tables()["sites"][0]
LINE = {"id": "L", "site": "pasta", **names("Line", "الخط"), "commodity": "flour", "nominal": 3e3, "availability": 0.5}
LOSS = {"line": "L", "id": "a", **names("Stops", "توقفات"), "factor": "availability", "share": 0.6}
ITEMS = [{**tables()["costs"][0], "id": f"c{n}", "amount": amount} for n, amount in enumerate((100.0, 200.0, 300.0))]

BREAKS: list[tuple[Callable[[Case], list[Any]], str, dict[str, Rows]]] = [
    (links.references, "check.reference_like", rows("sites", 0, region="sowth")),
    (links.references, "check.reference", rows("sites", 0, region="atlantis")),
    (links.references, "check.reference", {"rules": [rule("never", sites="mill; quarry")]}),
    (links.parties, "check.party", rows("units", 0, party="stranger")),
    (links.currencies, "check.currency", rows("costs", 0, currency="CHF")),
    (links.paid_works, "check.cost_work", rows("costs", 1, work="Z")),
    (links.order_of_works, "check.after", rows("works", 1, after="A;Z")),
    (place.cut_off, "check.cut_off", {**rows("regions", 1, port=False, inland_cost=0.0), "routes": []}),
    (links.circles, "check.circle", rows("works", 0, after="B")),
    (links.circles, "check.circle", rows("works", 0, after="A")),
    (place.emptiness, "check.empty", without("funds", "fund_limits", "fund_uses")),
    (place.time_of_works, "check.no_weeks", rows("works", 5, weeks=0.0)),
    (place.time_of_works, "check.no_weeks", {"works": tables()["works"][:5]}),
    (place.crews, "check.crew", rows("works", 0, capability=None)),
    (place.releases, "check.releases", rows("works", 2, releases=0.8)),
    (place.chances, "check.chance", rows("blockers", 1, chance=None)),
    (place.decisions, "check.decision", decided({"state": "open"})),
    (place.decisions, "check.decision", decided({"chance": 0.4})),
    (place.decisions, "check.decision", decided({"chance": None})),
    (place.opening_dates, "check.open_date", rows("blockers", 0, opens_by="authority")),
    (place.old_states, "check.state_old", rows("sites", 0, state_as_of=dt.date(2023, 12, 31))),
    (place.old_states, "check.state_undated", rows("sites", 1, state_as_of=None)),
    (place.unstated_gates, "check.gates_unstated", {"blockers": tables()["blockers"][:2]}),
    (place.idle_candidates, "check.no_option", rows("sites", None, {**tables()["sites"][0], "id": "barn"})),
    (market.products, "check.no_product", rows("recipes", 0, direction="in")),
    (market.recipes, "check.no_recipe", {"recipes": tables()["recipes"][3:]}),
    (market.inputs, "check.input", rows("commodities", 3, cif=None)),
    (market.wants, "check.unmet", {**rows("commodities", 2, cif=None), "recipes": tables()["recipes"][:6]}),
    (market.appetite, "check.no_demand", {"demands": [{**row, "quantity": 0.0} for row in tables()["demands"]]}),
    (market.nominal, "check.nominal", {"lines": [
        {"id": "l", "site": "mill", **names("L", "خ"), "commodity": "flour", "nominal": 2999.0}]}),
    (market.arbitrage, "check.arbitrage", rows("commodities", 0, fob=440.0)),
    (market.crafts, "check.no_offer", {"offers": tables()["offers"][:1]}),
    (market.dual_use, "check.dual_use", rows("commodities", 3, dual_use=True)),
    (market.dual_use, "check.dual_use", rows("capabilities", 0, dual_use=True)),
    (money.idle_funds, "check.fund_use", {"fund_uses": tables()["fund_uses"][:1]}),
    (money.idle_funds, "check.fund_limit", {"fund_limits": tables()["fund_limits"][:1]}),
    (money.empty_limits, "check.no_money", rows("fund_limits", 0, amount=0.0)),
    (money.empty_limits, "check.no_money", rows("credit", 0, amount=0.0)),
    (money.unpayable, "check.unpayable", NOTHING_FOR_WORKS),
    (money.unpayable, "check.unpayable", {"fund_limits": tables()["fund_limits"][1:]}),
    (money.unpayable, "check.unpayable", rows("fund_uses", 0, authority="fund")),
    (localisation.parts, "check.part_of_spares", {"parts": [{**PART, "item": "line"}]}),
    (localisation.parts_worth, "check.parts_worth", {"parts": [{**PART, "quantity": 40.0}]}),
    (finance.amounts_or_shares, "check.finance_both", {"finance": [paid(share=0.5, amount=9.0)]}),
    (finance.owners, "check.finance_site", {"finance": [paid(option="mill-repair", site="cables")]}),
    (finance.finance_shares, "check.finance_shares",
     {"finance": [paid(share=0.6), paid(id="f2", fund="line", share=0.5)]}),
    (finance.loans, "check.loan_years", {"finance": [paid(fund="line")]}),
    (finance.loans, "check.loan_long", rows("funds", 1, years=2.0, grace_quarters=1.0)),
    (finance.exchange_kinds, "check.exchange", rows("funds", 0, currency="LYD", exchange="taxed")),
    (finance.buyer_shares, "check.buyer_shares",
     {"buyers": [buyer(share=0.7), buyer(id="b2", commodities="flour;cable", share=0.4)]}),
    (people.seats, "check.seats", rows("courses", 0, seats=0.0, third_party_price=None)),
    (people.classes, "check.class_seats", rows("courses", 0, cohort=900.0)),
    (people.classes, "check.class_whole", rows("courses", 0, cohort=2.5)),
    (people.trainers, "check.trainer_pool", rows("courses", 0, trainer_pool=None)),
    (people.trainers, "check.no_trainers", rows("trainers", 0, headcount=0.0)),
    (people.added, "check.added", {"added_seats": [{"option": "pasta-now", "course": "electricians", "seats": 4.0}]}),
    (people.added, "check.added",
     {"added_trainers": [{"option": "pasta-now", "trainer_pool": "academy", "headcount": 1.0}]}),
    (people.returning, "check.returning", rows("cadres", 0, returning=5.0)),
    (dates.backwards, "check.backwards", rows("fund_limits", 0, end=dt.date(2026, 12, 31))),
    (dates.backwards, "check.backwards", rows("options", 0, earliest=DAY, latest=dt.date(2029, 1, 1))),
    (dates.outside, "check.outside", rows("demands", 0, start=dt.date(2029, 1, 1))),
    (dates.outside, "check.outside", rows("supplies", 0, end=dt.date(2026, 12, 31))),
    (dates.outside, "check.outside", rows("blockers", 0, open_date=DAY)),
    (dates.outside, "check.must_outside", {"rules": [rule("must", sites="mill", start=DAY)]}),
    (rule_checks.complete, "check.rule_lacks", {"rules": [rule("at_most", measure="sites")]}),
    (rule_checks.complete, "check.rule_lacks", {"rules": [rule("after", sites="mill")]}),
    (rule_checks.complete, "check.rule_share", {"rules": [rule("share", value=1.5)]}),
    (rule_checks.empty_rules, "check.rule_empty", {"rules": [rule("never", sites="mill", region="east")]}),
    (rule_checks.contradictory, "check.rule_contradiction",
     {"rules": [rule("must", sites="mill", options="repair"), rule("never", region="south")]}),
    (rule_checks.circles, "check.rule_circle", {"rules": [
        rule("after", sites="mill", before="pasta"), {**rule("after", sites="pasta", before="mill"), "id": "back"}]}),
    (rule_checks.impossible, "check.must_absent", {"rules": [rule("must", sites="mill", options="convert")]}),
    (rule_checks.impossible, "check.must_shut",
     {"rules": [rule("must", sites="mill")], **rows("blockers", 0, opens_by="none")}),
    (risk.pairs, "check.correlation_pair", {"correlations": [
        {"one": "price", "other": "inputs", "rank": 0.5}, {"one": "inputs", "other": "price", "rank": 0.4}]}),
    (risk.possible, "check.correlation_impossible", {"correlations": [
        {"one": "price", "other": "inputs", "rank": 0.9}, {"one": "price", "other": "energy", "rank": 0.9},
        {"one": "inputs", "other": "energy", "rank": -0.9}]}),
    (efficiency.unstated_stops, "check.stops_unstated", rows("options", 4, stops_line=None)),
    (efficiency.unstated_relapse, "check.relapse_unstated", rows("options", 4, maintained=None)),
    (efficiency.unequal_losses, "check.losses_unequal", {"lines": [LINE], "losses": [LOSS]}),
    (efficiency.unequal_losses, "check.losses_above_one", {"lines": [LINE], "losses": [LOSS, {**LOSS, "id": "b"}]}),
    (efficiency.unknown_losses, "check.loss_unknown",
     {"lines": [LINE], "losses": [LOSS], "closed_losses": [{"option": "pasta-more", "line": "L", "loss": "x"}]}),
    (efficiency.unknown_losses, "check.loss_elsewhere",
     {"lines": [LINE], "losses": [LOSS], "closed_losses": [{"option": "mill-repair", "line": "L", "loss": "a"}]}),
    (risk.silent_classes, "check.class_silent", rows("options", 0, reference_class="food")),
    (repeated.same_names, "check.same_name", rows("sites", None, {**MILL, "id": "mill-2"})),
    (repeated.total_rows, "check.total_row", {"costs": ITEMS}),
    (repeated.named_totals, "check.total_name", {"costs": [ITEMS[0], {**ITEMS[1], "name_ar": "الإجمالي"}]}),
    (repeated.same_rows, "check.same_row", rows("demands", None, {**tables()["demands"][0], "id": "again"})),
    (dates.not_yet_happened, "check.future_day", rows("sites", 0, stopped_since=dt.date(2062, 6, 30))),
    (links.references, "check.empty_table", without("capabilities")),
    (coordinates.unlikely_places, "check.place_turned", rows("sites", 0, lat=14.4, lon=27.0)),
    (coordinates.unlikely_places, "check.place_turned", rows("sites", 0, lat=-32.0, lon=20.0)),
    (coordinates.unlikely_places, "check.place_outside", rows("sites", 0, lat=0.0, lon=0.0)),
    (coordinates.unlikely_places, "check.place_outside", rows("units", 0, lat=0.0, lon=0.0)),
    (siblings.magnitudes_beside_works, "check.unlike_other", rows("options", 0, closing_cost=5e9)),
    (siblings.magnitudes_beside_works, "check.unlike_other", rows("credit", 0, amount=1e12)),
    (siblings.magnitudes_of_columns, "check.unlike_siblings", rows("options", 0, wage=1_200_000.0)),
    (siblings.magnitudes_of_columns, "check.unlike_siblings", rows("options", 0, jobs=30_000.0)),
    (coordinates.unlikely_places, "check.place_far", rows("sites", 0, region="east", lat=26.9, lon=14.3)),
    (plausibility.lost_letters, "check.lost_letters", rows("sites", 0, name_ar="???? ?????")),
    (plausibility.lost_letters, "check.lost_letters", rows("sites", 0, name_ar=READ_AS_1252)),
    (plausibility.lost_letters, "check.lost_letters", rows("sites", 0, owner=ARABIC_AS_1252)),
    (plausibility.free_options, "check.no_cost", {"costs": [], "works": [
        {**row, "effort": 0.0} for row in tables()["works"]]}),
    (plausibility.unpaid_jobs, "check.no_wage", rows("options", 0, jobs=12.0, wage=0.0)),
    (plausibility.unsold_products, "check.no_buyer", {"demands": [], "commodities": [
        {**row, "fob": None} for row in tables()["commodities"]]}),
    (plausibility.small_funds, "check.small_fund", rows("fund_limits", 0, amount=2.0)),
    (plausibility.magnitudes, "check.magnitude", {"costs": [
        *ITEMS, {**ITEMS[0], "id": "big", "amount": 5e6}]}),
    (siblings.magnitudes_of_columns, "check.unlike_siblings", {"demands": [
        {**tables()["demands"][0], "id": f"d{n}", "quantity": 100.0 * (1e6 if n == 4 else 1.0)} for n in range(5)]}),
    (siblings.magnitudes_in_rows, "check.unlike_row", rows("costs", 0, high=1e12)),
    (siblings.magnitudes_in_rows, "check.unlike_row", {"evidence": [seen(high=3e9)]}),
    (plausibility.case_size, "check.case_size", {"regions": [
        {"id": f"r{n}", "name_en": f"R{n}", "name_ar": f"R{n}"} for n in range(SIZE_LIMITS.regions + 1)]}),
    (observed.subjects, "check.evidence_row", {"evidence": [seen(row="mill-old")]}),
    (observed.subjects, "check.evidence_column", {"evidence": [seen(column="power")]}),
    (observed.figures, "check.evidence_value", {"evidence": [seen(column="kind", value="mending")]}),
    (observed.figures, "check.evidence_number", {"evidence": [seen(value="about 3000")]}),
    (observed.units, "check.evidence_unit", {"evidence": [seen(unit="t/year")]}),
    (observed.units, "check.evidence_unit", {"evidence": [seen(column="wage", value="1200", unit="USD/person/year")]}),
    (observed.ranges, "check.range", {"evidence": [seen(low=3500.0, high=2500.0)]}),
    (observed.ranges, "check.range", rows("works", 0, weeks_low=12.0, weeks_high=8.0)),
    (observed.ranges, "check.beyond", rows("costs", 0, low=160_000.0)),
    (observed.ranges, "check.beyond", {"evidence": [seen(high=2900.0)]}),
    (observed.contradictions, "check.conflict", {"evidence": [seen(), seen(id="e2", value="2500")]}),
    (observed.differences, "check.differs", {"evidence": [seen(value="2500", as_of=dt.date(2025, 6, 1))]}),
]  # fmt: skip


def said(found: list[Any]) -> None:
    """Every finding can be said in both languages, with nothing left to fill in."""
    for finding in found:
        for lang in LANGS:
            sentence = sentence_of(finding, Words(lang))
            assert finding.code not in sentence
            assert not re.search(r"[{}]", sentence)


@pytest.mark.parametrize(("rule_", "code", "changes"), BREAKS)
def test_a_rule_speaks_on_its_fault_and_not_without_it(
    rule_: Callable[[Case], list[Any]], code: str, changes: dict[str, Rows]
) -> None:
    assert rule_(tiny()) == []
    found = rule_(tiny(changes))
    assert code in {finding.code for finding in found}
    said(found)


def test_a_key_without_its_letters_is_an_error_and_a_name_a_warning() -> None:
    lost = {"sites": [{**tables()["sites"][0], "id": "????"}, {**tables()["sites"][1], "name_en": "????"}]}
    assert [(f.severity, f.column) for f in plausibility.lost_letters(tiny(lost))] == [
        ("error", "id"), ("warning", "name_en"),
    ]  # fmt: skip


@pytest.mark.parametrize("factor", [1e6, 1e-6])
def test_the_capacity_of_a_line_is_of_the_magnitude_of_its_options(factor: float) -> None:
    line = {"id": "l", "site": "mill", "name_en": "Line", "name_ar": "خط", "commodity": "flour", "nominal": 4500.0}
    assert siblings.magnitudes_beside_works(tiny({"lines": [line]})) == []
    (found,) = siblings.magnitudes_beside_works(tiny({"lines": [line | {"nominal": 4500.0 * factor}]}))
    assert (found.column, found.args["other"], found.args["usual"]) == ("nominal", "options.capacity", "4500")


def test_a_single_fee_is_of_the_magnitude_of_the_investment_in_whatever_currency() -> None:
    fee = {"option": "cables-rehab", "year": 1, "form": "licence"}
    costs = 1_500_000 / 6.37 + 700_000
    assert siblings.magnitudes_beside_works(tiny({"transfers": [fee | {"fee": 99 * costs}]})) == []
    (found,) = siblings.magnitudes_beside_works(tiny({"transfers": [fee | {"fee": 101 * costs}]}))
    assert found.table == "transfers"


def test_every_rule_is_broken_by_some_case_above() -> None:
    others = {place.coordinates, links.weights, links.repeated_settings, dates.first_day}
    others |= {plausibility.lost_setting_letters}
    assert {rule_ for rule_, *_ in BREAKS} | others == set(RULES)


def test_every_sentence_belongs_to_some_rule() -> None:
    spoken = {code for _, code, _ in BREAKS} | {"check.coordinates", "check.weight", "check.start", "check.more"}
    spoken |= {"check.lost_setting"}
    for lang in LANGS:
        assert {code for code in catalog(lang) if code.startswith("check.")} == spoken


def test_sites_without_a_place_are_noted() -> None:
    assert [f.severity for f in place.coordinates(tiny())] == ["note"] * 3
    assert place.coordinates(tiny({"sites": PLACED})) == []


def test_sites_that_wait_one_after_the_other_are_no_circle() -> None:
    line = [rule("after", sites="mill", before="pasta"), {**rule("after", sites="pasta", before="cables"), "id": "on"}]
    assert rule_checks.circles(tiny({"rules": line})) == []
    back = {**rule("after", sites="cables", before="mill"), "id": "back"}
    assert [(f.args["key"], f.column, f.severity) for f in rule_checks.circles(tiny({"rules": [*line, back]}))] == [
        (key, "before", "warning") for key in ("after", "on", "back")
    ]
    # the cable works may start with works of another kind
    assert rule_checks.circles(tiny({"rules": [*line, {**back, "options": "convert"}]})) == []


def test_weights_of_unknown_regions_are_errors() -> None:
    weighed = {"fx_premium": 0.2, "region_weight": {"north": 1.2, "south": 1.1}}
    found = links.weights(tiny(value=weighed))
    assert [(f.code, f.value, f.severity) for f in found] == [("check.weight", "north", "error")]
    said(found)


def test_settings_made_in_python_may_not_repeat_a_rate_either() -> None:
    rates = [{"currency": currency, "official": 6.37} for currency in ("LYD", "LYD", "USD")]
    found = links.repeated_settings(tiny(money={"currency": "USD", "price_year": 2026, "rates": rates}))
    assert [(f.code, f.column) for f in found] == [
        ("setting.repeated", "money.rates.2.currency"), ("setting.home_rate", "money.rates.3.currency"),
    ]  # fmt: skip
    assert links.repeated_settings(tiny()) == []
    said(found)


@pytest.mark.parametrize(("day", "best"), [(dt.date(2027, 1, 2), "2027-01-01"), (dt.date(2027, 6, 1), "2027-04-01")])
def test_the_horizon_starts_with_a_quarter(day: dt.date, best: str) -> None:
    assert dates.first_day(tiny()) == []
    (found,) = dates.first_day(tiny(time={"start": day, "periods": 8}))
    assert (found.severity, found.args["best"]) == ("error", best)
    said([found])


def test_the_horizon_ends_with_its_last_quarter() -> None:
    assert dates.horizon(tiny()) == (dt.date(2027, 1, 1), dt.date(2028, 12, 31))
    late = tiny(time={"start": dt.date(2027, 10, 1), "periods": 2})
    assert dates.horizon(late) == (dt.date(2027, 10, 1), dt.date(2028, 3, 31))


def test_a_plain_case_has_no_errors_and_no_warnings() -> None:
    assert {f.code for f in check(tiny())} == {"check.coordinates"}


def test_a_finding_says_where_it_stands() -> None:
    case = dataclasses.replace(
        tiny(rows("sites", 1, region="atlantis")), origins={"sites": Origin("sites.csv", (2, 5, 6))}
    )
    (found,) = links.references(case)
    assert (found.file, found.row, found.column, found.value) == ("sites.csv", 5, "region", "atlantis")
    assert Words("en").say(found.code, found.args) == (
        "sites cables: region names “atlantis”, which is not in regions. Correct the name or add the row there."
    )


def test_one_lost_name_is_told_once_with_the_name_it_is_like() -> None:
    sites = [{**row, "id": "1"} if row["id"] == "mill" else row for row in tables()["sites"]]
    case = tiny(
        {
            "sites": sites,
            "lines": [{"id": "l1", **names("L", "خ"), "site": "1.0", "commodity": "flour", "nominal": 9.0}],
        }
    )
    (found,) = [f for f in links.references(case) if f.table == "lines"]
    assert (found.code, found.value, found.args["guess"]) == ("check.reference_like", "1.0", "1")


@pytest.mark.parametrize(
    "text", ["مصنع الصلب", "R&D works", "Usine à béton ÉTÉ", "Why??", "Mill №1 – 50 %", "Ø 300 mm pipes"]
)
def test_texts_that_lost_nothing(text: str) -> None:
    assert plausibility.lost_encoding(text) == ""


def test_every_number_of_every_table_has_a_range() -> None:
    bare = [
        (table, name)
        for table, schema in TABLES.items()
        for name, spec in schema.columns().items()
        if isinstance(spec, dy.Float64 | dy.Int64) and (spec.min is None or spec.max is None)
    ]
    assert bare == []


def test_a_compound_key_is_told_in_full() -> None:
    (found,) = links.order_of_works(tiny(rows("works", 1, after="A;Z")))
    assert (found.args["key"], found.value) == ("mill-repair/B", "Z")


def test_many_findings_of_one_rule_are_counted() -> None:
    costs = [{**tables()["costs"][0], "id": f"c{n}", "currency": "CHF"} for n in range(MESSAGE.rule_findings + 7)]
    found = links.currencies(tiny({"costs": costs}))
    assert len(found) == MESSAGE.rule_findings + 1
    assert found[-1].args["more"] == 7
    said(found[:1])
    assert "7" in Words("ar").say(found[-1].code, found[-1].args)


def test_a_circle_is_told_apart_from_what_hangs_on_it() -> None:
    works = [{**HALF, "id": name, "after": after} for name, after in [("A", "B"), ("B", "A"), ("C", "B"), ("D", None)]]
    (found,) = links.circles(tiny({"works": works}))
    assert found.value == "A, B"


def test_money_for_one_supplier_pays_what_that_supplier_may_be_chosen_for() -> None:
    uses = [{"id": "1", "fund": "budget", "origin": "local"}]
    codes = {f.value for f in money.unpayable(tiny({"fund_uses": uses}))}
    assert codes == {"spares", "equipment"}


def test_a_rule_that_is_switched_off_is_not_read() -> None:
    rules = [rule("at_most", active=False), rule("never", sites="mill", region="east", active=False)]
    assert [f for f in check(tiny({"rules": rules})) if f.table == "rules"] == []


def test_errors_come_first() -> None:
    case = tiny({**rows("blockers", 1, chance=None), **rows("costs", 0, currency="CHF")})
    assert [f.severity for f in check(case)] == ["error", "warning", "note", "note", "note"]


def test_check_tells_its_progress_and_stops_when_asked() -> None:
    events: list[ProgressEvent] = []
    check(tiny(), events.append)
    shares = [event.share or 0.0 for event in events]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == len(RULES)
    assert check(tiny(rows("costs", 0, currency="CHF")), stop=lambda: True) == []


def test_an_empty_case_is_told_and_breaks_nothing() -> None:
    empty = tiny({name: [] for name in tables()})
    (finding,) = check(empty)
    assert finding.severity == "warning"
    assert finding.args["tables"] == list(FIRST_TABLES)
    assert "Regions (regions), Commodities (commodities)" in sentence_of(finding, Words("en"))
    assert "المناطق (regions)، " in sentence_of(finding, Words("ar"))


@pytest.mark.parametrize("lost", ["sites", "options"])
def test_a_case_without_sites_or_options_is_not_planned_as_proven_best(lost: str) -> None:
    require_plannable(tiny())
    with pytest.raises(CaseError) as refused:
        require_plannable(tiny({lost: []}))
    (finding,) = refused.value.findings
    assert (finding.code, finding.severity) == ("case.not_plannable", "error")
    assert lost in finding.args["tables"]
    said([finding])


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("sites", [1, 2, 60])
def test_synthetic_cases_have_no_faults(sites: int, hard: bool) -> None:
    assert check(generate(sites, seed=5, hard=hard)) == []


def test_rules_are_listed_once() -> None:
    assert len(set(checks.RULES)) == len(checks.RULES)
