"""Appraisals of the chosen options for investors: papers for a bank, and a section of the report with pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from tawteen.appraise.cash import ProgrammeSchedule
from tawteen.appraise.programme_cash import programme_cash
from tawteen.appraise.risk import CashModel, cash_models
from tawteen.appraise.risk.reference_class import OutsideView, outside_views
from tawteen.appraise.statements import Statements
from tawteen.case.findings import CaseError
from tawteen.report.appraisal_charts import cash, distribution, tornado
from tawteen.report.appraised import GAIN_ITEMS, Appraised, appraised
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.drawing import INK, specs, spoken
from tawteen.report.exhibit import (
    SITE,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    share_column,
    text_column,
)
from tawteen.report.financing import financing, started, statements_and_notes
from tawteen.report.live_evidence import told_of
from tawteen.report.live_workbook import write_live_workbook
from tawteen.report.opportunity import write_opportunity
from tawteen.report.params import LAYOUT
from tawteen.report.pictures import write_pictures
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import one_below_another, part
from tawteen.words import LANGS, Lang, Words

APPRAISAL_COLUMNS: dict[str, ColumnFormat] = {
    "site": SITE, "option": text_column("column.option"),
    "status": replace(code_column("column.in_the_programme", "status"), below="site"),
    "investment": money_column("column.investment"), "npv": money_column("column.present_value_of_its_cash"),
    "p10": money_column("column.p10"), "p50": money_column("column.p50"), "p90": money_column("column.p90"),
    "loss": share_column("column.chance_of_a_loss", 0),
    "shortfall": money_column("column.mean_of_the_worst_tenth"),
    "estimate": number_column("column.estimate_class_aace"),
    "reference_class": code_column("column.reference_class", "reference_classes"),
    "members": replace(number_column("column.precedents_in_it"), below="reference_class"),
    "cost_ratio": number_column("column.cost_corrected_by", decimals=2),
}  # fmt: skip
CASH_COLUMNS: dict[str, ColumnFormat] = {
    "year": text_column("column.year"), "investment": money_column("column.investment"),
    "operation": money_column("column.operation"), "gain": money_column("column.gain_over_doing_nothing"),
    "cumulated": money_column("column.cumulated"),
}  # fmt: skip


def write_papers(one: Appraised, folder: Path, lang: Lang) -> list[Path]:
    """The live workbook, the opportunity sheet in both languages and the pictures of an option."""
    folder.mkdir(parents=True, exist_ok=True)
    book = folder / "appraisal.xlsx"
    write_live_workbook(one.study, book, lang, profile=one.statements.accounts.profile, sources=told_of(one, lang))
    written = [book, *(write_opportunity(one, folder / f"opportunity.{each}.pdf", each) for each in LANGS)]
    for each in LANGS:
        written += write_pictures(pictures(one), folder / "pictures", each, one.case.settings.digits)
    return written


def appraisal(study: ReportData) -> list[Exhibit]:
    """Cash and financing of the programme, risk of the chosen options, and pictures of the largest of them."""
    run = _run(study)
    stated = statements_and_notes(study)
    by_option = {} if stated[0] is None else stated[0].options
    # An option that a scenario forced where the case alone says that it cannot start is not appraised.
    able = set(study.effects.options.filter(pl.col("available") & (pl.col("kind") != "as_is"))["option"])
    largest = [option for option in _largest(study, run) if option in able]
    models = cash_models(study.case, study.effects, largest, "financial")
    appraised_options = [
        one for option in largest
        if (one := _appraised(study, run, models[option], by_option.get(option))) is not None
    ]  # fmt: skip
    # Surveys and closures have no investor, but their money is the programme's.
    return [
        _programme(study, started(study)),
        *financing(study, stated),
        _risks(study, appraised_options),
        *_together(study, appraised_options),
    ]


def _run(study: ReportData) -> ProgrammeSchedule:
    """Starts and throughput of the options that can be appraised: all but surveys and closures."""
    return started(study, study.chosen.filter(~pl.col("kind").is_in(["survey", "close"])))


def _largest(study: ReportData, run: ProgrammeSchedule) -> list[str]:
    """The chosen options with the largest investment, as many as are simulated."""
    if len(run.starts) <= LAYOUT.appraisals_simulated:
        return list(run.starts)
    facts = study.chosen.filter(pl.col("option").is_in(list(run.starts)))
    largest = facts.sort(["investment", "option"], descending=[True, False]).head(LAYOUT.appraisals_simulated)
    kept = set(largest["option"])
    return [option for option in run.starts if option in kept]


def _appraised(
    study: ReportData, run: ProgrammeSchedule, model: CashModel, stated: Statements | None
) -> Appraised | None:
    """None for an option with numbers that cannot be simulated."""
    try:
        return appraised(
            study.case, study.effects, model.option, paths=LAYOUT.appraisal_paths, run=run, known=stated,
            model=model, appraisal=study.appraisal,
        )  # fmt: skip
    except CaseError:
        return None


def _programme(study: ReportData, run: ProgrammeSchedule) -> Exhibit:
    chosen = pl.DataFrame(
        {"option": list(run.starts), "period": list(run.starts.values())},
        schema={"option": pl.String, "period": pl.Int64},
    )
    rows = programme_cash(study.case, study.effects, chosen, run.throughput, run.without)
    start = study.case.settings.time.start
    year = start.year + (pl.col("period") + (start.month - 1) // 3) // 4
    spent = pl.col("investment_local") + pl.col("investment_foreign") + pl.col("working_capital")
    table = (
        rows.with_columns(year=year.cast(pl.String), spent=spent)
        .group_by("year", maintain_order=True)
        .agg(
            investment=pl.col("spent").sum(),
            operation=(pl.col("net") - pl.col("spent") - pl.col("net_without")).sum(),
            gain=(pl.col("net") - pl.col("net_without")).sum(),
        )
        .sort("year")
        .with_columns(cumulated=pl.col("gain").cum_sum())
    )
    return Exhibit(
        "programme_cash", "money", bilingual("exhibit.programme_cash"), bilingual("exhibit.programme_cash_note"),
        bilingual("exhibit.programme_cash_origin"), table, CASH_COLUMNS,
        inputs=("options", "recipes", "commodities", "programme.sites", "programme.throughput"),
    )  # fmt: skip


def _outside(view: OutsideView | None) -> dict[str, Any]:
    """By what the past corrects an option."""
    if view is None:
        return {}
    return {"reference_class": view.reference_class, "members": view.members, "cost_ratio": view.cost}


def _risks(study: ReportData, appraised_options: list[Appraised]) -> Exhibit:
    views = outside_views(study.case)
    rows = [
        {
            "site": one.site["id"], "option": one.id, "investment": one.option["investment"],
            "npv": _npv(one), **{f"p{p}": one.risk.npv_at(p / 100) for p in (10, 50, 90)},
            "loss": one.risk.chance_of_loss, "shortfall": one.risk.expected_shortfall(),
            "estimate": one.estimate.borne, **_outside(views.get(one.id)),
        }
        for one in appraised_options
    ]  # fmt: skip
    numbers = dict.fromkeys(("investment", "npv", "p10", "p50", "p90", "loss", "shortfall"), pl.Float64)
    past = {"estimate": pl.Int64, "reference_class": pl.String, "members": pl.Int64, "cost_ratio": pl.Float64}
    table = pl.DataFrame(rows, schema={"site": pl.String, "option": pl.String, **numbers, **past})
    table = table.join(study.chosen.select("option", "status"), on="option", how="left", maintain_order="left")
    note = bilingual("exhibit.option_risks_note")
    if len(_run(study).starts) > LAYOUT.appraisals_simulated:
        more = bilingual("exhibit.option_risks_largest")
        note = (f"{note[0]} {more[0]}", f"{note[1]} {more[1]}")
    return Exhibit(
        "option_risks", "appendix", bilingual("exhibit.option_risks"), note,
        bilingual("exhibit.option_risks_origin"), study.named(table, site="sites", option="options"), APPRAISAL_COLUMNS,
        inputs=("options", "costs", "works", "evidence", "precedents", "programme.sites"),
    )  # fmt: skip


def _npv(one: Appraised) -> float | None:
    if one.statements.incremental is None:
        return None
    npv_rows = one.statements.incremental.indicators.filter(
        (pl.col("basis") == "total_capital") & (pl.col("indicator") == "npv")
    )
    value: float | None = npv_rows["value"][0]
    return value


def _together(study: ReportData, appraised_options: list[Appraised]) -> list[Exhibit]:
    """Cash, swings and distribution of all chosen options in tables, of the largest of them in pictures."""
    shown = sorted(appraised_options, key=lambda one: -one.option["investment"])[: LAYOUT.appraisals_drawn]
    exhibits = []
    for name, (tables, columns, chart) in APPRAISAL_CHARTS.items():
        rows = [
            tables(one).select(pl.lit(one.site["id"]).alias("site"), pl.lit(one.id).alias("option"), pl.all())
            for one in appraised_options
        ]
        empty = pl.DataFrame(schema=dict.fromkeys(("site", "option", *columns), pl.String))
        table = pl.concat(rows, how="diagonal") if rows else empty
        drawn = specs(lambda k, chart=chart: _stacked(shown, chart, k)) if shown else {}  # type: ignore[misc]
        exhibits.append(
            Exhibit(
                f"option_{name}", "appendix", bilingual(f"exhibit.{name}"), bilingual(f"exhibit.{name}_note"),
                bilingual(f"exhibit.{name}_origin"), study.named(table, site="sites", option="options"),
                {"site": SITE, "option": text_column("column.option"), **columns}, drawn, limit=60,
                inputs=("options", "recipes", "costs", "works", "evidence", "programme.sites"),
            )
        )  # fmt: skip
    return exhibits


def _stacked(shown: list[Appraised], chart: Callable[..., Any], k: int) -> Any:
    """Pictures of several options, one below the other under their names."""
    parts = []
    for one in shown:
        title = part(text=spoken(_title(one), k), anchor="start", fontSize=13, color=INK)
        parts.append(chart(one, k).properties(title=title))
    return one_below_another(*parts, spacing=18)


def _title(one: Appraised) -> Both:
    option = (one.option["name_en"] or one.id, one.option["name_ar"] or one.id)
    return (f"{one.site['name_en']}: {option[0]}", f"{one.site['name_ar']}: {option[1]}")


def pictures(one: Appraised) -> list[Exhibit]:
    """Cash, swings and distribution of one option, each with its table."""
    key, title = one.id.replace(":", "_"), _title(one)
    return [
        Exhibit(
            f"{name}_{key}", "appendix",
            (f"{bilingual(f'exhibit.{name}')[0]}: {title[0]}", f"{bilingual(f'exhibit.{name}')[1]}: {title[1]}"),
            bilingual(f"exhibit.{name}_note"), bilingual(f"exhibit.{name}_origin"), table(one), columns,
            specs(lambda k, chart=chart: chart(one, k)),  # type: ignore[misc]
            inputs=("options", "recipes", "costs", "works", "evidence"),
        )
        for name, (table, columns, chart) in APPRAISAL_CHARTS.items()
    ]  # fmt: skip


def _cash_table(one: Appraised) -> pl.DataFrame:
    none = pl.DataFrame(schema={"year": pl.Int64, **dict.fromkeys(GAIN_ITEMS, pl.Float64)})
    wide = one.yearly.pivot("part", index="year", values="amount", maintain_order=True)
    wide = pl.concat([none, wide], how="diagonal").with_columns(pl.exclude("year").fill_null(0.0))
    return wide.join(one.cumulated, on="year", how="left").with_columns(pl.col("year").cast(pl.String))


def _swing_table(one: Appraised) -> pl.DataFrame:
    driver_names = [[Words(lang).say(f"opportunity.driver.{name}") for name in one.swings["input"]] for lang in LANGS]
    return one.swings.with_columns(
        pl.Series(f"input_{lang}", column, pl.String) for lang, column in zip(LANGS, driver_names, strict=True)
    )


def _quantile_table(one: Appraised) -> pl.DataFrame:
    shares = [place / 20 for place in range(1, 20)]
    return pl.DataFrame({"share": shares, "npv": [one.risk.npv_at(share) for share in shares]})


SWINGS: dict[str, ColumnFormat] = {
    "input": text_column("column.input"),
    "low": ColumnFormat(bilingual("column.low"), "", 2),
    "high": ColumnFormat(bilingual("column.high.appraisal"), "", 2),
    "npv_low": money_column("column.present_value_when_low"),
    "npv_high": money_column("column.present_value_when_high"),
}
QUANTILES: dict[str, ColumnFormat] = {
    "share": share_column("column.share_of_paths_below", 0),
    "npv": money_column("column.present_value"),
}


CASH: dict[str, ColumnFormat] = {
    "year": text_column("column.year"),
    **{part: money_column(f"opportunity.part.{part}") for part in GAIN_ITEMS},
    **{name: money_column(f"opportunity.{name}") for name in ("plain", "discounted")},
}
APPRAISAL_CHARTS: dict[str, tuple[Callable[[Appraised], pl.DataFrame], dict[str, ColumnFormat], Callable[..., Any]]] = {
    "cash": (_cash_table, CASH, cash),
    "tornado": (_swing_table, SWINGS, tornado),
    "distribution": (_quantile_table, QUANTILES, distribution),
}
"""Table, its columns and chart of each picture of an option."""
