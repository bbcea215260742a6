"""From the first prices to a proof: smoothing, prices the market itself allows, and columns until nothing is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.country.columns import Columns, joined, lines, starts
from tawteen.plan.country.dual import Bound, Smoothed, bound, signs, smooth
from tawteen.plan.country.market import Market
from tawteen.plan.country.master import Master, master, softened
from tawteen.plan.country.pricing import Quote, quote, totals
from tawteen.plan.country.sites import Sites
from tawteen.plan.country.sizes import Sizes, sizes
from tawteen.plan.draft import Floats
from tawteen.plan.solver import solve_lp
from tawteen.plan.watch import Watch

Whole = NDArray[np.int64]
HEATS = ((0.03, 80), (0.003, 150), (0.001, 150))
COOLER = (*HEATS, (0.0003, 150))
"""Where sites are too many for columns, smoothing alone has to come close."""
SHARES = (0.1, 0.02, 0.004, 0.001)
DOZEN = 12
NEW = 3
ROUNDS = 4


@dataclass
class Land:
    """One country while it is planned: its arrays, the best bound so far, and the smoothed state it came from."""

    market: Market
    sites: Sites
    usual: Sizes
    proof: Bound
    state: Smoothed

    def try_prices(self, prices: Floats) -> Bound:
        """Takes over prices that prove more."""
        found = bound(self.sites, self.market, self.usual, prices)
        if found.value < self.proof.value:
            self.proof = found
        return found


def land(market: Market, sites: Sites, watch: Watch, heats: tuple[tuple[float, int], ...] = HEATS) -> Land:
    """Prices by smoothing, from those of a market without sites on, corrected by the market after the last step."""
    usual = sizes(sites, market)
    zero = np.zeros(len(usual.price))
    state = Smoothed(zero, np.zeros(sites.shape), quote(sites, market, zero))
    here = Land(market, sites, usual, bound(sites, market, usual, zero), state)
    here.try_prices(corrected(here))
    here.state = Smoothed(here.proof.prices, state.weights, here.proof.quote)

    def enough() -> bool:
        return watch.stop() or not watch.left

    for heat, steps in heats:
        if enough():
            break
        here.state = smooth(sites, market, usual, here.state.prices, heat=heat, steps=steps, stop=enough)
        watch.say("prices", None, None, here.proof.value)
    here.try_prices(corrected(here))
    return here


def corrected(here: Land, share: float = 0.1) -> Floats:
    """Prices near those of the smoothed state that the market allows, whose flows answer what sites do there."""
    rows, _ = totals(here.sites, here.market, here.state.weights, here.state.quote.run, here.state.quote.run_now)
    nobody = starts(here.sites, here.market, np.zeros(0, dtype=np.int64), here.state.quote, here.sites.now)
    of = master(here.market, here.usual, nobody, rows)
    return priced(softened(of, here.usual, signs(here.market), here.state.prices, share=share)).price[: len(rows)]


@dataclass(frozen=True)
class Priced:
    """A solved relaxation: its value, its columns, and the prices of its rows."""

    value: float
    x: Floats
    price: Floats


def priced(of: Master) -> Priced:
    """The relaxation of a master, solved."""
    solved = solve_lp(of.arrays, units=of.units)
    if solved.row_price is None or solved.x is None or solved.value is None:
        raise RuntimeError(f"a model that cannot be empty has no solution: {solved.outcome}")
    return Priced(solved.value, solved.x, solved.row_price)


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
    """Plans in play beside what is settled (`line`: throughput of running lines, `rows` what it puts into the rows,
    `worth` what it is worth), and the value of the last solved relaxation.
    """

    plans: Columns
    line: Floats
    rows: Floats
    worth: float
    value: float


def settled(here: Land, run_now: Floats) -> tuple[Floats, Floats, float]:
    """Running lines at some throughput, with nothing started: throughput, rows, worth."""
    rows, worth = totals(here.sites, here.market, np.zeros(here.sites.shape), np.zeros(here.sites.shape), run_now)
    return here.sites.now * run_now, rows, worth


def refine(here: Land, watch: Watch, shares: tuple[float, ...] = SHARES, dozen: int = DOZEN) -> Choice:
    """Column generation around the best prices, held less and less tightly; improves the proof on the way."""
    sites, market, usual = here.sites, here.market, here.usual
    found = here.proof.quote
    line, rows, worth = settled(here, found.run_now)
    plans = starts(sites, market, promising(sites, found.worth, dozen), found, line)
    choice = Choice(plans, line, rows, worth, -np.inf)
    for share in shares:
        for _ in range(ROUNDS):
            of = master(market, usual, choice.plans, rows)
            solved = priced(softened(of, usual, signs(market), here.proof.prices, share=share))
            choice.value = solved.value + worth
            before, told = here.proof.value, solved.price[: len(rows)]
            ends = [here.try_prices(here.proof.prices + part * (told - here.proof.prices)) for part in (1.0, 0.4)]
            new = fresh(here, choice, ends[0].quote, of.sites, solved.price[len(rows) :])
            watch.say("prices", None, None, here.proof.value)
            if watch.stop() or not watch.left:
                return choice
            if new is None:
                break
            choice.plans = joined(choice.plans, new)
            if before - here.proof.value < 0.1 * (here.proof.value - choice.value):
                break
    return choice


def fresh(here: Land, choice: Choice, found: Quote, known: Whole, price: Floats) -> Columns | None:
    """Plans that are worth more than what their site earns already."""
    sites = here.sites
    earned = np.zeros(sites.count)
    earned[known] = price
    flat = promising(sites, found.worth, NEW)
    gain = found.worth.ravel()[flat] - earned[sites.site[flat // sites.shape[1]]]
    flat = flat[gain > 1e-3 * here.usual.worth[sites.site[flat // sites.shape[1]]]]
    more = starts(sites, here.market, flat, found, choice.line)
    other = lines(sites, here.market, found, choice.line)
    new = joined(more, other)
    return new if len(new.site) else None
