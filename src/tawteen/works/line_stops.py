"""How long works take a line down, by weeks of each quarter of an option."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.works.periods import WEEKS_PER_QUARTER, spread

INTERVAL = ("option", "start", "finish")


def line_stops(case: Case, options: pl.DataFrame, schedule: pl.DataFrame, lead: pl.DataFrame) -> pl.DataFrame:
    """Columns of `WorksNetwork.stops`: the share of each quarter in which the works of an option stop a line.

    A package stops the line where it says so. Where it is silent, it does as its option: one that works on a line that
    runs today stops it unless it says that it does not. Packages side by side stop it once. An option without packages
    that stops its line does so for all its works.
    """
    runs = options.lazy().filter(pl.col("kind") == "as_is").select("site", running=pl.lit(True)).unique()
    facts = (
        options.lazy()
        .filter("works")
        .select("site", "stops_line", option="id")
        .join(runs, on="site", how="left", maintain_order="left")
        .join(
            lead.lazy().select("option", "works_weeks", before=pl.col("survey_weeks") + pl.col("gate_weeks")),
            on="option", maintain_order="left",
        )
        .with_columns(down=pl.col("running").fill_null(False) & pl.col("stops_line").fill_null(True))
    )  # fmt: skip
    timed = schedule.lazy().select("option", "work", "start", "finish")
    packages = (
        case["works"].lazy().select("option", "stops", work="id")
        .join(timed, on=["option", "work"], maintain_order="left")
        .join(facts.select("option", "before", "down"), on="option", maintain_order="left")
        .with_columns(pl.col("start", "finish") + pl.col("before"), explicit=pl.col("stops").fill_null(False))
    )  # fmt: skip
    facts, packages = (fused(frame).lazy() for frame in (facts, packages))
    bare = facts.filter("down").join(packages, on="option", how="anti").select(
        "option", start="before", finish=pl.col("before") + pl.col("works_weeks")
    )  # fmt: skip
    all_stops = packages.filter(pl.coalesce("stops", "down")).select(INTERVAL)
    explicit = packages.filter("explicit").select(INTERVAL)
    old = _shares(pl.concat([all_stops, bare])).rename({"share": "old_line"})
    new = _shares(explicit).rename({"share": "new_line"})
    key = ["option", "quarter"]
    return fused(
        old.join(new, on=key, how="full", coalesce=True)
        .with_columns(pl.col("old_line", "new_line").fill_null(0.0))
        .sort(key)
        .select(*key, "old_line", "new_line")
    )


def _shares(intervals: pl.LazyFrame) -> pl.LazyFrame:
    """option, quarter, share: weeks of the union of the intervals of each option in each quarter, over 13."""
    reached = pl.col("finish").cum_max().over("option").shift(1).over("option").fill_null(0.0)
    apart = (
        intervals.sort("option", "start", maintain_order=True)
        .with_columns(start=pl.max_horizontal("start", reached))
        .filter(pl.col("finish") > pl.col("start"))
        .with_columns(amount=pl.col("finish") - pl.col("start"))
    )
    return (
        spread(apart)
        .group_by("option", "quarter")
        .agg(share=(pl.col("amount").sum() / WEEKS_PER_QUARTER).clip(0.0, 1.0))
        .filter(pl.col("share") > 0)
        .sort("option", "quarter")
    )
