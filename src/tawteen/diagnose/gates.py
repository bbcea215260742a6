"""Gates: conditions that keep a site shut (title, explosives, control of the site …), and what opens them."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import codes
from tawteen.case.model import Case

SOFT = ("machinery", "inputs", "workforce", "digital")
"""Gates that are opened with the works when they are unknown; every other gate is hard."""


def gates_of(case: Case) -> pl.DataFrame:
    """All blockers of the case, hard or soft; columns of `Diagnosis.gates`."""
    return case.filled("blockers").select(
        "site",
        "gate",
        (~pl.col("gate").is_in(SOFT)).alias("hard"),
        "state",
        "stops",
        "opens_by",
        "authority",
        "open_date",
        "cost",
        "weeks",
        "chance",
        "task_en",
        "task_ar",
    )


def relevant_gates(gates: pl.DataFrame) -> pl.DataFrame:
    """Gates that are not open and stop the site now or next, with four more columns (bool).

    `shut`: nothing known opens it, or its date or chance is unknown. `before`: its task precedes the works. `waits`:
    the works start no sooner than its date. `unsure`: the options of the site are conditional on it.
    """
    closed, authority = pl.col("state") == "closed", pl.col("opens_by") == "authority"
    unsure = (pl.col("state") == "unknown") & pl.col("hard")
    nobody = (pl.col("opens_by") == "none") | (authority & pl.col("open_date").is_null())
    return gates.filter((pl.col("state") != "open") & pl.col("stops").is_in(["now", "next"])).with_columns(
        shut=(closed & nobody) | (unsure & pl.col("chance").is_null()),
        before=closed | unsure,
        waits=(closed | unsure) & authority,
        unsure=unsure,
    )


def gates_by_site(gates: pl.DataFrame) -> pl.DataFrame:
    """The combined effect of the gates of each site: one row per site with relevant gates.

    Columns: site, blocked_now, blocked_next, unknown_gates, closed_gates, conditional, chance, gate_weeks,
    soft_weeks, blocked_by (first shut gate in the order of the code list), opens (last date of an authority).
    """
    order = {gate: place for place, gate in enumerate(codes("gates"))}
    counted = relevant_gates(gates).with_columns(place=pl.col("gate").replace_strict(order, default=len(order)))
    weeks, chance = pl.col("weeks"), pl.col("chance")
    return (
        counted.sort("place")
        .group_by("site", maintain_order=True)
        .agg(
            blocked_now=(pl.col("stops") == "now").sum().cast(pl.Int64),
            blocked_next=(pl.col("stops") == "next").sum().cast(pl.Int64),
            unknown_gates=(pl.col("state") == "unknown").sum().cast(pl.Int64),
            closed_gates=(pl.col("state") == "closed").sum().cast(pl.Int64),
            conditional=pl.col("unsure").any(),
            chance=chance.filter(pl.col("unsure")).fill_null(0.0).product(),
            gate_weeks=weeks.filter(pl.col("before")).max().fill_null(0.0),
            soft_weeks=weeks.filter(~pl.col("before")).max().fill_null(0.0),
            blocked_by=pl.col("gate").filter(pl.col("shut")).first(),
            opens=pl.col("open_date").filter(pl.col("waits")).max(),
        )
    )
