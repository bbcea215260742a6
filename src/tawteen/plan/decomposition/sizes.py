"""Typical prices and sizes of a market, estimated once, by which models are scaled to numbers near 1."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.pricing import site_totals
from tawteen.plan.decomposition.sites import Producers, SiteArrays
from tawteen.plan.model_builder import Floats
from tawteen.plan.scaling import Scaling


@dataclass(frozen=True)
class SizeParams:
    """What counts as typical where a model is scaled; it changes no answer."""

    worth: float = 4.0
    """What the start of a typical site is worth in the solver's unit of money."""
    outlay_premium: float = 0.3
    """Typical price of a row of outlays: the premium of one unit of scarce money, share of its discounted amount."""
    fund_premium: float = 0.3
    """The same of a fund."""
    credit_premium: float = 0.1
    """The same of letters of credit."""
    least_site: float = 1e-3
    """Least worth of a site that counts, share of that of a typical one."""
    least_unit: float = 1e-12
    """Least value of a unit of throughput that counts, share of the largest."""
    least_row: float = 1e-6
    """Least size of a row that counts, share of the largest in money."""
    least_market: float = 1e-9
    """Least size of the largest row in money, share of the worth of a typical site."""

    def premiums(self) -> dict[str, float]:
        """The typical price of money by block of rows."""
        return {"outlay": self.outlay_premium, "fund": self.fund_premium, "credit": self.credit_premium}


SIZE_PARAMS = SizeParams()


@dataclass(frozen=True)
class TypicalSizes:
    """Typical magnitudes, all above 0; money in discounted currency.

    `unit`: what one of currency is in the solver's money, a power of two by the worth of a typical site, so that the
    case's unit of money changes nothing. `price` and `row` (size) of each market row, `flow` of each market column (its
    limit, or an estimate), `worth` of each site, `unit_value` of a unit of throughput (option, period) and
    `line_unit_value` (line, period).
    """

    unit: float
    price: Floats
    row: Floats
    flow: Floats
    worth: Floats
    unit_value: Floats
    line_unit_value: Floats

    def scaling(self, market: Market, worths: Floats, extra_rows: int = 0) -> Scaling:
        """Scaling of a model: rows and columns of the market, then columns with scales `worths` and unscaled rows."""
        arrays = market.arrays
        worth = np.maximum(abs(arrays.matrix).T @ self.price, np.abs(arrays.value))
        worth = np.where(worth > 0, worth, 1.0 / self.unit)
        columns = np.concatenate([_power(1.0 / (worth * self.unit)), worths])
        return Scaling(np.concatenate([_power(self.price * self.unit), np.ones(extra_rows)]), columns, self.unit)

    def slack(self) -> Floats:
        """Scales of the slack columns of rows."""
        return _power(1.0 / (self.price * self.unit))


def typical_sizes(sites: SiteArrays, market: Market) -> TypicalSizes:
    """Estimates from the costs of the market's columns and from the activities of all sites at average starts."""
    possible = np.isfinite(sites.value)
    worth = np.abs(np.where(possible, sites.value, 0.0)).max(axis=1, initial=0.0)
    site_value = np.maximum.reduceat(worth, sites.first) if len(worth) else worth
    valued = site_value[site_value > 0]
    typical_value = float(np.median(valued)) if len(valued) else _money_in_play(market)
    price = _prices(sites, market, typical_value)
    series = np.where(market.places >= 0, price[market.places], 0.0)
    unit_value = _above_zero(abs(sites.producers.recipe) @ series + sites.producers.cost, typical_value)
    line_unit_value = _above_zero(abs(sites.running.recipe) @ series + sites.running.cost, typical_value)
    row, flow = _amounts(sites, market, price, typical_value)
    unit = float(_power(np.array([SIZE_PARAMS.worth / typical_value]))[0])
    worth = np.maximum(site_value, SIZE_PARAMS.least_site * typical_value)
    return TypicalSizes(unit, price, row, flow, worth, unit_value, line_unit_value)


def _money_in_play(market: Market) -> float:
    """The largest cost of a column of the market; 1 where nothing costs anything."""
    return float(np.abs(market.arrays.value).max(initial=0.0)) or 1.0


def _above_zero(values: Floats, typical_value: float) -> Floats:
    """Values of a unit of throughput, those of 0 raised to the smallest that counts beside the others."""
    most = float(values.max(initial=0.0))
    return np.maximum(values, SIZE_PARAMS.least_unit * (most or typical_value))


def _power(numbers: Floats) -> Floats:
    return np.asarray(np.exp2(np.round(np.log2(numbers))))


def _prices(sites: SiteArrays, market: Market, typical_value: float) -> Floats:
    """Typical price of each row: of its dearest column, for money by its usual premium, for rules of a typical site."""
    entries = abs(market.arrays.matrix).tocoo()
    cost = np.abs(market.arrays.value)[entries.col] / entries.data
    price = np.zeros(len(market.arrays.row_lower))
    np.maximum.at(price, entries.row, cost)
    factors = market.inputs.discount_factors()["discount"].to_numpy()
    for block, share in SIZE_PARAMS.premiums().items():
        if block in market.rows:
            place = market.rows[block]
            price[place.span] = factors[place.keys["period"].to_numpy()] * share
    if sites.rules.shape[0]:
        counted = abs(sites.rules).max(axis=1).toarray().ravel() if sites.rules.nnz else np.ones(sites.rules.shape[0])
        price[market.rules] = typical_value / np.where(counted > 0, counted, 1.0)
    priced = price > 0
    return np.where(priced, price, float(np.median(price[priced])) if priced.any() else typical_value)


def _amounts(sites: SiteArrays, market: Market, price: Floats, typical_value: float) -> tuple[Floats, Floats]:
    """Sizes of rows, and limits of the market's columns; without one, twice what their smallest row carries."""
    arrays = market.arrays
    possible = np.isfinite(sites.value)
    count = np.bincount(sites.site, possible.sum(axis=1), len(sites.first))
    share = possible / np.maximum(count, 1.0)[sites.site][:, None]
    producers, running = _with_absolute_recipe(sites.producers), _with_absolute_recipe(sites.running)
    absolute = replace(sites, producers=producers, running=running, rules=abs(sites.rules))
    sizes = np.abs(site_totals(absolute, market, share, np.ones(sites.shape), np.ones(sites.line_capacity.shape))[0])
    for limit in (arrays.row_lower, arrays.row_upper):
        sizes = np.maximum(sizes, np.where(np.isfinite(limit), np.abs(limit), 0.0))
    largest = float(np.max(sizes * price, initial=SIZE_PARAMS.least_market * typical_value))
    row = np.maximum(sizes, SIZE_PARAMS.least_row * largest / price)
    matrix = abs(arrays.matrix)
    limited = np.isfinite(arrays.upper)
    sizes = row + matrix @ np.where(limited, arrays.upper, 0.0)
    place = market.rows["fund"]
    sizes[place.span] = np.cumsum(sizes[place.span].reshape(-1, market.inputs.periods), axis=1).ravel()
    entries = matrix.tocoo()
    least = np.full(len(arrays.value), np.inf)
    np.minimum.at(least, entries.col, sizes[entries.row] / entries.data)
    return row, np.where(limited, arrays.upper, np.where(np.isfinite(least), 2.0 * least, 1.0))


def _with_absolute_recipe(producers: Producers) -> Producers:
    return replace(producers, recipe=abs(producers.recipe))
