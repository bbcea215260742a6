"""Pools (capabilities and courses), for which options compete, the sources that supply them, and what options add."""

from __future__ import annotations

import polars as pl

from tawteen.appraise.value import pool_costs
from tawteen.case.fused import fused
from tawteen.effects.additions import additions, most_added
from tawteen.match.pools import POOL
from tawteen.match.sources import ACADEMY, sources_by_period
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.classes import add_classes
from tawteen.plan.limits.money import all_money
from tawteen.plan.model_builder import ModelBuilder
from tawteen.plan.tolerances import TOLERANCES

POOL_PERIOD = [*POOL, "period"]


def add_pools(
    inputs: PlanInputs, builder: ModelBuilder, starts: pl.DataFrame, *, whole_classes: bool = True
) -> pl.DataFrame:
    """Needs of the chosen starts, met by sources within their capacity and by trainers where they teach.

    Seats and trainers that starts add count from their first quarter of operation. Without `whole_classes` courses are
    taught by the seat: a relaxation, in which every class is full.

    Returns the columns of supply: pool_kind, pool, source, period, premium (price above reference), column; empty seats
    of classes are among them, without a source.
    """
    needs = fused(
        starts.lazy()
        .select("option", "column", start="period")
        .join(inputs.effects.needs.lazy().filter(pl.col("amount") > 0), on="option")
        .select("pool_kind", "pool", "column", "amount", period=pl.col("start") + pl.col("quarter"))
        .filter(pl.col("period") < inputs.periods)
    ).lazy()
    needed = needs.select(POOL_PERIOD).unique().sort(POOL_PERIOD)
    pools = builder.rows("pool", fused(needed.with_columns(lower=pl.lit(0.0), upper=pl.lit(0.0))))
    rows = pools.lazy()
    builder.entries(needs.join(rows, on=POOL_PERIOD).select("row", "column", value="amount"))
    added = additions(inputs.case, inputs.effects)
    supply = builder.columns("pool_supply", _sources(inputs, rows, most_added(added)))
    builder.entries(supply.lazy().join(rows, on=POOL_PERIOD).with_columns(value=-1.0))
    given = (
        starts.lazy()
        .select("option", "column", start="period")
        .join(added.lazy(), on="option")
        .select("pool_kind", "pool", "column", period=pl.col("start") + pl.col("quarter"), value=-pl.col("amount"))
        .filter(pl.col("period") < inputs.periods)
    )
    _add_seats(inputs, builder, supply, added, given)
    _add_trainers(inputs, builder, supply, given)
    if not whole_classes:
        return supply
    empty = add_classes(inputs, builder, starts, pools, supply)
    return pl.concat([supply.select(empty.columns), empty])


def own_seats(inputs: PlanInputs) -> pl.DataFrame:
    """The provider of each course and the seats that it has today: pool, source, seats."""
    return inputs.case.filled("courses").select("seats", pool="id", source=pl.col("unit").fill_null(ACADEMY))


def _add_seats(
    inputs: PlanInputs, builder: ModelBuilder, supply: pl.DataFrame, added: pl.DataFrame, given: pl.LazyFrame
) -> None:
    """Seats of a course that options add to: what its provider teaches is within its own and the added ones."""
    courses = added.lazy().filter(pl.col("pool_kind") == "course").select("pool").unique()
    taught = (
        supply.lazy()
        .filter(pl.col("pool_kind") == "course")
        .join(courses, on="pool", how="semi", maintain_order="left")
        .join(own_seats(inputs).lazy(), on=["pool", "source"], maintain_order="left")
    )
    rows = builder.rows("seats", fused(taught.select("period", course="pool", upper="seats"))).lazy()
    key = ["course", "period"]
    builder.entries(taught.rename({"pool": "course"}).join(rows, on=key).with_columns(value=1.0))
    seats = given.filter(pl.col("pool_kind") == "course").rename({"pool": "course"})
    builder.entries(seats.join(rows, on=key))


def _sources(inputs: PlanInputs, rows: pl.LazyFrame, most: pl.DataFrame) -> pl.DataFrame:
    """Sources that can supply the pools of `rows`, period by period, with what a unit of them is worth.

    The provider of a course has the seats of the course and the `most` that options could add.
    """
    rooms = most.lazy().filter(pl.col("pool_kind") == "course").join(own_seats(inputs).lazy(), on="pool")
    sources = (
        sources_by_period(pool_costs(inputs.match, inputs.prices), inputs.periods)
        .lazy()
        .join(inputs.match.pools.lazy().select("pool_kind", "pool", "reference_price"), on=["pool_kind", "pool"])
        .with_columns(premium=(pl.col("price") - pl.col("reference_price")).clip(lower_bound=0.0))
        .join(_usual_needs(inputs), on=["pool_kind", "pool"], maintain_order="left")
        .filter(pl.col("premium") * TOLERANCES.supply * pl.col("usual") <= all_money(inputs))
        .join(rooms.select(*POOL, "source", "most"), on=[*POOL, "source"], how="left", maintain_order="left")
        .with_columns(pl.col("capacity") + pl.col("most").fill_null(0.0))
    )
    return fused(
        rows.select(POOL_PERIOD)
        .join(sources, on=POOL_PERIOD, maintain_order="left_right")
        .join(inputs.discount_factors().lazy(), on="period", maintain_order="left")
        .select(
            *("pool_kind", "pool", "source", "period", "premium", "trainer_pool", "trainer_ratio"),
            value=-pl.col("unit_price") * pl.col("discount"),
            upper="capacity",
        )
    )


def _usual_needs(inputs: PlanInputs) -> pl.LazyFrame:
    """Median need of options for each pool per period: pool_kind, pool, usual."""
    needs = inputs.effects.needs.lazy().filter(pl.col("amount") > 0)
    return needs.group_by("pool_kind", "pool").agg(usual=pl.col("amount").median())


def _add_trainers(inputs: PlanInputs, builder: ModelBuilder, supply: pl.DataFrame, given: pl.LazyFrame) -> None:
    """Trainers busy in the room, of a stock that shrinks by the share that leaves each year and grows by options."""
    staff = inputs.case.filled("trainers").lazy().select("headcount", "attrition", trainer_pool="id")
    stays = (1 - pl.col("attrition")) ** (pl.col("period") / 4)
    taught = supply.lazy().filter(pl.col("trainer_pool").is_not_null(), pl.col("trainer_ratio") > 0)
    rows = builder.rows(
        "trainers",
        fused(
            taught.select("trainer_pool", "period")
            .unique()
            .sort("trainer_pool", "period")
            .join(staff, on="trainer_pool", how="left", maintain_order="left")
            .select("trainer_pool", "period", upper=pl.col("headcount").fill_null(0.0) * stays.fill_null(1.0))
        ),
    ).lazy()
    builder.entries(taught.join(rows, on=["trainer_pool", "period"]).select("row", "column", value="trainer_ratio"))
    joined = given.filter(pl.col("pool_kind") == "trainers").rename({"pool": "trainer_pool"})
    builder.entries(joined.join(rows, on=["trainer_pool", "period"]))
