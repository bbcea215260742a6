"""Amounts per quarter that hold from a day until a day, as amounts of the quarters of the horizon."""

from __future__ import annotations

import datetime as dt

import polars as pl

from tawteen.case.derived import once_per_tables
from tawteen.case.model import Calendar, Case

PER_QUARTER = {
    "demands": ("quantity", ("region", "commodity", "season", "project")),
    "supplies": ("quantity", ("region", "commodity", "season", "site")),
    "fund_limits": ("amount", ("fund",)),
    "credit": ("amount", ()),
}
"""Tables with an amount per quarter between two days: its column, and the columns that name what it is of."""


@once_per_tables(lambda table: (table, "settings.time"))
def by_quarter(case: Case, table: str) -> pl.DataFrame:
    """Rows of the table (with its defaults), each repeated for every `period` in which it holds.

    Its amount is that of the quarter times the share of the quarter's days on which it holds, both ends counted. A row
    that ends on the day on which another row of the same fund, or of the same region, commodity and so on, begins
    ends on the day before: that day is the next row's.
    """
    amount, subject = PER_QUARTER[table]
    quarters = _quarters(case.calendar)
    first, last = quarters["first"][0], quarters["last"][-1]
    rows = case.filled(table).with_row_index("#").with_columns(
        pl.col("start").fill_null(first).alias("#from"), pl.col("end").fill_null(last).alias("#to")
    )  # fmt: skip
    held = _without_touching(rows, subject).filter((pl.col("#to") >= first) & (pl.col("#from") <= last))
    spread = held.join_where(quarters, pl.col("first") <= pl.col("#to"), pl.col("last") >= pl.col("#from"))
    if "season" in rows.columns:
        spread = spread.filter(pl.col("season").is_null() | (pl.col("season") == pl.col("#season")))
    days = (pl.min_horizontal("#to", "last") - pl.max_horizontal("#from", "first")).dt.total_days() + 1
    share = days / ((pl.col("last") - pl.col("first")).dt.total_days() + 1)
    return (
        spread.with_columns((pl.col(amount) * share).alias(amount))
        .sort("#", "period")
        .select(*case[table].columns, "period")
    )


def _without_touching(rows: pl.DataFrame, subject: tuple[str, ...]) -> pl.DataFrame:
    """`#to` a day earlier where another row of the same subject begins on it."""
    others = rows.select(*subject, pl.col("#from").alias("#to"), pl.col("#").alias("#next"))
    touching = rows.join(others, on=[*subject, "#to"], nulls_equal=True).filter(
        (pl.col("#") != pl.col("#next")) & (pl.col("#from") < pl.col("#to"))
    )
    ends = pl.col("#").is_in(touching["#"].to_list())
    return rows.with_columns(pl.when(ends).then(pl.col("#to").dt.offset_by("-1d")).otherwise("#to").alias("#to"))


def _quarters(calendar: Calendar) -> pl.DataFrame:
    """period, first and last day, #season (1 to 4) of every quarter of the horizon."""
    days = [calendar.first_day(period) for period in range(calendar.periods + 1)]
    return pl.DataFrame(
        {
            "period": list(range(calendar.periods)),
            "first": days[:-1],
            "last": [day - dt.timedelta(days=1) for day in days[1:]],
            "#season": [calendar.season(period) for period in range(calendar.periods)],
        },
        schema={"period": pl.Int64, "first": pl.Date, "last": pl.Date, "#season": pl.Int64},
    )
