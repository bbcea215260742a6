"""Status and gap of a programme, and the programme of a run that ended without a solution."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tawteen.case.hash import case_hash
from tawteen.plan.budget import SearchBudget
from tawteen.plan.params import DEFAULTS, SearchParams
from tawteen.plan.problem import Problem
from tawteen.plan.programme import Programme, Scenario, Status
from tawteen.plan.programme_file import SCHEMAS, empty
from tawteen.plan.solver import Solution
from tawteen.plan.tolerances import TOLERANCES

GAP = 1e-3
"""Requested gap where the caller states none: (bound − value) / gain."""


@dataclass(frozen=True)
class PlanRequest:
    """The arguments of a planning run, beside the case."""

    scenario: Scenario
    seed: int
    gap: float
    params: SearchParams = DEFAULTS


def blank_programme(model: Problem, nothing: Solution, request: PlanRequest, budget: SearchBudget) -> Programme:
    """The programme without a choice, of a run that ended without a solution."""
    case = model.inputs.case
    nowhere: dict[str, Any] = {name: empty(name) for name in SCHEMAS}
    return Programme(
        case_id=case.settings.about.id,
        case_hash=case_hash(case),
        scenario=request.scenario,
        seed=request.seed,
        status=stopped(budget),
        value=None,
        bound=None,
        do_nothing=None if nothing.value is None else nothing.value + model.constant,
        gap=None,
        seconds=budget.elapsed,
        peak_mb=peak_mb(),
        **nowhere,
    )


def judged_programme(  # noqa: PLR0917 — what was asked and what came out; every way of planning has all of it
    model: Problem,
    nothing: Solution,
    request: PlanRequest,
    budget: SearchBudget,
    tables: Mapping[str, Any],
    figures: Mapping[str, Any],
    *,
    value: float,
    bound: float,
    ended: bool = False,
) -> Programme:
    """The programme that `tables` hold, worth `value`, no better one worth more than `bound` (both without constant).

    The bound is infinite where the run was over before anything was proved: then the programme has none, and no gap.
    `ended`: the search came to its own end.
    """
    share, known = relative_gap(model, nothing, value, bound), bool(np.isfinite(bound))
    proved = bound - value <= TOLERANCES.objective * _money_in_play(model, nothing)
    return replace(
        blank_programme(model, nothing, request, budget),
        status=status(share, request.gap, budget, ended=ended, proved=proved),
        value=value + model.constant,
        bound=bound + model.constant if known else None,
        gap=share if known else None,
        figures={name: figure for name, figure in figures.items() if figure != np.inf},
        **tables,
    )


def _money_in_play(model: Problem, nothing: Solution) -> float:
    return abs(nothing.value or 0.0) + abs(model.constant)


def relative_gap(model: Problem, nothing: Solution, value: float, bound: float) -> float | None:
    """(bound − value) / gain; None where the gain is not above 1e-6 of the money in play."""
    gain = value - (nothing.value or 0.0)
    return None if gain <= TOLERANCES.no_gain * _money_in_play(model, nothing) else max(bound - value, 0.0) / gain


def status(
    share: float | None, gap: float, budget: SearchBudget, *, ended: bool = False, proved: bool = False
) -> Status:
    """The status of a programme whose stored gap is `share` where `gap` was asked for.

    `proved`: the bound is the value, where there is no gain to measure a gap by; `ended`: the search came to its own
    end. A search that ends with a larger gap than asked for could not prove more in the arithmetic of the solver.
    """
    if proved or (share is not None and share <= TOLERANCES.proven_gap):
        return "optimal"
    if share is not None and share <= gap:
        return "within_gap"
    return "unproved" if ended and not budget.stopped else stopped(budget)


def stopped(budget: SearchBudget) -> Status:
    """Why a run ended that did not come to its own end."""
    if budget.stopped:
        return "interrupted"
    return "time_limit" if budget.steps is None else "step_limit"


def peak_mb() -> float:
    """Most memory this process has held, in MB."""
    try:
        import resource  # noqa: PLC0415 - Windows has no such module
    except ImportError:
        import psutil  # noqa: PLC0415 - needed where `resource` is missing

        return float(psutil.Process().memory_info().peak_wset) / 1024.0**2
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024.0 if sys.platform != "darwin" else 1024.0**2)
