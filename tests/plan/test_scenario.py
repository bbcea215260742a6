"""Short expressions change the case they name and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiny import tables, tiny

from tawteen.case.changes import SHORT, change_case
from tawteen.case.findings import CaseError
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.plan.programme import Scenario
from tawteen.plan.scenario import apply
from tawteen.words import Words


def cell(case: Case, table: str, column: str, **key: Any) -> Any:
    return case[table].filter(**key)[column].item()


@pytest.mark.parametrize(
    ("text", "table", "column", "key", "value"),
    [
        ("fund.budget*0.8", "fund_limits", "amount", {"fund": "budget"}, 400_000.0),
        ("fund.budget=1e6", "fund_limits", "amount", {"fund": "budget"}, 1e6),
        ("fund.line+1e-3", "fund_limits", "amount", {"fund": "line"}, 300_000.001),
        ("fund.line/2027-01-01-50000", "fund_limits", "amount", {"fund": "line"}, 250_000.0),
        ("offer.ENG/mechanical*0.5", "offers", "capacity", {"capability": "mechanical"}, 75.0),
        ("demand.flour-east-100", "demands", "quantity", {"id": "flour-east"}, 5900.0),
        ("demands.flour-east.penalty*2", "demands", "penalty", {"id": "flour-east"}, 1800.0),
        ("option.mill-new/line*0.5", "costs", "amount", {"option": "mill-new"}, 450_000.0),
        ("commodity.wheat+50", "commodities", "cif", {"id": "wheat"}, 300.0),
        ("commodities.cable.uptake*0.25", "commodities", "uptake", {"id": "cable"}, 0.25),
        ("routes.east-south.capacity=900", "routes", "capacity", {"id": "east-south"}, 900.0),
        ("options.mill-new.latest=2028-01-01", "options", "latest", {"id": "mill-new"}, dt.date(2028, 1, 1)),
        ("commodities.flour.storable=true", "commodities", "storable", {"id": "flour"}, True),
        ("credit*0.5", "credit", "amount", {}, 1_250_000.0),
        (" course.electricians = 9 ", "courses", "seats", {"id": "electricians"}, 9.0),
    ],
)
def test_an_expression_sets_its_cell(text: str, table: str, column: str, key: dict[str, Any], value: Any) -> None:
    case = apply(tiny(), Scenario(set=(text,)))
    assert cell(case, table, column, **key) == value
    for name in case.tables:
        if name != table:
            assert case[name].equals(tiny()[name])
    others = case[table].with_columns(tiny()[table][column])
    assert others.equals(tiny()[table])


def test_a_site_means_all_its_investment_items() -> None:
    case = apply(tiny(), Scenario(set=("site.cables*0.5",)))
    before, after = tiny()["costs"], case["costs"]
    halved = (after["amount"] / before["amount"]).to_list()
    assert halved == [1.0, 1.0, 0.5, 0.5, 1.0]


def test_a_name_may_hold_a_stroke() -> None:
    sites = [site | ({"name_en": "Mill 1/2"} if site["id"] == "mill" else {}) for site in tables()["sites"]]
    changed = change_case(tiny({"sites": sites}), ["sites.Mill 1/2.survey_weeks=2"])["sites"]
    assert changed.filter(id="mill")["survey_weeks"].to_list() == [2.0]


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("site.Cable works*1.5", "site.cables*1.5"),
        ("site.مصنع كابلات*1.5", "site.cables*1.5"),
        ("offer.Engine works/mechanical*2", "offer.ENG/mechanical*2"),
        ("offer.مصنع المحركات*2", "offer.ENG*2"),
        ("fund.BUDGET*2", "fund.budget*2"),
        ("commodity.Copper rod=4000", "commodity.copper=4000"),
        ("option.Tuning works/drives*2", ""),
        ("sites.Cable works/drives.survey_weeks=2", ""),
        ("offer.Engine works/mechanical/more*2", ""),
        ("sites.CABLE  WORKS.survey_weeks=2", "sites.cables.survey_weeks=2"),
        ("recipes.mill-new/Wheat/in.quantity*1.1", "recipes.mill-new/wheat/in.quantity*1.1"),
    ],
)
def test_a_row_is_called_by_its_name_in_either_language(named: str, meant: str) -> None:
    if not meant:
        with pytest.raises(CaseError):
            change_case(tiny(), [named])
        return
    first, second = change_case(tiny(), [named]), change_case(tiny(), [meant])
    assert all(table.equals(second[name]) for name, table in first.tables.items())
    assert case_hash(first) != case_hash(tiny())


def test_the_value_framework_can_be_set() -> None:
    case = apply(tiny(), Scenario(set=("value.fx_premium=0.3", "discount.economic+0.02", "value.view=financial")))
    assert case.settings.value.fx_premium == 0.3
    assert case.settings.discount.economic == pytest.approx(0.1)
    assert case.settings.value.view == "financial"


def test_expressions_follow_each_other() -> None:
    case = apply(tiny(), Scenario(set=("fund.budget*0.5", "fund.budget+1000")))
    assert cell(case, "fund_limits", "amount", fund="budget") == 251_000.0


def test_sites_are_forced_by_rules() -> None:
    rules = apply(tiny(), Scenario(must=("mill",), without=("cables", "cables")))["rules"]
    assert rules.select("kind", "sites").rows() == [("never", "cables"), ("must", "mill")]
    assert rules["id"].is_unique().all()


def test_nothing_asked_nothing_changed() -> None:
    case = tiny()
    assert apply(case, Scenario()) is case


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(["fund.budget", "demand.flour-east", "offer.ENG", "site.mill"]), st.floats(0.01, 0.99))
def test_a_factor_and_its_inverse_cancel(target: str, factor: float) -> None:
    there = apply(tiny(), Scenario(set=(f"{target}*{factor!r}",)))
    back = apply(there, Scenario(set=(f"{target}*{1 / factor!r}",)))
    table, column, _ = SHORT[target.partition(".")[0]]
    assert back[table][column].to_list() == pytest.approx(tiny()[table][column].to_list())
    assert case_hash(there) != case_hash(tiny())


REFUSED = {
    "fund.budget": ("scenario.syntax", ""),
    "fund.budget*half": ("scenario.syntax", ""),
    "*2": ("scenario.syntax", ""),
    "fnd.budget*2": ("scenario.table", "fund"),
    "fund.budgt*2": ("scenario.key", "budget"),
    "commodities.flour.upteke=1": ("scenario.column", "uptake"),
    "commodities.flour.uptake=lots": ("scenario.number", ""),
    "commodities.flour.uptake=5": ("scenario.share", "0.05"),
    "commodities.flour.uptake=-1": ("scenario.bounds", "0 … 1"),
    "commodities.flour.storable=maybe": ("scenario.number", "true"),
    "commodities.flour.name_en*2": ("scenario.number", ""),
    "options.mill-new.latest=soon": ("scenario.number", ""),
    "routes.east-south.capacity*2": ("scenario.empty", ""),
    "value.fx=1": ("scenario.column", "fx_premium"),
    "discount.economic=8": ("scenario.share", "0.08"),
    "value.fx_premium=-1": ("scenario.bounds", ""),
    "value.view=rosy": ("scenario.bounds", ""),
    "value.view*2": ("scenario.number", ""),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_means_nothing_is_refused_with_what_is_meant(text: str) -> None:
    code, meant = REFUSED[text]
    with pytest.raises(CaseError) as caught:
        apply(tiny(), Scenario(set=(text,)))
    (finding,) = caught.value.findings
    assert finding.code == code
    guesses = finding.args["allowed"].split(", ")
    assert meant in (finding.args["allowed"] if code == "scenario.number" else guesses[0])
    assert len(set(guesses)) == len(guesses) <= 5
    for lang in ("en", "ar"):
        assert text in Words(lang).say(code, finding.args)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(CaseError) as caught:
        apply(tiny(), Scenario(set=("x", "fund.budgt*2"), must=("mil",), without=("nowhere",)))
    assert [f.code for f in caught.value.findings] == [
        "scenario.syntax", "scenario.key", "scenario.site", "scenario.site"
    ]  # fmt: skip
    assert caught.value.findings[3].args["near"] == "mil"
    assert "mill" in caught.value.findings[3].args["allowed"]
    assert "mil" in Words("ar").say("scenario.site", caught.value.findings[3].args)
