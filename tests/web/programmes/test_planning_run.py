"""A run from its beginning to its end: what is on the record, what is kept, and what pages say."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.web import mission
from tests.web.conftest import Workspace
from tests.web.programmes.planned import enter, plan

from tawteen.web.log.models import RecordRow
from tawteen.web.programmes.models import RunFile, RunProgress, RunRow
from tawteen.web.programmes.parameters import RunParameters
from tawteen.web.programmes.planning_run import outcome_of
from tawteen.web.programmes.run_states import CANCELLED_RUN, EMPTY_RUN, LOST_RUN
from tawteen.web.programmes.visible_runs import proof_of
from tawteen.words import LANGS, Lang, Words


def acts(run: str) -> list[dict[str, object]]:
    lines = [json.loads(bytes(row.line)) for row in RecordRow.objects.order_by("number")]
    return [one for one in lines if one["act"] == "run" and one["subject"] == [run]]


def test_a_run_is_planned_and_kept(workspace: Workspace, drawn_here: None) -> None:
    mission.begin()
    mission.add_person("host", "analyst")
    enter()
    run = plan()
    row, progress = RunRow.objects.get(run=run), RunProgress.objects.get(run=run)
    assert (row.state, progress.findings) == ("planned", [])
    assert progress.summary["status"] == "optimal"
    assert progress.summary["gain"] > 0
    begun, ended = acts(run)
    assert begun["content"]["state"] == "begun"
    assert ended["based_on"] == [row.snapshot, row.number]
    names = set(RunFile.objects.filter(run=run).values_list("name", flat=True))
    assert {"programme.json", "report.html", "programme.xlsx", "pages/result.json", "case/case.toml"} <= names


def test_parameters_of_an_earlier_version_are_read() -> None:
    """A run of a workspace that was brought up to date later is listed as it was."""
    parameters = RunParameters(set=("fund.budget*0.5",), changed=(("Budget: 50%", "ميزانية: 50%"),))
    assert RunParameters.read(json.loads(json.dumps(parameters.fields()))) == parameters
    assert RunParameters.read({"time_limit": 7, "gap": 0.01}) == RunParameters(time_limit=7, gap=0.01)


def summary(**changed: object) -> dict[str, object]:
    return {"currency": "USD", "status": "interrupted", "gain": 5e6, "gap": 0.02, "left": 1e5, "sites": 1} | changed


@pytest.mark.parametrize("lang", LANGS)
def test_each_end_says_how_much_better_another_programme_could_be(lang: Lang) -> None:
    """As a share of the gain, in money where there is none, or that it is not proven; the best needs no sentence."""
    words = Words(lang)
    money = f"{words.compact(1e5)} USD"
    assert proof_of(summary(), words) == words.say("web.run.result.gap", {"gap": words.percent(0.02, 2)})
    assert proof_of(summary(gap=None), words) == words.say("web.run.result.left", {"money": money})
    assert proof_of(summary(left=None), words) == words.say("web.run.result.unproved")
    assert proof_of(summary(status="optimal"), words) == ""


def test_a_run_without_a_programme_says_why() -> None:
    ends = {"nothing_found": (False, False), "cancelled_early": (True, False), "lost": (False, True)}
    states = {"nothing_found": EMPTY_RUN, "cancelled_early": CANCELLED_RUN, "lost": LOST_RUN}
    nothing: Any = SimpleNamespace(value=None, status="interrupted")
    for code, (cancelled, given_up) in ends.items():
        heartbeat: Any = SimpleNamespace(cancelled=cancelled, given_up=given_up)
        state, (finding,) = outcome_of(nothing, cast("Any", None), heartbeat)
        assert (state, finding.code) == (states[code], f"web.run.{code}")
