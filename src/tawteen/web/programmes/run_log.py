"""The beginning and the end of a run as acts on the record, with the row of the queue in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tawteen.case.findings import Finding
from tawteen.record.state import Snapshot
from tawteen.record.stated_keys import WORKSPACE
from tawteen.web.log.append import LogWriter, NewEntry, locked_log
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.derived import RUN_ACT
from tawteen.web.programmes.models import RunFile, RunProgress, RunRow
from tawteen.web.programmes.parameters import RunParameters
from tawteen.web.programmes.queue import queue_run
from tawteen.web.programmes.run_states import BEGUN_RUN, PLAN_COMMAND
from tawteen.web.rights import Person
from tawteen.web.snapshots.taking import snapshot_of


@dataclass(frozen=True)
class RunEnd:
    """How a run ended: `state` is one of `ENDED_STATES`; `result` the hash of the programme, where there is one."""

    state: str
    result: str | None = None
    summary: Mapping[str, Any] | None = None
    findings: Sequence[Finding] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def begin_run(log: LogWriter, person: Person, snapshot: Snapshot, parameters: RunParameters) -> str:
    """Begins a run on a snapshot in its view and queues it; returns its name.

    Where the same is asked again while the first run goes on, that one is meant, unless somebody has cancelled it.
    """
    for other in RunRow.objects.filter(view=snapshot.view, ended=None, parameters=parameters.hash()):
        goes_on = RunProgress.objects.filter(run=other.run, cancelled=False, given_up=False).exists()
        if goes_on and snapshot_of(other.snapshot).hash == snapshot.hash:
            return other.run
    run = secrets.token_hex(PLANNER_RUNS.name_bytes)
    content = {
        "view": snapshot.view, "command": PLAN_COMMAND, "state": BEGUN_RUN, "parameters": parameters.hash(),
    }  # fmt: skip
    log.append(NewEntry(person.name, person.party, RUN_ACT, (run,), content, (snapshot.number,)))
    RunProgress.objects.create(run=run, parameters=parameters.fields())
    queue_run(run, snapshot.view)
    return run


def end_run(run: str, attempt: int, end: RunEnd) -> bool:
    """Ends a run, with its files, all or nothing; False where it has ended or another attempt has taken it up."""
    with locked_log() as log:
        row = RunRow.objects.get(run=run)
        current = RunProgress.objects.filter(run=run, attempt=attempt)
        if row.ended is not None or not current.exists():
            return False
        content = {"view": row.view, "command": row.command, "state": end.state}
        if end.result is not None:
            content["result"] = end.result
        basis = (row.snapshot, row.number)
        log.append(NewEntry(WORKSPACE, row.party, RUN_ACT, (run,), content, basis))
        keep_files(run, end.files)
        current.update(summary=end.summary, findings=[stored_finding(one) for one in end.findings], kept=None)
    return True


def keep_files(run: str, files: Mapping[str, bytes]) -> None:
    """Keeps files of a run; one of the same name is replaced."""
    # Two may keep the same file at once: one statement each inserts or replaces it, in one order for all.
    rows = [RunFile(run=run, name=name, content=content) for name, content in sorted(files.items())]
    for row in rows:
        RunFile.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["run", "name"], update_fields=["content"]
        )


def stored_finding(finding: Finding) -> dict[str, Any]:
    """A finding in types of JSON."""
    args = {name: value if isinstance(value, (str, int, float, list, tuple)) else str(value)
            for name, value in finding.args.items()}  # fmt: skip
    return {**vars(finding), "args": args}
