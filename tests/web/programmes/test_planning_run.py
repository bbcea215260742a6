"""A run from its beginning to its end: what is on the record, what is kept, and what pages say."""

from __future__ import annotations

import json

from tests.web import mission
from tests.web.conftest import Workspace
from tests.web.programmes.planned import enter, plan

from tawteen.web.log.models import RecordRow
from tawteen.web.programmes.models import RunFile, RunProgress, RunRow
from tawteen.web.programmes.parameters import RunParameters


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
