"""Coefficients of the objective of planning: value of a start, cost of throughput, cost of doing nothing."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.flows import Grid, OptionFlows, flows_of, per_quarter, unit_price
from tawteen.appraise.params import STATEMENT
from tawteen.appraise.prices import Prices
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.match.model import Match


def discounts(prices: Prices, periods: int) -> NDArray[np.float64]:
    """Returns the discount factor of each period."""
    return np.asarray((1.0 + prices.rate) ** (-(np.arange(periods) + 1) / 4))


def start_values(case: Case, effects: Effects, prices: Prices) -> pl.DataFrame:
    """Returns option, period, value: `c[o,s]` of docs/method.md, discounted currency at the prices of the view.

    One row for every available option except `as_is` and every period from its earliest to its latest start.
    """
    periods = case.settings.time.periods
    flows = flows_of(case, effects, prices)
    factors = discounts(prices, periods)
    starts = np.arange(periods)
    # d[s+τ] = d[τ]·(1+r)^(−s/4): a start in s has the first T−s quarters of the same discounted flows.
    sums = np.cumsum(flows.own * factors, axis=1)[:, ::-1]
    values = sums * (1.0 + prices.rate) ** (-starts / 4)
    values += working_capital_cost(flows, factors) + credit(flows, prices, periods) * factors[-1]
    values -= flows.column("closing_cost") * flows.column("chance") * factors[-1]
    earliest, latest = flows.column("earliest"), flows.column("latest")
    may = flows.options["available"].to_numpy()[:, None] & (starts >= earliest) & (starts <= latest)
    place, start = np.nonzero(may)
    return pl.DataFrame(
        {"option": flows.options["option"].gather(place), "period": start, "value": values[place, start]},
        schema={"option": pl.String, "period": pl.Int64, "value": pl.Float64},
    )


def working_capital_cost(flows: OptionFlows, factors: Grid) -> Grid:
    """Returns the present value of working capital by option and start: paid before operation, recovered at the end."""
    periods = len(factors)
    paid = np.nan_to_num(flows.column("operating_from")) - 1 + np.arange(periods)
    factor = factors[np.clip(paid, 0, periods - 1).astype(np.int64)]
    return np.asarray(-flows.column("working_capital") * flows.column("chance") * (factor - factors[-1]))


def credit(flows: OptionFlows, prices: Prices, periods: int) -> Grid:
    """Returns the residual value of capital at the end of the horizon, undiscounted, by option and start.

    The present value of the annuities of its cost that are due after the horizon, over its economic life from the
    first quarter of operation on; 0 for an option that does not operate inside the horizon.
    """
    first = np.nan_to_num(flows.column("operating_from"), nan=np.inf) + np.arange(periods)
    q = (1.0 + prices.rate) ** 0.25 - 1.0
    return np.asarray(flows.column("capital") * share_left(first, 4.0 * flows.column("life"), periods, q))


def share_left(first: Grid, life: Grid | float, periods: int, rate: float) -> Grid:
    """Returns the residual share of capital in use from period `first` on, at the end; `rate` a period."""
    remaining_life = np.where(first < periods, np.maximum(0.0, life - periods + np.minimum(first, periods)), 0.0)
    if abs(rate) < STATEMENT.zero_rate:
        return np.asarray(remaining_life / life)
    return np.asarray((1 - (1 + rate) ** -remaining_life) / (1 - (1 + rate) ** -life))


def throughput_cost(case: Case, effects: Effects, prices: Prices) -> pl.DataFrame:
    """Returns option and cost: undiscounted cost of a unit of throughput beyond its recipe, `as_is` included."""
    emission = case.filled("commodities").select("emission", commodity="id")
    inputs = (
        effects.recipe.filter(pl.col("quantity") < 0)
        .join(emission, on="commodity")
        .group_by("option")
        .agg(carbon=(-pl.col("quantity") * pl.col("emission")).sum())
    )
    running = pl.col("variable_cost") * (1 + prices.premium * pl.col("foreign_share"))
    carbon = pl.col("process_emission") + pl.col("carbon").fill_null(0.0)
    return effects.options.join(inputs, on="option", how="left", maintain_order="left").select(
        "option", cost=running + prices.carbon * carbon
    )


def pool_costs(match: Match, prices: Prices) -> pl.DataFrame:
    """Returns `Match.sources` with unit_price: price of one pool unit in the view."""
    return match.sources.with_columns(unit_price=unit_price(prices))


def nothing_cost(case: Case, effects: Effects, prices: Prices) -> float:
    """Returns the discounted cost of care of idle sites, and of fixed cost and labour of sites that run."""
    running = per_quarter(effects, prices).filter(pl.col("kind") == "as_is")
    standing = case.filled("sites").join(running, left_on="id", right_on="site", how="anti")
    quarter = float(standing["care_cost"].sum()) + float(running["fixed"].sum()) + float(running["labour"].sum())
    return quarter * float(discounts(prices, case.settings.time.periods).sum())
