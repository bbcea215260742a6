"""The bound of a programme proved again from its prices by weak duality, without solver and without the planner.

Whatever the prices of balances, pools, trainers, money, letters of credit and rules: what their limits are worth, and
the best that each site, source, flow and running line could earn at them for itself, together bound the value of every
programme from above (Lagrangian relaxation; Geoffrion 1974, Mathematical Programming Study 2).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.appraise.prices import Prices
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.plan.verify.baseline import goods_bound
from tawteen.plan.verify.objective import idle_cost
from tawteen.plan.verify.shared_prices import pool_rents, shared_prices
from tawteen.plan.verify.site_bounds import rule_limits, start_bounds
from tawteen.plan.verify.solution import ClaimedSolution, empty_solution


def proved_bound(claim: ClaimedSolution, prices: pl.DataFrame) -> float:
    """An upper bound on the value of every programme of the case of `claim`.

    `prices` has the columns of the table `bound_prices` of a programme; prices that it lacks are 0.
    """
    goods, balance = goods_bound(claim, balance_prices(prices))
    shared = shared_prices(claim, prices)
    rents, pools = pool_rents(claim, shared)
    rules = prices.filter(pl.col("kind") == "rule")
    with np.errstate(over="ignore", invalid="ignore"):
        # A number without measure makes the bound infinite, which proves as little as no bound.
        starts = start_bounds(claim, balance, shared, pools, rules)
    limits = shared.value + rents + rule_limits(claim, starts.options, rules)
    best = starts.best_per_site()
    return float(goods + limits + starts.lines + best - idle_cost(claim.effects, claim.prices))


def bound_at_prices(case: Case, effects: Effects, match: Match, prices: Prices, table: pl.DataFrame) -> float:
    """`proved_bound` of a case (after its scenario) without any programme."""
    return proved_bound(empty_solution(case, effects, match, prices), table)


def balance_prices(prices: pl.DataFrame) -> pl.DataFrame:
    """Rows of balances as commodity, region, period, price."""
    rows = prices.filter(pl.col("kind") == "balance")
    return rows.select(commodity="id", region="place", period="period", price="price")
