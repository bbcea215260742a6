"""All options of a case, with the surveys that every site has."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import NO_WORKS, codes
from tawteen.case.derived import once_per_case
from tawteen.case.model import Case
from tawteen.diagnose.losses import line_capacity


@once_per_case
def options_of(case: Case) -> pl.DataFrame:
    """Options of the case, then `SITE:survey` of every site that can be surveyed and names no survey of its own.

    Columns of the table `options` with defaults filled (capacity: as stated, else what the lines of the site allow),
    and works (bool: it works on the site, so that gates count).
    """
    name_en, name_ar = codes("option_kinds")["survey"]
    named = case["options"].filter(pl.col("kind") == "survey")
    surveys = (
        case.filled("sites")
        .filter(pl.max_horizontal("survey_cost", "survey_weeks", "survey_effort") > 0)
        .join(named, left_on="id", right_on="site", how="anti")
        .select(
            id=pl.col("id") + ":survey",
            site="id",
            kind=pl.lit("survey"),
            name_en=pl.lit(name_en),
            name_ar=pl.lit(name_ar),
        )
    )
    own = (
        case["options"]
        .join(line_capacity(case), left_on="id", right_on="option", how="left", maintain_order="left")
        .with_columns(capacity=pl.coalesce("capacity", "line_capacity"))
        .drop("line_capacity")
    )
    together = pl.concat([own, surveys], how="diagonal")
    filled = Case(case.settings, {**case.tables, "options": together}).filled("options")
    return filled.with_columns(works=~pl.col("kind").is_in(NO_WORKS))
