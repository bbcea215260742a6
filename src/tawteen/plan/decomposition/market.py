"""The market: everything that is decided outside the sites, as one linear model whose size does not grow with them.

Goods, pools, funds, credit and rules are written by the very code that writes the whole model (`plan/limits`); only
what the sites put into the rows is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.choices import add_starts
from tawteen.plan.limits.goods import add_goods
from tawteen.plan.limits.money import add_money, outlays_by_class
from tawteen.plan.limits.pools import add_pools
from tawteen.plan.limits.rules import add_rules
from tawteen.plan.model_builder import Floats, MilpArrays, ModelBlock, ModelBuilder

Whole = NDArray[np.int64]
SERIES = {
    "balance": ("commodity", "region"),
    "pool": ("pool_kind", "pool"),
    "outlay": ("class",),
    "fund": ("fund",),
    "credit": (),
}
"""Blocks of rows that sites touch, period by period, and what names one of their series."""


@dataclass(frozen=True)
class Market:
    """`arrays` has the coupling rows and the columns of the market; rows `rules` come last.

    `series`: block, its key columns (null where not its own), series (index). `places[series, period]` is the row of
    a series in a period, −1 where there is none. `rule_starts` has a row for each rule row and a column for each row
    of `starts`: what a start counts for.
    """

    inputs: PlanInputs
    arrays: MilpArrays
    columns: Mapping[str, ModelBlock]
    rows: Mapping[str, ModelBlock]
    series: Mapping[str, pl.DataFrame]
    places: Whole
    starts: pl.DataFrame
    rule_starts: sparse.csr_matrix

    @property
    def rules(self) -> slice:
        """Place of the rows of rules."""
        return self.rows["rule"].span

    def shrunk(self, share: float) -> Market:
        """The same market with a share of every limit."""
        arrays = self.arrays
        less = replace(
            arrays, lower=arrays.lower * share, upper=arrays.upper * share,
            row_lower=arrays.row_lower * share, row_upper=arrays.row_upper * share,
        )  # fmt: skip
        return replace(self, arrays=less)

    def prices_by_series(self, prices: Floats) -> Floats:
        """Row prices as (series, period), 0 where a series has no row."""
        return np.where(self.places >= 0, prices[self.places], 0.0)

    def rows_of(self, totals: Floats) -> Floats:
        """What sites put into series (series, period), as rows; what falls on no row is left out."""
        rows = np.zeros(len(self.arrays.row_lower))
        held = self.places >= 0
        rows[self.places[held]] = totals[held]
        return rows


def build_market(inputs: PlanInputs) -> Market:
    """The market of a case: everything of its planning problem but what sites put into the rows."""
    rule_builder, builder = ModelBuilder(), ModelBuilder()
    starts = add_starts(inputs, rule_builder)
    add_rules(inputs, rule_builder, starts)
    rule_arrays, rule_rows = rule_builder.arrays(), rule_builder.row_blocks["rule"]

    idle = pl.DataFrame(schema={"option": pl.String, "period": pl.Int64, "column": pl.Int64})
    add_goods(inputs, builder, idle)
    imagined = _imagined(inputs, builder)
    supply = add_pools(inputs, builder, imagined)
    add_money(inputs, builder, imagined, idle, supply)
    limits = pl.DataFrame(
        {"lower": rule_arrays.row_lower[rule_rows.span], "upper": rule_arrays.row_upper[rule_rows.span]}
    )
    builder.rows("rule", pl.concat([rule_rows.keys, limits], how="horizontal"))
    columns, rows = builder.blocks
    series, places = _series(rows, inputs.periods)
    return Market(
        inputs, builder.arrays(), columns, rows, series, places, starts,
        sparse.csr_matrix(rule_arrays.matrix.tocsr()[rule_rows.span]),
    )  # fmt: skip


def _imagined(inputs: PlanInputs, builder: ModelBuilder) -> pl.DataFrame:
    """Starts of a few options, so early and so late that every row exists which any start could touch.

    They share one column that is fixed at nothing. What they need before the first period, or after the last, makes
    rows that nobody touches.
    """
    column = builder.columns("imagined", pl.DataFrame({"imagined": [0], "upper": [0.0]}))["column"][0]
    needs = inputs.effects.needs.filter(pl.col("amount") > 0).unique(["pool_kind", "pool"], maintain_order=True)
    spent = outlays_by_class(inputs).unique("class", maintain_order=True)
    some = pl.concat([needs.select("option", "quarter"), spent.select("option", "quarter")]).cast({"quarter": pl.Int64})
    return (
        some.join(inputs.discount_factors().select("period"), how="cross")
        .select("option", period=pl.col("period") - pl.col("quarter"))
        .unique(maintain_order=True)
        .with_columns(column=pl.lit(column, pl.Int64))
    )


def _series(rows: Mapping[str, ModelBlock], periods: int) -> tuple[Mapping[str, pl.DataFrame], Whole]:
    named: dict[str, pl.DataFrame] = {}
    parts: list[Whole] = []
    count = 0
    for block, keys in SERIES.items():
        if block not in rows:
            continue
        frame = rows[block].keys.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64) + rows[block].first)
        names = frame.select(keys).unique(maintain_order=True) if keys else pl.DataFrame({"only": [block]})
        names = names.with_columns(series=pl.int_range(count, count + names.height, dtype=pl.Int64))
        index = frame.join(names, on=keys) if keys else frame.with_columns(series=pl.lit(count))
        index = index.filter(pl.col("period").is_between(0, periods - 1))
        place = np.full((names.height, periods), -1, dtype=np.int64)
        place[index["series"].to_numpy() - count, index["period"].to_numpy()] = index["row"].to_numpy()
        named[block] = names
        parts.append(place)
        count += names.height
    return named, np.concatenate(parts)
