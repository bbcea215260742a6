"""Levers on trade, routes and rules: cases in which one limit alone keeps a site out, and how much of it brings it in.

Held against the whole model, which knows nothing of neighbourhoods and prices.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.tiny import tiny

from tawteen.case.model import Case
from tawteen.plan.explain import Counterfactual, Reasons, explain, say
from tawteen.plan.explain.counterfactuals import smallest_change
from tawteen.plan.explain.lever import Lever, widen_limit
from tawteen.plan.explain.resolve import compare_forced
from tawteen.plan.explain.rule_relaxation import RuleLimits
from tawteen.plan.explain.sentences import SentenceWriter
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.solver import solve_mip
from tawteen.words import Words

Rows = list[dict[str, Any]]
LANGS = ("en", "ar")


def rows(table: str, **changes: dict[str, Any]) -> Rows:
    """Rows of a table of the tiny case with cells changed: first key column (- as _) → cells."""
    frame = tiny()[table]
    return [row | changes.get(str(row[frame.columns[0]]).replace("-", "_"), {}) for row in frame.to_dicts()]


def without(table: str, *ids: str) -> Rows:
    return [row for row in rows(table) if row["id"] not in ids]


RICH = [row | {"amount": 1e8} for row in rows("fund_limits")]
OPEN = {"fund_limits": RICH, "credit": []}
"""Money and letters of credit enough, so that one limit alone stands in the way."""
SOUTHERN = {"region": "south"}
ROOM = [row | ({"quantity": 3000.0} if row["id"] == "diesel-south" else {}) for row in rows("supplies")]


def rule(**cells: Any) -> Rows:
    return [{"id": "r", "text_en": "The rule", "text_ar": "القاعدة المكتوبة", **cells}]


CASES: dict[str, tuple[dict[str, Rows], str]] = {
    "import": (
        {**OPEN, "commodities": rows("commodities", copper={"import_limit": 5.0})},
        "commodity.copper.import_limit",
    ),
    "export": (
        {**OPEN, "demands": without("demands", "cable-east"),
         "commodities": rows("commodities", cable={"fob": 7900.0, "export_limit": 5.0})},
        "commodity.cable.export_limit",
    ),
    "uptake": ({**OPEN, "commodities": rows("commodities", cable={"uptake": 0.005})}, ""),
    "route": (
        {**OPEN, "sites": rows("sites", cables=SOUTHERN), "supplies": ROOM,
         "routes": rows("routes", south_east={"capacity": 5.0})},
        "route.south-east",
    ),
    "never": ({**OPEN, "rules": rule(kind="never", sites="cables")}, ""),
    "after": ({"rules": rule(kind="after", sites="pasta", before="mill")}, ""),
    "one_of": ({**OPEN, "rules": rule(kind="one_of", sites="cables;pasta", value=0.0)}, "rule.r"),
    "sites": ({**OPEN, "rules": rule(kind="at_most", sites="cables", value=0.0)}, "rule.r"),
    "jobs": ({**OPEN, "rules": rule(kind="at_most", sites="cables", measure="jobs", value=20.0)}, "rule.r"),
    "investment": ({**OPEN, "rules": rule(kind="at_most", measure="investment", value=2e5)}, "rule.r"),
    "share": ({**OPEN, "rules": rule(kind="share", region="south", measure="jobs", value=0.6)}, "rule.r"),
}  # fmt: skip


def site(name: str) -> str:
    return "pasta" if name == "after" else "cables"


@cache
def planned(name: str) -> tuple[Case, Programme]:
    case = tiny(CASES[name][0])
    return case, plan(case, time_limit=60.0)


@cache
def found(name: str) -> tuple[Reasons, Counterfactual]:
    reasons = Reasons(*planned(name))
    at = reasons.priced
    way = smallest_change(at, reasons, at.place[site(name)], compare_forced(at, at.place[site(name)]), seconds=60.0)
    assert way is not None
    return reasons, way


def comes_in(name: str, lever: Lever, share: float) -> bool:
    """Whether the whole model, with so much of the lever, has the site in."""
    reasons = found(name)[0] if name in CASES else forcing(name)
    change = reasons.rules_of_case.loosened if lever.kind == "rule" else widen_limit
    model = planning_problem(reasons.case)
    solved = solve_mip(change(lever, share)(model, model.arrays), seconds=30.0, gap=1e-9)
    assert solved.x is not None
    keys = model.columns["start"].keys.with_columns(x=solved.x[model.starts])
    mine = keys.filter((keys["site"] == site(name)) & ~keys["kind"].is_in(["survey", "close"]))
    return bool(mine["x"].sum() > 0.5)


@pytest.mark.parametrize("name", CASES)
def test_the_limit_that_keeps_it_out_is_found_with_how_much_it_takes(name: str) -> None:
    _, way = found(name)
    kind = name if name in ("import", "export", "uptake", "route") else "rule"
    assert planned(name)[1].sites.filter(id=site(name))["status"].item() in ("out", "as_is")
    assert way.lever is not None
    assert (way.kind, way.lever.kind) == ("more", kind)
    assert comes_in(name, way.lever, way.share * 1.001)
    if way.lever.per == "exception":
        assert way.lever.site == site(name)
    else:
        assert not comes_in(name, way.lever, way.share * 0.8)


@pytest.mark.parametrize(
    ("name", "amount"), [("one_of", 1.0), ("sites", 1.0), ("jobs", 40.0), ("share", 0.6 - 30 / 90)]
)  # fmt: skip
def test_a_rule_is_loosened_by_no_more_than_it_takes(name: str, amount: float) -> None:
    """Sixty jobs where twenty are allowed; thirty jobs of ninety in the south where six in ten are asked for."""
    way = found(name)[1]
    assert way.lever is not None
    assert way.share * way.lever.amount == pytest.approx(amount)


@pytest.mark.parametrize("name", [name for name, (_, changed) in CASES.items() if changed])
def test_the_change_is_one_that_the_case_could_state(name: str) -> None:
    """Planned anew with the case changed by as much, the site is in; with half of it, it is not."""
    way = found(name)[1]
    assert way.lever is not None
    for part, inside in ((1.001, True), (0.5, False)):
        change = f"{CASES[name][1]}{'-' if name == 'share' else '+'}{way.share * way.lever.amount * part}"
        made = plan(planned(name)[0], time_limit=60.0, scenario=Scenario(set=(change,)))
        assert (made.sites.filter(id=site(name))["status"].item() == "conditional") is inside


POOR = {"fund_limits": [row | ({"amount": 3e5} if row["fund"] == "budget" else {}) for row in rows("fund_limits")]}
"""Money for the mill, or for the cable works, not for both."""
FORCING = {
    "must": (rule(kind="must", sites="mill"), "released"),
    "at_least": (rule(kind="at_least", region="south", measure="jobs", value=25.0), "jobs"),
}


@cache
def forcing(name: str) -> Reasons:
    case = tiny({**POOR, "rules": FORCING[name][0]})
    return Reasons(case, plan(case, time_limit=60.0))


@pytest.mark.parametrize("name", FORCING)
def test_a_rule_that_asks_for_another_site_is_found(name: str) -> None:
    reasons = forcing(name)
    assert reasons.programme.sites.filter(id="cables")["status"].item() == "out"
    levers = [lever for lever in reasons.rules_of_case.levers(("cables-rehab", 0)) if lever.per == FORCING[name][1]]
    assert len(levers) == 1
    assert comes_in(name, levers[0], 1.0)
    if name == "at_least":
        assert levers[0].output_side
        assert not comes_in(name, levers[0], 0.0)
        assert reasons.rules_of_case.needed(levers[0], ["pasta-more"]) == pytest.approx(1.0)
    else:
        assert levers[0].site == "mill"


def trade(kind: str, name: str) -> Lever:
    return Lever(kind, name, None, 4, 100.0, "quarter", 100.0)


@pytest.mark.parametrize(
    ("lever", "english", "arabic"),
    [
        (trade("import", "copper"), "import limit of Copper rod that is 100 t", "حد استيراد"),
        (trade("export", "cable"), "export limit of Cable that is 100 t", "حد تصدير"),
        (trade("uptake", "cable"), "100 t a quarter more of home-made Cable", "تستوعب"),
        (trade("route", "south-east"), "South → East, Goods", "الجنوب ← الشرق، بضائع"),
        (Lever("rule", "r", None, 0, 1.0, "exception", 1.0, site="mill"), "an exception for Mill", "استثناء مطحنة"),
        (Lever("rule", "r", None, 0, 1.0, "released", 1.0, site="mill"), "no longer asking for Mill", "ألا تطلب"),
        (Lever("rule", "r", None, 0, 2.0, "sites", 2.0), "allowing 2 more sites", "بموقعين"),
        (Lever("rule", "r", None, 0, 3.0, "jobs", 3.0), "allowing 3 more jobs", "3 وظائف"),
        (Lever("rule", "r", None, 0, 2e6, "investment", 2e6), "allowing 2 million USD more", "باستثمار"),
        (Lever("rule", "r", None, 0, 1.0, "sites", 1.0, output_side=True), "asking for 1 site less", "أقل بواحد"),
        (Lever("rule", "r", None, 0, 12.0, "jobs", 12.0, output_side=True), "asking for 12 jobs less", "أقل بمقدار 12"),
        (Lever("rule", "r", None, 0, 2e6, "investment", 2e6, output_side=True), "2 million USD less", "استثمارا أقل"),
        (Lever("rule", "r", None, 0, 0.2, "share", 0.2), "a share of 40% instead of 60%", "بدلا من"),
    ],
)  # fmt: skip
def test_levers_are_said_in_words(lever: Lever, english: str, arabic: str) -> None:
    case, made = planned("share")
    for lang, part in zip(LANGS, (english, arabic), strict=True):
        saying = SentenceWriter(case, made, Words(lang))  # type: ignore[arg-type]
        said = saying.counterfactual(Counterfactual("more", 1.0, 1.0, "cables-rehab", 0, lever))
        assert part in said
        assert "{" not in said
        assert "looser." not in said


def test_an_explanation_tells_the_rule() -> None:
    case, made = planned("jobs")
    explanation = explain(case, made, "cables", seconds=60.0)
    for lang, part in (("en", "“The rule” allowing 40 more jobs"), ("ar", "«القاعدة المكتوبة» بعدد 40 وظيفة")):
        assert part in say(case, made, explanation, Words(lang))[-1]  # type: ignore[arg-type]


def test_rules_select_by_authority_where_most_sites_have_none() -> None:
    free = {"region": "east", "kind": "repair", "authority": None}
    options = {f"o{n}": {**free, "option": f"o{n}", "site": f"s{n}"} for n in range(150)}
    options["last"] = {**free, "option": "last", "site": "last", "authority": "fund"}
    never = {"id": "r", "kind": "never", "sites": None, "options": None, "region": None, "authority": "fund"}
    assert RuleLimits([never], options, {}, lambda _: 0.0).spoken == {"r": {"last"}}
