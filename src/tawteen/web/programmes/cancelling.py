"""Cancelling a run: one that waits ends at once, one that goes on keeps the best programme so far and ends."""

from __future__ import annotations

from django_tasks_db.models import DBTaskResult

from tawteen.web.log.append import LogWriter, NewEntry
from tawteen.web.programmes.derived import RUN_ACT
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.run_states import CANCELLED_RUN, STOPPING_RUN
from tawteen.web.rights import Person


def cancel_run(log: LogWriter, row: RunRow, person: Person) -> None:
    """Appends that a person cancels a run; without effect where it has ended or was cancelled before."""
    current = RunProgress.objects.select_for_update().get(run=row.run)
    if current.cancelled or not RunRow.objects.filter(run=row.run, ended=None).exists():
        return
    # What an attempt before has found is made a programme by the next one, so that it stays in the queue.
    waits = 0
    if current.task is not None and current.kept is None:
        # Whoever deletes the row of the queue has it: a process that has claimed it reads the flag instead.
        waits, _ = DBTaskResult.objects.ready().filter(id=current.task).delete()
    state = CANCELLED_RUN if waits else STOPPING_RUN
    content = {"view": row.view, "command": row.command, "state": state}
    log.append(NewEntry(person.name, person.party, RUN_ACT, (row.run,), content, (row.snapshot, row.number)))
    RunProgress.objects.filter(run=row.run).update(cancelled=True)
