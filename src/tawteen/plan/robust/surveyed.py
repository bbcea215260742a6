"""Surveys that are done: what they found is in the case, and their sites are free for works."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from tawteen.case.model import Case
from tawteen.case.ranges import expected_case
from tawteen.diagnose import diagnose
from tawteen.plan.limits.rules import listed
from tawteen.plan.programme import Programme


def finished_surveys(case: Case, earlier: Programme, today: int) -> list[str]:
    """Sites whose survey began before the period `today`, and of which nothing is left to find out in `case`."""
    surveyed = earlier.sites.filter((pl.col("kind") == "survey") & (pl.col("period") < today))["id"]
    if surveyed.is_empty():
        return []
    open_questions = diagnose(expected_case(case)).sites.filter("conditional")["site"].to_list()
    return sorted(site for site in surveyed if site not in open_questions)


def without_required_surveys(case: Case, sites: Collection[str]) -> Case:
    """`case`, whose rules no longer ask for surveys of `sites`: they are done, and no start can stand for them."""
    rules = case["rules"]
    surveys_alone = (pl.col("kind") == "must") & (pl.col("options") == "survey") & pl.col("sites").is_not_null()
    left = [[site for site in listed(cell) if site not in sites] for cell in rules["sites"]]
    changed = rules.with_columns(left=pl.Series([";".join(names) for names in left], dtype=pl.String)).with_columns(
        sites=pl.when(surveys_alone & (pl.col("left") != "")).then("left").otherwise("sites"),
        active=pl.col("active").fill_null(True) & ~(surveys_alone & (pl.col("left") == "")).fill_null(False),
    )
    changed = changed.drop("left")
    return case if changed.equals(rules) else replace(case, tables={**case.tables, "rules": changed})
