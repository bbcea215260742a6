"""Pools: what options compete for, capabilities and courses, and the sources that supply them."""

from __future__ import annotations

import polars as pl

from tawteen.appraise.value import pool_costs
from tawteen.plan.limits.ground import Ground

POOL = ["pool_kind", "pool", "period"]


def add_pools(ground: Ground, starts: pl.DataFrame) -> pl.DataFrame:
    """Needs of the chosen starts, met by sources within their capacity and by trainers where they teach.

    Returns the columns of supply: pool_kind, pool, source, period, premium (price above reference), column.
    """
    draft = ground.draft
    needs = (
        starts.select("option", "column", start="period")
        .join(ground.effects.needs.filter(pl.col("amount") > 0), on="option")
        .select("pool_kind", "pool", "column", "amount", period=pl.col("start") + pl.col("quarter"))
        .filter(pl.col("period") < ground.periods)
    )
    rows = draft.rows("pool", needs.select(POOL).unique().sort(POOL).with_columns(lower=pl.lit(0.0), upper=pl.lit(0.0)))
    draft.entries(needs.join(rows, on=POOL).select("row", "column", value="amount"))
    supply = draft.columns("pool_supply", _sources(ground, rows))
    draft.entries(supply.join(rows, on=POOL).with_columns(value=-1.0))
    _add_trainers(ground, supply)
    return supply


def _sources(ground: Ground, rows: pl.DataFrame) -> pl.DataFrame:
    sources = (
        pool_costs(ground.case, ground.match, ground.prices)
        .join(ground.match.pools.select("pool_kind", "pool", "reference_price"), on=["pool_kind", "pool"])
        .with_columns(premium=(pl.col("price") - pl.col("reference_price")).clip(lower_bound=0.0))
    )
    return (
        rows.select(POOL)
        .join(sources, on=["pool_kind", "pool"], maintain_order="left_right")
        .filter(pl.col("period") >= pl.max_horizontal("first_period", "start"), pl.col("period") <= pl.col("end"))
        .join(ground.discount(), on="period", maintain_order="left")
        .select(
            *("pool_kind", "pool", "source", "period", "premium", "trainer_pool", "trainer_ratio"),
            value=-pl.col("unit_price") * pl.col("discount"),
            upper="capacity",
        )
    )


def _add_trainers(ground: Ground, supply: pl.DataFrame) -> None:
    """Trainers busy in the room, of a stock that shrinks by the share that leaves each year."""
    staff = ground.case.filled("trainers").select("headcount", "attrition", trainer_pool="id")
    stays = (1 - pl.col("attrition")) ** (pl.col("period") / 4)
    taught = supply.filter(pl.col("trainer_pool").is_not_null(), pl.col("trainer_ratio") > 0)
    rows = ground.draft.rows(
        "trainers",
        taught.select("trainer_pool", "period")
        .unique()
        .sort("trainer_pool", "period")
        .join(staff, on="trainer_pool", how="left", maintain_order="left")
        .select("trainer_pool", "period", upper=pl.col("headcount").fill_null(0.0) * stays.fill_null(1.0)),
    )
    ground.draft.entries(
        taught.join(rows, on=["trainer_pool", "period"]).select("row", "column", value="trainer_ratio")
    )
