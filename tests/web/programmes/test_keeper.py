"""Runs whose process is gone: each is taken up again, or given up in the end; none is lost and none ends twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django_tasks_db.models import DBTaskResult
from tests.web import mission
from tests.web.conftest import Workspace
from tests.web.programmes.planned import begin, enter, work
from tests.web.programmes.test_planning_run import acts

from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.keeper import recover_runs
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.queue import queue_of, ready_queues

ROOT = Path(__file__).parents[3]
STEPS = ("claimed", "reading", "searching", "planned", "ending", "ended")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are ended by a signal")


def begun() -> str:
    mission.begin()
    mission.add_person("host", "analyst")
    enter()
    return begin()


def killed(workspace: Workspace, step: str) -> None:
    """A process that works on the queue of the host until it is killed at a step."""
    arguments = [json.dumps(workspace.settings), step, queue_of("host"), "worker-1"]
    command = [sys.executable, "-m", "tests.web.programmes.killed_worker", *arguments]
    environment = {**os.environ, "TAWTEEN_DATA": str(settings.DATA_FOLDER.path), "PYTHONPATH": f"{ROOT}/src"}
    connections.close_all()
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_was_killed_at_a_step_is_taken_up_again(workspace: Workspace, drawn_here: None, step: str) -> None:
    run = begun()
    killed(workspace, step)
    ended = step == "ended"
    assert recover_runs(left_by="another worker") == 0
    assert recover_runs(left_by="worker-1") == (not ended)
    assert recover_runs(left_by="worker-1") == 0
    assert ready_queues() == (set() if ended else {queue_of("host")})
    work(run)
    assert [one["content"]["state"] for one in acts(run)] == ["begun", "planned"]
    progress = RunProgress.objects.get(run=run)
    assert (progress.attempt, progress.failures) == ((1, 0) if ended else (2, 1))
    assert progress.summary["gain"] > 0


def test_the_same_on_postgresql(either: Workspace, drawn_here: None) -> None:
    run = begun()
    killed(either, "ending")
    assert len(acts(run)) == 1
    assert recover_runs(left_by="worker-1") == 1
    work(run)
    assert [one["content"]["state"] for one in acts(run)] == ["begun", "planned"]


def claim(run: str, ago: float) -> DBTaskResult:
    """Marks the task of a run as taken by a process that gave its last sign of life some seconds ago."""
    progress = RunProgress.objects.get(run=run)
    task = DBTaskResult.objects.get(id=progress.task)
    task.claim("elsewhere")
    RunProgress.objects.filter(run=run).update(signed=datetime.now(UTC) - timedelta(seconds=ago))
    return task


def test_a_run_of_another_machine_is_lost_when_it_has_been_silent(either: Workspace) -> None:
    run = begun()
    claim(run, PLANNER_RUNS.silence / 2)
    assert recover_runs() == 0
    task = claim(run, 2 * PLANNER_RUNS.silence)
    assert recover_runs() == 1
    task.refresh_from_db()
    assert task.status == "FAILED"
    assert recover_runs() == 0


def test_a_run_that_ends_its_process_again_and_again_is_given_up(either: Workspace) -> None:
    run = begun()
    for _ in range(PLANNER_RUNS.attempts):
        claim(run, 2 * PLANNER_RUNS.silence)
        assert recover_runs() == 1
    row, progress = RunRow.objects.get(run=run), RunProgress.objects.get(run=run)
    assert (row.state, progress.failures) == ("lost", PLANNER_RUNS.attempts - 1)
    assert [one["code"] for one in progress.findings] == ["web.run.lost"]
    assert recover_runs() == 0


def test_an_orderly_end_of_the_server_is_no_failure(either: Workspace) -> None:
    run = begun()
    for _ in range(2 * PLANNER_RUNS.attempts):
        claim(run, 0.0)
        assert recover_runs(left_by="elsewhere", orderly=True) == 1
    assert RunProgress.objects.get(run=run).failures == 0


def test_a_process_that_comes_back_late_changes_nothing(workspace: Workspace, drawn_here: None) -> None:
    from tawteen.web.programmes.planning_run import plan_run
    from tawteen.web.programmes.run_log import RunEnd, end_run
    from tawteen.web.programmes.signs_of_life import SignsOfLife

    run = begun()
    claim(run, 2 * PLANNER_RUNS.silence)
    recover_runs()
    with SignsOfLife(run, attempt=1) as late:
        assert late.superseded
        assert late.stop()
    assert not end_run(run, 1, RunEnd("failed"))
    plan_run(run, 1)
    assert RunRow.objects.get(run=run).state == "begun"
    work(run)
    assert RunRow.objects.get(run=run).state == "planned"
    assert not end_run(run, 2, RunEnd("failed"))
