"""What a programme is expected to come to, kept with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tawteen.case.model import Case
from tawteen.plan.explain.rule_costs import rule_costs
from tawteen.plan.file_names import FLOWS_FILE
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.params import DEFAULTS, OutlookParams, RobustParams, SearchParams
from tawteen.plan.programme import Programme
from tawteen.plan.programme_file import write_programme
from tawteen.plan.robust.file import write_analysis
from tawteen.plan.robust.model import Robustness
from tawteen.plan.robust.robustness import robustness
from tawteen.progress import ProgressCallback, ProgressEvent
from tawteen.runs.delivery import Delivery
from tawteen.runs.interrupts import Stop
from tawteen.runs.programme_folder import PROGRAMME, REPORT, ROBUSTNESS
from tawteen.runs.workers import open_workers

if TYPE_CHECKING:
    from tawteen.report.report_data import ReportData


def simulated(
    case: Case,
    programme: Programme,
    params: OutlookParams,
    tuning: RobustParams,
    *,
    executor: Executor | None = None,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> Robustness | None:
    """`programme` in as many scenarios as `params` ask for; None where that is none, or there is no programme.

    `executor` shares the work; by default a process for each core does, or this one where the case is small. Raises
    Stopped when stopped before the first scenario.
    """
    sites = case["sites"].height
    count = params.count(sites)
    if programme.value is None or count == 0:
        return None
    with _workers(executor, sites > params.lone_sites) as workers:
        return robustness(
            case, programme, scenarios=count, replans=0, seed=programme.seed, executor=workers, policy=False,
            progress=progress, stop=stop, params=tuning,
        )  # fmt: skip


@contextmanager
def _workers(executor: Executor | None, shared: bool) -> Iterator[Executor | None]:
    if executor is not None or not shared:
        yield executor
        return
    with open_workers(None, None) as workers:
        yield workers


def with_outlook(
    case: Case,
    programme: Programme,
    result: Robustness | None,
    inputs: PlanInputs | None = None,
    progress: ProgressCallback | None = None,
    *,
    params: SearchParams = DEFAULTS,
    stop: Stop | None = None,
) -> ReportData:
    """What a report reads of the programme, with the outlook that follows from `result` put into the programme.

    What the rules cost is found in `params.rules.seconds`, or sooner when stopped, unless the programme states a cost
    already.
    """
    from tawteen.report.outlook import outlook_of
    from tawteen.report.report import study

    if progress is not None:
        progress(ProgressEvent("reporting"))
    inputs = prepare(case, programme.scenario) if inputs is None else inputs
    data = study(case, programme, robustness=result, inputs=inputs)
    if result is None:
        return data
    if data.rule_costs.drop_nulls("at_most").is_empty():
        data = replace(data, rule_costs=rule_costs(inputs, programme, params, stop=stop))
    return replace(data, programme=replace(programme, outlook=outlook_of(data)))


def keep_outlook(results: Delivery, data: ReportData) -> None:
    """Puts programme and scenarios of `data` beside the case that the folder holds. Raises as `Delivery.staged`.

    The programme in the folder, of which it is the outlook, is replaced: also in a copy that lists no files. A report
    drawn before does not know these scenarios, and is removed.
    """
    with results.staged(whole=False, replaced=frozenset({PROGRAMME, FLOWS_FILE}), outdated=REPORT) as staged:
        write_programme(data.programme, staged / PROGRAMME)
        if data.robustness is not None:
            write_analysis(data.robustness, staged / ROBUSTNESS)
