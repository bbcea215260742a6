"""What is usual in a market: prices, sizes and units, guessed once, so that solvers see numbers near one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.pricing import totals
from tawteen.plan.decomposition.sites import Producers, Sites
from tawteen.plan.model_builder import Floats
from tawteen.plan.scaling import Scaling

MILLION = 2.0**-20
MONEY = {"outlay": 0.3, "fund": 0.3, "credit": 0.1}
"""What a unit of money that is short is usually worth above itself, in discounted money."""


@dataclass(frozen=True)
class TypicalSizes:
    """All above 0: `price` and size (`row`) of each row, `flow` of each market column (its limit, or a guess),
    `worth` of each site, `unit` worth of a unit of throughput by option and period and by running line (`unit_now`).
    """

    price: Floats
    row: Floats
    flow: Floats
    worth: Floats
    unit: Floats
    unit_now: Floats

    def scaling(self, market: Market, worths: Floats, extra_rows: int = 0) -> Scaling:
        """Units of a model with the market's rows and columns first, then columns of usual `worths` and other rows."""
        arrays = market.arrays
        worth = np.maximum(abs(arrays.matrix).T @ self.price, np.abs(arrays.value))
        worth = np.where(worth > 0, worth, 1.0 / MILLION)
        columns = np.concatenate([_power(1.0 / (worth * MILLION)), worths])
        return Scaling(np.concatenate([_power(self.price * MILLION), np.ones(extra_rows)]), columns, MILLION)

    def slack(self) -> Floats:
        """Units of columns that fill rows."""
        return _power(1.0 / (self.price * MILLION))


def typical_sizes(sites: Sites, market: Market) -> TypicalSizes:
    """Guesses from the costs of columns and from what all sites together would put into the rows."""
    may = np.isfinite(sites.value)
    worth = np.abs(np.where(may, sites.value, 0.0)).max(axis=1, initial=0.0)
    by_site = np.maximum.reduceat(worth, sites.first) if len(worth) else worth
    typical = max(float(np.median(by_site)) if len(by_site) else 1.0, 1e-9)
    price = _prices(sites, market, typical)
    series = np.where(market.places >= 0, price[market.places], 0.0)
    unit = np.maximum(abs(sites.makers.recipe) @ series + sites.makers.cost, 1e-9)
    unit_now = np.maximum(abs(sites.running.recipe) @ series + sites.running.cost, 1e-9)
    row, flow = _amounts(sites, market, price)
    return TypicalSizes(price, row, flow, np.maximum(by_site, 1e-3 * typical), unit, unit_now)


def _power(numbers: Floats) -> Floats:
    return np.asarray(np.exp2(np.round(np.log2(numbers))))


def _prices(sites: Sites, market: Market, typical: float) -> Floats:
    """The dearest column of each row; for money a share of itself, for rules what a typical site is worth."""
    entries = abs(market.arrays.matrix).tocoo()
    cost = np.abs(market.arrays.value)[entries.col] / entries.data
    price = np.zeros(len(market.arrays.row_lower))
    np.maximum.at(price, entries.row, cost)
    factors = market.inputs.discount_factors()["discount"].to_numpy()
    for block, share in MONEY.items():
        if block in market.rows:
            place = market.rows[block]
            price[place.span] = factors[place.keys["period"].to_numpy()] * share
    if sites.rules.shape[0]:
        counted = abs(sites.rules).max(axis=1).toarray().ravel() if sites.rules.nnz else np.ones(sites.rules.shape[0])
        price[market.rules] = typical / np.where(counted > 0, counted, 1.0)
    known = price > 0
    return np.where(known, price, float(np.median(price[known])) if known.any() else 1.0)


def _amounts(sites: Sites, market: Market, price: Floats) -> tuple[Floats, Floats]:
    """Sizes of rows, and limits of the market's columns: where there is none, twice the smallest row they touch."""
    arrays = market.arrays
    may = np.isfinite(sites.value)
    count = np.bincount(sites.site, may.sum(axis=1), len(sites.first))
    share = may / np.maximum(count, 1.0)[sites.site][:, None]
    whole = replace(sites, makers=_absolute(sites.makers), running=_absolute(sites.running), rules=abs(sites.rules))
    size = np.abs(totals(whole, market, share, np.ones(sites.shape), np.ones(sites.now.shape))[0])
    for limit in (arrays.row_lower, arrays.row_upper):
        size = np.maximum(size, np.where(np.isfinite(limit), np.abs(limit), 0.0))
    row = np.maximum(size, 1e-6 * float(np.max(size * price, initial=1e-9)) / price)
    matrix = abs(arrays.matrix)
    limited = np.isfinite(arrays.upper)
    size = row + matrix @ np.where(limited, arrays.upper, 0.0)
    place = market.rows["fund"]
    size[place.span] = np.cumsum(size[place.span].reshape(-1, market.inputs.periods), axis=1).ravel()
    entries = matrix.tocoo()
    least = np.full(len(arrays.value), np.inf)
    np.minimum.at(least, entries.col, size[entries.row] / entries.data)
    return row, np.where(limited, arrays.upper, np.where(np.isfinite(least), 2.0 * least, 1.0))


def _absolute(makers: Producers) -> Producers:
    return replace(makers, recipe=abs(makers.recipe))
