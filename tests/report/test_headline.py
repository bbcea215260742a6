"""What a chair reads first, and the sentences of the red flags."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tawteen.plan.outlook import Outlook
from tawteen.report.headline import expected, headline, now, warnings
from tawteen.report.red_flags import all_flags, red_flags
from tawteen.report.report_data import ReportData
from tawteen.report.risk_flags import RedFlag, raised_sentences
from tawteen.words import catalog

ROOM = Path(inspect.getfile(RedFlag)).parent


LOSING = {"party_loses", "party_sells_less"}
"""Codes between which the one rule with a code by party chooses."""


def flag_codes() -> set[str]:
    """The first argument of every flag that is made in the room."""
    codes = set()
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RedFlag":
                code = node.args[0]
                codes |= {code.value} if isinstance(code, ast.Constant) else LOSING
    return codes


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_flag_and_every_decision_has_its_sentence(lang: str) -> None:
    known = catalog(lang).keys()  # type: ignore[arg-type]
    codes = flag_codes()
    assert len(codes) > 12
    assert {f"red_flags.short.{code}" for code in codes} <= known
    assert {f"headline.{status}" for status in ("firm", "conditional", "survey", "close")} <= known


def test_what_begins_before_the_meeting_is_said(read: ReportData) -> None:
    english, arabic = now(read)
    assert "no meeting of the committee is stated" in english
    assert read.name("sites", "mill")[0] in english
    assert read.name("sites", "mill")[1] in arabic
    later = read.programme.sites.with_columns(pl.col("period") + 2)
    english, _ = now(replace(read, programme=replace(read.programme, sites=later)))
    assert "No start is certain yet" in english
    assert read.name("sites", "mill")[0] not in english


def test_a_loss_is_called_a_loss(read: ReportData) -> None:
    assert "not simulated" in expected(read)[0]
    losing = replace(read, programme=replace(read.programme, outlook=Outlook(1, (-3e6, -2e6, -1e6, 2e6) * 3)))
    english, arabic = expected(losing)
    assert "expected to lose 1" in english
    assert "P10 -3" in english
    assert "loses in 9 of 12 scenarios (75%)" in english
    assert "75%" in arabic
    assert "P10" in arabic
    assert "P90" in arabic


@pytest.mark.parametrize(("gains", "waits"), [((-3e6, 1e6), True), ((-1e6, 3e6), False), ((0.0, 0.0), False)])
def test_no_works_are_advised_that_are_expected_to_lose(
    read: ReportData, gains: tuple[float, ...], waits: bool
) -> None:
    english, arabic = now(replace(read, programme=replace(read.programme, outlook=Outlook(1, gains))))
    assert ("Commit to no works yet" in english) == waits
    assert ("لا تلتزم" in arabic) == waits
    assert ("Start works" in english or "No start is certain yet" in english) != waits
    assert read.name("sites", "mill")[0] in english


@pytest.mark.parametrize(("count", "told"), [(2, False), (9, False), (10, True), (100, True)])
def test_a_tenth_is_told_from_ten_scenarios_on(read: ReportData, count: int, told: bool) -> None:
    gains = tuple(1e6 * (place - 2) for place in range(count))
    english, arabic = expected(replace(read, programme=replace(read.programme, outlook=Outlook(1, gains))))
    assert [("P10" in text, "P90" in text) for text in (english, arabic)] == [(told, told)] * 2
    assert ("-2 million in the worst" in english) != told
    assert ("في أسوأ" in arabic) != told


@pytest.mark.parametrize(
    ("gains", "said", "unsaid"),
    [
        ((1e6, 3e6), ("expected to gain 2 million", "none of the 2 scenarios"), "0%"),
        ((1e6,), ("In the one scenario", "gains 1 million"), "P10"),
        ((-1e6,), ("In the one scenario", "loses 1 million"), "P10"),
        ((0.0,), ("worth as much as doing nothing",), "gain"),
        ((0.0, 0.0, 0.0), ("expected to be worth as much as doing nothing", "none of the 3 scenarios"), "gain"),
        ((-1.0, *[1.0] * 999), ("loses in 1 of 1,000 scenarios",), "none"),
    ],
)
def test_few_scenarios_and_no_gain_are_said_as_they_are(
    read: ReportData, gains: tuple[float, ...], said: tuple[str, ...], unsaid: str
) -> None:
    english, arabic = expected(replace(read, programme=replace(read.programme, outlook=Outlook(1, gains))))
    assert all(words in english for words in said), english
    assert unsaid not in english
    assert "headline." not in arabic


def test_as_many_flags_are_told_as_the_table_shows(read: ReportData) -> None:
    raised = [flag for flag in all_flags(read) if flag.raised]
    assert raised
    table = red_flags(read)[0].table.filter(state="raised")
    assert table.height == len(raised)
    assert warnings(read)[0].startswith("One red flag" if len(raised) == 1 else f"{len(raised)} red flags")


def test_flags_of_one_rule_are_told_once_with_their_number(read: ReportData) -> None:
    label = ("", "")
    flags = [RedFlag("old_state", label, None, 5.0, "years", True, label, site) for site in ("mill", "press")]
    settings = read.case.settings
    time = settings.time.model_copy(update={"state_years": 5})
    case = replace(read.case, settings=settings.model_copy(update={"time": time}))
    english, arabic = raised_sentences(replace(read, case=case), flags)
    assert english == "the states of 2 chosen sites are older than the case allows (years: 5) or undated"
    assert "(سنوات: 5)" in arabic


def test_no_paragraph_is_empty_or_holds_a_code(read: ReportData) -> None:
    for english, arabic in headline(read):
        assert english.strip()
        assert arabic.strip()
        assert "headline." not in english + arabic
        assert "red_flags." not in english + arabic
