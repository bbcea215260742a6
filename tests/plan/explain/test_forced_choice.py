"""Questions about one site of a case that is too large to be solved as a whole: held against the whole model.

The tiny cases are taken as large: no question may weigh all starts at once.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.plan.explain.test_resolve import case as generated
from tests.plan.explain.test_resolve import planned
from tests.tiny import tiny

from tawteen.case.model import Case
from tawteen.plan.decomposition.dual import lagrangian_bound
from tawteen.plan.decomposition.sizes import typical_sizes
from tawteen.plan.explain import Explanation, Reasons, explain, say
from tawteen.plan.explain.forced_choice import _least_value, compare_alone, tighten_bound
from tawteen.plan.explain.market_prices import market_prices
from tawteen.plan.explain.site_choices import SiteChoices
from tawteen.plan.params import DEFAULTS
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme, Scenario
from tawteen.words import Words

LARGE = DEFAULTS.explain.model_copy(update={"whole_starts": 0})
SITES = ("mill", "cables", "pasta")
RULE = {"id": "r", "text_en": "The rule", "text_ar": "القاعدة المكتوبة"}


def rows(table: str, **changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a table of the tiny case with cells changed: first key column (- as _) → cells."""
    frame = tiny()[table]
    return [row | changes.get(str(row[frame.columns[0]]).replace("-", "_"), {}) for row in frame.to_dicts()]


CASES: dict[str, dict[str, list[dict[str, Any]]]] = {
    "plain": {},
    "rich": {"fund_limits": [row | {"amount": 1e8} for row in rows("fund_limits")]},
    "dear": {"costs": [row | ({"amount": 4e7} if row["id"] == "machines" else {}) for row in rows("costs")],
             "fund_limits": [row | {"amount": 1e8} for row in rows("fund_limits")], "credit": []},
    "no credit": {"costs": [row | ({"amount": 1.5e7} if row["id"] == "machines" else {}) for row in rows("costs")],
                  "fund_limits": [row | {"amount": 1e8} for row in rows("fund_limits")]},
    "poor": {"fund_limits": rows("fund_limits", budget={"amount": 3e5})},
    "never": {"rules": [{**RULE, "kind": "never", "sites": "cables"}]},
    "one of": {"rules": [{**RULE, "kind": "one_of", "sites": "cables;pasta"}]},
    "at most": {"rules": [{**RULE, "kind": "at_most", "measure": "jobs", "value": 50.0}]},
    "after": {"rules": [{**RULE, "kind": "after", "sites": "pasta", "before": "mill"}]},
    "survey": {"rules": [{**RULE, "kind": "must", "sites": "cables", "options": "survey"}]},
    "must": {"rules": [{**RULE, "kind": "must", "sites": "mill"}]},
}  # fmt: skip
WITHOUT_RULE = {"never", "one of", "at most", "after", "survey"}


@cache
def best(name: str, scenario: Scenario = Scenario(), *, free: bool = False) -> tuple[Case, Programme]:  # noqa: B008
    """The case and its best programme under a scenario; `free` without the rules."""
    case = tiny(CASES[name] | ({"rules": []} if free else {}))
    return case, plan(case, time_limit=60.0, scenario=scenario)


@cache
def told(name: str, site: str) -> Explanation:
    return explain(*best(name), site, seconds=30.0, params=LARGE)


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("name", CASES)
def test_what_is_proven_holds_the_true_cost(name: str, site: str) -> None:
    """The best programme with the opposite choice lies between what is told as at least and at most."""
    forced, made = told(name, site).forced, best(name)[1]
    assert made.status == "optimal"
    assert made.value is not None
    assert forced is not None
    inside = made.sites.filter(id=site)["status"].item() in ("firm", "conditional")
    opposite = Scenario(without=(site,)) if inside else Scenario(must=(site,))
    true = best(name, opposite)[1].value
    if forced.exempt:
        assert true is None
        assert name in WITHOUT_RULE
        return
    low, high = forced.cost_range(made.value, inside=inside)
    dust = 1e-6 * abs(made.value - (made.do_nothing or 0.0)) + 1.0
    if true is None:
        assert high is None
        return
    assert low <= made.value - true + dust
    assert high is None or high >= made.value - true - dust


@pytest.mark.parametrize(
    ("name", "site", "measure", "alone"),
    [("never", "cables", "exception", True), ("one of", "pasta", "sites", True), ("at most", "cables", "jobs", False)],
)
def test_an_exception_brings_in_a_site_that_a_rule_keeps_out(name: str, site: str, measure: str, alone: bool) -> None:
    """It gains what the best programme without the rule does where the rule binds nothing else, and never more."""
    explanation, made = told(name, site), best(name)[1]
    way, without = explanation.counterfactual, best(name, free=True)[1].value
    assert made.value is not None
    assert without is not None
    assert way is not None
    assert way.lever is not None
    assert (way.lever.kind, way.lever.id, way.lever.per) == ("rule", "r", measure)
    assert way.gain is not None
    assert 0.0 < way.gain <= without - made.value + 1e-6 * abs(without)
    if alone:
        assert way.gain == pytest.approx(without - made.value, rel=1e-6)


def test_an_exception_is_said_with_what_it_gains() -> None:
    explanation = told("never", "cables")
    for lang, part in (("en", "An exception from this rule for it alone"), ("ar", "استثناؤه وحده من هذه القاعدة")):
        said = say(*best("never"), explanation, Words(lang))  # type: ignore[arg-type]
        assert part in said[-1]
        assert not any("{" in line or "forced." in line for line in said)


def test_a_site_that_takes_the_place_of_another_says_what_that_costs() -> None:
    """The rule allows one of two: in is the one only without the other."""
    forced, made = told("one of", "pasta").forced, best("one of")[1]
    assert forced is not None
    assert not forced.exempt
    assert forced.within.value == pytest.approx(best("one of", Scenario(must=("pasta",)))[1].value, rel=1e-9)
    assert (forced.within.value or 0.0) < (made.value or 0.0)


def test_a_rule_that_asks_for_a_survey_of_the_site_is_a_lever() -> None:
    """Works take the place of the survey that the rule asks for, so that it must let the site go."""
    explanation = told("survey", "cables")
    assert explanation.reason.code == "why.survey_asked"
    assert explanation.forced is not None
    assert [lever.per for lever in explanation.forced.exempt] == ["released"]
    without = best("survey", free=True)[1]
    assert explanation.counterfactual is not None
    gain = (without.value or 0.0) - (best("survey")[1].value or 0.0)
    assert explanation.counterfactual.gain == pytest.approx(gain, rel=1e-6)


@pytest.mark.parametrize(("name", "change"), [("dear", "option.{option}*{rest}"), ("no credit", "credit+{amount}")])
def test_a_change_that_is_said_to_bring_a_site_in_does(name: str, change: str) -> None:
    """Held against the whole model with the change, and with a smaller one."""
    way = told(name, "cables").counterfactual
    assert way is not None

    def comes_in(share: float) -> bool:
        amount = 0.0 if way.lever is None else way.lever.amount * share
        cut = change.format(option=way.option, rest=1 - share, amount=amount)
        made = plan(best(name)[0], time_limit=60.0, scenario=Scenario(set=(cut,)))
        return made.sites.filter(id="cables")["status"].item() in ("firm", "conditional")

    assert comes_in(way.share)
    assert not comes_in(way.share / 2 if way.lever is None else way.share / 4)


def test_prices_of_the_programme_prove_its_bound() -> None:
    """All prices of the market follow from those that are stated."""
    for case, made in (best("plain"), best("at most"), (generated(), planned())):
        reasons = Reasons(case, made)
        market, sites = reasons.market_model, reasons.sites
        prices = market_prices(market, made.bound_prices)
        proof = lagrangian_bound(sites, market, typical_sizes(sites, market), prices)
        gain = abs((made.value or 0.0) - (made.do_nothing or 0.0))
        assert made.bound_by_prices is not None
        assert proof.value + reasons.priced.constant <= made.bound_by_prices + 1e-4 * gain + 1.0
        assert proof.value + reasons.priced.constant >= (made.value or 0.0) - 1e-4 * gain - 1.0


def test_the_planned_choice_is_worth_what_the_programme_is() -> None:
    case, made = generated(), planned()
    reasons = Reasons(case, made)
    for site in reasons.priced.names[::3]:
        choices = SiteChoices(reasons, site)
        assert choices.known == pytest.approx(made.value, rel=1e-9)
        choice = choices.best()
        assert choice is None or choice.value == pytest.approx(choices.value(choice.pair), rel=1e-9)
        assert np.isfinite(choices.value(None)) or site in reasons.chosen


def test_prices_around_the_site_prove_more_and_never_too_much() -> None:
    """The bound falls where the prices of the programme say little, and stays above what is found."""
    case, made = generated(), planned()
    reasons = Reasons(case, made)
    fell = 0
    for place, site in list(enumerate(reasons.priced.names))[::2]:
        choices = SiteChoices(reasons, site)
        before = compare_alone(reasons, choices, place)
        after = tighten_bound(reasons, choices, before, place)
        for one, other in ((before.within, after.within), (before.without, after.without)):
            assert other.value == one.value
            assert other.most <= max(one.most, one.value or one.most)
            assert other.value is None or other.most >= other.value
            fell += other.most < one.most - 1.0
    assert fell


def test_golden_section_finds_the_least_value() -> None:
    assert _least_value(lambda share: (share - 0.3) ** 2, 20) == pytest.approx(0.0, abs=1e-6)
    assert _least_value(lambda share: share, 20) < 1e-3
