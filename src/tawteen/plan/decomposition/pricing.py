"""Pricing: what every option is worth at every start, at given prices, in closed form.

Source: Dantzig and Wolfe (1960); a site's subproblem is a choice of one of its starts, and throughput inside it runs
whenever its margin is positive.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.sites import Sites
from tawteen.plan.model_builder import Floats


@dataclass(frozen=True)
class PricedStarts:
    """Worth of every start at some prices.

    `worth[option, start]` is what choosing it adds to the site as it is; `run[option, period]` and
    `run_now[line, period]` are the shares of capacity that are used; `idle` is what running lines are worth as they
    are, in sum.
    """

    worth: Floats
    run: Floats
    run_now: Floats
    idle: float


def released(capacity: Floats, weights: Floats) -> Floats:
    """Sum over starts of `weights[option, start]` times capacity, by period."""
    periods = weights.shape[1]
    out = np.zeros_like(weights)
    for quarter in range(periods):
        part = capacity[:, quarter]
        if part.any():
            out[:, quarter:] += part[:, None] * weights[:, : periods - quarter]
    return out


def gained(capacity: Floats, margin: Floats) -> Floats:
    """What capacity earns from each start on, at a margin by period."""
    periods = margin.shape[1]
    out = np.zeros_like(margin)
    for quarter in range(periods):
        part = capacity[:, quarter]
        if part.any():
            out[:, : periods - quarter] += part[:, None] * margin[:, quarter:]
    return out


def ahead(prices: Floats, quarters: int) -> Floats:
    """Prices by (series · quarter) and start: the price of the quarter that is so far from the start."""
    series, periods = prices.shape
    out = np.zeros((series, quarters, periods))
    for quarter in range(min(quarters, periods)):
        out[:, quarter, : periods - quarter] = prices[:, quarter:]
    return out.reshape(series * quarters, periods)


def spread(taken: Floats, series: int, quarters: int) -> Floats:
    """The reverse of `ahead`: what starts take, by series and period."""
    periods = taken.shape[1]
    parts = taken.reshape(series, quarters, periods)
    out = np.zeros((series, periods))
    for quarter in range(min(quarters, periods)):
        out[:, quarter:] += parts[:, quarter, : periods - quarter]
    return out


def price_starts(
    sites: Sites, market: Market, prices: Floats, heat: tuple[Floats, Floats] | None = None
) -> PricedStarts:
    """Prices every start. `heat` (by option, by line; money per unit of throughput) smooths the choice to run.

    Where the sites have a crew, its executor prices their parts.
    """
    series, counted = market.prices_by_series(prices), prices[market.rules]
    own, lines = (None, None) if heat is None else heat
    margin_now, run_now = _margins(-sites.running.cost - sites.running.recipe @ series, lines)
    earned = sites.now * margin_now
    if sites.crew is None:
        worth, run = start_worths(sites, series, counted, earned, own)
    else:
        parts, ends = sites.crew.parts, np.cumsum([len(part.value) for part in sites.crew.parts])[:-1]
        heats = [None] * len(parts) if own is None else np.split(own, ends)
        same = [[given] * len(parts) for given in (series, counted, earned)]
        priced = list(sites.crew.executor.map(start_worths, parts, *same, heats))
        worth, run = (np.concatenate([part[i] for part in priced]) for i in range(2))
    return PricedStarts(worth, run, run_now, float(earned.sum()))


def start_worths(
    sites: Sites, series: Floats, counted: Floats, earned: Floats, heat: Floats | None
) -> tuple[Floats, Floats]:
    """Worth of every start and the share of capacity that runs, at prices of series (series, period) and of rules.

    `earned` is what running lines earn (line, period). Of numbers alone, so that any executor can carry it out.
    """
    margin, run = _margins(-sites.makers.cost - sites.makers.recipe @ series, heat)
    worth = sites.value + gained(sites.capacity, margin)
    worth -= sites.needs @ ahead(series, sites.quarters)
    if counted.any():
        worth -= (sites.rules.T @ counted).reshape(worth.shape)
    worth -= lost(sites, earned)
    return worth, run


def _margins(margin: Floats, heat: Floats | None) -> tuple[Floats, Floats]:
    if heat is None:
        return np.maximum(margin, 0.0), (margin > 0).astype(np.float64)
    ratio = margin / heat
    run = 1.0 / (1.0 + np.exp(-np.clip(ratio, -40, 40)))
    return heat * np.logaddexp(0.0, ratio), run


def lost(sites: Sites, earned: Floats) -> Floats:
    """What a running line would have earned (line, period) from the takeover on, with the chance of the takeover."""
    periods = sites.shape[1]
    missed = np.zeros(sites.shape)
    takes = np.flatnonzero(sites.line >= 0)
    if len(takes):
        tail = np.zeros((len(sites.now), periods + 1))
        tail[:, :-1] = np.cumsum(earned[:, ::-1], axis=1)[:, ::-1]
        at = np.minimum(np.arange(periods) + sites.takeover[takes, None], periods)
        missed[takes] = sites.chance[takes, None] * tail[sites.line[takes, None], at]
    return missed


def kept(sites: Sites, weights: Floats) -> Floats:
    """Share of each running line's capacity that is left, by period, when starts have `weights`."""
    periods = sites.shape[1]
    taken = np.zeros((len(sites.now), periods + 1))
    takes = np.flatnonzero(sites.line >= 0)
    if len(takes):
        at = np.minimum(np.arange(periods) + sites.takeover[takes, None], periods)
        np.add.at(
            taken, (np.broadcast_to(sites.line[takes, None], at.shape), at), sites.chance[takes, None] * weights[takes]
        )
    return 1.0 - np.cumsum(taken[:, :-1], axis=1)


def totals(sites: Sites, market: Market, weights: Floats, run: Floats, run_now: Floats) -> tuple[Floats, float]:
    """What sites put into the rows, and are worth by themselves, when starts have `weights` and lines run so far."""
    made = run * released(sites.capacity, weights)
    now = run_now * sites.now * kept(sites, weights)
    series = spread(sites.needs_back @ weights, len(market.places), sites.quarters)
    series += sites.makers.recipe.T @ made + sites.running.recipe.T @ now
    rows = market.rows_of(series)
    rows[market.rules] += sites.rules @ weights.ravel()
    worth = float((np.where(weights > 0, sites.value, 0.0) * weights).sum())
    worth -= float((sites.makers.cost * made).sum() + (sites.running.cost * now).sum())
    return rows, worth


def best(sites: Sites, worth: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Of each site: the worth of its best start (not below nothing) and its flat place (option, start), or −1."""
    periods = worth.shape[1]
    top = worth.max(axis=1)
    peak = np.maximum.reduceat(top, sites.first) if len(top) else np.zeros(0)
    order = np.flatnonzero(top == peak[sites.site])
    winner = np.full(len(peak), -1, dtype=np.int64)
    winner[sites.site[order[::-1]]] = order[::-1]
    place = winner * periods + worth[winner].argmax(axis=1) if len(top) else winner
    return np.maximum(peak, 0.0), np.where(peak > 0, place, -1)
