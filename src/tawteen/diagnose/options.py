"""All options of a case, with the surveys that every site has, and what past restarts correct in them."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import codes
from tawteen.case.model import Case
from tawteen.diagnose.gates import NOT_WORKS


def options_of(case: Case) -> pl.DataFrame:
    """Options of the case, then `SITE:survey` of every site that can be surveyed and names no survey of its own.

    Columns of the table `options` with defaults filled, and works (bool: it works on the site, so that gates count).
    """
    name_en, name_ar = codes("option_kinds")["survey"]
    named = case["options"].filter(pl.col("kind") == "survey")
    surveys = (
        case.filled("sites")
        .filter((pl.col("survey_cost") > 0) | (pl.col("survey_weeks") > 0))
        .join(named, left_on="id", right_on="site", how="anti")
        .select(
            id=pl.col("id") + ":survey",
            site="id",
            kind=pl.lit("survey"),
            name_en=pl.lit(name_en),
            name_ar=pl.lit(name_ar),
        )
    )
    together = pl.concat([case["options"], surveys], how="diagonal")
    filled = Case(case.settings, {**case.tables, "options": together}).filled("options")
    return filled.with_columns(works=~pl.col("kind").is_in(NOT_WORKS))


def corrections(case: Case, options: pl.DataFrame) -> pl.DataFrame:
    """What the reference class of each option corrects: option, cost_ratio, duration_ratio, reached, survival.

    Medians of the precedents that state them, the share of those that still run after three years, and 1 where no
    precedent says anything. An `as_is` option is not corrected except in its output, as it runs already.
    """
    classes = (
        case["precedents"]
        .group_by("reference_class")
        .agg(
            pl.col("cost_ratio", "duration_ratio").median(),
            reached=pl.col("output_reached").median(),
            survival=pl.col("survived").cast(pl.Float64).mean(),
        )
    )
    runs = pl.col("kind") == "as_is"
    return options.join(classes, on="reference_class", how="left", maintain_order="left").select(
        option="id",
        cost_ratio=pl.col("cost_ratio").fill_null(1.0),
        duration_ratio=pl.col("duration_ratio").fill_null(1.0),
        reached=pl.coalesce("output_reached", "reached").fill_null(1.0),
        survival=pl.when(runs).then(1.0).otherwise(pl.col("survival").fill_null(1.0)),
    )
