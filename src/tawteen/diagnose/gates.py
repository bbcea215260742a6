"""Gates: what keeps a site shut, what opens it, and what that means for its options."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import codes
from tawteen.case.model import Case

SOFT = ("machinery", "inputs", "workforce", "digital")
"""Gates that are opened with the works when they are unknown; every other gate is hard."""

NOT_WORKS = ("as_is", "survey", "close")
"""Kinds of options that do not work on the site, so that no gate stops them."""


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


def counting(gates: pl.DataFrame) -> pl.DataFrame:
    """Gates that are not open and stop the site now or next, with what each one does.

    `shut`: nothing known opens it, or nobody says when or with what chance. `before`: its task comes before the works;
    `waits`: the works wait for its date; `unsure`: the options of the site rest on it.
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


def by_site(gates: pl.DataFrame) -> pl.DataFrame:
    """What the gates of a site mean together: one row for each site that has gates which count.

    Columns: site, blocked_now, blocked_next, unknown_gates, closed_gates, conditional, chance, gate_weeks,
    soft_weeks, blocked_by (first shut gate in the order of the code list), opens (last date of an authority).
    """
    order = {gate: place for place, gate in enumerate(codes("gates"))}
    counted = counting(gates).with_columns(place=pl.col("gate").replace_strict(order, default=len(order)))
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
