"""What options take from the pools they compete for: capabilities of partner units and seats of courses."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.works.periods import WEEKS_PER_QUARTER, spread, steps_begun
from tawteen.works.tables import Loads
from tawteen.works.training import places


def pool_loads(
    case: Case, options: pl.DataFrame, schedule: pl.DataFrame, lead: pl.DataFrame, corrected: pl.DataFrame
) -> pl.DataFrame:
    """Columns of `WorksNetwork.loads` for the options of `lead`; amounts in full, whatever the chance of the gates.

    `options`: id, site and surveyed (whether a survey of the site comes first, or is all that the option does).
    """
    loads = pl.concat([_surveys(case, options, lead), _efforts(case, schedule, lead, corrected), _training(case, lead)])
    return loads.filter(pl.col("amount") > 0)


def needs_by_step(loads: pl.DataFrame, name: str, step: float) -> pl.DataFrame:
    """Loads summed by steps of `step` weeks: option, `name` (index of the step), pool_kind, pool, amount, sure."""
    key = ("option", name, "pool_kind", "pool")
    return fused(
        spread(loads.lazy(), name, step)
        .filter(pl.col("amount") > 0)
        .group_by(*key, "sure", maintain_order=True)
        .agg(pl.col("amount").sum())
        .select(*key, "amount", "sure")
    )


def _surveys(case: Case, options: pl.DataFrame, lead: pl.DataFrame) -> pl.DataFrame:
    """Efforts of survey teams over the weeks of the survey of each option that has one."""
    teams = case.filled("sites").lazy().select("survey_effort", site="id", pool="survey_capability")
    surveyed = options.lazy().filter("surveyed").select("site", option="id")
    return fused(
        lead.lazy()
        .select("option", "survey_weeks")
        .join(surveyed, on="option", maintain_order="left")
        .join(teams.filter(pl.col("pool").is_not_null()), on="site", maintain_order="left")
        .select(
            "option",
            pl.lit("capability").alias("pool_kind"),
            "pool",
            pl.lit(0.0).alias("start"),
            pl.col("survey_weeks").alias("finish"),
            pl.col("survey_effort").alias("amount"),
            pl.lit(True).alias("sure"),
        )
    )


def _efforts(case: Case, schedule: pl.DataFrame, lead: pl.DataFrame, corrected: pl.DataFrame) -> pl.DataFrame:
    """Efforts of work packages over the weeks of each, corrected by the cost ratio of the reference class."""
    before = lead.lazy().select("option", before=pl.col("survey_weeks") + pl.col("gate_weeks"))
    return fused(
        case.filled("works")
        .lazy()
        .filter(pl.col("capability").is_not_null())
        .select("option", "effort", work="id", pool="capability")
        .join(schedule.lazy(), on=["option", "work"], maintain_order="left")
        .join(before, on="option", maintain_order="left")
        .join(corrected.lazy().select("option", "cost_ratio"), on="option", maintain_order="left")
        .with_columns(
            pl.col("start", "finish") + pl.col("before"),
            pool_kind=pl.lit("capability"),
            amount=pl.col("effort") * pl.col("cost_ratio"),
            sure=pl.lit(False),
        )
        .select(Loads.column_names())
    )


def _training(case: Case, lead: pl.DataFrame) -> pl.DataFrame:
    """Seats of courses: `weeks/13` seat-quarters for each place, evenly over the last quarters of the works."""
    last = pl.max_horizontal(steps_begun(pl.col("total_weeks")), 1)
    return fused(
        places(case)
        .lazy()
        .join(lead.lazy().select("option", "total_weeks"), on="option", maintain_order="left")
        .with_columns(finish=last * WEEKS_PER_QUARTER)
        .select(
            "option",
            pl.lit("course").alias("pool_kind"),
            pl.col("course").alias("pool"),
            (pl.col("finish") - steps_begun(pl.col("weeks")) * WEEKS_PER_QUARTER).alias("start"),
            "finish",
            (pl.col("seat_weeks") / WEEKS_PER_QUARTER).alias("amount"),
            pl.lit(False).alias("sure"),
        )
    )
