"""What the precedents of a reference class state of cost, duration, output and survival (the outside view)."""

from __future__ import annotations

import polars as pl

from tawteen.case.derived import once_per_tables
from tawteen.case.model import Case
from tawteen.case.params import ESTIMATE

CORRECTED = ("works", "civil", "equipment", "spares")
"""Categories of cost that the cost ratio of a reference class corrects."""

RATIOS = ("cost_ratio", "duration_ratio", "output_reached")
"""What precedents state beside survival, each corrected by the mean of the class."""


@once_per_tables(lambda: ("precedents",))
def class_means(case: Case) -> pl.DataFrame:
    """reference_class, cost_ratio, duration_ratio, output_reached, survived: means of the precedents that state them.

    Null where no precedent of the class states a value. Reference class forecasting (Flyvbjerg 2006); the mean, because
    a plan compares expected values.
    """
    return (
        case["precedents"]
        .group_by("reference_class")
        .agg(pl.col(RATIOS).mean(), pl.col("survived").cast(pl.Float64).mean())
    )


def tells_spread(ratio: pl.Expr) -> pl.Expr:
    """Whether the precedents of a group tell the spread of a ratio: enough state it, and not all alike.

    Enough are `ESTIMATE.fewest_precedents`.
    """
    known = ratio.drop_nulls()
    return (known.len() >= ESTIMATE.fewest_precedents) & (known.n_unique() > 1)


def stated_ratios(case: Case) -> pl.DataFrame:
    """option, and for each ratio whether its class corrects it, and `ratio_spread` whether the class tells its spread.

    An output that the option states itself is not corrected.
    """
    spreads = {f"{ratio}_spread": tells_spread(pl.col(ratio)) for ratio in RATIOS}
    classes = (
        case["precedents"]
        .group_by("reference_class")
        .agg(**{ratio: pl.col(ratio).is_not_null().any() for ratio in RATIOS}, **spreads)
    )
    return (
        case["options"]
        .select("reference_class", option="id", own=pl.col("output_reached").is_not_null())
        .join(classes, on="reference_class", how="left", maintain_order="left")
        .with_columns(pl.col(*RATIOS, *spreads).fill_null(False))
        .with_columns(pl.col("output_reached", "output_reached_spread") & ~pl.col("own"))
        .select("option", *RATIOS, *spreads)
    )
