"""Gates: conditions that keep a site shut (title, explosives, control of the site …), and what opens them."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import codes
from tawteen.case.gates import FIRST_OF_DECISION, with_effects
from tawteen.case.model import Case
from tawteen.diagnose.tables import Gates


def gates_of(case: Case) -> pl.DataFrame:
    """All blockers of the case, hard or soft; columns of `Diagnosis.gates`."""
    return with_effects(case.filled("blockers")).select(Gates.column_names())


def gates_by_site(gates: pl.LazyFrame) -> pl.LazyFrame:
    """The combined effect of the gates of each site: one row per site with gates.

    Columns: site, blocked_now, blocked_next, unknown_gates, closed_gates, unsure, chance, gate_weeks, soft_weeks,
    blocked_by (first shut gate in the order of the code list), opens (last date of an authority).
    """
    order = {gate: place for place, gate in enumerate(codes("gates"))}
    placed = gates.with_columns(place=pl.col("gate").replace_strict(order, default=len(order)), first=FIRST_OF_DECISION)
    weeks, chance, stops = pl.col("weeks"), pl.col("chance"), pl.col("stops")
    return (
        placed.sort("place")
        .group_by("site", maintain_order=True)
        .agg(
            blocked_now=(pl.col("counts") & (stops == "now")).sum().cast(pl.Int64),
            blocked_next=(pl.col("counts") & (stops == "next")).sum().cast(pl.Int64),
            unknown_gates=(pl.col("state") == "unknown").sum().cast(pl.Int64),
            closed_gates=(pl.col("state") == "closed").sum().cast(pl.Int64),
            unsure=pl.col("unsure").any(),
            chance=chance.filter(pl.col("unsure") & pl.col("first")).fill_null(0.0).product(),
            gate_weeks=weeks.filter(pl.col("before")).max().fill_null(0.0),
            soft_weeks=weeks.filter(pl.col("counts") & ~pl.col("before")).max().fill_null(0.0),
            blocked_by=pl.col("gate").filter(pl.col("shut")).first(),
            opens=pl.col("open_date").filter(pl.col("waits")).max(),
        )
    )
