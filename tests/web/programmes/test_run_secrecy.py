"""Who sees a run: the parties of its view alone, in every state, on every page and in every file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.models.functions import Now
from django_tasks_db.models import DBTaskResult
from tests.web import mission
from tests.web.conftest import Workspace, fresh_sqlite
from tests.web.programmes.planned import ANALYST, PARTNER, SHORT, begin, enter
from tests.web.test_noninterference import RANDOM

from tawteen.record.cells import Place
from tawteen.web.log.append import NewEntry, append, locked_log
from tawteen.web.programmes.cancelling import cancel_run
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.planning_run import case_of_run
from tawteen.web.programmes.run_log import RunEnd, end_run
from tawteen.web.programmes.run_states import ENDED_STATES
from tawteen.web.visibility import PartyView

SECRET = "Zarqa"
FILES = {
    "programme.json": b"{}", "report.html": b"Zarqa", "brief.html": b"Zarqa", "programme.xlsx": b"Zarqa",
    "pictures/map.en.svg": b"<svg>Zarqa</svg>",
    "pages/result.json": json.dumps({"headline": [[SECRET, SECRET]], "figures": [], "exhibits": []}).encode(),
    "pages/exhibit-map.json": json.dumps({
        "key": "map", "group": "chair", "title": [SECRET, SECRET], "note": ["", ""], "origin": ["", ""],
        "chart": False, "of": 0, "columns": [], "rows": [],
    }).encode(),
    "pages/reasons.json": json.dumps({
        "mill": {"status": "firm", "option": None, "start": None, "reasons": [[SECRET, SECRET]]},
    }).encode(),
}  # fmt: skip
SUMMARY = {"case": ["", ""], "currency": "USD", "status": "optimal", "gain": 123456789.0, "gap": 0.0, "left": 0.0,
           "sites": 1, "conflict": None}  # fmt: skip
STATES = ("waiting", "running", "stopping", *ENDED_STATES)
PARTS = ("", "/progress", "/exhibits/map", "/pictures/map.en.svg", "/files/report.html", "/files/brief.html",
         "/files/programme.xlsx", "/files/programme.zip", "/sites/mill")  # fmt: skip


def run_in(state: str, view: str = "host") -> str:
    """A run in a state, with files that hold a secret."""
    # The same asked again while it goes on is the same run: each has a title of its own.
    run = begin(view, parameters=replace(SHORT, title=f"{SECRET} {state}"))
    if state != "waiting":
        progress = RunProgress.objects.get(run=run)
        DBTaskResult.objects.get(id=progress.task).claim("worker")
        RunProgress.objects.filter(run=run).update(heartbeat=Now(), stage="search")
    if state == "stopping":
        with locked_log() as log:
            cancel_run(log, RunRow.objects.get(run=run), ANALYST)
    if state in ENDED_STATES:
        end_run(run, 1, RunEnd(state, "0" * 64, SUMMARY, files=FILES))
    return run


@pytest.fixture(scope="module")
def planned(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, str], str]]:
    """A database with a run in every state in the view of the host and in the joint one."""
    made = fresh_sqlite(migrated_file, tmp_path_factory.mktemp("runs"))
    mission.begin()
    for party in ("host", "partner"):
        mission.add_person(party, "analyst")
        mission.add_person(party, "viewer")
    enter(shared=True)
    runs = {}
    for view in ("host", "joint"):
        for state in STATES:
            runs[view, state] = run_in(state, view)
    connections.close_all()
    return Path(made.settings["NAME"]), runs


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("view", ["host", "joint"])
def test_a_run_is_seen_in_its_view_alone(
    planned: tuple[Path, dict[tuple[str, str], str]], tmp_path: Path, view: str, state: str
) -> None:
    fresh_sqlite(planned[0], tmp_path)
    run = planned[1][view, state]
    for name in ("host-analyst", "host-viewer", "partner-analyst", "partner-viewer"):
        client = mission.browser_of(name)
        sees = view == "joint" or name.startswith("host")
        for part in PARTS:
            answer = client.get(f"/programmes/{run}{part}")
            shown = sees and (state in ENDED_STATES or part in ("", "/progress"))
            assert answer.status_code == (200 if shown else 404), (name, part)
            if not sees:
                assert SECRET.encode() not in answer.content
        assert (f"/programmes/{run}".encode() in client.get("/programmes").content) == sees


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("view", ["host", "joint"])
def test_who_cancels_a_run(
    planned: tuple[Path, dict[tuple[str, str], str]], tmp_path: Path, view: str, state: str
) -> None:
    """An analyst of the party that began it, and nobody else: another party that sees it is told why."""
    fresh_sqlite(planned[0], tmp_path)
    run = planned[1][view, state]
    expected = {"host-viewer": 403, "partner-viewer": 403, "partner-analyst": 403 if view == "joint" else 404}
    for name, status in expected.items():
        assert mission.browser_of(name).post(f"/programmes/{run}/cancel").status_code == status
    entries = RunRow.objects.get(run=run).state
    assert mission.browser_of("host-analyst").post(f"/programmes/{run}/cancel").status_code == 302
    after = {"waiting": "cancelled", "running": "stopping"}.get(state, entries)
    assert RunRow.objects.get(run=run).state == after


def test_nothing_of_a_private_run_is_on_any_page_of_the_other_party(workspace: Workspace) -> None:
    """Not even that it exists: every page is byte for byte what it was."""
    mission.begin()
    for party in ("host", "partner"):
        mission.add_person(party, "analyst")
    enter(shared=True)
    client = mission.browser_of("partner-analyst")
    paths = ("/", "/programmes", "/programmes/new", "/sites/mill", "/account", "/people")

    def pages() -> list[bytes]:
        return [RANDOM.sub(b"", client.get(path).content) for path in paths]

    before = pages()
    for state in STATES:
        run_in(state)
        assert pages() == before, state
    run_in("planned", "joint")
    assert pages() != before


def private_change(value: Any) -> None:
    versions = PartyView("host").history("sites", ["mill"])[Place("sites", "mill", "name_en")]
    based_on = (versions[-1].number,)
    append(NewEntry("host-analyst", "host", "cell", ("sites", "mill", "name_en"), {"value": value}, based_on))


@pytest.mark.parametrize("value", [SECRET, "x"])
def test_the_case_of_a_joint_run_holds_nothing_private(either: Workspace, value: str) -> None:
    """A value that was released is changed in private: the joint case and its snapshot are what they were."""
    mission.begin()
    for party in ("host", "partner"):
        mission.add_person(party, "analyst")
    enter(shared=True)
    before = begin("joint", PARTNER)
    private_change(value)
    after = begin("joint", PARTNER, replace(SHORT, seed=2))
    cases = [case_of_run(RunRow.objects.get(run=run)) for run in (before, after)]
    assert cases[0].settings == cases[1].settings
    assert all(frame.equals(cases[1].tables[name]) for name, frame in cases[0].tables.items())
    own = case_of_run(RunRow.objects.get(run=begin("host")))
    assert value in own["sites"]["name_en"].to_list()


def test_the_record_of_the_other_party_holds_a_hash_of_a_private_run(workspace: Workspace) -> None:
    mission.begin()
    for party in ("host", "partner"):
        mission.add_person(party, "analyst", "auditor")
    enter(shared=True)
    private, joint = run_in("planned"), run_in("planned", "joint")
    lines = mission.browser_of("partner-analyst").get("/record/record.jsonl").getvalue()
    assert private.encode() not in lines
    assert lines.count(joint.encode()) == 2
