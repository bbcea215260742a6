"""The dual: prices of all coupling limits, and the bound they prove.

For any prices within the signs of their rows, `Σ rhs · price + Σ best plan of each site + Σ best of each market
column` is an upper bound on the value of every programme (weak duality; Geoffrion 1974). The dual is minimised with
its maxima replaced by soft maxima (Nesterov 2005), sharpened step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.pricing import PricedStarts, best, price_starts, totals
from tawteen.plan.decomposition.sites import Sites
from tawteen.plan.decomposition.sizes import TypicalSizes
from tawteen.plan.model_builder import Floats

STEEP = 40.0
FREE = ("pool", "outlay")


def signs(market: Market) -> tuple[Floats, Floats]:
    """Lowest and highest price of each row: a limit from above has none below 0, one from below none above.

    What is needed is never worth less than nothing, though needs equal supply.
    """
    arrays = market.arrays
    low = np.where(np.isfinite(arrays.row_lower), -np.inf, 0.0)
    for block in FREE:
        low[market.rows[block].span] = 0.0
    return low, np.where(np.isfinite(arrays.row_upper), np.inf, 0.0)


@dataclass(frozen=True)
class LagrangianBound:
    """What `prices` prove: `value`, without the constant of the problem; of it `excess` is the allowance for market
    columns without a limit that would earn something: that times twice their usual flow.
    """

    value: float
    excess: float
    prices: Floats
    quote: PricedStarts


def bound(sites: Sites, market: Market, usual: TypicalSizes, prices: Floats) -> LagrangianBound:
    """The Lagrangian bound at `prices`, which are cut to the signs of their rows first."""
    arrays = market.arrays
    prices = np.clip(prices, *signs(market))
    found = price_starts(sites, market, prices)
    side = np.where(prices > 0, arrays.row_upper, arrays.row_lower)
    rent = float(np.sum(np.where(prices != 0, side, 0.0) * prices))
    margin = np.maximum(arrays.value - arrays.matrix.T @ prices, 0.0) * usual.flow
    excess = float(margin[~np.isfinite(arrays.upper)].sum())
    chosen, _ = best(sites, found.worth)
    return LagrangianBound(rent + found.idle + float(chosen.sum()) + float(margin.sum()), excess, prices, found)


@dataclass(frozen=True)
class SmoothedDual:
    """Prices at some heat, the weights of starts there, and the throughput of lines that run."""

    prices: Floats
    weights: Floats
    quote: PricedStarts


def smooth(
    sites: Sites,
    market: Market,
    usual: TypicalSizes,
    prices: Floats,
    *,
    heat: float,
    steps: int,
    stop: Callable[[], bool],
) -> SmoothedDual:
    """Minimises the dual smoothed by `heat` (a share of what is usual) from `prices`, in at most `steps` steps."""
    arrays, price = market.arrays, usual.price
    money = float(usual.worth.sum()) + 1e-9
    back = sparse.csr_matrix(arrays.matrix.T)
    worth = np.maximum(abs(back) @ price, np.abs(arrays.value))
    warm = heat * np.where(worth > 0, worth, 1.0)
    heats = (heat * usual.unit, heat * usual.unit_now)
    other = np.where(np.isfinite(arrays.row_upper), arrays.row_upper, arrays.row_lower)
    last: list[SmoothedDual] = []

    def dual(scaled: Floats) -> tuple[float, Floats]:
        pi = scaled * price
        found = price_starts(sites, market, pi, heats)
        chosen, weights = soft_maximum(sites, found.worth, heat * usual.worth)
        last[:] = [SmoothedDual(pi, weights, found)]
        rows, _ = totals(sites, market, weights, found.run, found.run_now)
        ratio = (arrays.value - back @ pi) / warm
        rows += arrays.matrix @ (usual.flow / (1.0 + np.exp(-np.clip(ratio, -STEEP, STEEP))))
        side = np.where(pi > 0, arrays.row_upper, arrays.row_lower)
        side = np.where(np.isfinite(side), side, other)
        flows = float(np.sum(usual.flow * warm * np.logaddexp(0.0, ratio)))
        return (float(side @ pi) + found.idle + chosen + flows) / money, (side - rows) * price / money

    def told(_: Floats) -> None:
        if stop():
            raise StopIteration

    low, high = signs(market)
    options = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": 12, "ftol": 1e-12, "gtol": 1e-12}
    result = optimize.minimize(
        dual, np.clip(prices, low, high) / price, jac=True, method="L-BFGS-B",
        bounds=np.column_stack([low, high]) / price[:, None], callback=told, options=options,
    )  # fmt: skip
    dual(result.x)
    return last[0]


def soft_maximum(sites: Sites, worth: Floats, heat: Floats) -> tuple[float, Floats]:
    """Soft maximum over each site's starts and doing nothing: its sum over sites, and the weights of the starts."""
    if not len(worth):
        return 0.0, worth
    peak = np.maximum(np.maximum.reduceat(worth.max(axis=1), sites.first), 0.0)
    raised = np.exp((worth - peak[sites.site, None]) / heat[sites.site, None])
    parts = np.add.reduceat(raised.sum(axis=1), sites.first) + np.exp(-peak / heat)
    return float((peak + heat * np.log(parts)).sum()), raised / parts[sites.site, None]
