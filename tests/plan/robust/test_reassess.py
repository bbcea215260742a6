"""What a change does to a programme, held against planning the changed case to the end."""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from dataclasses import replace

import polars as pl
import pytest
from tests.plan.planned import policy, programme
from tests.tiny import SETTINGS, tiny

from tawteen.case.changes import change_case
from tawteen.case.findings import CaseError
from tawteen.case.model import Case
from tawteen.plan.params import DEFAULTS
from tawteen.plan.planning import plan
from tawteen.plan.programme import Scenario
from tawteen.plan.robust.reassess import VERDICTS, Reassessment, reassess, say_reassessment
from tawteen.words import Lang, Words

FACTORS = ("0.5", "0.9", "0.99", "1.01", "1.2", "3")


def changed_at_random(draw: random.Random) -> tuple[str, Case]:
    """The tiny case with one figure of another size."""
    case = tiny()
    subjects = [
        *(f"site.{site}" for site in case["sites"]["id"]), *(f"fund.{fund}" for fund in case["funds"]["id"]),
        *(f"demand.{key}" for key in case["demands"]["id"]), *(f"commodity.{key}" for key in case["commodities"]["id"]),
        "discount.economic", "value.fx_premium", "value.carbon_price",
    ]  # fmt: skip
    while True:
        text = f"{draw.choice(subjects)}*{draw.choice(FACTORS)}"
        with suppress(CaseError):  # nothing of that kind belongs to the site
            return text, change_case(case, [text])


@pytest.mark.parametrize("seed", range(40))
def test_the_verdict_is_true_of_the_best_programme_of_the_changed_case(seed: int) -> None:
    text, changed = changed_at_random(random.Random(seed))
    made = programme()
    found = reassess(tiny(), made, changed)
    best = plan(changed, time_limit=60, gap=0.0)
    near = 1e-6 * abs(best.value)
    assert found.do_nothing == pytest.approx(best.do_nothing), text
    assert found.bound is None or found.bound >= best.value - near, text
    if found.value is None:
        assert found.verdict == "lost"
    else:
        assert found.value <= best.value + near, text
        assert best.value - found.value <= found.to_win + near, text
    if found.verdict == "unread":
        assert best.value == pytest.approx(made.value, rel=1e-12), text
        assert best.sites.equals(made.sites), text
    if found.verdict == "stands":
        assert found.to_win <= found.to_win_before + near, text


def test_every_verdict_is_met() -> None:
    changed = [changed_at_random(random.Random(seed))[1] for seed in range(40)]
    met = {reassess(tiny(), programme(), case).verdict for case in changed}
    assert {*VERDICTS} - met == {"unread", "unknown"}


def test_what_was_not_found_out_in_time_is_not_said_to_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    hurried = DEFAULTS.model_copy(update={"robust": DEFAULTS.robust.model_copy(update={"reassess_seconds": 0.0})})
    monkeypatch.setattr(sys.modules[reassess.__module__], "DEFAULTS", hurried)
    found = reassess(tiny(), programme(), change_case(tiny(), ["site.mill*1.01"]))
    assert (found.verdict, found.value, found.change) == ("unknown", None, None)
    assert found.to_win is None or found.bound == pytest.approx(found.do_nothing + found.to_win)
    assert not any("reassess" in sentence for sentence in say_reassessment(found, "USD", Words("ar")))


def renamed() -> Case:
    case = tiny()
    return replace(case, tables={**case.tables, "sites": case["sites"].with_columns(name_en=pl.lit("Another name"))})


def test_what_planning_does_not_read_changes_nothing() -> None:
    found = reassess(tiny(), programme(), renamed())
    assert found.verdict == "unread"
    assert found.change == 0.0
    assert found.bound == programme().bound_by_prices
    assert found.policy_unread is None


def test_a_policy_is_planned_from_more_than_its_path() -> None:
    made = replace(programme(), policy=policy())
    assert reassess(tiny(), made, renamed()).policy_unread is True
    case = tiny()
    surer = case["blockers"].with_columns(chance=pl.when(pl.col("state") == "unknown").then(0.9).otherwise("chance"))
    found = reassess(case, made, replace(case, tables={**case.tables, "blockers": surer}))
    assert found.policy_unread is False


def test_a_start_that_a_rule_forbids_is_lost() -> None:
    started = programme().sites.filter(pl.col("period").is_not_null())["id"][0]
    found = reassess(tiny(), programme(), change_case(tiny(), without=[started]))
    assert (found.verdict, found.value, found.change) == ("lost", None, None)
    assert found.to_win is None or found.to_win >= 0


def test_the_scenario_of_the_programme_holds_for_both() -> None:
    started = programme().sites.filter(pl.col("period").is_not_null())["id"][0]
    scenario = Scenario(without=(started,))
    made = plan(tiny(), time_limit=30, gap=0.0, scenario=scenario)
    found = reassess(tiny(), made, change_case(tiny(), [f"site.{started}*0.5"]))
    assert found.verdict in ("unread", "stands")
    assert found.value == pytest.approx(made.value)


def test_another_case_and_other_terms_are_refused() -> None:
    dearer = change_case(tiny(), ["site.mill*2"])
    with pytest.raises(CaseError):
        reassess(dearer, programme(), dearer)
    with pytest.raises(CaseError) as raised:
        reassess(tiny(), programme(), tiny(money={**SETTINGS["money"], "price_year": 2020}))
    assert [finding.code for finding in raised.value.findings] == ["compare.price_year"]
    with pytest.raises(ValueError, match="without a solution"):
        reassess(tiny(), replace(programme(), value=None), dearer)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_verdict_has_its_sentences(lang: Lang) -> None:
    words = Words(lang)
    for verdict in VERDICTS:
        for bound in (None, 12.0):
            for policy_unread in (None, False, True):
                value = None if verdict in ("lost", "unknown") else 9.0
                found = Reassessment(verdict, 10.0, value, 1.0, 1.0, 11.0, bound, policy_unread)
                sentences = say_reassessment(found, "USD", words)
                assert sentences
                assert not [sentence for sentence in sentences if "reassess." in sentence or "{" in sentence]
