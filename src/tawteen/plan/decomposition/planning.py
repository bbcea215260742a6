"""Plans a country of thousands of sites: prices, proof, choice, and the programme."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tawteen.case.model import Case
from tawteen.plan.budget import Progress, SearchBudget
from tawteen.plan.conflict import conflict
from tawteen.plan.decomposition.market import Market, build_market
from tawteen.plan.decomposition.outcome import do_nothing_solution, priced_programme_result, problem_with_starts
from tawteen.plan.decomposition.proof import DualState, initial_dual
from tawteen.plan.decomposition.search import SearchControl, search
from tawteen.plan.decomposition.sites import Commitments, Sites, sites_of, with_commitments, with_workers
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.params import DEFAULTS, SearchParams
from tawteen.plan.problem import Problem, build_problem, fix_starts
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.solver import solve_lp, solve_mip
from tawteen.plan.status import GAP, PlanRequest, blank_programme

Whole = NDArray[np.int64]


def market_and_sites(inputs: PlanInputs) -> tuple[Market, Sites]:
    """The market and the sites of a case in its own view."""
    of = build_market(inputs)
    return of, sites_of(of)


def plan_country(
    case: Case,
    *,
    time_limit: float = 180.0,
    seed: int = 1,
    gap: float = GAP,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
    start: Programme | None = None,
    scenario: Scenario = Scenario(),  # noqa: B008
    executor: Executor | None = None,
    parts: int = 2,
    steps: int | None = None,
    terms: Commitments | None = None,
    inputs: PlanInputs | None = None,
    params: SearchParams = DEFAULTS,
    budget: SearchBudget | None = None,
) -> Programme:
    """The best programme found for `case`, with a proven bound, by prices rather than by one large model.

    `budget` replaces `time_limit`, `progress`, `stop` and `steps` where the clock runs already.

    Arguments as those of `tawteen.plan.planning.plan`; `start` is an earlier programme: what is returned is no worse
    than its starts, where they are possible here.
    The bound is that of Lagrange: valid for any prices, computed in double precision, with an allowance for market
    columns without a limit (`figures["bound_excess"]`, discounted currency). When `stop` returns True the best so far
    is returned. `executor` (like those of `concurrent.futures`) prices the sites in `parts` parts, else it is done in
    this thread. Rules that contradict each other give an infeasible programme with the rules in conflict. `terms` bind
    the plan further; their premiums are in its value and bound.
    """
    budget = SearchBudget(time_limit, progress, stop, steps) if budget is None else budget
    budget.report("problem")
    of, sites = market_and_sites(prepare(case, scenario) if inputs is None else inputs)
    if terms is not None:
        sites = with_commitments(sites, terms)
    if executor is not None and len(sites.first):
        sites = with_workers(sites, executor, parts)
    asked = PlanRequest(scenario, seed, gap, params)
    budget.report("nothing")
    nothing = do_nothing_solution(of, sites)
    idle = nothing[1].value or 0.0
    here = initial_dual(of, sites, budget.sub_budget(params.pricing.proof_share), seed, params)

    def enough(value: float) -> bool:
        return here.proof.value - value <= gap * max(value - idle, 0.0)

    run = SearchControl(
        budget.sub_budget(params.pricing.proof_share), budget.sub_budget(params.pricing.choice_share), seed, enough
    )
    known = _known(sites, start)
    flat, loss = _chosen(here, known, run)
    model = problem_with_starts(of, sites, flat)
    if len(known):
        earlier = problem_with_starts(of, sites, known)
        if _worth(earlier) > (_worth(model) if loss == 0 else -np.inf):
            model, loss = earlier, 0.0
    if loss > 0:
        whole = build_problem(of.inputs)
        against = () if budget.stopped else _against(whole, params.pricing.conflict_seconds)
        blank = blank_programme(whole, nothing[1], asked, budget)
        return replace(blank, status="infeasible", conflict=against) if against else blank
    budget.report("result", None, None, here.proof.value)
    figures = {"bound_excess": here.proof.excess, "prices": here.proof.prices.tolist()}
    return priced_programme_result(model, here.proof.value, nothing, asked=asked, budget=budget, figures=figures)


def _worth(model: Problem) -> float:
    """What starting all of a model is worth; minus infinity where that breaks a limit."""
    solved = solve_lp(fix_starts(model.arrays, np.arange(model.starts.start, model.starts.stop)))
    return -np.inf if solved.value is None or solved.outcome != "optimal" else solved.value


def _chosen(here: DualState, known: Whole, run: SearchControl) -> tuple[Whole, float]:
    """The starts chosen and by how much they break rows (0 where by no more than rounding)."""
    descent = search(here, known, run)
    return np.sort(descent.chosen[descent.chosen >= 0]), descent.loss if descent.loss > descent.allowed else 0.0


def _against(whole: Problem, seconds: float) -> tuple[str, ...]:
    """The rules in conflict, where it is proven that they are."""
    arrays = replace(whole.arrays, value=np.zeros_like(whole.arrays.value))
    return conflict(whole) if solve_mip(arrays, gap=np.inf, seconds=seconds).outcome == "infeasible" else ()


def _known(sites: Sites, start: Programme | None) -> Whole:
    """Starts of an earlier programme that are possible here."""
    if start is None:
        return np.zeros(0, dtype=np.int64)
    rows = start.sites.drop_nulls(["option", "period"]).select("option", "period")
    placed = rows.join(sites.options.select("option", "row"), on="option")
    flat = placed["row"].to_numpy() * sites.shape[1] + placed["period"].to_numpy()
    return np.unique(flat[np.isfinite(sites.value.ravel()[flat])]).astype(np.int64)


__all__ = ["market_and_sites", "plan_country"]
