"""A programme of the demo, planned in the view of all parties as a run of the workspace plans it."""

from __future__ import annotations

from tawteen.case.findings import CaseError, Finding
from tawteen.web.accounts.parties import HOST
from tawteen.web.demo.people import DemoPeople
from tawteen.web.log.append import locked_log
from tawteen.web.params import DEMO
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.parameters import RunParameters
from tawteen.web.programmes.planning_run import plan_run
from tawteen.web.programmes.queue import take_from_queue
from tawteen.web.programmes.run_log import begin_run
from tawteen.web.programmes.run_states import PLANNED_RUN
from tawteen.web.snapshots.taking import take_snapshot
from tawteen.web.visibility import JOINT


def plan_together(people: DemoPeople) -> str:
    """Plans a programme for both parties; returns the name of its run. Raises CaseError where none comes of it."""
    analyst = people[HOST, "analyst"].acting()
    parameters = RunParameters(time_limit=DEMO.time_limit, scenarios=DEMO.scenarios)
    snapshot = take_snapshot(locked_log(), analyst, JOINT)
    with locked_log() as log:
        run = begin_run(log, analyst, snapshot, parameters)
    take_from_queue(run)
    plan_run(run, RunProgress.objects.get(run=run).attempt)
    if RunRow.objects.get(run=run).state != PLANNED_RUN:
        raise CaseError([Finding(**one) for one in RunProgress.objects.get(run=run).findings])
    return run
