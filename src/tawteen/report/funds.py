"""Funds: money granted and spent, by quarter, by party and by category."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.case.codes import codes
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.drawing import specs
from tawteen.report.exhibit import (
    PERIOD,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    share_column,
    text_column,
)
from tawteen.report.report_data import ReportData
from tawteen.report.stacked import stacked

PREMIUM_LABEL: Both = bilingual("funds.premium")


def funds(study: ReportData) -> list[Exhibit]:
    """Draws against limits, per quarter and in sum, and who pays for what."""
    return [per_fund(study), per_party(study), per_quarter(study), by_category(study)]


def _unit(study: ReportData) -> Both:
    return (study.currency, study.currency)


def per_quarter(study: ReportData) -> Exhibit:
    """Draws of each fund per quarter and the money available."""
    draws = study.programme.draws.with_columns(pl.col("period").cast(pl.Int64))
    sums = draws.group_by("fund", "period").agg(drawn=pl.col("amount").sum())
    table = (
        study.available.rename({"amount": "available"})
        .join(sums, on=["fund", "period"], how="full", coalesce=True)
        .with_columns(pl.col("available", "drawn").fill_null(0.0))
        .sort("fund", "period")
        .with_columns(cumulated=(pl.col("available") - pl.col("drawn")).cum_sum().over("fund"))
    )
    columns: dict[str, ColumnFormat] = {
        "fund": text_column("column.fund"), "period": PERIOD, "available": money_column("column.becomes_available"),
        "drawn": money_column("column.drawn"),
        "cumulated": money_column("column.available_less_drawn_summed"),
    }  # fmt: skip
    active = [f for f in study.case["funds"]["id"] if f in set(draws["fund"]) | set(study.available["fund"])]
    labels = codes("cost_categories")

    def chart(k: int) -> Any:
        silent = pl.DataFrame(
            [{"fund": f, "category": "works", "period": 0, "amount": 0.0} for f in active],
            schema={"fund": pl.String, "category": pl.String, "period": pl.Int64, "amount": pl.Float64},
        )
        frame = pl.concat([draws.select("fund", "category", "period", pl.col("amount").cast(pl.Float64)), silent])
        return stacked(
            frame.filter(pl.col("fund").is_in(active)), "category", "amount", study, labels=labels, unit=_unit(study),
            k=k,
            facet="fund", facets=study.names["funds"], line=study.available, columns=3, height=110,
        )  # fmt: skip

    return Exhibit(
        "funds", "money", bilingual("exhibit.funds"),
        bilingual("exhibit.funds_note"),
        bilingual("exhibit.funds_origin"),
        study.named(table, fund="funds"), columns, specs(chart) if active else {},
        limit=60, inputs=("funds", "fund_limits", "fund_uses", "programme.draws"),
    )  # fmt: skip


def per_fund(study: ReportData) -> Exhibit:
    """Sums of each fund."""
    drawn = study.programme.draws.group_by("fund").agg(drawn=pl.col("amount").sum())
    given = study.available.group_by("fund").agg(available=pl.col("amount").sum())
    table = (
        study.case["funds"].select("party", "terms", fund="id", currency=pl.col("currency").fill_null(study.currency))
        .join(given, on="fund", how="left").join(drawn, on="fund", how="left")
        .with_columns(pl.col("available", "drawn").fill_null(0.0))
        .with_columns(used=pl.when(pl.col("available") > 0).then(pl.col("drawn") / pl.col("available")))
        .sort("drawn", descending=True)
    )  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "fund": text_column("column.fund"), "party": text_column("column.party"),
        "terms": code_column("column.terms", "fund_terms"),
        "currency": text_column("column.currency_of_the_fund"),
        "available": money_column("column.available_over_the_horizon"), "drawn": money_column("column.drawn"),
        "used": share_column("column.used"),
    }  # fmt: skip
    return Exhibit(
        "fund_sums", "money", bilingual("exhibit.fund_sums"),
        bilingual("exhibit.fund_sums_note"),
        bilingual("exhibit.fund_sums_origin"),
        study.named(table, fund="funds", party="parties"), columns,
        inputs=("funds", "fund_limits", "programme.draws"),
    )  # fmt: skip


def per_party(study: ReportData) -> Exhibit:
    """Draws on the funds of each party per quarter, and their sum."""
    owners = study.case["funds"].select("party", fund="id")
    draws = study.programme.draws.select("fund", pl.col("period").cast(pl.Int64), pl.col("amount").cast(pl.Float64))
    sums = draws.join(owners, on="fund", how="left").group_by("party", "period").agg(pl.col("amount").sum())
    sums = sums.sort("period", "party")
    names = {party.id: study.name("parties", party.id) for party in study.case.settings.parties}
    paying = [party for party in names if party in set(sums["party"])]
    wide = sums.with_columns(pl.concat_str(pl.lit("of_"), "party").alias("column"))
    table = wide.pivot("column", index="period", values="amount").with_columns(pl.exclude("period").fill_null(0.0))
    table = table.with_columns(all=pl.sum_horizontal(pl.lit(0.0), *(f"of_{party}" for party in paying)))
    columns: dict[str, ColumnFormat] = {
        "period": PERIOD, **{f"of_{party}": ColumnFormat(names[party], "currency", 0) for party in paying},
        "all": money_column("column.all_parties"),
    }  # fmt: skip
    return Exhibit(
        "party_quarters", "money", bilingual("exhibit.party_quarters"), bilingual("exhibit.party_quarters_note"),
        bilingual("exhibit.party_quarters_origin"), table, columns,
        specs(lambda k: stacked(sums, "party", "amount", study, labels=names, unit=_unit(study), k=k, height=200))
        if paying else {},
        limit=60, inputs=("funds", "programme.draws"),
    )  # fmt: skip


def by_category(study: ReportData) -> Exhibit:
    """Spending by category and origin."""
    table = (
        study.programme.draws.group_by("category", "origin")
        .agg(pl.col("amount").sum(), sites=pl.col("option").n_unique())
        .sort("amount", descending=True)
        .with_columns(part=pl.col("amount") / pl.max_horizontal(pl.col("amount").sum(), pl.lit(1e-9)))
    )  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "category": code_column("column.pays_for", "cost_categories"),
        "origin": code_column("column.supplier", "origins"),
        "amount": money_column("column.amount.funds"),
        "part": share_column("column.share"),
        "sites": number_column("column.options"),
    }
    draws = study.programme.draws.with_columns(pl.col("period").cast(pl.Int64), pl.col("amount").cast(pl.Float64))
    draws = draws.with_columns(pl.col("origin").fill_null("above"))
    origins = {**codes("origins"), "above": bilingual("funds.premium")}
    return Exhibit(
        "spending",
        "money",
        bilingual("exhibit.spending"),
        bilingual("exhibit.spending_note"),
        bilingual("exhibit.spending_origin"),
        table,
        columns,
        specs(lambda k: stacked(draws, "origin", "amount", study, labels=origins, unit=_unit(study), k=k, height=220))
        if draws.height
        else {},
        inputs=("costs", "works", "programme.draws"),
    )
