"""The smallest change that brings a site in: planned anew with it, the site is in; with half of it, it is not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.plan.planned import programme
from tests.tiny import tiny

from tawteen.case.model import Case
from tawteen.plan.explain import Explanation, Reasons, explain, say
from tawteen.plan.explain.counterfactuals import Counterfactual, smallest_change
from tawteen.plan.explain.lever import Lever, lever_value, widen_limit
from tawteen.plan.explain.reasons import PricedChange, Reason
from tawteen.plan.explain.resolve import ForcedComparison, compare_forced, resolve_site
from tawteen.plan.explain.sentences import SentenceWriter
from tawteen.plan.params import DEFAULTS
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import relaxed
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.solver import solve_lp
from tawteen.words import Lang, Words

LANGS = ("en", "ar")


@cache
def reasons() -> Reasons:
    return Reasons(tiny(), programme())


@cache
def dear(credit: bool) -> tuple[Case, Programme]:
    """The cable works with machines that cost much, and money enough; letters of credit for them or not."""
    price = 1.5e7 if credit else 4e7
    costs = [row | ({"amount": price} if row["id"] == "machines" else {}) for row in tiny()["costs"].to_dicts()]
    limits = [row | {"amount": 1e8} for row in tiny()["fund_limits"].to_dicts()]
    case = tiny({"costs": costs, "fund_limits": limits} | ({} if credit else {"credit": []}))
    return case, plan(case, time_limit=60.0)


@cache
def way(credit: bool) -> tuple[ForcedComparison, Counterfactual]:
    found = Reasons(*dear(credit))
    at, site = found.priced, found.priced.place["cables"]
    turned = compare_forced(at, site)
    least = smallest_change(at, found, site, turned, seconds=60.0)
    assert least is not None
    return turned, least


@cache
def explained(credit: bool) -> Explanation:
    return explain(*dear(credit), "cables", seconds=60.0)


def chosen(credit: bool, change: str) -> bool:
    made = plan(dear(credit)[0], time_limit=60.0, scenario=Scenario(set=(change,)))
    return made.sites.filter(id="cables")["status"].item() in ("firm", "conditional")


def test_a_cut_that_is_said_to_bring_it_in_does() -> None:
    """Held against the whole model, which knows nothing of neighbourhoods and prices."""
    turned, least = way(credit=False)
    assert turned.exact
    assert (turned.cost or 0.0) > 0
    assert least.kind == "cheaper"
    assert chosen(False, f"option.{least.option}*{1 - least.share}")
    assert not chosen(False, f"option.{least.option}*{1 - least.share / 2}")


def test_more_of_a_limit_that_is_said_to_bring_it_in_does() -> None:
    """Without letters of credit the machines cannot be bought at all, whatever they gain."""
    turned, least = way(credit=True)
    assert turned.cost is None
    assert least.kind == "more"
    assert least.lever is not None
    assert least.lever.kind == "credit"
    assert chosen(True, f"credit+{least.lever.amount * least.share}")
    assert not chosen(True, f"credit+{least.lever.amount * least.share / 4}")


@pytest.mark.parametrize("credit", [False, True])
def test_what_is_said_names_the_change(credit: bool) -> None:
    found = explained(credit)
    assert found.counterfactual == way(credit)[1]
    for lang, part in (
        ("en", "letters of credit" if credit else "cheaper"),
        ("ar", "الاعتمادات" if credit else "ترخص"),
    ):
        said = say(*dear(credit), found, Words(lang))  # type: ignore[arg-type]
        assert part in said[-1]
        assert not any("{" in line or "resolve." in line for line in said)


@pytest.mark.parametrize("whole_starts", [DEFAULTS.explain.whole_starts, 0])
def test_a_search_out_of_time_does_not_say_that_no_change_suffices(whole_starts: int) -> None:
    """More letters of credit would do, but there was no time to try them."""
    params = DEFAULTS.explain.model_copy(update={"whole_starts": whole_starts})
    found = explain(*dear(credit=True), "cables", seconds=1e-9, params=params)
    assert found.counterfactual is None
    assert not found.tried_in_time
    for lang in LANGS:
        words = Words(lang)  # type: ignore[arg-type]
        said = say(*dear(credit=True), found, words)
        tried = {"cut": words.percent(found.largest_cut, 0), "share": words.percent(found.widest_share, 0)}
        assert words.say("why.no_way", tried) not in said
    all_tried = replace(found, tried_in_time=True, forced=None, largest_cut=0.5, widest_share=3.0)
    sentence = say(*dear(credit=True), all_tried, Words("en"))[-1]
    assert "up to 50% cheaper" in sentence
    assert "up to 300%" in sentence


@pytest.mark.parametrize("lang", LANGS)
def test_a_change_found_before_all_were_tried_is_not_called_the_smallest_of_all(lang: Lang) -> None:
    found = explained(credit=False)
    words = Words(lang)
    assert found.tried_in_time
    assert words.say("way.unfinished") not in say(*dear(credit=False), found, words)
    assert words.say("way.unfinished") == say(*dear(credit=False), replace(found, tried_in_time=False), words)[-1]


def test_a_site_that_is_in_has_no_change_to_make() -> None:
    found = explain(tiny(), programme(), "pasta", seconds=60.0)
    assert found.forced is not None
    assert (found.forced.cost or 0.0) < 0
    assert found.counterfactual is None
    assert not found.tried_in_time


@pytest.mark.parametrize("kind", ["fund", "balance", "capability", "course"])
def test_a_lever_widens_what_it_names_and_nothing_else(kind: str) -> None:
    """More of a limit is never worse, and the value rises by no more than today's prices say (the value is concave)."""
    model = planning_problem(tiny())
    arrays = relaxed(model.arrays)
    options = reasons().options
    levers = [
        lever
        for option in options
        if options[option]["available"] and options[option]["kind"] not in ("as_is", "survey", "close")
        for name in {*_ids(kind)}
        if (lever := reasons().levers.lever(option, options[option]["earliest"], kind, name)) is not None
    ]
    assert levers
    before = solve_lp(arrays)
    assert before.value is not None
    for lever in levers:
        wider = widen_limit(replace(lever, output_side=False), 1.0)(model, arrays)
        after = solve_lp(wider)
        assert after.value is not None
        assert after.value >= before.value - 1e-6 * abs(before.value)
        moved = np.flatnonzero((wider.row_upper != arrays.row_upper) | (wider.row_lower != arrays.row_lower))
        assert len(moved) or (wider.upper != arrays.upper).any()
        assert lever.amount > 0


def _ids(kind: str) -> list[str]:
    tables = {"fund": "funds", "balance": "commodities", "capability": "capabilities", "course": "courses"}
    return tiny()[tables[kind]]["id"].to_list()


def test_what_more_is_worth_counts_from_its_first_period() -> None:
    prices = np.array([5.0, 1.0, 2.0, 0.0])
    lever = Lever("capability", "q", None, 1, 8.0, "quarter", 8.0)
    assert lever_value(lever, 0.5, prices) == pytest.approx(4.0 * 3.0)
    assert lever_value(replace(lever, per="once"), 0.5, prices) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("lever", "english", "arabic"),
    [
        (Lever("balance", "power", "east", 4, 8760.0, "quarter", 8760.0),
         "4 MW more of Electricity in East from 2028-Q1", "4 ميغاواط"),
        (Lever("course", "electricians", None, 0, 6.0, "people", 2.0), "6 more trainees", "6 متدربين"),
        (Lever("balance", "flour", "south", 0, 120.0, "quarter", 120.0, output_side=True),
         "demand for Flour in South", "الطلب"),
        (Lever("fund", "budget", None, 2, 3.2e6, "once", 3.2e6), "3.2 million USD more in the fund", "مليون"),
        (Lever("capability", "mechanical", None, 1, 12.4, "quarter", 12.4), "13 ", "13 "),
        (Lever("credit", "credit", None, 1, 5e5, "quarter", 5e5), "500 thousand USD a quarter", "الاعتمادات"),
    ],
)  # fmt: skip
def test_changes_are_said_in_the_units_of_the_field(lever: Lever, english: str, arabic: str) -> None:
    for lang, part in zip(LANGS, (english, arabic), strict=True):
        saying = SentenceWriter(tiny(), programme(), Words(lang))  # type: ignore[arg-type]
        assert part in saying.more(lever, 1.0)
        assert part in saying.counterfactual(Counterfactual("more", 1.0, 1.0, "mill-repair", 0, lever))
        reason = Reason("mill", "out", "why.alone", "mill-repair", 0, -1.0, None, (PricedChange("more", 1.0, lever),))
        assert part in saying.sentences(reason)[-1]
        assert part not in " ".join(saying.sentences(reason, changes=False))


def test_with_everything_free_the_optimum_comes_out() -> None:
    at = reasons().priced
    found = resolve_site(at, at.place["mill"], None)
    assert found.value == pytest.approx(programme().value or 0.0, rel=1e-7)
    assert not found.inside
