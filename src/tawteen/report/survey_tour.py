"""Survey tour: which site is inspected when, by whom, and which gates that clears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from tawteen.plan.policy_plan import PolicyPlan
from tawteen.report.bilingual import Both, bilingual, join_list
from tawteen.report.exhibit import (
    REGION,
    SITE,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    quarter_column,
    share_column,
    text_column,
    with_words,
)
from tawteen.report.lists import code_label
from tawteen.report.report_data import ReportData
from tawteen.report.timeline import stages


def survey_tour(study: ReportData) -> list[Exhibit]:
    """One row for each survey, by quarter and region: the order in which inspectors travel.

    The surveys are those of the policy, or of the programme where it has none.
    """
    if study.programme.policy is not None:
        return [_policy_tour(study, study.programme.policy)]
    places = study.case["sites"].select("region", "town", "authority", site="id")
    table = (
        stages(study)
        .filter(pl.col("stage") == "survey")
        .join(places, on="site", how="left")
        .join(_payments(study), on="site", how="left")
        .join(_worth(study), on="site", how="left")
        .sort("period", "region", "town", "site", nulls_last=True)
    )
    gates = gates_to_inspect(study)
    table = with_words(table, "gates", [gates.get(site, ("", "")) for site in table["site"]])
    inspectors = [join_list([code_label("origins", id_) for id_ in ids or ()]) for ids in table["by"].to_list()]
    table = with_words(table, "by", inspectors)
    paid = [join_list([study.name("funds", fund) for fund in ids or ()]) for ids in table["funds"].to_list()]
    table = with_words(table, "funds", paid)
    columns: dict[str, ColumnFormat] = {
        "period": quarter_column("column.quarter"), "region": REGION, "site": SITE,
        "by": text_column("column.inspected_by"), "authority": text_column("column.controlling_authority"),
        "weeks": number_column("column.weeks", decimals=1), "cost": money_column("column.cost"),
        "net": money_column("column.knowing_less_cost"), "gates": text_column("column.clears_gates"),
        "status": code_column("column.status", "status"),
        "funds": replace(text_column("column.fund"), screen_only=True),
    }  # fmt: skip
    return [
        Exhibit(
            "survey_tour", "survey", bilingual("exhibit.survey_tour"), bilingual("exhibit.survey_tour_note"),
            bilingual("exhibit.survey_tour_origin"), study.named(table, site="sites", region="regions"), columns,
            limit=200, inputs=("sites", "blockers", "funds", "programme.sites", "programme.draws"),
        )
    ]  # fmt: skip


def _policy_tour(study: ReportData, planned: PolicyPlan) -> Exhibit:
    """The surveys of the policy, with their teams as far as they are inspected before the committee decides again."""
    surveys = study.effects.options.filter(pl.col("kind") == "survey")["option"].to_list()
    places = study.case["sites"].select("region", "town", "authority", "survey_effort", site="id")
    weeks = study.works.lead.select("option", weeks="survey_weeks")
    teams = dict(planned.first_stage.select("site", "units").iter_rows())
    table = (
        planned.policy.filter(pl.col("option").is_in(surveys))
        .select("site", "option", "period", "futures")
        .join(places, on="site", how="left", maintain_order="left")
        .join(weeks, on="option", how="left", maintain_order="left")
        .join(planned.information.select("site", worth="value_of_information"), on="site", how="left",
              maintain_order="left")
        .sort("period", "region", "town", "site", nulls_last=True)
    )  # fmt: skip
    gates = gates_to_inspect(study)
    table = with_words(table, "gates", [gates.get(site, ("", "")) for site in table["site"]])
    table = with_words(table, "by", [unit_names(study, teams.get(site, ())) for site in table["site"]])
    columns: dict[str, ColumnFormat] = {
        "period": quarter_column("column.quarter"), "region": REGION, "site": SITE,
        "by": text_column("column.inspected_by"), "authority": text_column("column.controlling_authority"),
        "weeks": number_column("column.weeks", decimals=1),
        "survey_effort": number_column("column.survey_effort", decimals=1), "gates": text_column("column.clears_gates"),
        "futures": share_column("column.share_of_futures", 0), "worth": money_column("column.worth_of_knowing"),
    }  # fmt: skip
    return Exhibit(
        "survey_tour", "survey", bilingual("exhibit.survey_tour"), bilingual("exhibit.survey_tour_policy_note"),
        bilingual("exhibit.survey_tour_policy_origin"), study.named(table, site="sites", region="regions"), columns,
        limit=200, inputs=("sites", "blockers", "programme.policy"),
    )  # fmt: skip


def _payments(study: ReportData) -> pl.DataFrame:
    """site, cost, by (origins of the inspectors), funds (that pay) of the surveys."""
    surveys = study.programme.draws.filter(pl.col("category") == "survey")
    return (
        surveys.join(study.chosen.select("option", "site"), on="option")
        .group_by("site")
        .agg(cost=pl.col("amount").sum(), by=pl.col("origin").drop_nulls().unique().sort(),
             funds=pl.col("fund").unique().sort())
    )  # fmt: skip


def _worth(study: ReportData) -> pl.DataFrame:
    """site, net: what knowing is worth less what the survey costs, where scenarios were simulated."""
    if study.robustness is None:
        return pl.DataFrame(schema={"site": pl.String, "net": pl.Float64})
    return study.robustness.surveys.select("site", "net")


def unit_names(study: ReportData, units: Iterable[Mapping[str, Any]]) -> Both:
    """Names of units that work or survey, each once, in their order; `units` as a programme's sites have them."""
    return join_list([study.name("sources", name) for name in dict.fromkeys(part["unit"] for part in units)])


def gates_to_inspect(study: ReportData) -> dict[str, Both]:
    """By site: unknown gates that keep works from starting; that its state is old or undated where it is so."""
    gates = study.diagnosis.gates.filter((pl.col("state") == "unknown") & pl.col("counts"))
    parts: dict[str, list[Both]] = {}
    for site, gate in gates.select("site", "gate").iter_rows():
        parts.setdefault(site, []).append(code_label("gates", gate))
    for site in study.diagnosis.sites.filter("stale")["site"]:
        parts.setdefault(site, []).append(bilingual("survey_tour.old_state"))
    return {site: join_list(named) for site, named in parts.items()}
