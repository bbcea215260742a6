"""The keeper of runs: starts a process for each queue in which a run waits, and finds runs whose process is gone."""

from __future__ import annotations

import logging
import os
import platform
import secrets
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import Error, close_old_connections, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tawteen.case.findings import Finding
from tawteen.web.log.heartbeats import KEEPER_SERVICE, write_heartbeat
from tawteen.web.params import PLANNER_RUNS, WORKER
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.queue import queue_run, ready_queues
from tawteen.web.programmes.run_log import RunEnd, end_run
from tawteen.web.programmes.run_states import LOST_RUN

_log = logging.getLogger(__name__)
_COMMAND = ("-m", "django", "db_worker", "--batch", "--max-tasks", "1", "--no-startup-delay", "--no-reload",
            "--verbosity", "0")  # fmt: skip


@dataclass
class RunProcesses:
    """The processes that this keeper has started, by queue, and when a queue may have another one after a failure."""

    running: dict[str, tuple[str, subprocess.Popen[bytes]]] = field(default_factory=dict)
    paused_until: dict[str, float] = field(default_factory=dict)

    def start_waiting(self) -> None:
        """Starts a process for each queue in which a run waits and that has none here."""
        for queue in sorted(ready_queues() - self.running.keys()):
            if time.monotonic() < self.paused_until.get(queue, 0.0):
                continue
            worker = f"{platform.node()[:24]}-{os.getpid()}-{secrets.token_hex(PLANNER_RUNS.name_bytes)}"[-64:]
            command = [sys.executable, *_COMMAND, "--queue-name", queue, "--worker-id", worker]
            try:
                self.running[queue] = worker, subprocess.Popen(command, stdin=subprocess.DEVNULL)
            except OSError:  # the system has no process or memory left: later, perhaps
                _log.exception("run keeper")
                self.paused_until[queue] = time.monotonic() + PLANNER_RUNS.pause

    def collect_ended(self) -> None:
        """Takes up again what processes that have ended left behind."""
        for queue, (worker, process) in list(self.running.items()):
            if process.poll() is None:
                continue
            if process.returncode:
                self.paused_until[queue] = time.monotonic() + PLANNER_RUNS.pause
            recover_runs(left_by=worker)
            del self.running[queue]

    def end(self) -> None:
        """Ends all processes: what they were at is taken up again when the workspace is served again."""
        for _, process in self.running.values():
            process.kill()
        for worker, process in self.running.values():
            process.wait()
            # Where the database is away, another keeper finds the run silent.
            with suppress(Error):
                recover_runs(left_by=worker, orderly=True)
        self.running.clear()


def recover_runs(left_by: str | None = None, *, orderly: bool = False) -> int:
    """Queues again the runs that nobody works on any more, and ends those that failed too often; their number.

    Nobody does where the last heartbeat is too old, and where the process is known to have ended (`left_by`). Where it
    was ended in an `orderly` way, that is no failure.
    """
    recovered = 0
    open_runs = dict(RunRow.objects.filter(ended=None).values_list("run", "view"))
    rows = RunProgress.objects.filter(run__in=list(open_runs))
    too_old = Now() - timedelta(seconds=PLANNER_RUNS.silence)
    silent = set(rows.filter(heartbeat__lt=too_old).values_list("run", "attempt", "heartbeat"))
    for progress in rows:
        task = None if progress.task is None else DBTaskResult.objects.filter(id=progress.task).first()
        if _is_lost(progress, task, left_by, silent=_last_sign(progress) in silent):
            recovered += _recover(progress, open_runs[progress.run], failed=not orderly)
    return recovered


def _last_sign(progress: RunProgress) -> tuple[str, int, datetime | None]:
    return progress.run, progress.attempt, progress.heartbeat


def _is_lost(
    progress: RunProgress, task: DBTaskResult[..., object] | None, left_by: str | None, *, silent: bool
) -> bool:
    """Whether nobody works on a run or will: its task is gone or over, or its process is."""
    if task is None:
        return True
    if task.status == TaskResultStatus.READY:
        return False
    if task.status != TaskResultStatus.RUNNING:
        return True
    if left_by is not None:
        return left_by in task.worker_ids
    if progress.heartbeat is None:
        # Taken up, and silent so far: its silence counts from here on, not by the clock of the machine that took it.
        same = RunProgress.objects.filter(run=progress.run, attempt=progress.attempt, heartbeat=None)
        same.update(heartbeat=Now())
    return silent


def _recover(progress: RunProgress, view: str, *, failed: bool) -> bool:
    """Queues a run again, or ends it; False where another keeper was faster or its process gave a heartbeat.

    One that failed too often is queued a last time where it has found something, to make a programme of that.
    """
    given_up = failed and progress.failures + 1 >= PLANNER_RUNS.attempts
    if given_up and (progress.kept is None or progress.given_up):
        return end_run(progress.run, progress.attempt, RunEnd(LOST_RUN, findings=[Finding("error", "web.run.lost")]))
    with transaction.atomic():
        # Of two keepers one changes the row, the other finds it changed.
        locked = RunProgress.objects.select_for_update().get(run=progress.run)
        if _last_sign(locked) != _last_sign(progress) or locked.task != progress.task:
            return False
        RunProgress.objects.filter(run=progress.run).update(
            task=None, failures=F("failures") + int(failed), given_up=progress.given_up or given_up
        )
        if progress.task is not None:
            running = DBTaskResult.objects.filter(id=progress.task, status=TaskResultStatus.RUNNING)
            running.update(status=TaskResultStatus.FAILED, finished_at=Now())
        queue_run(progress.run, view)
    return True


class RunKeeper(threading.Thread):
    """A thread that keeps runs going until it is stopped; a database that is away is asked again."""

    def __init__(self) -> None:
        super().__init__(name="run-keeper", daemon=True)
        self._stopped = threading.Event()
        self._processes = RunProcesses()
        self._next_heartbeat = time.monotonic()

    def run(self) -> None:
        """Looks for runs that wait or were lost, waits, and looks again."""
        while not self._stopped.is_set():
            try:
                self._look()
            except Exception:  # whatever one look met, the next one is made
                _log.exception("run keeper")
            close_old_connections()
            self._stopped.wait(PLANNER_RUNS.interval)
        self._processes.end()
        connection.close()

    def _look(self) -> None:
        """One look; where all of it was done, a heartbeat says so now and then."""
        self._processes.collect_ended()
        recover_runs()
        self._processes.start_waiting()
        if time.monotonic() >= self._next_heartbeat:
            write_heartbeat(KEEPER_SERVICE)
            self._next_heartbeat = time.monotonic() + WORKER.interval

    def stop(self) -> None:
        """Ends the thread and the processes that it started."""
        self._stopped.set()
        self.join()
