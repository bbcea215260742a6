"""What options need of the pools they compete for, by quarter from their start."""

from __future__ import annotations

import polars as pl

from tawteen.case.model import Case
from tawteen.diagnose.lead import COURSE_WEEKS
from tawteen.diagnose.quarters import WEEKS, begun, spread


def needs_of(case: Case, schedule: pl.DataFrame, lead: pl.DataFrame, corrected: pl.DataFrame) -> pl.DataFrame:
    """Needs of capabilities and courses; columns of `Diagnosis.needs`, amounts in full whatever the chance."""
    both = pl.concat([_efforts(case, schedule, lead, corrected), _trainees(case, lead)])
    return (
        both.filter(pl.col("amount") > 0)
        .group_by("option", "quarter", "pool_kind", "pool", maintain_order=True)
        .agg(pl.col("amount").sum())
    )


def _efforts(case: Case, schedule: pl.DataFrame, lead: pl.DataFrame, corrected: pl.DataFrame) -> pl.DataFrame:
    before = lead.select("option", before=pl.col("survey_weeks") + pl.col("gate_weeks"))
    rows = (
        case.filled("works")
        .filter(pl.col("capability").is_not_null())
        .select("option", "effort", work="id", pool="capability")
        .join(schedule, on=["option", "work"], maintain_order="left")
        .join(before, on="option", maintain_order="left")
        .join(corrected.select("option", "cost_ratio"), on="option", maintain_order="left")
        .select(
            "option",
            "pool",
            start=pl.col("before") + pl.col("start"),
            finish=pl.col("before") + pl.col("finish"),
            amount=pl.col("effort") * pl.col("cost_ratio"),
        )
    )
    return spread(rows).select("option", "quarter", "pool", "amount", pool_kind=pl.lit("capability"))


def _trainees(case: Case, lead: pl.DataFrame) -> pl.DataFrame:
    """Seat-quarters: everybody sits `weeks/13` of them, evenly over the quarters up to the end of the works."""
    last = pl.max_horizontal(begun(pl.col("total_weeks")), 1)
    courses = case.filled("courses").select("pass_rate", course="id", weeks=COURSE_WEEKS)
    return (
        case["cadres"]
        .join(courses, on="course", maintain_order="left")
        .join(lead.select("option", "total_weeks"), on="option", maintain_order="left")
        .with_columns(quarters=begun(pl.col("weeks")), last=last)
        .with_columns(
            quarter=pl.int_ranges(pl.col("last") - pl.col("quarters"), pl.col("last")),
            amount=pl.col("headcount") / pl.col("pass_rate") * pl.col("weeks") / WEEKS / pl.col("quarters"),
        )
        .explode("quarter", empty_as_null=True)
        .select("option", "quarter", "amount", pool="course", pool_kind=pl.lit("course"))
        .select("option", "quarter", "pool", "amount", "pool_kind")
    )
