"""The upper bound of the decomposition: smoothed dual, prices corrected by the market, column generation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.columns import PlanColumns, join_columns, line_columns, start_columns, tree_columns
from tawteen.plan.decomposition.dual import LagrangianBound, SmoothedDual, lagrangian_bound, minimise_smoothed_dual
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.master import MasterSolution, RestrictedMaster
from tawteen.plan.decomposition.pricing import PricedStarts, price_starts, site_totals
from tawteen.plan.decomposition.sites import SiteArrays, subset_of_sites
from tawteen.plan.decomposition.sizes import TypicalSizes, typical_sizes
from tawteen.plan.decomposition.trees import best_trees
from tawteen.plan.model_builder import Floats
from tawteen.plan.params import DEFAULTS, SearchParams

Indices = NDArray[np.int64]


@dataclass
class DualState:
    """The dual problem of one case with its best bound so far, `proof`, and its smoothed dual, `state`."""

    market: Market
    sites: SiteArrays
    typical: TypicalSizes
    proof: LagrangianBound
    state: SmoothedDual
    params: SearchParams = DEFAULTS

    def try_prices(self, prices: Floats) -> LagrangianBound:
        """Computes the bound at `prices`, keeps it where it is the lowest so far, and returns it."""
        priced = lagrangian_bound(self.sites, self.market, self.typical, prices)
        if priced.value < self.proof.value:
            self.proof = priced
        return priced


def initial_dual(
    market: Market, sites: SiteArrays, budget: SearchBudget, seed: int = 1, params: SearchParams = DEFAULTS
) -> DualState:
    """Prices and bound from the smoothed dual, started at the prices of the market without sites.

    Above `params.pricing.sample_above` sites, the prices of a sample of the sites replace the smoothed dual.
    """
    typical = typical_sizes(sites, market)
    zero = np.zeros(len(typical.price))
    state = SmoothedDual(zero, np.zeros(sites.shape), price_starts(sites, market, zero))
    dual = DualState(market, sites, typical, lagrangian_bound(sites, market, typical, zero), state, params)
    if len(sites.first) > params.pricing.sample_above:
        dual.try_prices(sample_prices(dual, budget, seed))
        return dual
    dual.try_prices(correct_prices(dual))
    dual.state = SmoothedDual(dual.proof.prices, state.weights, dual.proof.priced)

    def should_end() -> bool:
        return budget.should_stop() or not budget.remaining

    for temperature, steps in params.pricing.smoothing.stages():
        if should_end():
            break
        dual.state = minimise_smoothed_dual(
            sites, market, typical, dual.state.prices, temperature=temperature, steps=steps, stop=should_end
        )
        budget.report("prices", None, None, dual.proof.value)
    dual.try_prices(correct_prices(dual))
    return dual


def sample_prices(dual: DualState, budget: SearchBudget, seed: int) -> Floats:
    """Best prices for a sample of the sites, in a market whose limits are scaled to the share of the sample."""
    count, pricing = len(dual.sites.first), dual.params.pricing
    sample = min(pricing.sample_sites, pricing.sample_above, count)
    keep = np.sort(np.random.default_rng([seed, 0]).choice(count, sample, replace=False))
    sites = subset_of_sites(dual.sites, keep)
    sample_dual = initial_dual(dual.market.scaled(sample / count), sites, budget, params=dual.params)
    generate_columns(sample_dual, budget, initial_master(sample_dual), close=pricing.sample_close)
    return sample_dual.proof.prices


def correct_prices(dual: DualState) -> Floats:
    """Prices near those of the smoothed dual at which the flows of the market are optimal for its weights of starts."""
    rows, worth = site_totals(
        dual.sites, dual.market, dual.state.weights, dual.state.priced.utilisation, dual.state.priced.line_utilisation
    )
    master = RestrictedMaster(dual.market, dual.typical, dual.sites)
    master.fix_part(rows, worth)
    params = dual.params.pricing
    master.set_violation_prices(dual.state.prices, share=params.smoothing.correction, reach=params.far)
    return master.solve(presolve=True).price


def best_starts(sites: SiteArrays, worth: Floats, count: int, among: NDArray[np.bool_] | None = None) -> Indices:
    """Flat indices of the `count` best starts of each site, site by site; `among` masks the sites."""
    flat = np.argsort(-worth, axis=None, kind="stable")
    flat = flat[np.isfinite(worth.ravel()[flat])]
    site = sites.site[flat // sites.shape[1]]
    if among is not None:
        flat, site = flat[among[site]], site[among[site]]
    order = np.argsort(site, kind="stable")
    flat, site = flat[order], site[order]
    first = np.searchsorted(site, site, side="left")
    return flat[np.arange(len(site)) - first < count]


@dataclass
class MasterState:
    """The master problem with its plans and its `last` solution.

    `line` (line, period) is the throughput of the running lines in the fixed part of the master.
    """

    master: RestrictedMaster
    line: Floats
    last: MasterSolution | None = None


def initial_master(dual: DualState) -> MasterState:
    """A master with the best plans of all sites at the prices of the best bound; running lines run at these prices."""
    sites, market, priced = dual.sites, dual.market, dual.proof.priced
    no_starts = np.zeros(sites.shape)
    rows, worth = site_totals(sites, market, no_starts, no_starts, priced.line_utilisation)
    choice = MasterState(RestrictedMaster(market, dual.typical, sites), sites.line_capacity * priced.line_utilisation)
    choice.master.fix_part(rows, worth)
    pricing = dual.params.pricing
    plans_per_site = pricing.first_plans_large if len(sites.first) > pricing.sample_above else pricing.first_plans
    choice.master.add(best_plans(dual, priced, choice.line, plans_per_site))
    return choice


def best_plans(
    dual: DualState, priced: PricedStarts, line: Floats, count: int, least: Floats | None = None
) -> PlanColumns:
    """The `count` best plans of each site, or of each branch of its trees, that are worth more than `least` there."""
    sites, market = dual.sites, dual.market
    if sites.trees is not None:
        trees = best_trees(sites.trees, priced.worth, count)
        if least is not None:
            trees = trees.select(trees.value > least[sites.plan_index(trees.branch)])
        return tree_columns(sites, market, trees, priced, line)
    flat = best_starts(sites, priced.worth, count)
    if least is not None:
        flat = flat[priced.worth.ravel()[flat] > least[sites.site[flat // sites.shape[1]]]]
    return start_columns(sites, market, flat, priced, line)


def generate_columns(dual: DualState, budget: SearchBudget, choice: MasterState, *, close: float | None = None) -> None:
    """Stabilised column generation: adds plans to the master of `choice` and improves the bound of `dual`.

    Ends where the bound exceeds the value of the master by at most `close` (by default `PricingParams.close`) of the
    typical worth of all sites, where no plan improves the master, or at the end of the budget.
    """
    master, solved_before = choice.master, False
    params = dual.params.pricing.stabilisation
    stages = params.stages()
    if len(dual.sites.first) > dual.params.pricing.sample_above:
        stages = stages[1:]
    tolerance = (dual.params.pricing.close if close is None else close) * float(dual.typical.worth.sum())
    for share, reach, rounds in stages:
        for _ in range(rounds):
            master.set_violation_prices(dual.proof.prices, share=share, reach=reach)
            choice.last = solved = master.solve(presolve=not solved_before, primal=solved_before)
            before, solved_before = dual.proof.value, True
            priced = dual.try_prices(solved.price).priced
            best = dual.proof.prices
            dual.try_prices(best + params.short_step * (solved.price - best))
            new = improving_plans(dual, choice, priced, solved)
            budget.report("prices", None, None, dual.proof.value)
            if budget.should_stop() or not budget.remaining:
                return
            if not len(new.site) or dual.proof.value - solved.value < tolerance:
                break
            master.add(new)
            stalled = before - dual.proof.value < params.stall * (dual.proof.value - solved.value)
            if stalled and share > params.narrow:
                break


def improving_plans(dual: DualState, choice: MasterState, priced: PricedStarts, solved: MasterSolution) -> PlanColumns:
    """Plans with a positive reduced value at the prices of `solved`, from the starts priced there."""
    sites = dual.sites
    worth, least_gain = dual.typical.worth, dual.params.pricing.least_gain
    least = sites.site_of_plan(least_gain * worth)
    least[len(worth) : sites.count] = least_gain * float(np.median(worth)) if len(worth) else 0.0
    worthwhile = solved.site_values + least
    plans = best_plans(dual, priced, choice.line, dual.params.pricing.new_plans, worthwhile)
    lines = line_columns(sites, dual.market, priced, choice.line)
    lines = lines.select(lines.reduced_values(solved.price) - solved.site_values[lines.site] > least[lines.site])
    return join_columns(plans, lines)
