"""How good a programme is, what it took, and the programme in which nothing is decided."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass
from typing import Any

from tawteen.case.hash import case_hash
from tawteen.plan.problem import Problem
from tawteen.plan.programme import Programme, Scenario, Status
from tawteen.plan.programme_file import SCHEMAS, empty
from tawteen.plan.solver import Solution
from tawteen.plan.watch import Watch

GAP = 1e-3
EXACT = 1e-6
SMALL = 1e-6


@dataclass(frozen=True)
class Asked:
    """What was asked of a plan, beside the case."""

    scenario: Scenario
    seed: int
    gap: float


def blank_programme(model: Problem, nothing: Solution, asked: Asked, watch: Watch) -> Programme:
    """A programme in which nothing is decided, of a run that ended without one."""
    case = model.ground.case
    nowhere: dict[str, Any] = {name: empty(name) for name in SCHEMAS}
    return Programme(
        case_id=case.settings.about.id,
        case_hash=case_hash(case),
        scenario=asked.scenario,
        seed=asked.seed,
        status=stopped(watch),
        value=None,
        bound=None,
        do_nothing=None if nothing.value is None else nothing.value + model.constant,
        gap=None,
        seconds=watch.elapsed,
        peak_mb=peak_mb(),
        **nowhere,
    )


def relative_gap(model: Problem, nothing: Solution, value: float, bound: float) -> float | None:
    """(bound − value) / gain; None where the gain is below 1e-6 of the money in play."""
    idle = nothing.value or 0.0
    gain, money = value - idle, abs(idle) + abs(model.constant)
    return None if gain <= SMALL * max(money, 1.0) else max(bound - value, 0.0) / gain


def status(share: float | None, gap: float, watch: Watch, *, ended: bool = False, proved: bool = False) -> Status:
    """What a gap of `share` means where `gap` was asked for.

    `ended`: the search came to its own end; `proved`: nothing better is left, where there is no gain to measure by.
    """
    if (proved and share is None) or (share is not None and share <= EXACT):
        return "optimal"
    if ended or (share is not None and share <= gap):
        return "within_gap"
    return stopped(watch)


def stopped(watch: Watch) -> Status:
    """Why a run ended that did not come to its own end."""
    if watch.stopped:
        return "interrupted"
    return "time_limit" if watch.steps is None else "step_limit"


def peak_mb() -> float:
    """Most memory this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024.0 if sys.platform != "darwin" else 1024.0**2)
