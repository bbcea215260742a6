"""Classes of courses, which sites share: whole numbers of them, each with its whole price, room and trainers.

Only persons whose training begins in the same quarter sit in one class. Third parties take persons one by one.
"""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.match.sources import THIRD_PARTY
from tawteen.plan.held_classes import first_places
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.model_builder import ModelBuilder
from tawteen.works.training import class_terms

COURSE_PERIOD = ["course", "period"]


def add_classes(
    inputs: PlanInputs, builder: ModelBuilder, starts: pl.DataFrame, pools: pl.DataFrame, supply: pl.DataFrame
) -> pl.DataFrame:
    """Whole classes for the courses that state the size of one.

    `pools` (pool_kind, pool, period, row) are rows of needs less supply, `supply` its columns. What the provider of a
    course supplies becomes the seats of whole classes, and what nobody needs of them stays empty.

    Returns the columns of empty seats as those of supply: pool_kind, pool, source (null), period, premium, column.
    Their premium is the reference price, because no option pays it.
    """
    terms = class_terms(inputs.case).lazy()
    trained = _beginnings(inputs, starts)
    if trained.is_empty():
        return supply.select("pool_kind", "pool", "source", "period", "premium", "column").clear()
    begun = trained.lazy().select(COURSE_PERIOD).unique().sort(COURSE_PERIOD)
    rows = builder.rows("class", fused(begun.with_columns(upper=pl.lit(0.0))))
    builder.entries(trained.lazy().join(rows.lazy(), on=COURSE_PERIOD))
    everybody = trained.lazy().group_by(COURSE_PERIOD).agg(places=pl.col("value").sum())
    taught = fused(
        begun.join(terms, on="course", maintain_order="left")
        .join(everybody, on=COURSE_PERIOD, maintain_order="left")
        .with_columns(upper=(pl.col("places") / pl.col("size")).ceil())
        .drop("places")
    )
    classes = builder.columns("class", taught, whole=True).lazy().with_columns(places="size")
    away = builder.columns("away", taught.drop("upper")).lazy().with_columns(places=pl.lit(1.0))
    for name, columns, third in (("taught", classes, False), ("sent", away, True)):
        builder.entries(columns.join(rows.lazy(), on=COURSE_PERIOD).with_columns(value=-pl.col("places")))
        _teach(inputs, builder, name, columns, supply.lazy().filter(_third_party() == third))
    return _empty_seats(inputs, builder, pools, terms)


def _third_party() -> pl.Expr:
    return pl.col("source") == THIRD_PARTY


def _beginnings(inputs: PlanInputs, starts: pl.DataFrame) -> pl.DataFrame:
    """Who begins a course with classes in which quarter: course, period, column (of the start), value (places)."""
    begins = first_places(inputs.case, inputs.effects).lazy().rename({"places": "value"})
    return fused(
        starts.lazy()
        .select("option", "column", start="period")
        .join(begins, on="option", maintain_order="left")
        .select("column", "value", "course", period=(pl.col("start") + pl.col("begins")).cast(pl.Int64))
        .filter(pl.col("period").is_between(0, inputs.periods - 1))
    )


def _teach(inputs: PlanInputs, builder: ModelBuilder, name: str, columns: pl.LazyFrame, supply: pl.LazyFrame) -> None:
    """Rows: what sources supply in a quarter is what the classes or places of `columns` take that began by then."""
    taken = fused(
        columns.with_columns(step=pl.int_ranges("quarters"))
        .explode("step")
        .select("course", "column", period=pl.col("period") + pl.col("step"), value=-pl.col("share") * pl.col("places"))
        .filter(pl.col("period") < inputs.periods)
    ).lazy()
    nothing = {"lower": pl.lit(0.0), "upper": pl.lit(0.0)}
    listed = taken.select(COURSE_PERIOD).unique().sort(COURSE_PERIOD).with_columns(**nothing)
    rows = builder.rows(name, fused(listed)).lazy()
    builder.entries(taken.join(rows, on=COURSE_PERIOD))
    given = supply.filter(pl.col("pool_kind") == "course").rename({"pool": "course"})
    builder.entries(given.join(rows, on=COURSE_PERIOD).with_columns(value=pl.lit(1.0)))


def _empty_seats(inputs: PlanInputs, builder: ModelBuilder, pools: pl.DataFrame, terms: pl.LazyFrame) -> pl.DataFrame:
    """Seats of classes that nobody takes."""
    prices = inputs.match.pools.lazy().select("pool_kind", "pool", premium="reference_price")
    taught = (
        pools.lazy()
        .filter(pl.col("pool_kind") == "course")
        .join(terms.select(pool="course"), on="pool", how="semi", maintain_order="left")
        .join(prices, on=["pool_kind", "pool"], how="left", maintain_order="left")
    )
    source = pl.lit(None, pl.String).alias("source")
    keys = fused(taught.select("pool_kind", "pool", source, "period", "premium"))
    empty = builder.columns("empty_seats", keys)
    key = ["pool_kind", "pool", "period"]
    builder.entries(empty.lazy().join(pools.lazy(), on=key).with_columns(value=pl.lit(1.0)))
    return empty
