"""Reasons: the right one for each site, the arithmetic behind it, and its words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from string import Formatter
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.plan.planned import programme
from tests.tiny import tiny

from tawteen.case.model import Case
from tawteen.plan.explain import ForcedComparison, Reasons, SentenceWriter, explain, explain_all, limit_values, say
from tawteen.plan.explain.lever import Lever
from tawteen.plan.explain.reasons import Reason
from tawteen.plan.explain.resolve import ResolvedProgramme
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme, Scenario
from tawteen.words import Words, catalog

LANGS = ("en", "ar")


def rows(table: str, **changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a table of the tiny case with cells changed: first key column (- as _) → cells."""
    frame = tiny()[table]
    return [row | changes.get(str(row[frame.columns[0]]).replace("-", "_"), {}) for row in frame.to_dicts()]


@cache
def variant(name: str) -> tuple[Case, Programme]:
    case = tiny(VARIANTS[name][0])
    return case, plan(case, time_limit=60.0)


def rule(**cells: Any) -> dict[str, list[dict[str, Any]]]:
    return {"rules": [{"id": "r", "text_en": "The rule", "text_ar": "القاعدة المكتوبة", **cells}]}


SHUT = {"site": "mill", "gate": "title", "state": "closed", "stops": "now", "opens_by": "none"}
DEAR = {"kind": "equipment", "amount": 9e6}

VARIANTS: dict[str, tuple[dict[str, list[dict[str, Any]]], str, str, tuple[str, str]]] = {
    "gate": ({"blockers": [*rows("blockers"), SHUT]}, "mill", "why.gate", ("Legal title", "الملكية")),
    "held gate": (
        {"blockers": [*rows("blockers"), SHUT | {"authority": "The land office"}]}, "mill", "why.gate_held",
        ("ask its holder, The land office", "صاحبها (The land office)"),
    ),
    "never": (rule(kind="never", sites="cables"), "cables", "why.never", ("The rule", "القاعدة المكتوبة")),
    "must": (
        {
            **rule(kind="must", sites="mill"),
            "costs": [row | ({"amount": 4e6} if row["option"].startswith("mill") else {}) for row in rows("costs")],
            "fund_limits": rows("fund_limits", budget={"amount": 5e6}),
        },
        "mill", "why.must", ("The rule", "القاعدة المكتوبة"),
    ),
    "survey asked": (
        rule(kind="must", sites="cables", options="survey"), "cables", "why.survey_asked",
        ("The rule", "القاعدة المكتوبة"),
    ),
    "one of": (rule(kind="one_of", sites="cables;pasta"), "pasta", "why.one_of", ("Cable works", "مصنع كابلات")),
    "after": (rule(kind="after", sites="pasta", before="mill"), "pasta", "why.after", ("only after Mill", "بعد مطحنة")),
    "late": (
        {"works": [row | ({"weeks": 200.0} if row["option"].startswith("mill") else {}) for row in rows("works")]},
        "mill", "why.late", ("quarters", "ربعا"),
    ),
    "no fund": (
        {"fund_uses": [{"id": "1", "fund": "budget", "region": "east"}, {"id": "2", "fund": "line", "region": "east"}]},
        "mill", "why.no_fund", ("No fund", "لا صندوق"),
    ),
    "no source": (
        {"courses": rows("courses", electricians={"seats": 0.0, "third_party_price": None})},
        "mill", "why.no_source", ("Electricians", "كهربائيون"),
    ),
    "no option": (
        {table: [row for row in rows(table) if not str(row[key]).startswith("mill")]
         for table, key in (("options", "id"), ("recipes", "option"), ("works", "option"), ("costs", "option"),
                            ("cadres", "option"))},
        "mill", "why.no_option", ("no option", "ليس في الحالة خيار"),
    ),
    "alone": (
        {"costs": [row | ({"amount": 9e7} if row["id"] == "machines" else {}) for row in rows("costs")]},
        "cables", "why.alone", ("Rehabilitate", "تأهيل"),
    ),
    "room": (
        {"funds": rows("funds", budget={"carry_over": 0.0}),
         "fund_limits": [{"fund": "budget", "start": dt.date(2027, 1, 1), "amount": 150_000.0}],
         "fund_uses": [{"id": "1", "fund": "budget"}]},
        "cables", "why.room", ("Budget", "ميزانية"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_each_reason_is_found_and_said(name: str) -> None:
    _, site, code, named = VARIANTS[name]
    case, made = variant(name)
    explanation = explain(case, made, site)
    assert explanation.reason.code == code
    for lang, part in zip(LANGS, named, strict=True):
        said = " ".join(say(case, made, explanation, Words(lang)))  # type: ignore[arg-type]
        assert part in said
        assert "why." not in said
        assert "{" not in said


def test_what_nobody_pays_has_no_amount() -> None:
    case, made = variant("no fund")
    explanation = explain(case, made, "mill")
    assert explanation.reason.worth is None
    assert explanation.terms.filter(kind="no_fund")["amount"].null_count()
    assert explanation.terms["amount"].drop_nulls().is_finite().all()


def test_chosen_sites_say_what_they_gain() -> None:
    for site, code in (("cables", "why.conditional"), ("pasta", "why.firm")):
        explanation = explain(tiny(), programme(), site)
        assert explanation.reason.code == code
        assert (explanation.reason.worth or 0.0) > 0
        row = programme().sites.filter(id=site).to_dicts()[0]
        assert explanation.reason.option == row["option"]
        assert explanation.terms["amount"].sum() == pytest.approx(explanation.reason.worth)


def test_worth_of_a_firm_choice_is_what_leaving_it_out_costs() -> None:
    """Nothing else moves when the efficiency of the eastern mill is left out, so the prices tell the exact cost."""
    explanation = explain(tiny(), programme(), "pasta", resolve=resolved)
    assert explanation.opposite is not None
    assert explanation.opposite.sites.filter(id="cables")["option"].item() == "cables-rehab"
    assert explanation.change == pytest.approx(-(explanation.reason.worth or 0.0), rel=1e-6)


def resolved(case: Case, scenario: Scenario) -> Programme:
    return plan(case, time_limit=60.0, scenario=scenario)


def test_forcing_in_is_solved_again() -> None:
    made = programme()
    explanation = explain(tiny(), made, "mill", resolve=resolved)
    forced = programme(Scenario(must=("mill",)))
    assert explanation.change == pytest.approx((forced.value or 0.0) - (made.value or 0.0), abs=1.0)
    assert (explanation.change or 0.0) < 0
    for lang, part in (("en", "With it, the programme is worth"), ("ar", "بإدخاله تنقص قيمة البرنامج")):
        sentences = say(tiny(), made, explanation, Words(lang))  # type: ignore[arg-type]
        assert any(part in sentence for sentence in sentences)


def test_what_cannot_be_forced_names_the_rules() -> None:
    case, made = variant("never")
    explanation = explain(case, made, "cables", resolve=resolved)
    assert explanation.change is None
    assert explanation.opposite is not None
    assert explanation.opposite.status == "infeasible"
    for lang, part in (("en", "The rule"), ("ar", "القاعدة المكتوبة")):
        assert part in say(case, made, explanation, Words(lang))[-1]  # type: ignore[arg-type]


def test_an_exception_from_the_rule_that_keeps_a_site_out_is_solved_and_told() -> None:
    """The programme with the exception is the one that is planned without the rule with the site in."""
    case, made = variant("never")
    explanation = explain(case, made, "cables", seconds=1.0)
    forced, way = explanation.forced, explanation.counterfactual
    assert forced is not None
    assert [lever.per for lever in forced.exempt] == ["exception"]
    free = programme(Scenario(must=("cables",)))
    assert forced.within.value == pytest.approx(free.value, rel=1e-9)
    assert forced.within.most == pytest.approx(free.value, rel=1e-7)
    assert way is not None
    assert way.gain == pytest.approx((free.value or 0.0) - (made.value or 0.0), abs=1.0)
    for lang, part in (
        ("en", "An exception from this rule for it alone brings it in"),
        ("ar", "يدخله استثناؤه وحده من هذه القاعدة"),
    ):
        assert part in " ".join(say(case, made, explanation, Words(lang))[1:])  # type: ignore[arg-type]


def test_left_out_by_hand() -> None:
    made = programme(Scenario(without=("cables",)))
    explanation = explain(tiny(), made, "cables", resolve=resolved)
    assert explanation.reason.code == "why.without"
    assert (explanation.change or 0.0) > 0


def test_a_programme_that_cannot_be_names_the_rules() -> None:
    none = programme(Scenario(must=("mill",), without=("mill",)))
    frame = explain_all(tiny(), none)
    assert frame["reason_code"].to_list() == ["why.infeasible"] * 3
    assert set(none.conflict) == {"scenario:never:mill", "scenario:must:mill"}
    assert all("--must mill" in said and "--without mill" in said for said in frame["reason_ar"])
    assert not any("scenario:" in said for said in frame["reason_en"])


def test_a_cheaper_investment_brings_it_in_at_these_prices() -> None:
    """The change that a loss asks for is the share of what is spent before it runs."""
    case, made = variant("alone")
    reasons = Reasons(case, made)
    reason = reasons.reason("cables")
    change = reason.changes[0]
    assert change.kind == "cheaper"
    spent = reasons.shortlist.spent(str(reason.option))
    assert (reason.worth or 0.0) + change.share * spent == pytest.approx(0.0, abs=1e-6 * spent)


def test_a_tight_limit_is_named_as_what_hurts() -> None:
    values = limit_values(programme())
    assert values["kind"].to_list() == ["source"]
    assert values["id"].to_list() == ["ENG/mechanical"]
    hurt = explain(tiny(), programme(), "cables").reason.binding_limit
    assert hurt is not None
    assert (hurt.kind, hurt.id) == ("capability", "mechanical")


def test_value_of_one_more_unit_sums_over_periods() -> None:
    limits = pl.DataFrame(
        {
            "kind": ["fund", "fund", "fund", "balance", "rule"],
            "id": ["f", "f", "f", "k", "r"],
            "region": [None, None, None, "g", None],
            "period": [2, 0, 1, 0, None],
            "used": [1.0] * 5,
            "limit": [1.0] * 5,
            "price": [0.3, 0.1, 0.0, 5.0, 0.2],
        },
        schema=programme().limits.schema,
    )
    found = limit_values(replace(programme(), limits=limits))
    assert found.select("kind", "id", "periods", "total", "highest", "period").rows() == [
        ("fund", "f", 2, pytest.approx(0.4), 0.3, 2),
        ("rule", "r", 1, 0.2, 0.2, None),
    ]
    assert found["by_period"].to_list() == [
        [{"period": 0, "price": 0.1}, {"period": 2, "price": 0.3}],
        [{"period": None, "price": 0.2}],
    ]


def test_limits_can_be_told_at_the_prices_of_the_reasons() -> None:
    """Of a small programme they are its own; of one planned by prices those that prove its bound."""
    reasons = Reasons(tiny(), programme())
    assert limit_values(programme(), reasons.limits).equals(limit_values(programme()))
    at = reasons.priced
    priced = replace(programme(), figures={"bound_excess": 0.0, "prices": at.proof.prices.tolist()})
    told = limit_values(priced, Reasons(tiny(), priced).limits)
    assert told.height
    assert (told["total"] > 0).all()
    for row in told.iter_rows(named=True):
        assert row["total"] == pytest.approx(sum(cell["price"] for cell in row["by_period"]))
        assert row["periods"] == len(row["by_period"])


def side(value: float | None, most: float) -> ResolvedProgramme:
    """A side worth so much more than the programme at least (found) and at most (proven)."""
    known = programme().value or 0.0
    return ResolvedProgramme(None if value is None else known + value, known + most, np.zeros(0), False, 0.0, 2, True)


@pytest.mark.parametrize(
    ("value", "most", "english", "arabic"),
    [
        (-2e6, -2e6, ["worth exactly 2 million USD less"], "بالضبط"),
        (-2.04e6, -1.06e6, ["worth between 1 million USD and 2.1 million USD less"], "ما بين"),
        (-2e6, 0.0, ["worth at most 2 million USD less"], "على الأكثر"),
        (-2e6, 5.01e5, ["worth at most 2 million USD less", "up to 501 thousand USD more"], "بما لا يتجاوز"),
        (0.0, 0.0, ["worth the same"], "نفسها"),
        (0.0, 3e5, ["of the same value was found", "up to 300 thousand USD more"], "بالقيمة نفسها"),
        (3e5, 5e5, ["worth at least 300 thousand USD more", "--must"], "--must"),
        (None, -3e5, ["any would be worth at least 300 thousand USD less"], "على الأقل"),
        (None, 3e5, ["that there is none is not proven"], "ولم يثبت"),
        (None, -np.inf, ["No programme with it keeps all limits"], "لا برنامج به"),
    ],
)
def test_a_cost_is_told_as_it_is_proven(value: float | None, most: float, english: list[str], arabic: str) -> None:
    """Exactly, between, at most, at least; or a gain."""
    forced = ForcedComparison(side(value, most), side(0.0, 0.0), ("mill-repair", 0))
    said = SentenceWriter(tiny(), programme(), Words("en")).forced(forced, inside=False)
    assert len(said) == len([part for part in english if not part.startswith("--")])
    assert all(part in " ".join(said) for part in english)
    told = " ".join(SentenceWriter(tiny(), programme(), Words("ar")).forced(forced, inside=False))
    assert arabic in told
    assert "{" not in told


@pytest.mark.parametrize(
    ("amount", "near", "down", "up"),
    [(0.0, "0", "0", "0"), (12.3, "12", "12", "13"), (999.6, "1 thousand", "999", "1 thousand"),
     (12_345, "12.3 thousand", "12.3 thousand", "12.4 thousand"),
     (236_940, "237 thousand", "236 thousand", "237 thousand"),
     (999_960, "1 million", "999 thousand", "1 million"), (17.04e6, "17 million", "17 million", "17.1 million")],
)  # fmt: skip
def test_amounts_have_no_needless_digits_and_proofs_stay_true(amount: float, near: str, down: str, up: str) -> None:
    saying = SentenceWriter(tiny(), programme(), Words("en"))
    assert saying.money(amount) == f"{near} USD"
    assert saying.money(-amount, "down") == f"{down} USD"
    assert saying.money(amount, "up") == f"{up} USD"


def test_an_unknown_site_is_refused() -> None:
    with pytest.raises(KeyError):
        explain(tiny(), programme(), "nowhere")


def test_all_reasons_at_once_agree_with_each_alone() -> None:
    frame = explain_all(tiny(), programme())
    assert frame["site"].to_list() == tiny()["sites"]["id"].to_list()
    for row in frame.iter_rows(named=True):
        alone = explain(tiny(), programme(), row["site"])
        assert alone.reason.code == row["reason_code"]
        # A question about one site adds under which condition its delay holds.
        assert " ".join(say(tiny(), programme(), alone, Words("ar"))).startswith(row["reason_ar"])


def test_every_reason_is_said_in_both_languages() -> None:
    for lang in LANGS:
        told = {
            code: forms[0]
            for code, forms in catalog(lang).items()  # type: ignore[arg-type]
            if len(forms) == 1 and code.startswith(("why.", "limit."))
        }
        assert len(told) > 30
        for code, template in told.items():
            args = {field: "x" for _, field, _, _ in Formatter().parse(template) if field}
            assert code not in Words(lang).say(code, args)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [{"demands": []}, {"funds": [], "fund_limits": [], "fund_uses": []}, {"routes": []}, {"offers": []},
     {"sites": [], "blockers": [], "options": [], "recipes": [], "works": [], "costs": [], "cadres": []}],
)  # fmt: skip
def test_cases_that_lack_something_have_reasons(changes: dict[str, list[dict[str, Any]]]) -> None:
    case = tiny(changes)
    frame = explain_all(case, plan(case, time_limit=30.0))
    assert frame["site"].to_list() == case["sites"]["id"].to_list()
    assert frame.filter(pl.col("reason_en").str.contains("why.", literal=True)).is_empty()


@pytest.mark.parametrize(
    ("amount", "english", "arabic"),
    [(1.0, "1 person-week a quarter", "أسبوع عمل واحد"), (2.0, "2 person-weeks", "أسبوعي عمل"),
     (7.0, "7 person-weeks", "7 أسابيع عمل"), (12.0, "12 person-weeks", "12 أسبوع عمل"),
     (1.8, "1.8 person-weeks", "1.8 أسبوع عمل"), (300.0, "300 person-weeks", "300 أسبوع عمل")],
)  # fmt: skip
def test_counted_units_have_their_plural(amount: float, english: str, arabic: str) -> None:
    lever = Lever("capability", "mechanical", None, 0, amount, "quarter", amount)
    for lang, part in zip(LANGS, (english, arabic), strict=True):
        assert part in SentenceWriter(tiny(), programme(), Words(lang)).more(lever, 1.0)  # type: ignore[arg-type]


def test_a_gain_of_nothing_is_not_said() -> None:
    saying = SentenceWriter(tiny(), programme(), Words("en"))
    whole = Reason("mill", "out", "why.whole", "mill-repair", 0, 0.3)
    assert "would just pay" in saying.sentences(whole)[0]
    assert "up to 2 thousand USD" in saying.sentences(replace(whole, worth=2000.0))[0]
