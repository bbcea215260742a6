"""Planning by price decomposition: prices, upper bound, choice of starts, programme."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tawteen.case.model import Case
from tawteen.plan.budget import SearchBudget
from tawteen.plan.conflict import conflict
from tawteen.plan.decomposition.market import Market, build_market
from tawteen.plan.decomposition.outcome import do_nothing_solution, priced_programme_result, problem_with_starts
from tawteen.plan.decomposition.proof import DualState, initial_dual
from tawteen.plan.decomposition.search import SearchControl, search
from tawteen.plan.decomposition.sites import Commitments, SiteArrays, build_sites, with_commitments, with_workers
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.params import DEFAULTS, ConflictParams, SearchParams
from tawteen.plan.problem import Problem, build_problem, fix_starts
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.solver import solve_lp, solve_mip
from tawteen.plan.status import GAP, PlanRequest, blank_programme
from tawteen.progress import ProgressCallback

Indices = NDArray[np.int64]


def market_and_sites(inputs: PlanInputs) -> tuple[Market, SiteArrays]:
    """The market and the sites of prepared inputs."""
    market = build_market(inputs)
    return market, build_sites(market)


def plan_country(
    case: Case,
    *,
    time_limit: float = 180.0,
    seed: int = 1,
    gap: float = GAP,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
    start: Programme | None = None,
    scenario: Scenario = Scenario(),  # noqa: B008
    executor: Executor | None = None,
    parts: int = 2,
    steps: int | None = None,
    commitments: Commitments | None = None,
    inputs: PlanInputs | None = None,
    params: SearchParams = DEFAULTS,
    budget: SearchBudget | None = None,
) -> Programme:
    """The best programme found for `case` by price decomposition, with a Lagrangian upper bound.

    Arguments as in `tawteen.plan.planning.plan`, and: `executor` prices the sites in `parts` parts; `commitments`
    restrict the starts, and their premiums count in value and bound; a running `budget` replaces `time_limit`,
    `progress`, `stop` and `steps`.

    The bound holds at any prices and is computed in double precision; `figures["bound_excess"]` (discounted currency)
    is its allowance for market columns without a limit. Where the rules are proven to contradict each other, the
    programme is infeasible and names them.
    """
    budget = SearchBudget(time_limit, progress, stop, steps) if budget is None else budget
    budget.report("problem")
    market, sites = market_and_sites(prepare(case, scenario) if inputs is None else inputs)
    if commitments is not None:
        sites = with_commitments(sites, commitments)
    if executor is not None and len(sites.first):
        sites = with_workers(sites, executor, parts)
    request = PlanRequest(scenario, seed, gap, params)
    budget.report("nothing")
    baseline = do_nothing_solution(market, sites)
    baseline_value = baseline[1].value or 0.0
    dual = initial_dual(market, sites, budget.sub_budget(params.pricing.proof_share), seed, params)

    def gap_reached(value: float) -> bool:
        return dual.proof.value - value <= gap * max(value - baseline_value, 0.0)

    control = SearchControl(
        budget.sub_budget(params.pricing.proof_share), budget.sub_budget(params.pricing.choice_share), seed, gap_reached
    )
    earlier_starts = _earlier_starts(sites, start)
    chosen, violation = _search_starts(dual, earlier_starts, control)
    model = problem_with_starts(market, sites, chosen)
    if len(earlier_starts):
        earlier_model = problem_with_starts(market, sites, earlier_starts)
        if _value_of_starts(earlier_model) > (_value_of_starts(model) if violation == 0 else -np.inf):
            model, violation = earlier_model, 0.0
    if violation > 0:
        full_problem = build_problem(market.inputs)
        conflicting_rules = () if budget.stopped else _proven_conflict(full_problem, params.conflict)
        empty_programme = blank_programme(full_problem, baseline[1], request, budget)
        if not conflicting_rules:
            return empty_programme
        return replace(empty_programme, status="infeasible", conflict=conflicting_rules)
    budget.report("result", None, None, dual.proof.value)
    figures = {"bound_excess": dual.proof.excess, "prices": dual.proof.prices.tolist()}
    return priced_programme_result(model, dual.proof.value, baseline, request=request, budget=budget, figures=figures)


def _value_of_starts(model: Problem) -> float:
    """Value of choosing every start of `model`; −inf where that violates a limit."""
    solution = solve_lp(fix_starts(model.arrays, np.arange(model.starts.start, model.starts.stop)))
    return -np.inf if solution.value is None or solution.outcome != "optimal" else solution.value


def _search_starts(dual: DualState, earlier_starts: Indices, control: SearchControl) -> tuple[Indices, float]:
    """The chosen starts (flat indices) and their violation of rows, 0 within the tolerance."""
    state = search(dual, earlier_starts, control)
    return np.sort(state.chosen[state.chosen >= 0]), state.violation if state.violation > state.tolerance else 0.0


def _proven_conflict(problem: Problem, params: ConflictParams) -> tuple[str, ...]:
    """The rules in conflict; empty where no conflict is proven within `params.proof_seconds`."""
    feasibility = replace(problem.arrays, value=np.zeros_like(problem.arrays.value))
    outcome = solve_mip(feasibility, gap=np.inf, seconds=params.proof_seconds).outcome
    return conflict(problem, params) if outcome == "infeasible" else ()


def _earlier_starts(sites: SiteArrays, start: Programme | None) -> Indices:
    """Flat indices of the starts of an earlier programme that are possible in this case."""
    if start is None:
        return np.zeros(0, dtype=np.int64)
    rows = start.sites.drop_nulls(["option", "period"]).select("option", "period")
    placed = rows.join(sites.options.select("option", "row"), on="option")
    flat = placed["row"].to_numpy() * sites.shape[1] + placed["period"].to_numpy()
    return np.unique(flat[np.isfinite(sites.value.ravel()[flat])]).astype(np.int64)


__all__ = ["market_and_sites", "plan_country"]
