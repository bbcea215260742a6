"""Planning of a case: the baseline of doing nothing, the search for the best starts, and the upper bound."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from tawteen.case.model import Case
from tawteen.plan.budget import SearchBudget
from tawteen.plan.conflict import conflict
from tawteen.plan.decomposition.planning import plan_country
from tawteen.plan.earlier_starts import KnownStarts, earlier_starts
from tawteen.plan.fixed_starts import price_with_starts
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.magnitude import check_bound, check_resolution, refused, refusing_magnitudes
from tawteen.plan.params import DEFAULTS, SearchParams
from tawteen.plan.problem import Problem, baseline_model, build_problem
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.result import priced_point, result_tables
from tawteen.plan.search import SearchOutcome, search
from tawteen.plan.solver import NumericalError, Solution, solve_lp
from tawteen.plan.stated_bound import with_bound_by_prices
from tawteen.plan.status import GAP, PlanRequest, blank_programme, judged_programme
from tawteen.progress import ProgressCallback


def planning_problem(case: Case) -> Problem:
    """The planning problem of a case in its own view."""
    return build_problem(prepare(case))


def plan(
    case: Case,
    *,
    time_limit: float = 60.0,
    seed: int = 1,
    gap: float = GAP,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
    scenario: Scenario = Scenario(),  # noqa: B008
    start: Programme | KnownStarts | None = None,
    executor: Executor | None = None,
    steps: int | None = None,
    inputs: PlanInputs | None = None,
    params: SearchParams = DEFAULTS,
) -> Programme:
    """The best programme found for `case` under `scenario`, with a proven upper bound.

    Up to `params.whole_model_sites` sites the whole model is solved by branch and cut, above by price decomposition
    (`plan_country`), where an `executor` (`concurrent.futures`) may share the pricing.

    - `time_limit`: seconds for the whole run. With `steps` the run ends after so many steps of the search instead, and
      the same `seed` gives the same programme.
    - `gap`: gap at which the search ends, as a share of the gain.
    - `progress`: called with a `ProgressEvent` at each stage and while the search goes on.
    - `stop`: once it returns True, the best programme so far is returned with the status `interrupted`.
    - `start`: an earlier programme; the result is no worse where its starts are possible in `case`.
    - `inputs`: `prepare(case, scenario)`, where the caller has it already.

    Where rules contradict each other, the programme has the status `infeasible` and names them. Raises CaseError for a
    scenario that does not fit the case, and for numbers too far apart for the solver.
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
        baseline = solve_lp(baseline_model(model.arrays, model))
        check_resolution(model, baseline)
        budget.reserve(2 * budget.elapsed, params.branch.reserved_share)
        known = earlier_starts(model, start)
        search_outcome = search(model, baseline, budget, gap=gap, seed=seed, known=known, params=params)
        budget.baseline = baseline.value
        budget.report("result", None, search_outcome.value, search_outcome.bound)
        programme = _programme(PlanRequest(scenario, seed, gap, params), model, baseline, search_outcome, budget)
        return with_bound_by_prices(programme, prepared)


def _programme(
    request: PlanRequest, model: Problem, baseline: Solution, search_outcome: SearchOutcome, budget: SearchBudget
) -> Programme:
    empty_programme = blank_programme(model, baseline, request, budget)
    if search_outcome.outcome == "infeasible":
        return dataclasses.replace(
            empty_programme,
            status="infeasible",
            conflict=conflict(model, request.params.conflict),
            seconds=budget.elapsed,
        )
    if search_outcome.starts is None:
        return empty_programme
    point = priced_point(model, price_with_starts(model, search_outcome.starts))
    value = float(model.arrays.value @ point.x)
    if np.isfinite(search_outcome.bound):
        check_bound(model, baseline, search_outcome.bound)
    tables = result_tables(model, point, priced_point(model, baseline))
    if search_outcome.prices is not None:
        tables["bound_prices"] = search_outcome.prices
    return judged_programme(
        model, baseline, request, budget, tables, search_outcome.figures,
        value=value, bound=max(search_outcome.bound, value), ended=search_outcome.outcome == "optimal",
    )  # fmt: skip
