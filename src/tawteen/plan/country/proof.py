"""From the first prices to a proof: smoothing, prices the market itself allows, and columns until nothing is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.country.columns import Columns, joined, lines, starts
from tawteen.plan.country.dual import Bound, Smoothed, bound, smooth
from tawteen.plan.country.market import Market
from tawteen.plan.country.master import Master, Priced
from tawteen.plan.country.pricing import Quote, quote, totals
from tawteen.plan.country.sites import Sites
from tawteen.plan.country.sizes import Sizes, sizes
from tawteen.plan.draft import Floats
from tawteen.plan.watch import Watch

Whole = NDArray[np.int64]
HEATS = ((0.03, 80), (0.003, 150), (0.001, 150))
COOLER = (*HEATS, (0.0003, 150))
"""Where sites are too many for columns, smoothing alone has to come close."""
HOLDS = ((0.03, 3.0, 6), (0.003, 10.0, 8), (0.0003, 40.0, 60))
"""How tightly prices are held: share of a row, how far usual prices reach beyond, and rounds of columns."""
CLOSE = 1e-5
STEPS = (1.0, 0.4)
FAR = 3.0
CORE = 2000
"""Sites that are in play at once."""
FEW = 6
NEW = 3


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
    rows, worth = totals(here.sites, here.market, here.state.weights, here.state.quote.run, here.state.quote.run_now)
    of = Master(here.market, here.usual, here.sites.count)
    of.settle(rows, worth)
    of.hold(here.state.prices, share=share, far=FAR)
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
    """What is in play: plans of the contested sites in a `master`; of all others one plan each is `settled`, or none.

    `line` is the throughput of running lines with nothing started, `rows` and `worth` what that puts into the rows and
    is worth; `last` is the last solution of the master.
    """

    master: Master
    settled: Columns
    line: Floats
    rows: Floats
    worth: float
    last: Priced | None = None

    def tell(self) -> None:
        """Lets the master know what is settled."""
        rows = self.rows + np.asarray(self.settled.rows.sum(axis=1)).ravel()
        self.master.settle(rows, self.worth + float(self.settled.value.sum()))

    def earned(self, prices: Floats) -> Floats:
        """What each site earns at prices."""
        solved = np.zeros(len(self.master.row_of_site)) if self.last is None else self.last.earned.copy()
        solved[self.settled.site] = self.settled.earn(prices)
        return solved

    def enter(self, plans: Columns) -> int:
        """More plans in play. Sites that were settled bring what was settled with them, first; returns how many."""
        moved = np.isin(self.settled.site, plans.site)
        if moved.any():
            plans = joined(self.settled.only(moved), plans)
            self.settled = self.settled.only(~moved)
            self.tell()
        self.master.add(plans)
        return int(moved.sum())


def settled(here: Land, run_now: Floats) -> tuple[Floats, Floats, float]:
    """Running lines at some throughput, with nothing started: throughput, rows, worth."""
    rows, worth = totals(here.sites, here.market, np.zeros(here.sites.shape), np.zeros(here.sites.shape), run_now)
    return here.sites.now * run_now, rows, worth


def contested(sites: Sites, worth: Floats, count: int) -> NDArray[np.bool_]:
    """Sites that can start something; where these are more than `count`, those whose best two choices are closest."""
    width = len(sites.first)
    if width <= count:
        return np.ones(width, dtype=bool)
    flat = promising(sites, worth, 2)
    site, gain = sites.site[flat // sites.shape[1]], worth.ravel()[flat]
    first = np.append(True, np.diff(site) > 0)
    peak, other = np.zeros(width), np.zeros(width)
    peak[site[first]], other[site[~first]] = gain[first], gain[~first]
    lead = np.where(peak > 0, peak - np.maximum(other, 0.0), -peak)
    near = lead / np.maximum(np.abs(peak), 1e-3 * np.median(np.abs(peak)) + 1e-9)
    chosen = np.zeros(width, dtype=bool)
    chosen[np.argsort(near, kind="stable")[:count]] = True
    return chosen


def in_play(here: Land, core: int = CORE, few: int = FEW) -> Choice:
    """The contested sites with their few best plans at the proof's prices, all others settled at their best."""
    sites, market, found = here.sites, here.market, here.proof.quote
    line, rows, worth = settled(here, found.run_now)
    open_ = contested(sites, found.worth, core)
    best_ = promising(sites, found.worth, 1, ~open_)
    best_ = best_[found.worth.ravel()[best_] > 0]
    choice = Choice(
        Master(market, here.usual, sites.count), starts(sites, market, best_, found, line), line, rows, worth
    )
    choice.tell()
    choice.enter(starts(sites, market, promising(sites, found.worth, few, open_), found, line))
    return choice


def refine(here: Land, watch: Watch, choice: Choice) -> None:
    """Column generation around the best prices, held less and less tightly; improves the proof on the way."""
    master, began = choice.master, False
    close = CLOSE * float(here.usual.worth.sum())
    for share, far, rounds in HOLDS:
        for _ in range(rounds):
            master.hold(here.proof.prices, share=share, far=far)
            choice.last = solved = master.solve(presolve=not began, primal=began)
            before, began = here.proof.value, True
            ends = [here.try_prices(here.proof.prices + part * (solved.price - here.proof.prices)) for part in STEPS]
            new = fresh(here, choice, ends[0].quote, solved.price)
            watch.say("prices", None, None, here.proof.value)
            if watch.stop() or not watch.left:
                return
            if not len(new.site) or here.proof.value - solved.value < close:
                break
            choice.enter(new)
            if share > HOLDS[-1][0] and before - here.proof.value < 0.1 * (here.proof.value - solved.value):
                break


def fresh(here: Land, choice: Choice, found: Quote, prices: Floats) -> Columns:
    """Plans that are worth more at `prices` than what their site earns already."""
    sites, earned = here.sites, choice.earned(prices)
    least = np.full(sites.count, 1e-4 * float(np.median(here.usual.worth)) if len(here.usual.worth) else 0.0)
    least[: len(here.usual.worth)] = 1e-4 * here.usual.worth
    flat = promising(sites, found.worth, NEW)
    site = sites.site[flat // sites.shape[1]]
    flat = flat[found.worth.ravel()[flat] - earned[site] > least[site]]
    other = lines(sites, here.market, found, choice.line)
    other = other.only(other.earn(prices) - earned[other.site] > least[other.site])
    return joined(starts(sites, here.market, flat, found, choice.line), other)
