"""The market: the limits and flows that sites share, as a linear model whose size does not depend on their number.

`plan/limits` writes goods, pools, funds, credit and rules as for the whole model; the market leaves out the columns of
the sites, and teaches courses by the seat: full classes are a relaxation, so that every bound holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

Indices = NDArray[np.int64]
SERIES = {
    "balance": ("commodity", "region"),
    "pool": ("pool_kind", "pool"),
    "seats": ("course",),
    "trainers": ("trainer_pool",),
    "outlay": ("class",),
    "fund": ("fund",),
    "credit": (),
}
"""Blocks of rows with entries of sites, and the key columns of a series: the rows of one key over all periods."""


@dataclass(frozen=True)
class Market:
    """The shared rows and the columns of the market as `arrays`; the rows of rules come last.

    `series` has one frame per block: its key columns and `series` (index). `places[series, period]` is the row of a
    series in a period, −1 where there is none. `starts` are the possible starts (see `add_starts`), and `rule_starts`
    (rule rows × starts) their coefficients in the rules.
    """

    inputs: PlanInputs
    arrays: MilpArrays
    columns: Mapping[str, ModelBlock]
    rows: Mapping[str, ModelBlock]
    series: Mapping[str, pl.DataFrame]
    places: Indices
    starts: pl.DataFrame
    rule_starts: sparse.csr_matrix

    @property
    def rules(self) -> slice:
        """Indices of the rows of rules."""
        return self.rows["rule"].span

    def scaled(self, share: float) -> Market:
        """The market with every limit multiplied by `share`."""
        arrays = self.arrays
        scaled_arrays = replace(
            arrays, lower=arrays.lower * share, upper=arrays.upper * share,
            row_lower=arrays.row_lower * share, row_upper=arrays.row_upper * share,
        )  # fmt: skip
        return replace(self, arrays=scaled_arrays)

    def prices_by_series(self, prices: Floats) -> Floats:
        """Row prices as (series, period), 0 where a series has no row."""
        return np.where(self.places >= 0, prices[self.places], 0.0)

    def row_totals(self, totals: Floats) -> Floats:
        """Totals by (series, period) as activities of the market rows; entries without a row are dropped."""
        rows = np.zeros(len(self.arrays.row_lower))
        has_row = self.places >= 0
        rows[self.places[has_row]] = totals[has_row]
        return rows


def build_market(
    inputs: PlanInputs,
    add_starts: Callable[[PlanInputs, ModelBuilder], pl.DataFrame] = add_starts,
    add_rules: Callable[[PlanInputs, ModelBuilder, pl.DataFrame], None] = add_rules,
) -> Market:
    """The market of a case: its planning problem without the columns of the sites.

    `add_starts` adds the possible starts, and `add_rules` the rows of the rules.
    """
    rule_builder, builder = ModelBuilder(), ModelBuilder()
    starts = add_starts(inputs, rule_builder)
    add_rules(inputs, rule_builder, starts)
    rule_arrays, rule_rows = rule_builder.arrays(), rule_builder.row_blocks["rule"]

    no_throughput = pl.DataFrame(schema={"option": pl.String, "period": pl.Int64, "column": pl.Int64})
    add_goods(inputs, builder, no_throughput)
    touching_starts = _touching_starts(inputs, builder)
    supply = add_pools(inputs, builder, touching_starts, whole_classes=False)
    add_money(inputs, builder, touching_starts, no_throughput, supply)
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


def _touching_starts(inputs: PlanInputs, builder: ModelBuilder) -> pl.DataFrame:
    """Starts (option, period, column) that make the builder create every row that a start may have entries in.

    One option per pool and per class of outlays starts in so many periods that its needs fall on each period of the
    horizon. All share one column fixed at 0. Needs outside the horizon add empty rows, which do no harm.
    """
    column = builder.columns("imagined", pl.DataFrame({"imagined": [0], "upper": [0.0]}))["column"][0]
    needs = inputs.effects.needs.filter(pl.col("amount") > 0).unique(["pool_kind", "pool"], maintain_order=True)
    spent = outlays_by_class(inputs).unique("class", maintain_order=True)
    touches = pl.concat([needs.select("option", "quarter"), spent.select("option", "quarter")]).cast(
        {"quarter": pl.Int64}
    )
    return (
        touches.join(inputs.discount_factors().select("period"), how="cross")
        .select("option", period=pl.col("period") - pl.col("quarter"))
        .unique(maintain_order=True)
        .with_columns(column=pl.lit(column, pl.Int64))
    )


def _series(rows: Mapping[str, ModelBlock], periods: int) -> tuple[Mapping[str, pl.DataFrame], Indices]:
    """`Market.series` and `Market.places`."""
    named: dict[str, pl.DataFrame] = {}
    indices: list[Indices] = []
    count = 0
    for block, keys in SERIES.items():
        if block not in rows:
            continue
        frame = rows[block].keys.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64) + rows[block].first)
        names = frame.select(keys).unique(maintain_order=True) if keys else pl.DataFrame({"only": [block]})
        names = names.with_columns(series=pl.int_range(count, count + names.height, dtype=pl.Int64))
        index = frame.join(names, on=keys) if keys else frame.with_columns(series=pl.lit(count))
        index = index.filter(pl.col("period").is_between(0, periods - 1))
        row_index = np.full((names.height, periods), -1, dtype=np.int64)
        row_index[index["series"].to_numpy() - count, index["period"].to_numpy()] = index["row"].to_numpy()
        named[block] = names
        indices.append(row_index)
        count += names.height
    return named, np.concatenate(indices)
