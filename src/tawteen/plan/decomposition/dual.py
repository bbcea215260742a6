"""The Lagrangian dual: prices of the limits that sites share, and the upper bound that they prove.

At any prices with the signs of their rows, `Σ limit · price + Σ best start of each site + Σ best of each market column`
bounds the value of every programme from above (weak duality; Geoffrion 1974). The dual is minimised with soft maxima
in place of its maxima (Nesterov 2005), at falling temperatures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.pricing import PricedStarts, best_start_per_site, price_starts, site_totals
from tawteen.plan.decomposition.sites import SiteArrays
from tawteen.plan.decomposition.sizes import TypicalSizes
from tawteen.plan.decomposition.trees import best_tree_values, soft_tree_values
from tawteen.plan.model_builder import Floats
from tawteen.plan.tolerances import TOLERANCES

FREE_DISPOSAL = ("pool", "outlay")
"""Blocks of equality rows that could as well read supply ≥ need, so that their prices are at least 0."""


def price_bounds(market: Market) -> tuple[Floats, Floats]:
    """Lowest and highest price of each market row.

    Prices of rows with an upper limit alone are at least 0, those of rows with a lower limit alone at most 0, and those
    of `FREE_DISPOSAL` at least 0.
    """
    arrays = market.arrays
    low = np.where(np.isfinite(arrays.row_lower), -np.inf, 0.0)
    for block in FREE_DISPOSAL:
        low[market.rows[block].span] = 0.0
    return low, np.where(np.isfinite(arrays.row_upper), np.inf, 0.0)


@dataclass(frozen=True)
class LagrangianBound:
    """An upper bound `value` (discounted currency, without the constant of the problem) at `prices` of market rows.

    `excess` is the part of it for market columns without a limit that have a positive margin: the margin times twice
    their typical flow. `priced` are the starts at these prices.
    """

    value: float
    excess: float
    prices: Floats
    priced: PricedStarts


def lagrangian_bound(sites: SiteArrays, market: Market, typical: TypicalSizes, prices: Floats) -> LagrangianBound:
    """The Lagrangian bound at `prices`, after clipping them to `price_bounds`."""
    arrays = market.arrays
    prices = np.clip(prices, *price_bounds(market))
    priced = price_starts(sites, market, prices)
    side = np.where(prices > 0, arrays.row_upper, arrays.row_lower)
    rent = float(np.sum(np.where(prices != 0, side, 0.0) * prices))
    margin = np.maximum(arrays.value - arrays.matrix.T @ prices, 0.0) * typical.flow
    excess = float(margin[~np.isfinite(arrays.upper)].sum())
    chosen = float(best_values(sites, priced.worth).sum())
    return LagrangianBound(rent + priced.line_value + chosen + float(margin.sum()), excess, prices, priced)


def best_values(sites: SiteArrays, worth: Floats) -> Floats:
    """What the best plan of each site, or of each branch of its trees, is worth."""
    if sites.trees is not None:
        return best_tree_values(sites.trees, worth)
    return best_start_per_site(sites, worth)[0]


@dataclass(frozen=True)
class SmoothedDual:
    """A point of the smoothed dual: prices of market rows, weights (option, start) of starts, and the priced starts."""

    prices: Floats
    weights: Floats
    priced: PricedStarts


def minimise_smoothed_dual(
    sites: SiteArrays,
    market: Market,
    typical: TypicalSizes,
    prices: Floats,
    *,
    temperature: float,
    steps: int,
    stop: Callable[[], bool],
) -> SmoothedDual:
    """Minimises the dual, smoothed at `temperature` (share of typical sizes) in at most `steps` steps from `prices`."""
    from scipy import optimize  # noqa: PLC0415 - takes a third of a second to load, and questions need no new prices

    arrays, price = market.arrays, typical.price
    money = float(typical.worth.sum()) or 1.0 / typical.unit
    transposed = sparse.csr_matrix(arrays.matrix.T)
    worth = np.maximum(abs(transposed) @ price, np.abs(arrays.value))
    flow_temperature = temperature * np.where(worth > 0, worth, 1.0)
    temperatures = (temperature * typical.unit_value, temperature * typical.line_unit_value)
    finite_side = np.where(np.isfinite(arrays.row_upper), arrays.row_upper, arrays.row_lower)
    latest: list[SmoothedDual] = []

    def smoothed_dual(scaled: Floats) -> tuple[float, Floats]:
        row_prices = scaled * price
        priced = price_starts(sites, market, row_prices, temperatures)
        chosen, weights = soft_maximum(sites, priced.worth, temperature * typical.worth)
        latest[:] = [SmoothedDual(row_prices, weights, priced)]
        rows, _ = site_totals(sites, market, weights, priced.utilisation, priced.line_utilisation)
        ratio = (arrays.value - transposed @ row_prices) / flow_temperature
        rows += arrays.matrix @ (
            typical.flow / (1.0 + np.exp(-np.clip(ratio, -TOLERANCES.exponent, TOLERANCES.exponent)))
        )
        side = np.where(row_prices > 0, arrays.row_upper, arrays.row_lower)
        side = np.where(np.isfinite(side), side, finite_side)
        flows = float(np.sum(typical.flow * flow_temperature * np.logaddexp(0.0, ratio)))
        return (float(side @ row_prices) + priced.line_value + chosen + flows) / money, (side - rows) * price / money

    def check_stop(_: Floats) -> None:
        if stop():
            raise StopIteration

    low, high = price_bounds(market)
    options = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": 12, "ftol": 1e-12, "gtol": 1e-12}
    result = optimize.minimize(
        smoothed_dual, np.clip(prices, low, high) / price, jac=True, method="L-BFGS-B",
        bounds=np.column_stack([low, high]) / price[:, None], callback=check_stop, options=options,
    )  # fmt: skip
    smoothed_dual(result.x)
    return latest[0]


def soft_maximum(sites: SiteArrays, worth: Floats, temperature: Floats) -> tuple[float, Floats]:
    """Soft maximum over 0 and the starts or trees of each site: the sum over sites, and the weights of the starts."""
    if not len(worth):
        return 0.0, worth
    if sites.trees is not None:
        return soft_tree_values(sites.trees, worth, temperature)
    peak = np.maximum(np.maximum.reduceat(worth.max(axis=1), sites.first), 0.0)
    raised = np.exp((worth - peak[sites.site, None]) / temperature[sites.site, None])
    parts = np.add.reduceat(raised.sum(axis=1), sites.first) + np.exp(-peak / temperature)
    return float((peak + temperature * np.log(parts)).sum()), raised / parts[sites.site, None]
