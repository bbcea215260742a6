"""The restricted master problem: the market with a share of each known plan of the sites.

Columns are added between solves, each of which starts from the last basis (Dantzig and Wolfe 1960).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.decomposition.columns import PlanColumns, join_columns
from tawteen.plan.decomposition.dual import price_bounds
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.sites import SiteArrays
from tawteen.plan.decomposition.sizes import TypicalSizes
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.solver import NumericalError, Relaxation

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class MasterSolution:
    """A solved master problem.

    `value` (discounted currency) includes the fixed part. `flows` has one entry per market column, `share` (0–1) one
    per plan, `price` one per market row and `site_values` one per site: the dual value of its convexity row, 0
    without plans. `violation` is the total violation of rows at their typical prices (discounted currency).
    """

    value: float
    flows: Floats
    share: Floats
    price: Floats
    site_values: Floats
    violation: float


class RestrictedMaster:
    """The market with at most one plan per site, beside a fixed part (`fix_part`).

    Slack columns let rows be violated: up to a share of their size at given prices, which stabilises the prices
    (du Merle et al. 1999), and without limit at prices far above any gain. The problem is therefore always feasible.
    Columns in their order: the market's, four slacks per row, the plans.
    """

    def __init__(self, market: Market, typical: TypicalSizes, sites: SiteArrays) -> None:
        arrays, self.count = market.arrays, len(market.arrays.row_lower)
        self.market, self.typical = market, typical
        eye = sparse.identity(self.count, format="csc")
        width = 4 * self.count
        arrays_with_slacks = MilpArrays(
            matrix=sparse.hstack([arrays.matrix, -eye, eye, -eye, eye], format="csc"),
            value=np.concatenate([arrays.value, np.zeros(width)]),
            lower=np.concatenate([arrays.lower, np.zeros(width)]),
            upper=np.concatenate([arrays.upper, np.zeros(width // 2), np.full(width // 2, np.inf)]),
            integer=np.zeros(len(arrays.value) + width, dtype=bool),
            row_lower=arrays.row_lower,
            row_upper=arrays.row_upper,
        )
        units = typical.scaling(market, np.tile(typical.slack(), 4))
        self.relaxation = Relaxation(arrays_with_slacks, units)
        self.first_slack = len(arrays.value)
        self.first_plan = self.first_slack + width
        self.row_of_site = np.full(sites.plan_count, -1, dtype=np.int64)
        self.plans = PlanColumns.without_plans(self.count, None if sites.trees is None else sites.value.size)
        self.low, self.high = arrays.row_lower, arrays.row_upper
        self.worth = 0.0
        self.violation_price = np.zeros(width // 2)

    def fix_part(self, rows: Floats, worth: float) -> None:
        """Fixes what lies outside the plans: its activity of each market row, and its value `worth`."""
        arrays = self.market.arrays
        self.low, self.high = arrays.row_lower - rows, arrays.row_upper - rows
        self.relaxation.limit(np.arange(self.count), self.low, self.high)
        self.worth = worth

    def add(self, plans: PlanColumns) -> None:
        """Appends plans and, for sites without one, their convexity rows."""
        new = np.setdiff1d(plans.site, np.flatnonzero(self.row_of_site >= 0))
        known = int((self.row_of_site >= 0).sum())
        self.row_of_site[new] = self.count + known + np.arange(len(new))
        width = len(plans.site)
        site_row = self.row_of_site[plans.site] - self.count
        convexity = sparse.csc_matrix((np.ones(width), (site_row, np.arange(width))), shape=(known + len(new), width))
        self.relaxation.add_columns(sparse.vstack([plans.rows, convexity], format="csc"), plans.value, len(new))
        self.plans = join_columns(self.plans, plans)

    def set_violation_prices(self, prices: Floats, *, share: float, reach: float) -> None:
        """Prices violations of rows: at `prices` up to `share` of a row's size, beyond it further away from `prices`.

        The distance is `reach` times the larger of the typical price and the given one, within the signs of prices.
        """
        low, high = price_bounds(self.market)
        distance = reach * np.maximum(self.typical.price, np.abs(prices))
        costs = [-prices, prices, -np.minimum(prices + distance, high), np.maximum(prices - distance, low)]
        slack_columns = self.first_slack + np.arange(4 * self.count)
        self.relaxation.set_costs(slack_columns, np.concatenate(costs))
        self.violation_price = np.tile(self.typical.price, 2) * (np.concatenate(costs[2:]) != 0)
        near_slacks = slack_columns[: 2 * self.count]
        self.relaxation.bound(near_slacks, np.zeros(len(near_slacks)), share * np.tile(self.typical.row, 2))

    def bound_plans(self, plans: Indices, low: float, high: float) -> None:
        """Sets the bounds (0–1) of the shares of `plans`."""
        if len(plans):
            self.relaxation.bound(self.first_plan + plans, np.full(len(plans), low), np.full(len(plans), high))

    def require_sites(self, sites: Indices, least: float) -> None:
        """Requires shares of plans of at least `least` in sum at each of `sites`; −inf requires none."""
        if len(sites):
            rows = self.row_of_site[sites]
            self.relaxation.limit(rows, np.full(len(rows), least), np.ones(len(rows)))

    def solve(self, *, primal: bool = False, presolve: bool = False) -> MasterSolution:
        """Solves the linear problem, with another algorithm where rounding spoils the first attempt.

        Raises NumericalError where no attempt ends in a solution.
        """
        for by_primal, afresh in ((primal, presolve), (not primal, False), (False, True)):
            solved = self.relaxation.solve(primal=by_primal, presolve=afresh)
            if solved.x is not None and solved.row_price is not None:
                break
        if solved.x is None or solved.value is None or solved.row_price is None:
            raise NumericalError(f"the restricted master has no solution: {solved.outcome}")
        site_values = np.zeros(len(self.row_of_site))
        has_row = self.row_of_site >= 0
        site_values[has_row] = solved.row_price[self.row_of_site[has_row]]
        far_slacks = solved.x[self.first_slack + 2 * self.count : self.first_plan]
        return MasterSolution(
            value=solved.value + self.worth,
            flows=solved.x[: self.first_slack],
            share=solved.x[self.first_plan :],
            price=solved.row_price[: self.count],
            site_values=site_values,
            violation=float(far_slacks @ self.violation_price),
        )
