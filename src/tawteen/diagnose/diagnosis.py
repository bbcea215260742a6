"""Why sites stand still or run badly, and what each option needs."""

from __future__ import annotations

import polars as pl

from tawteen.case.model import Case
from tawteen.diagnose.gates import by_site, gates_of
from tawteen.diagnose.lead import lead_of
from tawteen.diagnose.losses import losses_of
from tawteen.diagnose.model import Diagnosis
from tawteen.diagnose.needs import needs_of
from tawteen.diagnose.options import corrections, options_of
from tawteen.diagnose.schedule import schedule_of


def diagnose(case: Case) -> Diagnosis:
    """Gates, losses, schedules and needs of a case (`docs/method.md`, Gates and Needs).

    Raises CaseError where work packages wait for each other in a circle or for one that is not there.
    """
    options = options_of(case)
    corrected = corrections(case, options)
    gates = gates_of(case)
    together = by_site(gates)
    schedule = schedule_of(case, corrected)
    lead = lead_of(case, options, together, schedule)
    # A line that runs today needs nothing of the pools, whatever its rows say.
    starts = lead.join(options.filter(pl.col("kind") != "as_is"), left_on="option", right_on="id", how="semi")
    return Diagnosis(
        sites=_sites(case, options, together, lead),
        gates=gates,
        losses=losses_of(case),
        schedule=schedule,
        lead=lead,
        needs=needs_of(case, schedule, starts, corrected).select("option", "quarter", "pool_kind", "pool", "amount"),
    )


def _sites(case: Case, options: pl.DataFrame, gates: pl.DataFrame, lead: pl.DataFrame) -> pl.DataFrame:
    some = (
        options.filter("works")
        .join(lead.select("option", "available"), left_on="id", right_on="option")
        .group_by("site")
        .agg(pl.col("available").any())
    )
    counts = ("blocked_now", "blocked_next", "unknown_gates", "closed_gates")
    return (
        case["sites"]
        .select(site="id")
        .join(gates, on="site", how="left", maintain_order="left")
        .join(some, on="site", how="left", maintain_order="left")
        .select(
            "site",
            pl.col(counts).fill_null(0),
            pl.col("conditional", "available").fill_null(False),
            pl.col("chance").fill_null(1.0),
        )
    )
