"""Flows of options by quarter from their start, at the prices of a view; used by value, cash and plan alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.prices import Prices
from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.match.pools import POOL, cheapest_sources
from tawteen.match.sources import sources_of

Grid = NDArray[np.float64]
"""One option a row, in the order of `OptionFlows.options`; one quarter from its start a column."""

DEPRECIABLE = ("civil", "equipment", "works")
"""Categories of outlays with a residual value at the end of the horizon."""


@dataclass(frozen=True)
class OptionFlows:
    """Flows of every option except `as_is`, in currency at the prices of a view: expected values, costs negative.

    `options`: columns of `Effects.options`, and capital (depreciable outlays at the prices of the view, with their
    chance). Grids: `local`, `foreign`: outlays that are neither pooled nor working capital; `pooled_local`,
    `pooled_foreign`: works and training at reference prices, with their chance; `released`: what a conditional option
    reserves of the pools in full but does not pay; `fixed`, `labour`, `fees`; `care`: care of a standing site that
    ends; `saved_fixed`, `saved_labour`: of the running line that is taken over; `taken_over`: share of its
    throughput that is, weeks of a stop included; `replaced`: share of its people and fixed cost.
    `capacity`: expected units of throughput.
    """

    options: pl.DataFrame
    local: Grid
    foreign: Grid
    pooled_local: Grid
    pooled_foreign: Grid
    released: Grid
    fixed: Grid
    labour: Grid
    fees: Grid
    care: Grid
    saved_fixed: Grid
    saved_labour: Grid
    taken_over: Grid
    replaced: Grid
    capacity: Grid
    operating: Grid

    @property
    def own(self) -> Grid:
        """Sum of all flows that depend neither on throughput nor on the sources of pools."""
        outlays = self.local + self.foreign + self.released
        return outlays + self.fixed + self.labour + self.fees + self.care + self.saved_fixed + self.saved_labour

    def column(self, name: str) -> Grid:
        """Returns a column of `options` as a grid of one column, to broadcast with the others."""
        return self.options[name].to_numpy().astype(np.float64)[:, None]


def flows_of(case: Case, effects: Effects, prices: Prices) -> OptionFlows:
    """Returns the flows of every option except `as_is` at `prices`, in the order of `effects.options`."""
    options = _started(effects, prices)
    periods = case.settings.time.periods
    chance = options["chance"].to_numpy()[:, None]
    profile = {name: _profile(effects, name, periods) for name in ("capacity", "operating", "fee", "displaced")}
    operating = profile["operating"]
    quarter = np.arange(periods)[None, :]
    ends = np.where(options["kind"] == "close", options["quarters"], periods)[:, None]
    free = np.where(quarter >= ends, 1.0, operating) * ~options["runs"].to_numpy()[:, None]
    replaced = np.where(quarter >= options["takeover"].fill_null(periods).to_numpy()[:, None], chance, 0.0)
    local, foreign = _own_outlays(effects, options, prices, periods)
    pooled_local, pooled_foreign, released = _pooled(case, effects, options, prices, periods)

    def each(column: str) -> Grid:
        return np.asarray(options[column].to_numpy()[:, None], dtype=np.float64)

    return OptionFlows(
        options=options,
        local=local,
        foreign=foreign,
        pooled_local=pooled_local,
        pooled_foreign=pooled_foreign,
        released=released,
        fixed=-operating * each("fixed"),
        labour=-operating * each("labour"),
        fees=-profile["fee"] * (1 + prices.premium),
        care=free * each("care_cost"),
        saved_fixed=replaced * each("as_is_fixed"),
        saved_labour=replaced * each("as_is_labour"),
        taken_over=profile["displaced"],
        replaced=replaced,
        capacity=profile["capacity"],
        operating=operating,
    )


def per_quarter(effects: Effects, prices: Prices) -> pl.DataFrame:
    """Returns all options with columns fixed and labour: cost per quarter of operation at the prices of the view."""
    return effects.options.with_columns(
        fixed=pl.col("fixed_cost") * (1 + prices.premium * pl.col("foreign_share")),
        labour=pl.col("new_jobs") * prices.labour_cost(),
    )


def _started(effects: Effects, prices: Prices) -> pl.DataFrame:
    """Returns options except `as_is` with place, runs, fixed, labour, as_is_fixed, as_is_labour, capital."""
    priced = per_quarter(effects, prices).lazy()
    runs = pl.col("kind") == "as_is"
    today = (
        priced.filter(runs)
        .group_by("site")
        .agg(as_is_fixed=pl.col("fixed").sum(), as_is_labour=pl.col("labour").sum(), runs=pl.lit(True))
    )
    capital = (
        effects.outlays.lazy()
        .filter(pl.col("category").is_in(DEPRECIABLE))
        .group_by("option")
        .agg(capital=(pl.col("amount") * _origin_multiplier(prices)).sum())
    )
    return fused(
        priced.filter(~runs)
        .join(today, on="site", how="left", maintain_order="left")
        .join(capital, on="option", how="left", maintain_order="left")
        .with_columns(
            pl.col("as_is_fixed", "as_is_labour").fill_null(0.0),
            pl.col("runs").fill_null(False),
            capital=pl.col("capital").fill_null(0.0) * pl.col("chance"),
        )
        .with_row_index("place")
    )


def _origin_multiplier(prices: Prices) -> pl.Expr:
    return pl.when(pl.col("origin") == "local").then(1.0).otherwise(1.0 + prices.premium)


def _profile(effects: Effects, name: str, periods: int) -> Grid:
    """Returns a column of the profile as a grid; the profile has a row for every option and quarter, in order."""
    profile = effects.profile[name].to_numpy().reshape(-1, periods)
    return np.asarray(profile[(effects.options["kind"] != "as_is").to_numpy()], dtype=np.float64)


def _own_outlays(effects: Effects, options: pl.DataFrame, prices: Prices, periods: int) -> tuple[Grid, Grid]:
    """Returns local and foreign outlays, except pooled ones, working capital and (economic view) severance."""
    aside = ["working_capital"] if prices.view == "financial" else ["working_capital", "severance"]
    rows = (
        effects.outlays.lazy()
        .filter(~pl.col("pooled") & ~pl.col("category").is_in(aside))
        .join(options.lazy().select("option", "place", "chance"), on="option")
        .with_columns(
            amount=-pl.col("amount") * _origin_multiplier(prices) * pl.when("sure").then(1.0).otherwise("chance")
        )
    )
    local = pl.col("origin") == "local"
    shape = (options.height, periods)
    return _grid(rows.filter(local), shape), _grid(rows.filter(~local), shape)


def _pooled(
    case: Case, effects: Effects, options: pl.DataFrame, prices: Prices, periods: int
) -> tuple[Grid, Grid, Grid]:
    """Returns needs at the reference price of their pool: expected local and foreign payments, and the unpaid part."""
    cheapest = cheapest_sources(sources_of(case)).lazy().select(*POOL, "origin", unit_price=unit_price(prices))
    rows = fused(
        effects.needs.lazy()
        .join(cheapest, on=POOL)
        .join(options.lazy().select("option", "place", "chance"), on="option")
        .with_columns(full=pl.col("amount") * pl.col("unit_price"), share=pl.when("sure").then(1.0).otherwise("chance"))
    ).lazy()
    paid = rows.with_columns(amount=-pl.col("full") * pl.col("share"))
    unpaid = rows.with_columns(amount=pl.col("full") * (1 - pl.col("share")))
    local = pl.col("origin") == "local"
    shape = (options.height, periods)
    return _grid(paid.filter(local), shape), _grid(paid.filter(~local), shape), _grid(unpaid, shape)


def unit_price(prices: Prices) -> pl.Expr:
    """Returns the price of a unit of a source in the view, from the columns price and multiplier_foreign."""
    return pl.col("price") * (1 + prices.premium * pl.col("multiplier_foreign"))


def _grid(rows: pl.LazyFrame, shape: tuple[int, int]) -> Grid:
    """Returns sums of amount by place and quarter; quarters after the horizon (of unavailable options) are dropped."""
    inside = fused(rows.filter(pl.col("quarter") < shape[1]).select("place", "quarter", "amount"))
    grid = np.zeros(shape)
    np.add.at(grid, (inside["place"].to_numpy(), inside["quarter"].to_numpy()), inside["amount"].to_numpy())
    return grid
