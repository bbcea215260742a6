"""How long an option takes from its start to its first output."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.works.training import places


def lead_times(case: Case, options: pl.DataFrame, sites: pl.DataFrame, schedule: pl.DataFrame) -> pl.DataFrame:
    """Weeks of survey, gates and works of every option; columns of `WorksNetwork.lead`.

    `sites` is `Diagnosis.sites`. The works end with the last package, but no sooner than the tasks of soft gates and
    the longest course, which begin with the works.
    """
    works, kind = pl.col("works"), pl.col("kind")
    total = pl.sum_horizontal("survey_weeks", "gate_weeks", "works_weeks")
    runs_from = pl.min_horizontal(total, pl.col("survey_weeks") + pl.col("gate_weeks") + pl.col("released"))
    surveys = case.filled("sites").lazy().select(site="id", survey="survey_weeks")
    return fused(
        options.lazy()
        .select("id", "site", "kind", "works")
        .join(surveys, on="site", how="left", maintain_order="left")
        .join(sites.lazy().drop("available"), on="site", how="left", maintain_order="left")
        .join(_ends(case, schedule), left_on="id", right_on="option", how="left", maintain_order="left")
        .join(_longest_course(case), left_on="id", right_on="option", how="left", maintain_order="left")
        .with_columns(
            conditional=works & pl.col("conditional").fill_null(False),
            chance=pl.when(works).then(pl.col("chance").fill_null(1.0)).otherwise(1.0),
            gate_weeks=pl.when(works).then(pl.col("gate_weeks").fill_null(0.0)).otherwise(0.0),
            soft_weeks=pl.when(works).then(pl.col("soft_weeks").fill_null(0.0)).otherwise(0.0),
            blocked_by=pl.when(works).then("blocked_by"),
            opens=pl.when(works).then("opens"),
        )
        .with_columns(
            survey_weeks=pl.when(pl.col("conditional") | (kind == "survey")).then("survey").otherwise(0.0),
            works_weeks=pl.when(kind == "as_is")
            .then(0.0)
            .otherwise(pl.max_horizontal(pl.col("end", "course_weeks").fill_null(0.0), "soft_weeks")),
            available=pl.col("blocked_by").is_null(),
        )
        .with_columns(
            first_release=pl.when(works).then(runs_from).when(kind == "as_is").then(0.0),
            total_weeks=total,
        )
        .select(
            pl.col("id").alias("option"),
            "survey_weeks",
            "gate_weeks",
            "works_weeks",
            "first_release",
            "total_weeks",
            "chance",
            "available",
            "blocked_by",
            "opens",
        )
    )


def _ends(case: Case, schedule: pl.DataFrame) -> pl.LazyFrame:
    """End of the works of each option (`end`) and of its first package that releases capacity (`released`, or null)."""
    releases = case["works"].lazy().select("option", "releases", work="id")
    return (
        schedule.lazy()
        .join(releases, on=["option", "work"])
        .group_by("option")
        .agg(end=pl.col("finish").max(), released=pl.col("finish").filter(pl.col("releases") > 0).min())
    )


def _longest_course(case: Case) -> pl.LazyFrame:
    return places(case).lazy().group_by("option").agg(course_weeks=pl.col("weeks").max())
