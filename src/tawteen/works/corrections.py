"""Corrections of estimates by what past restarts of the same reference class took."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.case.precedents import class_means


def corrections(case: Case, options: pl.DataFrame) -> pl.DataFrame:
    """Correction factors of each option: option, cost_ratio, duration_ratio, reached, survival.

    Reference class forecasting (Flyvbjerg 2006): means of the precedents that state them, for survival the share that
    still runs after three years, and 1 where no precedent states it. An `as_is` option runs already: only its output is
    corrected.
    """
    classes = class_means(case).lazy().rename({"output_reached": "reached", "survived": "survival"})
    runs = pl.col("kind") == "as_is"
    return fused(
        options.lazy()
        .join(classes, on="reference_class", how="left", maintain_order="left")
        .select(
            option="id",
            cost_ratio=pl.col("cost_ratio").fill_null(1.0),
            duration_ratio=pl.col("duration_ratio").fill_null(1.0),
            reached=pl.coalesce("output_reached", "reached").fill_null(1.0),
            survival=pl.when(runs).then(1.0).otherwise(pl.col("survival").fill_null(1.0)),
        )
    )
