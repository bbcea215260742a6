"""Verbs that leave a programme, or what was computed of one, in a folder: all or nothing.

Each takes the folder as a `Delivery`, claimed before the case is read: a folder that cannot be written is refused
before any work. Programmes are delivered only after the independent check; a report is drawn afterwards and apart.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from tawteen.case.checked import require_plannable
from tawteen.case.model import Case
from tawteen.plan.earlier_starts import KnownStarts
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.params import DEFAULTS, RobustParams, SearchParams
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.robust.file import write_analysis
from tawteen.plan.robust.front import Front, pareto
from tawteen.plan.robust.model import Robustness
from tawteen.plan.robust.replan import Replan, replan
from tawteen.plan.robust.robustness import robustness
from tawteen.plan.status import GAP
from tawteen.progress import ProgressCallback
from tawteen.runs.delivery import Delivery
from tawteen.runs.interrupts import Stop, raise_lost_interrupt
from tawteen.runs.outlook import keep_outlook, with_outlook
from tawteen.runs.policy import can_learn, path_seconds, with_policy
from tawteen.runs.programme_folder import FRONT, REPORT, keep
from tawteen.runs.scenario import refuse_unknown
from tawteen.runs.verified import require_verified


@dataclass(frozen=True)
class SearchRequest:
    """The arguments of planning beside the case; see `tawteen.plan.planning.plan` for each field.

    `fixed`: the single path alone is planned, without a policy.
    """

    scenario: Scenario = Scenario()  # noqa: RUF009 - frozen
    time_limit: float = 60.0
    seed: int = 1
    gap: float = GAP
    start: Programme | KnownStarts | None = None
    fixed: bool = False
    steps: int | None = None
    executor: Executor | None = None
    params: SearchParams = DEFAULTS


@dataclass(frozen=True)
class ReplanRequest:
    """The arguments of replanning; see `tawteen.plan.robust.replan.replan` for each field.

    `not_begun`: sites that were to begin before today, and did not.
    """

    today: int
    penalty: float = 0.0
    signed: Collection[str] = ()
    not_begun: Collection[str] = ()
    scenario: Scenario = Scenario()  # noqa: RUF009 - frozen
    time_limit: float = 60.0
    seed: int = 1
    params: SearchParams = DEFAULTS


@dataclass(frozen=True)
class RobustnessRequest:
    """Number of scenarios and length of each search; see `tawteen.plan.robust.robustness.robustness`."""

    scenarios: int = 1000
    replans: int = 200
    seed: int = 1
    nodes: int = 50
    seconds: float = math.inf
    params: RobustParams = DEFAULTS.robust


@dataclass(frozen=True)
class FrontRequest:
    """Two aims and the number of programmes between them; see `tawteen.plan.robust.front.pareto`."""

    aim: str = "value"
    against: str = "jobs"
    points: int = 7
    seconds: float = 20.0
    params: RobustParams = DEFAULTS.robust


def planned(
    case: Case, request: SearchRequest, *, progress: ProgressCallback | None = None, stop: Stop | None = None
) -> tuple[Programme, PlanInputs]:
    """The programme of `case`, with a policy where one is asked for and something can be learned; and its inputs."""
    began = time.monotonic()
    inputs = prepare(case, request.scenario)
    learns = not request.fixed and can_learn(inputs)
    programme = plan(
        case, scenario=request.scenario, time_limit=path_seconds(request.time_limit, learns=learns), seed=request.seed,
        gap=request.gap, start=request.start, steps=request.steps, executor=request.executor, params=request.params,
        inputs=inputs, progress=progress, stop=stop,
    )  # fmt: skip
    if learns:
        left = max(request.time_limit - (time.monotonic() - began), 0.0)
        programme = with_policy(inputs, programme, seconds=left, steps=request.steps, progress=progress, stop=stop)
    return programme, inputs


def plan_into(
    results: Delivery,
    case: Case,
    request: SearchRequest,
    *,
    outline: Path | None = None,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> tuple[Programme, PlanInputs]:
    """Plans `case`, puts programme and case into the folder, and returns the programme with the inputs it came from.

    Where surveys may find one thing or another, a policy follows in what is left of the time. `outline`: file of the
    borders that a map shows, which need not exist. Raises UsageError for a scenario that does not fit the case,
    CaseError for a case without sites or options and for a programme that does not pass the independent check: nothing
    is delivered then.
    """
    require_plannable(case)
    refuse_unknown(case, request.scenario)
    programme, inputs = planned(case, request, progress=progress, stop=stop)
    raise_lost_interrupt(stop)
    deliver(results, case, programme, outline=outline, progress=progress)
    return programme, inputs


def replan_into(
    results: Delivery,
    case: Case,
    earlier: Programme,
    request: ReplanRequest,
    *,
    outline: Path | None = None,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> Replan:
    """Plans again from a quarter on, and puts the new programme and its case into the folder. Raises as `plan_into`."""
    refuse_unknown(case, request.scenario)
    outcome = replan(
        case, earlier, today=request.today, penalty=request.penalty, begun=dict.fromkeys(request.not_begun),
        signed=request.signed, scenario=request.scenario, time_limit=request.time_limit, seed=request.seed,
        progress=progress, stop=stop, params=request.params,
    )  # fmt: skip
    raise_lost_interrupt(stop)
    deliver(results, outcome.case, outcome.programme, outline=outline, progress=progress)
    return outcome


def robust_into(
    results: Delivery,
    case: Case,
    programme: Programme,
    request: RobustnessRequest,
    *,
    executor: Executor | None = None,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> Robustness:
    """Robustness of a programme, written beside it; its outlook follows from the scenarios.

    Raises Stopped when stopped before the first scenario ends.
    """
    outcome = robustness(
        case, programme, scenarios=request.scenarios, replans=request.replans, seed=request.seed, nodes=request.nodes,
        seconds=request.seconds, executor=executor, progress=progress, stop=stop, params=request.params,
    )  # fmt: skip
    raise_lost_interrupt(stop)
    keep_outlook(results, with_outlook(case, programme, outcome, progress=progress))
    return outcome


def pareto_into(
    results: Delivery,
    case: Case,
    programme: Programme,
    request: FrontRequest,
    *,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> Front:
    """Programmes between the best in one aim and the best in another, kept beside `programme`.

    A report drawn before does not show them, and is removed. Raises CaseError.
    """
    front = pareto(
        case, request.aim, request.against, request.points, earlier=programme, scenario=programme.scenario,
        seconds=request.seconds, progress=progress, stop=stop, params=request.params,
    )  # fmt: skip
    raise_lost_interrupt(stop)
    with results.staged(whole=False, outdated=REPORT) as staged:
        write_analysis(front, staged / FRONT)
    return front


def deliver(
    results: Delivery,
    case: Case,
    programme: Programme,
    *,
    outline: Path | None = None,
    progress: ProgressCallback | None = None,
) -> None:
    """Puts `programme` and its `case` into the folder; what else an earlier delivery wrote is removed.

    Raises CaseError for a programme that does not pass the independent check, UsageError and OSError as
    `Delivery.staged` does.
    """
    require_verified(case, programme, progress)
    with results.staged() as staged:
        keep(case, programme, staged, outline)
