"""Decisions: which option starts when, at most one a site; and the throughput that starts make possible."""

from __future__ import annotations

import polars as pl

from tawteen.appraise.value import start_values, throughput_cost
from tawteen.plan.limits.ground import Ground


def add_starts(ground: Ground) -> pl.DataFrame:
    """A binary for every option and start that its effects allow; at most one a site.

    Returns option, site, region, authority, kind, period, chance, quarters, jobs, investment, column.
    """
    effects, draft = ground.effects, ground.draft
    free = effects.options.filter(
        (pl.col("kind") != "as_is") & pl.col("available") & (pl.col("latest") >= pl.col("earliest"))
    )
    starts = (
        free.select(
            *("option", "site", "region", "authority", "kind", "chance", "quarters", "jobs", "investment"),
            period=pl.int_ranges("earliest", pl.col("latest") + 1),
        )
        .explode("period")
        .cast({"period": pl.Int64})
    )
    if ground.only is not None:
        starts = starts.join(ground.only, on=["option", "period"], how="semi", maintain_order="left")
    values = start_values(ground.case, effects, ground.prices)
    starts = starts.join(values, on=["option", "period"], how="left", maintain_order="left").with_columns(upper=1.0)
    starts = draft.columns("start", starts, integer=True)
    sites = draft.rows("site", starts.select("site").unique(maintain_order=True).with_columns(upper=1.0))
    draft.entries(starts.join(sites, on="site").with_columns(value=1.0))
    return starts


def add_throughput(ground: Ground, starts: pl.DataFrame) -> pl.DataFrame:
    """Throughput of every option up to the capacity that its start has released by then.

    Returns option, period, column.
    """
    draft, profile = ground.draft, ground.effects.profile.filter(pl.col("capacity") > 0)
    capacity = (
        starts.select("option", "column", start="period")
        .join(profile, on="option")
        .select("option", "column", "capacity", period=pl.col("start") + pl.col("quarter"))
        .filter(pl.col("period") < ground.periods)
    )
    now = _as_is(ground)
    most = pl.concat(
        [
            capacity.group_by("option", "period", maintain_order=True).agg(upper=pl.col("capacity").max()),
            now.select("option", "period", upper="capacity"),
        ]
    ).sort("option", "period")
    cost = throughput_cost(ground.case, ground.effects, ground.prices)
    throughput = draft.columns(
        "throughput",
        most.join(cost, on="option", how="left", maintain_order="left")
        .join(ground.discount(), on="period", how="left", maintain_order="left")
        .with_columns(value=-pl.col("cost") * pl.col("discount"))
        .drop("cost", "discount"),
    )
    rows = draft.rows(
        "throughput",
        throughput.select("option", "period")
        .join(now, on=["option", "period"], how="left", maintain_order="left")
        .select("option", "period", upper=pl.col("capacity").fill_null(0.0)),
    )
    both = ["option", "period"]
    draft.entries(rows.join(throughput, on=both).with_columns(value=1.0))
    draft.entries(capacity.join(rows, on=both).with_columns(value=-pl.col("capacity")))
    draft.entries(_taken_over(ground, starts, now).join(rows, on=both))
    return throughput


def _as_is(ground: Ground) -> pl.DataFrame:
    """Capacity of lines that run today: option, site, period, capacity."""
    return (
        ground.effects.options.filter(pl.col("kind") == "as_is")
        .select("option", "site")
        .join(ground.effects.profile.filter(pl.col("capacity") > 0), on="option")
        .filter(pl.col("quarter") < ground.periods)
        .select("option", "site", "capacity", period=pl.col("quarter").cast(pl.Int64))
    )


def _taken_over(ground: Ground, starts: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """What a start takes from the line that runs today: option (as_is), period, column, value."""
    takeover = ground.effects.options.filter(pl.col("kind") != "as_is", pl.col("takeover").is_not_null())
    return (
        starts.select("option", "site", "chance", "column", start="period")
        .join(takeover.select("option", "takeover"), on="option")
        .drop("option")
        .join(now, on="site")
        .filter(pl.col("period") >= pl.col("start") + pl.col("takeover"))
        .select("option", "period", "column", value=pl.col("capacity") * pl.col("chance"))
    )
