"""Pricing problem of every site: the value of each start at given prices, in closed form.

Source: Dantzig and Wolfe (1960). A site chooses at most one of its starts; its throughput is at capacity in periods
with a positive margin and 0 in all others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.sites import SiteArrays
from tawteen.plan.model_builder import Floats


@dataclass(frozen=True)
class PricedStarts:
    """Values of all starts at given prices, in discounted currency.

    `worth[option, start]` is the gain of the start over the site as it is. `utilisation[option, period]` and
    `line_utilisation[line, period]` are used shares of capacity. `line_value` is the total value of the running lines
    without any start.
    """

    worth: Floats
    utilisation: Floats
    line_utilisation: Floats
    line_value: float


def capacity_by_period(capacity: Floats, weights: Floats) -> Floats:
    """Capacity (option, period) released by starts of weights `weights[option, start]`; `capacity` is by quarter."""
    periods = weights.shape[1]
    total = np.zeros_like(weights)
    for quarter in range(periods):
        part = capacity[:, quarter]
        if part.any():
            total[:, quarter:] += part[:, None] * weights[:, : periods - quarter]
    return total


def earnings_by_start(capacity: Floats, margin: Floats) -> Floats:
    """Earnings (option, start) of capacity by quarter from the start, at margins (option, period)."""
    periods = margin.shape[1]
    total = np.zeros_like(margin)
    for quarter in range(periods):
        part = capacity[:, quarter]
        if part.any():
            total[:, : periods - quarter] += part[:, None] * margin[:, quarter:]
    return total


def prices_ahead(prices: Floats, quarters: int) -> Floats:
    """Prices as (series · quarter, start): entry (s, q, t) is the price of s in period t + q, 0 after the end."""
    series, periods = prices.shape
    shifted = np.zeros((series, quarters, periods))
    for quarter in range(min(quarters, periods)):
        shifted[:, quarter, : periods - quarter] = prices[:, quarter:]
    return shifted.reshape(series * quarters, periods)


def needs_by_period(needs: Floats, series: int, quarters: int) -> Floats:
    """Needs as (series, period) from needs as (series · quarter, start): the transpose of `prices_ahead`."""
    periods = needs.shape[1]
    by_quarter = needs.reshape(series, quarters, periods)
    total = np.zeros((series, periods))
    for quarter in range(min(quarters, periods)):
        total[:, quarter:] += by_quarter[:, quarter, : periods - quarter]
    return total


def price_starts(
    sites: SiteArrays, market: Market, prices: Floats, temperature: tuple[Floats, Floats] | None = None
) -> PricedStarts:
    """Values of all starts at `prices` (one per market row).

    `temperature` (by option, by line; discounted currency per unit of throughput) smooths the choice to run; None takes
    the exact maximum. The executor of `sites.workers`, if any, prices the parts of the sites.
    """
    series, rule_prices = market.prices_by_series(prices), prices[market.rules]
    option_temperature, line_temperature = (None, None) if temperature is None else temperature
    margin_now, line_utilisation = _margins(-sites.running.cost - sites.running.recipe @ series, line_temperature)
    line_earnings = sites.line_capacity * margin_now
    if sites.workers is None:
        worth, utilisation = start_worths(sites, series, rule_prices, line_earnings, option_temperature)
    else:
        parts, ends = sites.workers.parts, np.cumsum([len(part.value) for part in sites.workers.parts])[:-1]
        temperatures = [None] * len(parts) if option_temperature is None else np.split(option_temperature, ends)
        shared = [[given] * len(parts) for given in (series, rule_prices, line_earnings)]
        priced = list(sites.workers.executor.map(start_worths, parts, *shared, temperatures))
        worth, utilisation = (np.concatenate([part[i] for part in priced]) for i in range(2))
    return PricedStarts(worth, utilisation, line_utilisation, float(line_earnings.sum()))


def start_worths(
    sites: SiteArrays, series: Floats, rule_prices: Floats, line_earnings: Floats, temperature: Floats | None
) -> tuple[Floats, Floats]:
    """Values (option, start) and utilisation (option, period) at prices of series (series, period) and of rules.

    `line_earnings` are the earnings of running lines (line, period). Arguments and results are arrays alone, so that
    an executor can run it in another process.
    """
    margin, utilisation = _margins(-sites.producers.cost - sites.producers.recipe @ series, temperature)
    worth = sites.value + earnings_by_start(sites.capacity, margin)
    worth -= sites.needs @ prices_ahead(series, sites.quarters)
    if rule_prices.any():
        worth -= (sites.rules.T @ rule_prices).reshape(worth.shape)
    worth -= takeover_loss(sites, line_earnings)
    return worth, utilisation


def _margins(margin: Floats, temperature: Floats | None) -> tuple[Floats, Floats]:
    if temperature is None:
        return np.maximum(margin, 0.0), (margin > 0).astype(np.float64)
    ratio = margin / temperature
    utilisation = 1.0 / (1.0 + np.exp(-np.clip(ratio, -40, 40)))
    return temperature * np.logaddexp(0.0, ratio), utilisation


def takeover_loss(sites: SiteArrays, line_earnings: Floats) -> Floats:
    """Expected earnings of the running line that each start (option, start) forgoes: by weeks of a stop, then all.

    `line_earnings` is (line, period) in discounted currency.
    """
    missed = np.zeros(sites.shape)
    takes = np.flatnonzero(sites.line >= 0)
    if len(takes):
        missed[takes] = earnings_by_start(sites.displaced[takes], line_earnings[sites.line[takes]])
    return missed


def remaining_line_share(sites: SiteArrays, weights: Floats) -> Floats:
    """Expected share (line, period) of the capacity of running lines that starts of `weights` leave to them."""
    taken = np.zeros((len(sites.line_capacity), sites.shape[1]))
    takes = np.flatnonzero(sites.line >= 0)
    if len(takes):
        np.add.at(taken, sites.line[takes], capacity_by_period(sites.displaced[takes], weights[takes]))
    return 1.0 - taken


def site_totals(
    sites: SiteArrays, market: Market, weights: Floats, utilisation: Floats, line_utilisation: Floats
) -> tuple[Floats, float]:
    """Activity of the market rows by all sites, and their own value, for starts of `weights` (option, start).

    `utilisation` (option, period) and `line_utilisation` (line, period) are shares of capacity.
    """
    throughput = utilisation * capacity_by_period(sites.capacity, weights)
    line_throughput = line_utilisation * sites.line_capacity * remaining_line_share(sites, weights)
    series = needs_by_period(sites.needs_transposed @ weights, len(market.places), sites.quarters)
    series += sites.producers.recipe.T @ throughput + sites.running.recipe.T @ line_throughput
    rows = market.row_totals(series)
    rows[market.rules] += sites.rules @ weights.ravel()
    worth = float((np.where(weights > 0, sites.value, 0.0) * weights).sum())
    worth -= float((sites.producers.cost * throughput).sum() + (sites.running.cost * line_throughput).sum())
    return rows, worth


def best_start_per_site(sites: SiteArrays, worth: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Per site the value of its best start and its flat index; 0 and −1 where no start has a positive value."""
    periods = worth.shape[1]
    top = worth.max(axis=1)
    peak = np.maximum.reduceat(top, sites.first) if len(top) else np.zeros(0)
    order = np.flatnonzero(top == peak[sites.site])
    winner = np.full(len(peak), -1, dtype=np.int64)
    winner[sites.site[order[::-1]]] = order[::-1]
    place = winner * periods + worth[winner].argmax(axis=1) if len(top) else winner
    return np.maximum(peak, 0.0), np.where(peak > 0, place, -1)
