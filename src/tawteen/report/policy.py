"""What is decided now, and what each finding of a survey leads to."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.plan.policy_plan import PolicyPlan, finding_code
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.common_decisions import decisions_of_many
from tawteen.report.drawing import LRM, bars_on_paper, colours, rounded, specs, spoken
from tawteen.report.exhibit import (
    SITE,
    ColumnFormat,
    Exhibit,
    money_column,
    quarter_column,
    share_column,
    text_column,
    with_words,
)
from tawteen.report.labels import bar_names_axis, in_lines
from tawteen.report.params import LAYOUT, THRESHOLDS
from tawteen.report.released_to import released_to
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import channel, chart_of, layered, part

ACTION_LABELS: dict[str, Both] = {
    "starts": bilingual("policy.actions.starts"),
    "sometimes": bilingual("policy.actions.sometimes"),
    "nothing": bilingual("policy.actions.nothing"),
}
ACTION_COLOURS = {"starts": "#12805c", "sometimes": "#e39b0b", "nothing": "#b4bec6"}
POLICY_SITES_SHOWN = bars_on_paper(LAYOUT.policy_step)
BY_FINDING_COLUMNS: dict[str, ColumnFormat] = {
    "site": SITE, "survey": quarter_column("column.survey_from"), "finding": text_column("column.finding"),
    "chance": share_column("column.chance_of_finding", 0), "option": text_column("column.option"),
    "period": quarter_column("column.works_from"), "futures": share_column("column.share_of_futures", 0),
    "worth": money_column("column.worth_of_knowing"),
}  # fmt: skip


def policy(study: ReportData) -> list[Exhibit]:
    """What the policy does for each finding, which decisions settle many sites, and what is held in reserve.

    None where a single path is planned.
    """
    planned = study.programme.policy
    if planned is None:
        return []
    return [
        by_finding(study, planned),
        *decisions_of_many(study, planned),
        *reserves(study, planned),
        *released_to(study, planned),
    ]


def by_finding(study: ReportData, planned: PolicyPlan) -> Exhibit:
    """One row for each finding of each site that is surveyed, and what starts then."""
    rows = rows_by_finding(study, planned)
    table = with_words(
        rows, "finding", [finding_in_words(*row) for row in rows.select("opens", "quantile").iter_rows()]
    )
    note = bilingual("exhibit.by_finding_note", futures=len(planned.gains))
    return Exhibit(
        "by_finding", "steps", bilingual("exhibit.by_finding"), note, bilingual("exhibit.by_finding_origin"),
        study.named(table, site="sites", option="options"), BY_FINDING_COLUMNS,
        specs(lambda k: findings_chart(study, rows, k)) if rows["option"].count() else {}, limit=120,
        inputs=("blockers", "sites", "options", "works", "programme.policy"),
    )  # fmt: skip


def rows_by_finding(study: ReportData, planned: PolicyPlan) -> pl.DataFrame:
    """site, survey, finding, opens, quantile, chance, option, period, futures, action, worth.

    A row for each thing that may start after a finding, and one for a finding after which nothing does; sites where
    something may start stand first, and of them those of which knowing is worth most. `survey`: median quarter in
    which the survey begins; null for a finding that is known without one. `worth`: what knowing the site is worth, on
    its first row.
    """
    surveys = study.effects.options.filter(pl.col("kind") == "survey")["option"].to_list()
    surveyed = planned.policy.filter(pl.col("option").is_in(surveys)).select("site", survey="period")
    known = planned.policy.filter(pl.col("finding").is_not_null())
    decided = pl.concat([surveyed["site"], known["site"]]).unique()
    worth = planned.information.select("site", worth="value_of_information")
    starts = known.select("site", "finding", "option", "period", "futures")
    share = pl.col("futures").fill_null(0.0)
    action = (
        pl.when(share >= THRESHOLDS.starts_in_futures).then(pl.lit("starts"))
        .when(share > 0.0).then(pl.lit("sometimes")).otherwise(pl.lit("nothing"))
    )  # fmt: skip
    first = pl.int_range(pl.len()).over("site") == 0
    return (
        planned.findings.filter(pl.col("site").is_in(decided.to_list()))
        .join(surveyed.unique("site", keep="first", maintain_order=True), on="site", how="left", maintain_order="left")
        .join(starts, on=["site", "finding"], how="left", maintain_order="left")
        .join(worth, on="site", how="left", maintain_order="left")
        .with_columns(action=action, idle=pl.col("option").is_null().all().over("site"))
        .sort(
            ["idle", "worth", "survey", "site", "finding", "futures"],
            descending=[False, True, False, False, False, True],
            nulls_last=True,
            maintain_order=True,
        )
        .with_columns(worth=pl.when(first).then("worth"))
        .drop("idle")
    )


def finding_in_words(opens: bool, quantile: float | None) -> Both:
    """What was found: whether works are possible, and the state of the plant beside what was expected of it."""
    return bilingual(f"policy.finding.{finding_code(opens, quantile)}")


def findings_chart(study: ReportData, rows: pl.DataFrame, k: int) -> Any:
    """A bar for each site where works may follow, as long as the chances of its findings, coloured by what follows."""
    following = rows.filter(pl.col("option").is_not_null())["site"].unique().to_list()
    shown = rows.filter(pl.col("site").is_in(following)).unique(["site", "finding"], keep="first", maintain_order=True)
    sites = shown["site"].unique(maintain_order=True).to_list()[:POLICY_SITES_SHOWN]
    shown = shown.filter(pl.col("site").is_in(sites))
    names = _bar_names(study, shown, k)
    parts = _bar_parts(study, shown, names, k)
    axis, width = bar_names_axis(names.values(), k, LAYOUT.names_width)
    y = channel("site:N", sort=list(names.values()), axis=axis)
    title, scale = spoken(bilingual("policy.chance_axis"), k), part(domain=[0.0, 1.0])
    bars = chart_of(parts).mark("bar", height=14, stroke="white", strokeWidth=1).encode(
        x=channel("a:Q", scale=scale, axis=part(title=title, format="%", tickCount=5)), x2=channel("b"), y=y,
        color=channel("action:N", scale=colours(ACTION_LABELS, shown["action"], k, ACTION_COLOURS)),
    )  # fmt: skip
    quarters = chart_of([part for part in parts if part["label"]]).mark("text", fontSize=10, color="white").encode(
        x=channel("middle:Q", scale=scale), y=y, text=channel("label:N")
    )  # fmt: skip
    return layered(bars, quarters).properties(width=width, height=part(step=LAYOUT.policy_step))


def _bar_names(study: ReportData, shown: pl.DataFrame, k: int) -> dict[str, str]:
    """The name of each site and, in a line of its own, when it is surveyed."""
    surveys = dict(shown.select("site", "survey").iter_rows())
    names = {site: study.name("sites", site) for site in surveys}
    twice = {name for name in names.values() if list(names.values()).count(name) > 1}
    bars = {}
    for site, survey in surveys.items():
        name = names[site] if names[site] not in twice else (f"{names[site][0]} ({site})", f"{names[site][1]} ({site})")
        line = bilingual("policy.no_survey")
        if survey is not None:
            # A quarter reads from left to right inside Arabic too.
            label = study.case.calendar.label(survey)
            line = bilingual("policy.surveyed_from", quarter=(label, f"{LRM}{label}"))
        bars[site] = f"{in_lines(name, k, LAYOUT.names_width, lines=1)}\n{spoken(line, k)}"
    return bars


def _bar_parts(study: ReportData, shown: pl.DataFrame, names: dict[str, str], k: int) -> list[dict[str, Any]]:
    """The parts of the bars, one for each finding, with the quarter in which works start where it fits."""
    parts, ends = [], dict.fromkeys(names, 0.0)
    for row in shown.iter_rows(named=True):
        begins = ends[row["site"]]
        ends[row["site"]] = begins + row["chance"]
        starts = row["period"] is not None and row["chance"] >= LAYOUT.policy_label_share
        parts.append({
            "site": names[row["site"]], "a": rounded(begins), "b": rounded(ends[row["site"]]),
            "middle": rounded(begins + row["chance"] / 2), "action": spoken(ACTION_LABELS[row["action"]], k),
            "label": study.case.calendar.label(row["period"]) if starts else "",
        })  # fmt: skip
    return parts


def reserves(study: ReportData, planned: PolicyPlan) -> list[Exhibit]:
    """What is held for starts that depend on findings, and how often it is released."""
    if planned.reserves.is_empty():
        return []
    pools = [
        bilingual("policy.money") if kind == "money" else study.name("pools", pool)
        for kind, pool in planned.reserves.select("kind", "pool").iter_rows()
    ]
    money_first = pl.col("kind") != "money"
    table = with_words(planned.reserves.with_columns(unit=pl.lit("")), "pool", pools).sort(
        "site", money_first, maintain_order=True
    )
    columns: dict[str, ColumnFormat] = {
        "site": SITE, "pool": text_column("column.reserved_of"),
        "reserved": ColumnFormat(bilingual("column.reserved"), "by_row"),
        "used": ColumnFormat(bilingual("column.used_in_the_mean"), "by_row"),
        "released": ColumnFormat(bilingual("column.released_in_the_mean"), "by_row"),
        "chance_of_release": share_column("column.chance_of_release", 0),
    }  # fmt: skip
    return [
        Exhibit(
            "reserves", "money", bilingual("exhibit.reserves"),
            bilingual("exhibit.reserves_note", currency=study.currency), bilingual("exhibit.reserves_origin"),
            study.named(table, site="sites"), columns, limit=100, inputs=("costs", "works", "programme.policy"),
        )
    ]  # fmt: skip
