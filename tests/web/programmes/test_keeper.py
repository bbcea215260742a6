"""Runs whose process is gone: each is taken up again, or given up in the end; none is lost and none ends twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import Error, connections
from django.db.models.functions import Now
from django_tasks_db.models import DBTaskResult
from tests.web import mission
from tests.web.conftest import Workspace
from tests.web.programmes.planned import ANALYST, SHORT, begin, enter, work
from tests.web.programmes.test_planning_run import acts

from tawteen.web.log.append import locked_log
from tawteen.web.log.heartbeats import KEEPER_SERVICE, has_heartbeat
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes import keeper
from tawteen.web.programmes.cancelling import cancel_run
from tawteen.web.programmes.keeper import recover_runs
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.planning_run import remove_left_folders
from tawteen.web.programmes.queue import queue_of, ready_queues
from tawteen.web.programmes.run_states import STOPPING_RUN
from tawteen.web.programmes.visible_runs import state_of

ROOT = Path(__file__).parents[3]
STEPS = ("claimed", "reading", "searching", "planned", "ending", "ended")
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
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
def test_a_run_that_was_killed_at_a_step_is_taken_up_again(
    workspace: Workspace, without_report: None, step: str
) -> None:
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


def test_the_same_on_postgresql(either: Workspace, without_report: None) -> None:
    run = begun()
    killed(either, "ending")
    assert len(acts(run)) == 1
    assert recover_runs(left_by="worker-1") == 1
    work(run)
    assert [one["content"]["state"] for one in acts(run)] == ["begun", "planned"]


def claim(run: str, ago: float) -> DBTaskResult:
    """Marks the task of a run as taken by a process that gave its last heartbeat some seconds ago."""
    progress = RunProgress.objects.get(run=run)
    task = DBTaskResult.objects.get(id=progress.task)
    task.claim("elsewhere")
    RunProgress.objects.filter(run=run).update(heartbeat=datetime.now(UTC) - timedelta(seconds=ago))
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


def test_what_was_found_is_kept_when_a_run_is_given_up_or_cancelled(workspace: Workspace, without_report: None) -> None:
    """Its process ended again and again, or somebody cancels it while it waits for another one."""
    run = begun()
    best = [["cables-rehab", 1], ["pasta-more", 0]]
    for _ in range(PLANNER_RUNS.attempts):
        RunProgress.objects.filter(run=run).update(kept=best)
        claim(run, 2 * PLANNER_RUNS.silence)
        assert recover_runs() == 1
    progress = RunProgress.objects.get(run=run)
    assert (RunRow.objects.get(run=run).state, progress.given_up) == ("begun", True)
    assert state_of(RunRow.objects.get(run=run), progress) == STOPPING_RUN
    other = begin(parameters=replace(SHORT, title="other"))
    RunProgress.objects.filter(run=other).update(kept=best)
    with locked_log() as log:
        cancel_run(log, RunRow.objects.get(run=other), ANALYST)
    assert DBTaskResult.objects.ready().count() == 2
    for one, codes in ((run, ["web.run.kept"]), (other, [])):
        work(one)
        progress = RunProgress.objects.get(run=one)
        assert [finding["code"] for finding in progress.findings] == codes
        assert (RunRow.objects.get(run=one).state, progress.summary["status"]) == ("planned", "interrupted")
        assert progress.summary["gain"] > 0
    # A process that ends even so is the last one.
    third = begin(parameters=replace(SHORT, title="third"))
    RunProgress.objects.filter(run=third).update(kept=best, given_up=True, failures=PLANNER_RUNS.attempts)
    claim(third, 2 * PLANNER_RUNS.silence)
    assert recover_runs() == 1
    assert RunRow.objects.get(run=third).state == "lost"


def test_silence_is_measured_by_the_clock_of_the_database(either: Workspace) -> None:
    """The clock of the machine that took a run up is an hour behind: the run was not silent for an hour."""
    run = begun()
    task = claim(run, 0.0)
    DBTaskResult.objects.filter(id=task.id).update(started_at=datetime.now(UTC) - timedelta(hours=1))
    RunProgress.objects.filter(run=run).update(heartbeat=None)
    assert [recover_runs() for _ in range(2)] == [0, 0]
    assert RunProgress.objects.filter(run=run, heartbeat__lte=Now()).exists()


def test_an_orderly_end_of_the_server_is_no_failure(either: Workspace) -> None:
    run = begun()
    for _ in range(2 * PLANNER_RUNS.attempts):
        claim(run, 0.0)
        assert recover_runs(left_by="elsewhere", orderly=True) == 1
    assert RunProgress.objects.get(run=run).failures == 0


def test_a_process_that_comes_back_late_changes_nothing(workspace: Workspace, without_report: None) -> None:
    from tawteen.web.programmes.planning_run import plan_run
    from tawteen.web.programmes.run_heartbeat import RunHeartbeat
    from tawteen.web.programmes.run_log import RunEnd, end_run

    run = begun()
    claim(run, 2 * PLANNER_RUNS.silence)
    recover_runs()
    with RunHeartbeat(run, attempt=1) as late:
        assert late.superseded
        assert late.stop()
    assert not end_run(run, 1, RunEnd("failed"))
    plan_run(run, 1)
    assert RunRow.objects.get(run=run).state == "begun"
    work(run)
    assert RunRow.objects.get(run=run).state == "planned"
    assert not end_run(run, 2, RunEnd("failed"))


def test_what_the_system_refuses_ends_no_keeper(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process can be started, then the database is away: a next look is made; a heartbeat says when all was done."""
    run, refused = begun(), iter([OSError("no memory"), Error("away")])
    assert ready_queues() == {queue_of("host")}

    def popen(*_: object, **__: object) -> None:
        raise next(refused)

    processes = keeper.RunProcesses()
    monkeypatch.setattr(keeper.subprocess, "Popen", popen)
    processes.start_waiting()
    assert processes.running == {}
    processes.start_waiting()  # the queue has a pause
    thread = keeper.RunKeeper()
    monkeypatch.setattr(thread, "_stopped", Looks(3))
    thread.run()
    assert not has_heartbeat(KEEPER_SERVICE)
    claim(run, 0.0)
    monkeypatch.setattr(thread, "_stopped", Looks(1))
    thread.run()
    assert has_heartbeat(KEEPER_SERVICE)


class Looks:
    """Stands for the event that ends a keeper: it is set after some looks."""

    def __init__(self, count: int) -> None:
        self._left = count

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0

    def wait(self, _seconds: float) -> None:
        pass


def test_every_process_is_ended_with_the_keeper(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the database is away meanwhile."""

    def away(**_: object) -> int:
        raise Error("away")

    monkeypatch.setattr(keeper, "recover_runs", away)
    children = [subprocess.Popen(SLEEPER) for _ in range(2)]
    processes = keeper.RunProcesses({str(n): (f"worker-{n}", child) for n, child in enumerate(children)})
    processes.end()
    assert [child.returncode for child in children] == [-signal.SIGKILL] * 2
    assert processes.running == {}


def test_folders_of_killed_attempts_are_removed(workspace: Workspace, tmp_path: Path) -> None:
    run, runs = begun(), settings.DATA_FOLDER.runs
    names = {f"{run}-1": True, f".{run}-1.tawteen": True, f"{run}-0": False, ".aa-1.tawteen": False, "aa-3": False}
    for name in names:
        (runs / name / "new").mkdir(parents=True)
    remove_left_folders()
    assert {path.name for path in runs.iterdir()} == {name for name, stays in names.items() if stays}
    shutil.rmtree(runs)
