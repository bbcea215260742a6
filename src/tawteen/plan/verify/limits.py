"""The table of limits held against what the other checks measured: what is used of each limit and what it allows."""

from __future__ import annotations

import polars as pl

from tawteen.plan.programme import Programme
from tawteen.plan.verify.checks import RELATIVE, Checks

MEASURED = ("balance", "credit", "export", "fund", "import", "route", "source", "trainers", "uptake")
"""Kinds of limits that are measured; rules are held by their own check."""
NEAR = 10 * RELATIVE


def check_limits(programme: Programme, checks: Checks) -> None:
    """`used` is what flows, draws and supply come to, `limit` what the case allows where any of it is used."""
    rows = programme.limits.filter(pl.col("kind").is_in(MEASURED)).with_columns(
        id=pl.when(pl.col("kind") == "balance").then(pl.format("{}/{}", "id", "region")).otherwise("id")
    )
    checks.counts["limits"] = rows.height
    known = checks.measured_rows()
    joined = rows.join(known, on=["kind", "id", "period"], how="left", suffix="_right")
    size = pl.max_horizontal(pl.col("used").abs(), pl.col("measured").abs(), "limit", pl.lit(1e-3)).max()
    joined = joined.with_columns(size=size.over("kind", "id"), measured=pl.col("measured").fill_null(0.0))
    both = pl.col("limit").is_not_null() & pl.col("allowed").is_not_null()
    wrong = joined.filter(
        ((pl.col("used") - pl.col("measured")).abs() > NEAR * pl.col("size"))
        | (both & ((pl.col("limit") - pl.col("allowed")).abs() > NEAR * pl.col("size")))
        | (pl.col("price") < 0)
    )
    for row in wrong.sort("kind", "id", "period").iter_rows(named=True):
        checks.report("limits", f"{row['kind']}/{row['id']}", row["period"], row["used"], row["measured"])
    twice = programme.limits.filter(
        pl.struct("kind", "id", "region", "period").is_duplicated() & (pl.col("kind") != "rule")
    )
    for row in twice.unique(["kind", "id"]).sort("kind", "id").iter_rows(named=True):
        checks.report("limits", f"{row['kind']}/{row['id']}", row["period"])
