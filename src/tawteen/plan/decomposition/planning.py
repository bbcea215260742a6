"""Planning by price decomposition: prices, upper bound, choice of starts, programme."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.model import Case
from tawteen.plan.bound_prices import bound_prices
from tawteen.plan.budget import SearchBudget
from tawteen.plan.conflict import conflict
from tawteen.plan.decomposition.dual import LagrangianBound
from tawteen.plan.decomposition.market import Market, build_market
from tawteen.plan.decomposition.outcome import do_nothing_solution, priced_programme_result, problem_with_starts
from tawteen.plan.decomposition.proof import DualState, initial_dual
from tawteen.plan.decomposition.search import SearchControl, search
from tawteen.plan.decomposition.sites import Commitments, SiteArrays, build_sites, with_commitments, with_workers
from tawteen.plan.decomposition.whole_classes import has_classes, worth_their_classes
from tawteen.plan.earlier_starts import KnownStarts
from tawteen.plan.fixed_starts import solve_with_starts
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.params import DEFAULTS, ConflictParams, SearchParams
from tawteen.plan.problem import Problem, build_problem, only_required
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.solver import Solution, solve_mip
from tawteen.plan.stated_bound import with_bound_by_prices
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
    start: Programme | KnownStarts | None = None,
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
    baseline_value = budget.baseline = baseline[1].value or 0.0
    budget.reserve(2 * budget.elapsed, params.branch.reserved_share)
    dual = initial_dual(market, sites, budget.sub_budget(params.pricing.proof_share), seed, params)
    classes = has_classes(market)

    def gap_reached(value: float) -> bool:
        return dual.proof.value - value <= gap * max(value - baseline_value, 0.0)

    earlier_starts = _earlier_starts(sites, start)
    control = SearchControl(
        budget.sub_budget(params.pricing.proof_share), budget.sub_budget(1.0 - classes * params.dive.class_share), seed,
        gap_reached, fallback=_nothing_keeps_rules(market),
    )  # fmt: skip
    chosen, violation = _search_starts(dual, earlier_starts, control)
    candidates = [chosen, earlier_starts] if violation == 0 else [earlier_starts]
    if classes:
        candidates.append(worth_their_classes(market, sites, candidates[0], budget, seed=seed, params=params))
    model = _best_choice(market, sites, candidates, baseline[1])
    if model is None:
        return _without_choice(market, sites, dual.proof, baseline, request=request, budget=budget)
    budget.report("result", None, None, dual.proof.value)
    return _result(model, dual.proof, baseline, market=market, request=request, budget=budget)


def _result(
    model: Problem,
    proof: LagrangianBound,
    baseline: tuple[Problem, Solution],
    *,
    market: Market,
    request: PlanRequest,
    budget: SearchBudget,
) -> Programme:
    """The programme that chooses every start of `model`, with the prices of its bound and what they prove."""
    figures = {"bound_excess": proof.excess, "prices": proof.prices.tolist()}
    prices = bound_prices(market.rows, proof.prices)
    programme = priced_programme_result(
        model, proof.value, baseline, request=request, budget=budget, figures=figures, prices=prices
    )
    return with_bound_by_prices(programme, market.inputs)


def _best_choice(market: Market, sites: SiteArrays, candidates: list[Indices], nothing: Solution) -> Problem | None:
    """The model of the best of some choices of starts (flat indices) and of none; None where all violate a limit."""
    models = [problem_with_starts(market, sites, starts) for starts in candidates if len(starts)]
    valued = [(_value_of_starts(model), model) for model in models]
    if _nothing_keeps_rules(market) and nothing.value is not None:
        valued.append((nothing.value, problem_with_starts(market, sites, np.zeros(0, dtype=np.int64))))
    value, best = max(valued, key=lambda pair: pair[0], default=(-np.inf, None))
    return best if np.isfinite(value) else None


def _nothing_keeps_rules(market: Market) -> bool:
    """Whether a programme without any start keeps all rules."""
    low, high = market.arrays.row_lower[market.rules], market.arrays.row_upper[market.rules]
    return bool(np.all(low <= 0) and np.all(high >= 0))


def _without_choice(
    market: Market,
    sites: SiteArrays,
    proof: LagrangianBound,
    baseline: tuple[Problem, Solution],
    *,
    request: PlanRequest,
    budget: SearchBudget,
) -> Programme:
    """What there is where the search found no choice that keeps the rules: any that does, the conflict, or none.

    The whole model is asked for a choice with no other starts than those that rules may ask for.
    """
    full_problem, params = build_problem(market.inputs), request.params.conflict
    blank = blank_programme(full_problem, baseline[1], request, budget)
    if budget.stopped:
        return blank
    least = solve_mip(only_required(full_problem), gap=np.inf, seconds=params.proof_seconds, stop=budget.should_stop)
    if least.x is not None:
        keys = full_problem.columns["start"].keys.with_columns(x=pl.Series(least.x[full_problem.starts]))
        starts = starts_of(sites, keys.filter(pl.col("x") > 0.5))
        if (model := _best_choice(market, sites, [starts], Solution("limit", None, np.inf, None))) is not None:
            return _result(model, proof, baseline, market=market, request=request, budget=budget)
    conflicting_rules = _proven_conflict(full_problem, params)
    return replace(blank, status="infeasible", conflict=conflicting_rules) if conflicting_rules else blank


def _value_of_starts(model: Problem) -> float:
    """Value of choosing every start of `model`; −inf where that violates a limit."""
    solution = solve_with_starts(model.arrays, np.arange(model.starts.start, model.starts.stop))
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


def _earlier_starts(sites: SiteArrays, start: Programme | KnownStarts | None) -> Indices:
    """Flat indices of the starts of an earlier programme that are possible in this case."""
    if start is None:
        return np.zeros(0, dtype=np.int64)
    return starts_of(sites, start.sites.drop_nulls(["option", "period"]))


def starts_of(sites: SiteArrays, rows: pl.DataFrame) -> Indices:
    """Flat indices of starts (option, period) that are possible."""
    placed = rows.select("option", "period").join(sites.options.select("option", "row"), on="option")
    flat = placed["row"].to_numpy() * sites.shape[1] + placed["period"].to_numpy()
    return np.unique(flat[np.isfinite(sites.value.ravel()[flat])]).astype(np.int64)


__all__ = ["market_and_sites", "plan_country"]
