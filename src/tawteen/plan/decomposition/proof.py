"""From the first prices to a proof: smoothing, prices the market itself allows, and columns until nothing is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.columns import Columns, joined, lines, starts
from tawteen.plan.decomposition.dual import Bound, Smoothed, bound, smooth
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.master import Master, Priced
from tawteen.plan.decomposition.pricing import Quote, quote, totals
from tawteen.plan.decomposition.sites import Sites, some_of
from tawteen.plan.decomposition.sizes import Sizes, sizes
from tawteen.plan.model_builder import Floats
from tawteen.plan.params import DEFAULTS, SearchParams

Whole = NDArray[np.int64]
HEATS = ((0.03, 80), (0.003, 150), (0.001, 150))
HOLDS = ((0.03, 3.0, 6), (0.003, 10.0, 8), (0.0003, 40.0, 60))
"""How tightly prices are held: share of a row, how far usual prices reach beyond, and rounds of columns."""
STEPS = (1.0, 0.4)


@dataclass
class Land:
    """One country while it is planned: its arrays, the best bound so far, and the smoothed state it came from."""

    market: Market
    sites: Sites
    usual: Sizes
    proof: Bound
    state: Smoothed
    params: SearchParams = DEFAULTS

    def try_prices(self, prices: Floats) -> Bound:
        """Takes over prices that prove more."""
        found = bound(self.sites, self.market, self.usual, prices)
        if found.value < self.proof.value:
            self.proof = found
        return found


def land(market: Market, sites: Sites, watch: SearchBudget, seed: int = 1, params: SearchParams = DEFAULTS) -> Land:
    """Prices by smoothing, from those of a market without sites on, corrected by the market after the last step.

    Where sites are many, those of a sample in an equally smaller market come first, found by columns.
    """
    usual = sizes(sites, market)
    zero = np.zeros(len(usual.price))
    state = Smoothed(zero, np.zeros(sites.shape), quote(sites, market, zero))
    here = Land(market, sites, usual, bound(sites, market, usual, zero), state, params)
    if len(sites.first) > params.pricing.sample_above:
        here.try_prices(sampled(here, watch, seed))
        return here
    here.try_prices(corrected(here))
    here.state = Smoothed(here.proof.prices, state.weights, here.proof.quote)

    def enough() -> bool:
        return watch.stop() or not watch.left

    for heat, steps in HEATS:
        if enough():
            break
        here.state = smooth(sites, market, usual, here.state.prices, heat=heat, steps=steps, stop=enough)
        watch.say("prices", None, None, here.proof.value)
    here.try_prices(corrected(here))
    return here


def sampled(here: Land, watch: SearchBudget, seed: int) -> Floats:
    """Prices of a sample of the sites, in a market with as small a share of every limit."""
    count, pricing = len(here.sites.first), here.params.pricing
    sample = min(pricing.sample_sites, pricing.sample_above, count)
    keep = np.sort(np.random.default_rng([seed, 0]).choice(count, sample, replace=False))
    few = land(here.market.shrunk(sample / count), some_of(here.sites, keep), watch, params=here.params)
    refine(few, watch, in_play(few), close=pricing.sample_close)
    return few.proof.prices


def corrected(here: Land, share: float = 0.1) -> Floats:
    """Prices near those of the smoothed state that the market allows, whose flows answer what sites do there."""
    rows, worth = totals(here.sites, here.market, here.state.weights, here.state.quote.run, here.state.quote.run_now)
    of = Master(here.market, here.usual, here.sites.count)
    of.settle(rows, worth)
    of.hold(here.state.prices, share=share, far=here.params.pricing.far)
    return of.solve(presolve=True).price


def promising(sites: Sites, worth: Floats, count: int, among: NDArray[np.bool_] | None = None) -> Whole:
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
class Choice:
    """What is in play: plans of the sites in a `master`, beside running lines with nothing started, whose throughput is
    `line`; `last` is the last solution of the master.
    """

    master: Master
    line: Floats
    last: Priced | None = None


def in_play(here: Land) -> Choice:
    """All sites with their few best plans at the proof's prices."""
    sites, market, found = here.sites, here.market, here.proof.quote
    nothing = np.zeros(sites.shape)
    rows, worth = totals(sites, market, nothing, nothing, found.run_now)
    choice = Choice(Master(market, here.usual, sites.count), sites.now * found.run_now)
    choice.master.settle(rows, worth)
    pricing = here.params.pricing
    few = pricing.first_plans_large if len(sites.first) > pricing.sample_above else pricing.first_plans
    choice.master.add(starts(sites, market, promising(sites, found.worth, few), found, choice.line))
    return choice


def refine(here: Land, watch: SearchBudget, choice: Choice, *, close: float | None = None) -> None:
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
            new = fresh(here, choice, ends[0].quote, solved)
            watch.say("prices", None, None, here.proof.value)
            if watch.stop() or not watch.left:
                return
            if not len(new.site) or here.proof.value - solved.value < near:
                break
            master.add(new)
            if share > HOLDS[-1][0] and before - here.proof.value < 0.1 * (here.proof.value - solved.value):
                break


def fresh(here: Land, choice: Choice, found: Quote, solved: Priced) -> Columns:
    """Plans that are worth more at the prices of `solved` than what their site earns there already."""
    sites = here.sites
    least = np.full(sites.count, 1e-4 * float(np.median(here.usual.worth)) if len(here.usual.worth) else 0.0)
    least[: len(here.usual.worth)] = 1e-4 * here.usual.worth
    flat = promising(sites, found.worth, here.params.pricing.new_plans)
    site = sites.site[flat // sites.shape[1]]
    flat = flat[found.worth.ravel()[flat] - solved.earned[site] > least[site]]
    other = lines(sites, here.market, found, choice.line)
    other = other.only(other.earn(solved.price) - solved.earned[other.site] > least[other.site])
    return joined(starts(sites, here.market, flat, found, choice.line), other)
