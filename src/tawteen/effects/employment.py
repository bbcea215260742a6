"""Who already works where an option takes a running line over."""

from __future__ import annotations

import polars as pl


def taken_over_persons(options: pl.DataFrame) -> pl.DataFrame:
    """Persons of the running line that each option takes over: option, persons (0 where it takes nothing over).

    `options` are those of `Effects`. Counted as their labour is credited from the takeover on (docs/method.md, Value
    of an option): beyond the idle staff of the site, who are paid in both cases.
    """
    today = options.filter(pl.col("kind") == "as_is").group_by("site").agg(persons=pl.col("new_jobs").sum())
    return options.join(today, on="site", how="left", maintain_order="left").select(
        "option", persons=pl.when(pl.col("takeover").is_not_null()).then(pl.col("persons")).fill_null(0.0)
    )
