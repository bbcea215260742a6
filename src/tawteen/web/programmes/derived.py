"""Keeps the table of runs as the record says."""

from __future__ import annotations

from tawteen.record.entry import Entry
from tawteen.web.log.derived import DerivedTables
from tawteen.web.programmes.models import RunRow
from tawteen.web.programmes.run_states import ENDED_STATES

RUN_ACT = "run"


def _apply_run(entry: Entry) -> None:
    if entry.act != RUN_ACT:
        return
    (run,), content = entry.subject, entry.content
    begun = RunRow.objects.filter(run=run).first()
    if begun is None:
        RunRow.objects.create(
            run=run, number=entry.number, view=content["view"], command=content["command"],
            snapshot=entry.based_on[0], person=entry.person, party=entry.party, time=entry.time,
            state=content["state"], parameters=content.get("parameters"),
        )  # fmt: skip
        return
    begun.state = content["state"]
    if begun.state in ENDED_STATES:
        begun.result, begun.ended, begun.ended_time = content.get("result"), entry.number, entry.time
    begun.save()


def _clear_runs() -> None:
    RunRow.objects.all().delete()


DERIVED_RUNS = DerivedTables(_clear_runs, _apply_run)
