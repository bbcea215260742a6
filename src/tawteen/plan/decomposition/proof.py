"""From the first prices to a proof: smoothing, prices the market itself allows, and columns until nothing is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.columns import PlanColumns, join_columns, lines, starts
from tawteen.plan.decomposition.dual import LagrangianBound, SmoothedDual, bound, smooth
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.master import MasterSolution, RestrictedMaster
from tawteen.plan.decomposition.pricing import PricedStarts, price_starts, totals
from tawteen.plan.decomposition.sites import Sites, subset_of_sites
from tawteen.plan.decomposition.sizes import TypicalSizes, typical_sizes
from tawteen.plan.model_builder import Floats
from tawteen.plan.params import DEFAULTS, SearchParams

Whole = NDArray[np.int64]
HEATS = ((0.03, 80), (0.003, 150), (0.001, 150))
HOLDS = ((0.03, 3.0, 6), (0.003, 10.0, 8), (0.0003, 40.0, 60))
"""How tightly prices are held: share of a row, how far usual prices reach beyond, and rounds of columns."""
STEPS = (1.0, 0.4)


@dataclass
class DualState:
    """One country while it is planned: its arrays, the best bound so far, and the smoothed state it came from."""

    market: Market
    sites: Sites
    usual: TypicalSizes
    proof: LagrangianBound
    state: SmoothedDual
    params: SearchParams = DEFAULTS

    def try_prices(self, prices: Floats) -> LagrangianBound:
        """Takes over prices that prove more."""
        found = bound(self.sites, self.market, self.usual, prices)
        if found.value < self.proof.value:
            self.proof = found
        return found


def initial_dual(
    market: Market, sites: Sites, budget: SearchBudget, seed: int = 1, params: SearchParams = DEFAULTS
) -> DualState:
    """Prices by smoothing, from those of a market without sites on, corrected by the market after the last step.

    Where sites are many, those of a sample in an equally smaller market come first, found by columns.
    """
    usual = typical_sizes(sites, market)
    zero = np.zeros(len(usual.price))
    state = SmoothedDual(zero, np.zeros(sites.shape), price_starts(sites, market, zero))
    here = DualState(market, sites, usual, bound(sites, market, usual, zero), state, params)
    if len(sites.first) > params.pricing.sample_above:
        here.try_prices(sample_prices(here, budget, seed))
        return here
    here.try_prices(correct_prices(here))
    here.state = SmoothedDual(here.proof.prices, state.weights, here.proof.quote)

    def enough() -> bool:
        return budget.should_stop() or not budget.remaining

    for heat, steps in HEATS:
        if enough():
            break
        here.state = smooth(sites, market, usual, here.state.prices, heat=heat, steps=steps, stop=enough)
        budget.report("prices", None, None, here.proof.value)
    here.try_prices(correct_prices(here))
    return here


def sample_prices(here: DualState, budget: SearchBudget, seed: int) -> Floats:
    """Prices of a sample of the sites, in a market with as small a share of every limit."""
    count, pricing = len(here.sites.first), here.params.pricing
    sample = min(pricing.sample_sites, pricing.sample_above, count)
    keep = np.sort(np.random.default_rng([seed, 0]).choice(count, sample, replace=False))
    sites = subset_of_sites(here.sites, keep)
    few = initial_dual(here.market.shrunk(sample / count), sites, budget, params=here.params)
    generate_columns(few, budget, initial_master(few), close=pricing.sample_close)
    return few.proof.prices


def correct_prices(here: DualState, share: float = 0.1) -> Floats:
    """Prices near those of the smoothed state that the market allows, whose flows answer what sites do there."""
    rows, worth = totals(here.sites, here.market, here.state.weights, here.state.quote.run, here.state.quote.run_now)
    of = RestrictedMaster(here.market, here.usual, here.sites.count)
    of.settle(rows, worth)
    of.hold(here.state.prices, share=share, far=here.params.pricing.far)
    return of.solve(presolve=True).price


def best_starts(sites: Sites, worth: Floats, count: int, among: NDArray[np.bool_] | None = None) -> Whole:
    """The `count` best starts of each site (of those `among`), as flat places, site by site."""
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
    """What is in play: plans of the sites in a `master`, beside running lines with nothing started, whose throughput is
    `line`; `last` is the last solution of the master.
    """

    master: RestrictedMaster
    line: Floats
    last: MasterSolution | None = None


def initial_master(here: DualState) -> MasterState:
    """All sites with their few best plans at the proof's prices."""
    sites, market, found = here.sites, here.market, here.proof.quote
    nothing = np.zeros(sites.shape)
    rows, worth = totals(sites, market, nothing, nothing, found.run_now)
    choice = MasterState(RestrictedMaster(market, here.usual, sites.count), sites.now * found.run_now)
    choice.master.settle(rows, worth)
    pricing = here.params.pricing
    few = pricing.first_plans_large if len(sites.first) > pricing.sample_above else pricing.first_plans
    choice.master.add(starts(sites, market, best_starts(sites, found.worth, few), found, choice.line))
    return choice


def generate_columns(here: DualState, budget: SearchBudget, choice: MasterState, *, close: float | None = None) -> None:
    """Column generation around the best prices, held less and less tightly; improves the proof on the way.

    Ends where the bound is within `close` (by default `PricingParams.close`) of what plans reach, as a share of the
    usual worth of all sites.
    """
    master, began = choice.master, False
    near = (here.params.pricing.close if close is None else close) * float(here.usual.worth.sum())
    for share, far, rounds in HOLDS[1:] if len(here.sites.first) > here.params.pricing.sample_above else HOLDS:
        for _ in range(rounds):
            master.hold(here.proof.prices, share=share, far=far)
            choice.last = solved = master.solve(presolve=not began, primal=began)
            before, began = here.proof.value, True
            ends = [here.try_prices(here.proof.prices + part * (solved.price - here.proof.prices)) for part in STEPS]
            new = improving_plans(here, choice, ends[0].quote, solved)
            budget.report("prices", None, None, here.proof.value)
            if budget.should_stop() or not budget.remaining:
                return
            if not len(new.site) or here.proof.value - solved.value < near:
                break
            master.add(new)
            if share > HOLDS[-1][0] and before - here.proof.value < 0.1 * (here.proof.value - solved.value):
                break


def improving_plans(here: DualState, choice: MasterState, found: PricedStarts, solved: MasterSolution) -> PlanColumns:
    """Plans that are worth more at the prices of `solved` than what their site earns there already."""
    sites = here.sites
    least = np.full(sites.count, 1e-4 * float(np.median(here.usual.worth)) if len(here.usual.worth) else 0.0)
    least[: len(here.usual.worth)] = 1e-4 * here.usual.worth
    flat = best_starts(sites, found.worth, here.params.pricing.new_plans)
    site = sites.site[flat // sites.shape[1]]
    flat = flat[found.worth.ravel()[flat] - solved.earned[site] > least[site]]
    other = lines(sites, here.market, found, choice.line)
    other = other.only(other.earn(solved.price) - solved.earned[other.site] > least[other.site])
    return join_columns(starts(sites, here.market, flat, found, choice.line), other)
