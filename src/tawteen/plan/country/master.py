"""The restricted master: the market together with some plans of each site, in part or whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.country.columns import Columns
from tawteen.plan.country.market import Market
from tawteen.plan.country.sizes import Sizes
from tawteen.plan.draft import Arrays, Floats
from tawteen.plan.scaling import Scaling

FAR = 3.0


@dataclass(frozen=True)
class Master:
    """`arrays` has the columns of the market, then `plans`, then fillers of rows; the rows of the market, then one for
    each site of the plans (`sites`).
    """

    arrays: Arrays
    units: Scaling
    plans: Columns
    sites: NDArray[np.int64]
    first: int

    def broken(self, x: Floats, price: Floats) -> float:
        """By how much rows are broken at `x`, at usual prices."""
        fillers = x[self.place.stop :]
        return float(fillers @ np.resize(price, len(fillers))) if len(fillers) else 0.0

    @property
    def place(self) -> slice:
        """Where the plans are."""
        return slice(self.first, self.first + len(self.plans.site))


def master(market: Market, usual: Sizes, plans: Columns, settled: Floats) -> Master:
    """The market with at most one of the `plans` of each site, when `settled` is already in its rows."""
    arrays = market.arrays
    known, place = np.unique(plans.site, return_inverse=True)
    count, width = len(known), len(plans.site)
    one = sparse.csc_matrix((np.ones(width), (place, np.arange(width))), shape=(count, width))
    none = sparse.csc_matrix((count, len(arrays.value)))
    whole = Arrays(
        matrix=sparse.bmat([[arrays.matrix, plans.rows], [none, one]], format="csc"),
        value=np.concatenate([arrays.value, plans.value]),
        lower=np.concatenate([arrays.lower, np.zeros(width)]),
        upper=np.concatenate([arrays.upper, np.ones(width)]),
        integer=np.concatenate([arrays.integer, np.ones(width, dtype=bool)]),
        row_lower=np.concatenate([arrays.row_lower - settled, np.full(count, -np.inf)]),
        row_upper=np.concatenate([arrays.row_upper - settled, np.ones(count)]),
    )
    return Master(whole, usual.scaling(market, np.ones(width), count), plans, known, len(arrays.value))


def softened(
    of: Master, usual: Sizes, limits: tuple[Floats, Floats], prices: Floats, *, share: float, far: float = FAR
) -> Master:
    """The same with rows that may be broken: by `share` of their size at `prices`, without limit at prices far away.

    What comes out as prices of its rows stays near `prices` where little speaks against it (du Merle et al. 1999).
    `limits` are the lowest and highest prices of rows.
    """
    arrays, count = of.arrays, len(prices)
    low, high = limits
    away = far * np.maximum(usual.price, np.abs(prices))
    worth = [-prices, prices, -np.minimum(prices + away, high), np.maximum(prices - away, low)]
    more = [np.full(count, np.inf)] * 2
    if share > 0:
        more = [share * usual.row] * 2 + more
    else:
        worth = worth[2:]
    eye = sparse.vstack([sparse.identity(count), sparse.csc_matrix((arrays.matrix.shape[0] - count, count))])
    fill = sparse.hstack([eye * sign for sign in (-1.0, 1.0) * (len(worth) // 2)])
    soft = Arrays(
        matrix=sparse.hstack([arrays.matrix, fill], format="csc"),
        value=np.concatenate([arrays.value, *worth]),
        lower=np.concatenate([arrays.lower, np.zeros(fill.shape[1])]),
        upper=np.concatenate([arrays.upper, *more]),
        integer=np.concatenate([arrays.integer, np.zeros(fill.shape[1], dtype=bool)]),
        row_lower=arrays.row_lower,
        row_upper=arrays.row_upper,
    )
    columns = np.concatenate([of.units.columns, np.tile(usual.slack(), len(worth))])
    return Master(soft, Scaling(of.units.rows, columns, of.units.value), of.plans, of.sites, of.first)
