"""The work of a run: the case of its view at its snapshot, the programme, its outlook and report, and the end."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections

from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.plan.conflict import lacks_money
from tawteen.plan.earlier_starts import KnownStarts
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.params import DEFAULTS, SearchParams
from tawteen.plan.problem import build_problem
from tawteen.plan.programme import Programme
from tawteen.plan.robust.model import Robustness
from tawteen.plan.robust.robustness import Stopped
from tawteen.runs.delivery import STAGING_END, Delivery, claim
from tawteen.runs.drawing import ReportFailedError, report_into
from tawteen.runs.load import load_programme
from tawteen.runs.outlook import keep_outlook, simulated, with_outlook
from tawteen.runs.planning import SearchRequest, plan_into
from tawteen.runs.programme_folder import DELIVERED, PROGRAMME
from tawteen.runs.usage_error import UsageError
from tawteen.web.data_folder import OWNER_ONLY_FOLDER
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.parameters import RunParameters
from tawteen.web.programmes.result_pages import result_pages, summary_of
from tawteen.web.programmes.run_cluster import cluster_of, with_workers
from tawteen.web.programmes.run_heartbeat import RunHeartbeat
from tawteen.web.programmes.run_log import RunEnd, end_run
from tawteen.web.programmes.run_states import CANCELLED_RUN, EMPTY_RUN, FAILED_RUN, LOST_RUN, PLANNED_RUN
from tawteen.web.registry.view_case import view_case
from tawteen.web.snapshots.taking import snapshot_of
from tawteen.web.visibility import view_named

_log = logging.getLogger(__name__)


def plan_run(run: str, attempt: int) -> None:
    """Works on a run to its end, unless it has ended or another attempt has taken it up."""
    row = RunRow.objects.get(run=run)
    if row.ended is not None or not RunProgress.objects.filter(run=run, attempt=attempt).exists():
        return
    remove_left_folders()
    folder = settings.DATA_FOLDER.runs / folder_name(run, attempt)
    with RunHeartbeat(run, attempt) as heartbeat:
        try:
            end = _planned(row, folder, heartbeat)
        except (CaseError, UsageError) as error:
            end = RunEnd(FAILED_RUN, findings=findings_of(error))
        except Exception:
            _log.exception("run")
            end = RunEnd(FAILED_RUN, findings=[Finding("error", "web.run.fault")])
        if not heartbeat.superseded:
            patiently(lambda: end_run(run, attempt, end))
    shutil.rmtree(folder, ignore_errors=True)


def folder_name(run: str, attempt: int) -> str:
    """The name of the folder in which an attempt works: one that comes back late has its own."""
    return f"{run}-{attempt}"


def remove_left_folders() -> None:
    """Removes folders of attempts that were killed, and that no other process on this machine is at."""
    going_on = RunRow.objects.filter(ended=None).values_list("run", flat=True)
    attempts = RunProgress.objects.filter(run__in=list(going_on)).values_list("run", "attempt")
    kept = {folder_name(run, attempt) for run, attempt in attempts}
    for path in settings.DATA_FOLDER.runs.glob("*-*"):
        if path.name.removeprefix(".").removesuffix(STAGING_END) not in kept:
            shutil.rmtree(path, ignore_errors=True)


def findings_of(error: CaseError | UsageError) -> list[Finding]:
    """What an error says."""
    return list(error.findings)


def case_of_run(row: RunRow) -> Case:
    """The case of a run: what its view showed at the size of its snapshot.

    Raises CaseError where it has an error, or is not the one of which the snapshot has the hash.
    """
    snapshot = snapshot_of(row.snapshot)
    view = view_named(row.view, snapshot.size)
    if view.hash() != snapshot.hash:
        raise CaseError([Finding("error", "web.run.other_snapshot")])
    return view_case(view)[0]


def _planned(row: RunRow, folder: Path, heartbeat: RunHeartbeat) -> RunEnd:
    """The programme with all that is made of it. Raises CaseError and UsageError as planning does."""
    case = case_of_run(row)
    progress = RunProgress.objects.get(run=row.run)
    parameters = RunParameters.read(progress.parameters)
    start = (
        None if progress.kept is None else KnownStarts.from_pairs((option, period) for option, period in progress.kept)
    )
    request = SearchRequest(
        parameters.scenario, parameters.time_limit, parameters.seed, parameters.gap, start, fixed=parameters.fixed
    )
    folder.parent.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
    with claim(folder, DELIVERED) as results, cluster_of(case) as executor:
        programme, inputs = with_workers(
            lambda workers: plan_into(
                results, case, replace(request, executor=workers), progress=heartbeat, stop=heartbeat.stop
            ),
            executor,
        )
        pages: dict[str, bytes] = {}
        state, findings = outcome_of(programme, inputs, heartbeat)
        if programme.value is not None:
            pages, more = _with_report(results, case, (programme, inputs), parameters, heartbeat, executor=executor)
            findings += more
    return _ended(state, folder, case, pages, findings)


def outcome_of(programme: Programme, inputs: PlanInputs, heartbeat: RunHeartbeat) -> tuple[str, list[Finding]]:
    """The state in which a run ends, and what is to be said about it: why there is no programme, or not the best."""
    if programme.value is not None:
        return PLANNED_RUN, [Finding("warning", "web.run.kept")] if heartbeat.given_up else []
    if programme.status == "infeasible":
        return EMPTY_RUN, [contradiction(programme, inputs)]
    if heartbeat.given_up:
        return LOST_RUN, [Finding("error", "web.run.lost")]
    if heartbeat.cancelled:
        return CANCELLED_RUN, [Finding("warning", "web.run.cancelled_early")]
    return EMPTY_RUN, [Finding("warning", "web.run.nothing_found")]


def contradiction(programme: Programme, inputs: PlanInputs) -> Finding:
    """Why rules leave no programme: they contradict each other, or there is too little money for them."""
    poor = lacks_money(build_problem(inputs))
    code = "web.run.infeasible_money" if poor else "web.run.infeasible"
    return Finding("error", code, args={"rules": list(programme.conflict)})


def _with_report(
    results: Delivery,
    case: Case,
    planned: tuple[Programme, PlanInputs],
    parameters: RunParameters,
    heartbeat: RunHeartbeat,
    *,
    executor: Executor | None,
) -> tuple[dict[str, bytes], list[Finding]]:
    """The pages of a programme in the folder, to which outlook and report are added; what could not be made is told.

    A run that was cancelled or is given up gets no scenarios, so that it ends soon.
    """
    programme, inputs = planned
    tuning = DEFAULTS.with_scenarios(0 if heartbeat.stop() else parameters.scenarios)
    result, findings = _simulated(case, programme, tuning, heartbeat, executor)
    try:
        data = with_outlook(case, programme, result, inputs, heartbeat, params=tuning)
        if result is not None:
            keep_outlook(results, data)
        pages = result_pages(data, case)
    except Exception as error:
        _log.exception("outlook")
        return {}, [*findings, Finding("warning", "web.run.no_pages", args={"reason": _reason(error)})]
    try:
        report_into(results, parameters.lang, reasons=data.reasons, progress=heartbeat)
    except (ReportFailedError, OSError) as error:
        findings.append(Finding("warning", "web.run.no_report", args={"reason": _reason(error)}))
    return pages, findings


def _simulated(
    case: Case, programme: Programme, tuning: SearchParams, heartbeat: RunHeartbeat, executor: Executor | None
) -> tuple[Robustness | None, list[Finding]]:
    try:
        result = with_workers(
            lambda workers: simulated(
                case, programme, tuning.outlook, tuning.robust, executor=workers, progress=heartbeat,
                stop=heartbeat.stop,
            ),
            executor,
        )  # fmt: skip
        return result, []
    except Stopped:
        return None, [Finding("warning", "web.run.outlook_stopped")]
    except Exception as error:
        _log.exception("scenarios")
        return None, [Finding("warning", "web.run.no_outlook", args={"reason": _reason(error)})]


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[: PLANNER_RUNS.reason_characters]


def _ended(state: str, folder: Path, case: Case, pages: Mapping[str, bytes], findings: Sequence[Finding]) -> RunEnd:
    """The end of a run with all files of its folder."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    programme = load_programme(folder)
    result = sha256(files[PROGRAMME]).hexdigest()
    return RunEnd(state, result, summary_of(case, programme), findings, {**files, **pages})


def patiently(step: Callable[[], object]) -> None:
    """Does a step again while the database is away, for at most `PLANNER_RUNS.patience` seconds. Raises Error then."""
    until = time.monotonic() + PLANNER_RUNS.patience
    while True:
        try:
            step()
        except (OperationalError, InterfaceError):
            if time.monotonic() >= until:
                raise
            close_old_connections()
            time.sleep(PLANNER_RUNS.interval)
        else:
            return
