"""Decisions: which option starts when, at most one a site; and the throughput that starts make possible."""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.appraise.value import start_values, throughput_cost
from tawteen.case.fused import fused
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.possible_starts import possible_starts
from tawteen.plan.model_builder import ModelBuilder


def valued_starts(inputs: PlanInputs, only: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every option and period in which its effects allow a start and its needs are within reach of limits.

    `only` (option, or option and period) restricts the starts further.
    Returns option, site, region, authority, kind, period, chance, quarters, jobs, investment, value.
    """
    effects = inputs.effects
    free = (pl.col("kind") != "as_is") & pl.col("available") & (pl.col("latest") >= pl.col("earliest"))
    starts = (
        effects.options.lazy()
        .filter(free)
        .select(
            *("option", "site", "region", "authority", "kind", "chance", "quarters", "jobs", "investment"),
            period=pl.int_ranges("earliest", pl.col("latest") + 1),
        )
        .explode("period")
        .cast({"period": pl.Int64})
    )
    if only is not None:
        starts = starts.join(only.lazy(), on=only.columns, how="semi", maintain_order="left")
    # What is larger than a number can be has no finite value; such starts are left out.
    with np.errstate(over="ignore", invalid="ignore"):
        values = start_values(inputs.case, effects, inputs.prices)
    valued = fused(starts.join(values.lazy(), on=["option", "period"], how="left", maintain_order="left"))
    return possible_starts(inputs, valued)


def add_starts(inputs: PlanInputs, builder: ModelBuilder, only: pl.DataFrame | None = None) -> pl.DataFrame:
    """A binary for every possible start, at most one a site.

    `only` as of `valued_starts`. Returns its columns but value, and column.
    """
    columns = builder.columns("start", valued_starts(inputs, only).with_columns(upper=1.0), integer=True)
    sites = columns.lazy().select("site").unique(maintain_order=True).with_columns(upper=1.0)
    rows = builder.rows("site", fused(sites))
    builder.entries(columns.lazy().join(rows.lazy(), on="site").with_columns(value=1.0))
    return columns


def add_throughput(inputs: PlanInputs, builder: ModelBuilder, starts: pl.DataFrame) -> pl.DataFrame:
    """Throughput of every option up to the capacity that its start has released by then.

    Returns option, period, column.
    """
    profile = inputs.effects.profile.lazy().filter(pl.col("capacity") > 0)
    capacity = fused(
        starts.lazy()
        .select("option", "column", start="period")
        .join(profile, on="option")
        .select("option", "column", "capacity", period=pl.col("start") + pl.col("quarter"))
        .filter(pl.col("period") < inputs.periods)
    ).lazy()
    now = fused(_as_is(inputs)).lazy()
    most = pl.concat(
        [
            capacity.group_by("option", "period", maintain_order=True).agg(upper=pl.col("capacity").max()),
            now.select("option", "period", upper="capacity"),
        ]
    ).sort("option", "period")
    cost = throughput_cost(inputs.case, inputs.effects, inputs.prices)
    throughput = builder.columns(
        "throughput",
        fused(
            most.join(cost.lazy(), on="option", how="left", maintain_order="left")
            .join(inputs.discount_factors().lazy(), on="period", how="left", maintain_order="left")
            .with_columns(value=-pl.col("cost") * pl.col("discount"))
            .drop("cost", "discount")
        ),
    )
    limited = (
        throughput.lazy()
        .select("option", "period")
        .join(now, on=["option", "period"], how="left", maintain_order="left")
        .select("option", "period", upper=pl.col("capacity").fill_null(0.0))
    )
    rows = builder.rows("throughput", fused(limited)).lazy()
    both = ["option", "period"]
    builder.entries(rows.join(throughput.lazy(), on=both).with_columns(value=1.0))
    builder.entries(capacity.join(rows, on=both).with_columns(value=-pl.col("capacity")))
    builder.entries(_taken_over(inputs, starts, now).join(rows, on=both))
    return throughput


def _as_is(inputs: PlanInputs) -> pl.LazyFrame:
    """Capacity of lines that run today: option, site, period, capacity."""
    return (
        inputs.effects.options.lazy()
        .filter(pl.col("kind") == "as_is")
        .select("option", "site")
        .join(inputs.effects.profile.lazy().filter(pl.col("capacity") > 0), on="option")
        .filter(pl.col("quarter") < inputs.periods)
        .select("option", "site", "capacity", period=pl.col("quarter").cast(pl.Int64))
    )


def _taken_over(inputs: PlanInputs, starts: pl.DataFrame, now: pl.LazyFrame) -> pl.LazyFrame:
    """Throughput that a start takes over from the running line: option (as_is), period, column, value."""
    displaced = inputs.effects.profile.lazy().filter(pl.col("displaced") > 0).select("option", "quarter", "displaced")
    return (
        starts.lazy()
        .select("option", "site", "column", start="period")
        .join(displaced, on="option")
        .select("site", "column", "displaced", period=pl.col("start") + pl.col("quarter"))
        .join(now, on=["site", "period"])
        .select("option", "period", "column", value=pl.col("capacity") * pl.col("displaced"))
    )
