"""What options add to training once they operate: seats of courses, and trainers."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.works.periods import QUARTERS_PER_YEAR

ADDED = ("option", "quarter", "pool_kind", "pool", "amount")


def additions(case: Case, effects: Effects) -> pl.DataFrame:
    """Expected seats and trainers by quarter from the start of each option that adds any, in the horizon.

    Columns: option, quarter, pool_kind (course or trainers), pool, amount (persons). Both count from the first quarter
    of operation, by the expected share of the quarter in operation; trainers leave from then on as those of their pool.
    """
    seats = (
        case["added_seats"]
        .lazy()
        .select("option", pool_kind=pl.lit("course"), pool="course", full="seats", attrition=pl.lit(0.0))
    )
    pools = case.filled("trainers").lazy().select("attrition", trainer_pool="id")
    trainers = (
        case["added_trainers"]
        .lazy()
        .join(pools, on="trainer_pool", maintain_order="left")
        .select("option", pool_kind=pl.lit("trainers"), pool="trainer_pool", full="headcount", attrition="attrition")
    )
    added = pl.concat([seats, trainers]).join(
        effects.options.lazy().select("option", "operating_from"), on="option", maintain_order="left"
    )
    years = (pl.col("quarter") - pl.col("operating_from")).clip(lower_bound=0) / QUARTERS_PER_YEAR
    return fused(
        added.join(effects.profile.lazy().filter(pl.col("operating") > 0), on="option", maintain_order="left")
        .with_columns(amount=pl.col("full") * pl.col("operating") * (1 - pl.col("attrition")) ** years)
        .filter(pl.col("amount") > 0)
        .select(ADDED)
    )


def most_added(added: pl.DataFrame) -> pl.DataFrame:
    """What all options together could add to a pool in any quarter: pool_kind, pool, most (an upper bound)."""
    key = ["pool_kind", "pool"]
    each = added.group_by("option", *key, maintain_order=True).agg(pl.col("amount").max())
    return each.group_by(key, maintain_order=True).agg(most=pl.col("amount").sum())
