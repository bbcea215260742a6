"""Runs for tests: a tiny case in the registry, and programmes that are planned in this process."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.tiny import tiny
from tests.web.entered_case import enter_case

from tawteen.case.model import Case
from tawteen.web.log.append import locked_log
from tawteen.web.programmes import planning_run
from tawteen.web.programmes.models import RunProgress
from tawteen.web.programmes.parameters import RunParameters
from tawteen.web.programmes.planning_run import plan_run
from tawteen.web.programmes.run_log import begin_run
from tawteen.web.rights import Person
from tawteen.web.snapshots.taking import take_snapshot

ANALYST = Person("host-analyst", "Person host-analyst", "host", frozenset({"analyst"}))
PARTNER = Person("partner-analyst", "Person partner-analyst", "partner", frozenset({"analyst"}))
SHORT = RunParameters(time_limit=20, fixed=True, scenarios=0)


def leave_out_report(patch: pytest.MonkeyPatch) -> None:
    """Runs keep their programme alone."""
    patch.setattr(planning_run, "_with_report", lambda *_, **__: ({}, []))


def leave_out_drawing(patch: pytest.MonkeyPatch) -> None:
    """Runs make the tables of their pages, and draw no report."""
    patch.setattr(planning_run, "report_into", lambda *_, **__: [])


def enter(case: Case | None = None, person: Person = ANALYST, *, shared: bool = False) -> None:
    """Enters a case for the party of a person."""
    enter_case(person, case or tiny(), shared=shared)


def begin(view: str = "host", person: Person = ANALYST, parameters: RunParameters = SHORT) -> str:
    """Begins a run on what a view shows now."""
    snapshot = take_snapshot(locked_log(), person, view)
    with locked_log() as log:
        return begin_run(log, person, snapshot, parameters)


def work(run: str) -> None:
    """Works on a run as the process of its queue does."""
    plan_run(run, RunProgress.objects.get(run=run).attempt)


def plan(view: str = "host", person: Person = ANALYST, **asked: object) -> str:
    """A run that has ended."""
    run = begin(view, person, replace(SHORT, **asked))  # type: ignore[arg-type]
    work(run)
    return run
