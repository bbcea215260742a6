"""From a case to its programme: doing nothing, the search for the best choice, and the proof of how good it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.model import Case
from tawteen.plan.budget import Progress, SearchBudget
from tawteen.plan.conflict import conflict
from tawteen.plan.decomposition.planning import plan_country
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.magnitude import check_bound, check_resolution, refused, refusing_magnitudes
from tawteen.plan.params import DEFAULTS, SearchParams
from tawteen.plan.problem import Problem, build_problem, doing_nothing, fix_starts
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.result import priced_point, result_tables
from tawteen.plan.search import SearchOutcome, search
from tawteen.plan.solver import NumericalError, Solution, solve_lp
from tawteen.plan.status import GAP, PlanRequest, blank_programme, judged_programme


def planning_problem(case: Case) -> Problem:
    """The planning problem of a case in its own view."""
    return build_problem(prepare(case))


def plan(
    case: Case,
    *,
    time_limit: float = 60.0,
    seed: int = 1,
    gap: float = GAP,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
    scenario: Scenario = Scenario(),  # noqa: B008
    start: Programme | None = None,
    executor: Executor | None = None,
    steps: int | None = None,
    inputs: PlanInputs | None = None,
    params: SearchParams = DEFAULTS,
) -> Programme:
    """The best programme found for `case` under `scenario`, with a proven bound.

    Up to `params.whole_model_sites` sites the whole model is searched; above that it is decomposed (`plan_country`),
    and an `executor` may share the pricing.

    `time_limit` in seconds, all included; with `steps` the search ends after so many steps instead, whatever the clock
    says, and the same seed gives the same programme. `gap` is the share of the gain at which it is good enough.
    `progress` hears (stage, share done or None, value or None, bound or None); when `stop` returns True the best so
    far is returned, marked as interrupted. What is returned is no worse than an earlier programme (`start`) where its
    starts are possible here. Rules that contradict each other give an infeasible programme with the rules in conflict.
    `params` tune the search. `inputs` are those of `case` under `scenario` where the caller has prepared them. Raises
    CaseError for a scenario that does not fit the case, and for numbers that lie too far apart.
    """
    budget = SearchBudget(time_limit, progress, stop, steps)
    budget.report("problem")
    prepared = prepare(case, scenario) if inputs is None else inputs
    if case["sites"].height > params.whole_model_sites:
        try:
            return plan_country(
                case, time_limit=time_limit, seed=seed, gap=gap, progress=progress, stop=stop, start=start,
                scenario=scenario, executor=executor, steps=steps, inputs=prepared, params=params, budget=budget,
            )  # fmt: skip
        except NumericalError as error:
            raise refused(build_problem(prepared)) from error
    model = build_problem(prepared)
    with refusing_magnitudes(model):
        budget.report("nothing")
        nothing = solve_lp(doing_nothing(model.arrays, model))
        check_resolution(model, nothing)
        budget.reserve(2 * budget.elapsed)
        found = search(model, nothing, budget, gap=gap, seed=seed, known=_known(model, start), params=params)
        budget.report("result", None, found.value, found.bound)
        return _programme(PlanRequest(scenario, seed, gap, params), model, nothing, found, budget)


def _known(model: Problem, start: Programme | None) -> NDArray[np.int64]:
    """Columns of an earlier programme's starts that are possible here."""
    if start is None:
        return np.zeros(0, dtype=np.int64)
    keys = model.columns["start"].keys.select("option", "period").with_row_index("place").cast({"place": pl.Int64})
    placed = start.sites.drop_nulls(["option", "period"]).join(keys, on=["option", "period"])
    return np.asarray(placed["place"].sort().to_numpy() + model.starts.start, dtype=np.int64)


def _programme(
    asked: PlanRequest, model: Problem, nothing: Solution, found: SearchOutcome, budget: SearchBudget
) -> Programme:
    blank = blank_programme(model, nothing, asked, budget)
    if found.outcome == "infeasible":
        return dataclasses.replace(blank, status="infeasible", conflict=conflict(model), seconds=budget.elapsed)
    if found.starts is None:
        return blank
    does = priced_point(model, solve_lp(fix_starts(model.arrays, found.starts)))
    value = float(model.arrays.value @ does.x)
    if np.isfinite(found.bound):
        check_bound(model, nothing, found.bound)
    return judged_programme(
        model, nothing, asked, budget, result_tables(model, does, priced_point(model, nothing)), found.figures,
        value=value, bound=max(found.bound, value), ended=found.outcome == "optimal",
    )  # fmt: skip
