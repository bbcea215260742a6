"""Decisions about many sites: what one ruling settles, which site shows it first, and which surveys that saves."""

from __future__ import annotations

import polars as pl

from tawteen.plan.policies.findings import common_decisions
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.report.bilingual import bilingual, join_list
from tawteen.report.exhibit import (
    SITE,
    ColumnFormat,
    Exhibit,
    number_column,
    quarter_column,
    share_column,
    text_column,
    with_words,
)
from tawteen.report.report_data import ReportData

DECISION_COLUMNS: dict[str, ColumnFormat] = {
    "decision": text_column("column.decision"), "count": number_column("column.sites_settled"),
    "sites": text_column("column.its_sites"), "chance": share_column("column.chance_that_it_opens", 0),
    "site": SITE, "period": quarter_column("column.survey_from"),
    "surveyed": number_column("column.surveys_in_the_mean", decimals=1),
}  # fmt: skip


def decisions_of_many(study: ReportData, planned: PolicyPlan) -> list[Exhibit]:
    """One row for each unknown decision about several sites; none where there is no such decision."""
    rows = rows_by_decision(study, planned)
    if rows.is_empty():
        return []
    names = [join_list([study.name("sites", site) for site in sites]) for sites in rows["sites"].to_list()]
    return [
        Exhibit(
            "common_decisions", "steps", bilingual("exhibit.common_decisions"),
            bilingual("exhibit.common_decisions_note"), bilingual("exhibit.common_decisions_origin"),
            study.named(with_words(rows, "sites", names), site="sites"), DECISION_COLUMNS, limit=60,
            inputs=("blockers", "programme.policy"),
        )
    ]  # fmt: skip


def rows_by_decision(study: ReportData, planned: PolicyPlan) -> pl.DataFrame:
    """decision, count, sites, chance, site, period, surveyed; the decision about most sites first.

    `site` and `period`: the site of the decision that is surveyed first, with the median quarter (null where none is).
    `surveyed`: surveys of its sites in the mean over the futures.
    """
    surveys = study.effects.options.filter(pl.col("kind") == "survey")["option"].to_list()
    surveys_made = planned.policy.filter(pl.col("option").is_in(surveys)).select("site", "period", "futures")
    return (
        common_decisions(study.case, planned.findings)
        .join(surveys_made, on="site", how="left", maintain_order="left")
        .sort("period", nulls_last=True, maintain_order=True)
        .group_by("decision", maintain_order=True)
        .agg(
            count=pl.len().cast(pl.Int64),
            sites=pl.col("site").sort(),
            chance=pl.col("chance").first(),
            first=pl.col("site").first(),
            period=pl.col("period").first(),
            surveyed=pl.col("futures").sum(),
        )
        .with_columns(site=pl.when(pl.col("period").is_not_null()).then("first"))
        .select("decision", "count", "sites", "chance", "site", "period", "surveyed")
        .sort(["count", "decision"], descending=[True, False])
    )
