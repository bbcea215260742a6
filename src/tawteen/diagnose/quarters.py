"""Weeks and days become quarters here, and only here."""

from __future__ import annotations

import polars as pl

from tawteen.case.model import Calendar

WEEKS = 13.0
"""Weeks of a quarter."""

# Weeks carry rounding from durations that were multiplied; a quarter that is over by less than this is not begun.
_SLACK = 1e-6


def begun(weeks: pl.Expr) -> pl.Expr:
    """Quarters that `weeks` weeks begin: 0 for none, 1 up to 13, 2 up to 26."""
    return ((weeks - _SLACK) / WEEKS).ceil().clip(lower_bound=0).cast(pl.Int64)


def holding(weeks: pl.Expr) -> pl.Expr:
    """Quarter in which something starts that starts after `weeks` weeks: 0 below 13, 1 below 26."""
    return ((weeks + _SLACK) / WEEKS).floor().cast(pl.Int64)


def period(day: pl.Expr, calendar: Calendar) -> pl.Expr:
    """Period that holds a day; negative before the horizon, null where the day is."""
    first = calendar.start.year * 4 + (calendar.start.month - 1) // 3
    quarters = day.dt.year().cast(pl.Int64) * 4 + day.dt.quarter().cast(pl.Int64) - 1
    return quarters - first


def spread(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with `start`, `finish` (weeks) and `amount` as rows with `quarter` and their part of the amount.

    The amount is even over the weeks; what takes no time falls whole into the quarter that ends with it.
    """
    start, finish = pl.col("start"), pl.col("finish")
    weeks = finish - start
    last = (begun(finish) - 1).clip(lower_bound=0)
    edge = pl.col("quarter").cast(pl.Float64) * WEEKS
    overlap = pl.min_horizontal(finish, edge + WEEKS) - pl.max_horizontal(start, edge)
    share = pl.when(weeks > _SLACK).then(overlap / weeks).otherwise(1.0)
    first = pl.when(weeks > _SLACK).then(pl.min_horizontal(holding(start), last)).otherwise(last)
    return (
        frame.with_columns(quarter=pl.int_ranges(first, last + 1))
        .explode("quarter", empty_as_null=True)
        .with_columns(amount=pl.col("amount") * share)
        .drop("start", "finish")
    )
