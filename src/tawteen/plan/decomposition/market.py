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

from tawteen.plan.limits.choices import add_starts
from tawteen.plan.limits.goods import add_goods
from tawteen.plan.limits.ground import Ground
from tawteen.plan.limits.money import add_money, outlays_by_class
from tawteen.plan.limits.pools import add_pools
from tawteen.plan.limits.rules import add_rules
from tawteen.plan.model_builder import Block, Floats, MilpArrays

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

    ground: Ground
    arrays: MilpArrays
    columns: Mapping[str, Block]
    rows: Mapping[str, Block]
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


def market(ground: Ground) -> Market:
    """Writes the market of a case; `ground` must have an empty draft."""
    case, effects, offers, prices = ground.case, ground.effects, ground.match, ground.prices
    ruling = Ground(case, effects, offers, prices)
    starts = add_starts(ruling)
    add_rules(ruling, starts)
    ruled = ruling.draft.arrays()
    rule_rows = ruling.draft.row_blocks["rule"]

    idle = pl.DataFrame(schema={"option": pl.String, "period": pl.Int64, "column": pl.Int64})
    add_goods(ground, idle)
    imagined = _imagined(ground)
    supply = add_pools(ground, imagined)
    add_money(ground, imagined, idle, supply)
    limits = pl.DataFrame({"lower": ruled.row_lower[rule_rows.span], "upper": ruled.row_upper[rule_rows.span]})
    ground.draft.rows("rule", pl.concat([rule_rows.keys, limits], how="horizontal"))
    columns, rows = ground.draft.blocks
    series, places = _series(rows, ground.periods)
    return Market(
        ground, ground.draft.arrays(), columns, rows, series, places, starts,
        sparse.csr_matrix(ruled.matrix.tocsr()[rule_rows.span]),
    )  # fmt: skip


def _imagined(ground: Ground) -> pl.DataFrame:
    """Starts of a few options, so early and so late that every row exists which any start could touch.

    They share one column that is fixed at nothing. What they need before the first period, or after the last, makes
    rows that nobody touches.
    """
    column = ground.draft.columns("imagined", pl.DataFrame({"imagined": [0], "upper": [0.0]}))["column"][0]
    needs = ground.effects.needs.filter(pl.col("amount") > 0).unique(["pool_kind", "pool"], maintain_order=True)
    spent = outlays_by_class(ground).unique("class", maintain_order=True)
    some = pl.concat([needs.select("option", "quarter"), spent.select("option", "quarter")]).cast({"quarter": pl.Int64})
    return (
        some.join(ground.discount().select("period"), how="cross")
        .select("option", period=pl.col("period") - pl.col("quarter"))
        .unique(maintain_order=True)
        .with_columns(column=pl.lit(column, pl.Int64))
    )


def _series(rows: Mapping[str, Block], periods: int) -> tuple[Mapping[str, pl.DataFrame], Whole]:
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
