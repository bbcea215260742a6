"""The restricted master: the market together with some plans of some sites, in part or whole.

It grows plan by plan and is solved each time from where it stood (Dantzig and Wolfe 1960).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.decomposition.columns import PlanColumns, join_columns
from tawteen.plan.decomposition.dual import signs
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.sizes import TypicalSizes
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.solver import NumericalError, Relaxation

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class MasterSolution:
    """A solved master: value with what is settled, flows of the market, shares of plans, prices of the market's rows,
    what each site earns (0 where it has no plans), and by how much rows are broken at usual prices.
    """

    value: float
    flows: Floats
    share: Floats
    price: Floats
    earned: Floats
    broken: float


class RestrictedMaster:
    """The market with at most one plan of each site, beside what is `settled` in its rows and worth `worth`.

    Rows may be broken: by a share of their size at given prices, which keeps prices near these where little speaks
    against it (du Merle et al. 1999), and without limit at prices so far away that nothing gained pays for it. So
    there always is a solution. Columns: the market's, four fillers of every row, then plans.
    """

    def __init__(self, market: Market, usual: TypicalSizes, sites: int) -> None:
        arrays, self.count = market.arrays, len(market.arrays.row_lower)
        self.market, self.usual = market, usual
        eye = sparse.identity(self.count, format="csc")
        width = 4 * self.count
        whole = MilpArrays(
            matrix=sparse.hstack([arrays.matrix, -eye, eye, -eye, eye], format="csc"),
            value=np.concatenate([arrays.value, np.zeros(width)]),
            lower=np.concatenate([arrays.lower, np.zeros(width)]),
            upper=np.concatenate([arrays.upper, np.zeros(width // 2), np.full(width // 2, np.inf)]),
            integer=np.zeros(len(arrays.value) + width, dtype=bool),
            row_lower=arrays.row_lower,
            row_upper=arrays.row_upper,
        )
        units = usual.scaling(market, np.tile(usual.slack(), 4))
        self.relaxation = Relaxation(whole, units)
        self.fillers = len(arrays.value)
        self.first = self.fillers + width
        self.row_of_site = np.full(sites, -1, dtype=np.int64)
        self.plans = PlanColumns.none(self.count)
        self.low, self.high = arrays.row_lower, arrays.row_upper
        self.worth = 0.0
        self.hurt = np.zeros(width // 2)

    def settle(self, rows: Floats, worth: float) -> None:
        """Takes over what is settled outside the plans."""
        arrays = self.market.arrays
        self.low, self.high = arrays.row_lower - rows, arrays.row_upper - rows
        self.relaxation.limit(np.arange(self.count), self.low, self.high)
        self.worth = worth

    def add(self, plans: PlanColumns) -> None:
        """More plans, after those it has."""
        new = np.setdiff1d(plans.site, np.flatnonzero(self.row_of_site >= 0))
        known = int((self.row_of_site >= 0).sum())
        self.row_of_site[new] = self.count + known + np.arange(len(new))
        width = len(plans.site)
        place = self.row_of_site[plans.site] - self.count
        one = sparse.csc_matrix((np.ones(width), (place, np.arange(width))), shape=(known + len(new), width))
        self.relaxation.grow(sparse.vstack([plans.rows, one], format="csc"), plans.value, len(new))
        self.plans = join_columns(self.plans, plans)

    def hold(self, prices: Floats, *, share: float, far: float) -> None:
        """Rows may be broken by `share` of their size at `prices`, and without limit at `far` times usual prices."""
        low, high = signs(self.market)
        away = far * np.maximum(self.usual.price, np.abs(prices))
        worth = [-prices, prices, -np.minimum(prices + away, high), np.maximum(prices - away, low)]
        place = self.fillers + np.arange(4 * self.count)
        self.relaxation.pays(place, np.concatenate(worth))
        self.hurt = np.tile(self.usual.price, 2) * (np.concatenate(worth[2:]) != 0)
        near = place[: 2 * self.count]
        self.relaxation.bound(near, np.zeros(len(near)), share * np.tile(self.usual.row, 2))

    def bound(self, plans: Whole, low: float, high: float) -> None:
        """Bounds of plans between 0 and 1."""
        if len(plans):
            self.relaxation.bound(self.first + plans, np.full(len(plans), low), np.full(len(plans), high))

    def require(self, sites: Whole, least: float) -> None:
        """Some sites must carry out at least so much of a plan."""
        if len(sites):
            rows = self.row_of_site[sites]
            self.relaxation.limit(rows, np.full(len(rows), least), np.ones(len(rows)))

    def solve(self, *, primal: bool = False, presolve: bool = False) -> MasterSolution:
        """The best it can do in part; tried another way where the solver ends on a point that rounding spoils."""
        for by_primal, afresh in ((primal, presolve), (not primal, False), (False, True)):
            solved = self.relaxation.solve(primal=by_primal, presolve=afresh)
            if solved.x is not None and solved.row_price is not None:
                break
        if solved.x is None or solved.value is None or solved.row_price is None:
            raise NumericalError(f"a model that cannot be empty has no solution: {solved.outcome}")
        earned = np.zeros(len(self.row_of_site))
        held = self.row_of_site >= 0
        earned[held] = solved.row_price[self.row_of_site[held]]
        far = solved.x[self.fillers + 2 * self.count : self.first]
        return MasterSolution(
            value=solved.value + self.worth,
            flows=solved.x[: self.fillers],
            share=solved.x[self.first :],
            price=solved.row_price[: self.count],
            earned=earned,
            broken=float(far @ self.hurt),
        )
