"""Conversion of weeks and days into quarters; other rooms convert time by these functions alone."""

from __future__ import annotations

import polars as pl

from tawteen.case.model import Calendar
from tawteen.works.params import NETWORK

WEEKS_PER_QUARTER = 13.0
QUARTERS_PER_YEAR = 4
DAYS_PER_YEAR = 365.25
"""Days of a year in spans between two dates."""


def steps_begun(weeks: pl.Expr, step: float = WEEKS_PER_QUARTER) -> pl.Expr:
    """Number of steps that a duration of `weeks` enters; of quarters: 0 for no time, 1 up to 13 weeks, 2 up to 26."""
    return ((weeks - NETWORK.week_rounding) / step).ceil().clip(0, NETWORK.farthest).cast(pl.Int64)


def step_at(weeks: pl.Expr, step: float = WEEKS_PER_QUARTER) -> pl.Expr:
    """Index of the step that contains the instant `weeks`; of quarters: 0 below 13, 1 below 26."""
    return ((weeks + NETWORK.week_rounding) / step).floor().clip(-NETWORK.farthest, NETWORK.farthest).cast(pl.Int64)


def period_of(day: pl.Expr, calendar: Calendar) -> pl.Expr:
    """Period of the horizon that contains a date; negative before the horizon, null where the date is null."""
    first = calendar.start.year * 4 + (calendar.start.month - 1) // 3
    quarters = day.dt.year().cast(pl.Int64) * 4 + day.dt.quarter().cast(pl.Int64) - 1
    return quarters - first


def spread(frame: pl.LazyFrame, name: str = "quarter", step: float = WEEKS_PER_QUARTER) -> pl.LazyFrame:
    """Rows with `start`, `finish` (weeks) and `amount` as one row per step that they touch, with their share of it.

    The index of the step is in the column `name`; `step` is its length in weeks. An amount is even over its weeks; one
    without duration falls whole into the step that ends at its finish or contains it.
    """
    start, finish = pl.col("start"), pl.col("finish")
    weeks = finish - start
    last = (steps_begun(finish, step) - 1).clip(lower_bound=0)
    first = pl.when(weeks > NETWORK.week_rounding).then(pl.min_horizontal(step_at(start, step), last)).otherwise(last)
    begins = pl.col(name).cast(pl.Float64) * step
    overlap = pl.min_horizontal(finish, begins + step) - pl.max_horizontal(start, begins)
    share = pl.when(weeks > NETWORK.week_rounding).then(overlap / weeks).otherwise(1.0)
    return (
        frame.with_columns(pl.int_ranges(first, last + 1).alias(name))
        .explode(name, empty_as_null=True)
        .with_columns(amount=pl.col("amount") * share)
        .drop("start", "finish")
    )
