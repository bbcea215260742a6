"""Proof and returns: binding limits, their shadow prices, and returns of each option."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from tawteen.report.bilingual import Both, bilingual, join_list
from tawteen.report.drawing import BLUES, colours, measured, rounded, scale_of, specs, spoken, years
from tawteen.report.exhibit import (
    PERIOD,
    REGION,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    share_column,
    text_column,
)
from tawteen.report.labels import bar_names_axis, in_lines, step
from tawteen.report.lists import LIMIT_LABELS
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import Spec, channel, chart_of, layered, part

LIMIT_SUBJECTS = {"balance": "commodities", "import": "commodities", "export": "commodities", "uptake": "commodities",
          "route": "routes", "fund": "funds", "trainers": "trainers"}  # fmt: skip
VIEW_LABELS: dict[str, Both] = {
    "economic": bilingual("returns.views.economic"),
    "financial": bilingual("returns.views.financial"),
}
VIEW_COLOURS = {"economic": "#12805c", "financial": "#9fb4c2"}


def returns(study: ReportData) -> list[Exhibit]:
    """Binding limits and indicators."""
    return [binding(study), worth(study), indicators(study)]


def named_limit(study: ReportData, kind: str, id_: str) -> Both:
    """The name of a limit; sources are written `source/pool` or alike and named part by part."""
    if kind == "rule":
        rule = study.case["rules"].filter(pl.col("id") == id_)
        texts = rule.select("text_en", "text_ar").row(0) if rule.height else (None, None)
        return (texts[0] or id_, texts[1] or id_)
    if kind == "credit":
        return LIMIT_LABELS["credit"]
    if kind in LIMIT_SUBJECTS:
        return study.name(LIMIT_SUBJECTS[kind], id_)
    parts = [p for p in id_.replace(":", "/").split("/") if p not in ("capability", "course")]
    named = [study.names["pools"].get(p) or study.name("sources", p) for p in parts]
    return join_list(named)


def priced(study: ReportData) -> pl.DataFrame:
    """The limits whose next unit is worth something, with names."""
    frame = study.programme.limits.filter(pl.col("price") > 1e-9)
    names = [named_limit(study, k, i) for k, i in zip(frame["kind"], frame["id"], strict=True)]
    frame = frame.with_columns(
        pl.Series("limit_en", [n[0] for n in names], dtype=pl.String),
        pl.Series("limit_ar", [n[1] for n in names], dtype=pl.String),
    ).rename({"limit": "most"})
    return study.named(frame, region="regions").with_columns(pl.col("period").cast(pl.Int64))


def binding(study: ReportData) -> Exhibit:
    """Per limit: the quarters in which it binds and the value of one more unit."""
    frame = priced(study).filter(pl.col("kind") != "balance")
    table = (
        frame.group_by("kind", "id", "limit_en", "limit_ar", "region_en", "region_ar", maintain_order=True)
        .agg(
            region=pl.col("region").first(), limit=pl.col("id").first(), quarters=pl.len(),
            first=pl.col("period").min(),
            peak=pl.col("price").max(), when=pl.col("period").get(pl.col("price").arg_max()),
            total=pl.col("price").sum(),
            percent=(pl.col("price") * pl.col("most").fill_null(0.0) * 0.01).sum(),
        )
        .sort("percent", "total", descending=True)
    )  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "kind": code_column("column.kind", "limits"), "limit": text_column("column.limit"), "region": REGION,
        "quarters": number_column("column.quarters_in_which_it_binds"),
        "first": ColumnFormat(bilingual("column.first"), "period"),
        "peak": money_column("column.worth_of_one_more_unit_at", 2),
        "when": ColumnFormat(bilingual("column.in"), "period"),
        "percent": money_column("column.worth_of_one_percent_more_all"),
    }  # fmt: skip
    return Exhibit(
        "binding", "appendix", bilingual("exhibit.binding"),
        bilingual("exhibit.binding_note"),
        bilingual("exhibit.binding_origin"),
        table, columns, _heat(study, frame, table), limit=80,
        inputs=("funds", "offers", "courses", "routes", "commodities", "rules", "programme.limits"),
    )  # fmt: skip


def _heat(study: ReportData, frame: pl.DataFrame, table: pl.DataFrame) -> dict[str, dict[str, Any]]:
    top = table.head(LAYOUT.returns_rows).select("kind", "id", "region", "peak").with_row_index("row")
    cells = frame.join(top, on=["kind", "id", "region"], how="inner", nulls_equal=True)
    if cells.is_empty():
        return {}

    def chart(k: int) -> Any:
        order: list[str] = []
        rows, peaks = [], []
        for r in cells.sort("row", "period").iter_rows(named=True):
            name = in_lines(_title(r), k, LAYOUT.names_width)
            if name not in order:
                order.append(name)
                peaks.append({"limit": name, "peak": rounded(r["peak"])})
            first, last = (0, study.periods) if r["period"] is None else (r["period"], r["period"] + 1)
            rows.append({"limit": name, "a": study.year(first), "b": study.year(last),
                         "v": round(r["price"] / r["peak"], 3)})  # fmt: skip
        legend = part(title=spoken(bilingual("exhibit.binding_legend"), k), format=".0%",
                            gradientLength=160, titleFontWeight="normal", titleLimit=300)  # fmt: skip
        axis, width = bar_names_axis(order, k, LAYOUT.names_width)
        y = channel("limit:N", sort=order, axis=axis)
        heat = (
            chart_of(rows).mark("rect", stroke="white", strokeWidth=0.6)
            .encode(
                x=years(study, field="a"), x2=channel("b"), y=y,
                color=channel("v:Q", scale=part(range=BLUES, domain=[0, 1]), legend=legend),
            )
        )  # fmt: skip
        width -= LAYOUT.peak_width
        beyond = _peaks(study, peaks, (y, width), k)
        return layered(heat, *beyond).properties(width=width, height=part(step=step(order, 20, 30)))

    return specs(chart)


def _peaks(study: ReportData, peaks: list[dict[str, Any]], place: tuple[Spec, int], k: int) -> list[Any]:
    """Highest shadow price of each row, written beside it, with a column head."""
    y, width = place
    unit = study.case.settings.money.currency
    head = [{"head": spoken(bilingual("exhibit.binding_peak", unit=unit), k)}]
    x, number = part(value=width + 8), channel("peak:Q", format=",.3~r")
    return [
        chart_of(peaks).mark("text", align="left").encode(x=x, y=y, text=number),
        chart_of(head)
        .mark("text", align="left", baseline="bottom")
        .encode(x=x, y=part(value=-4), text=channel("head:N")),
    ]


def _title(row: dict[str, Any]) -> Both:
    """A limit with its region and, where its name does not tell, its kind; the Latin font of pictures has no arrow."""
    kind = LIMIT_LABELS[row["kind"]] if row["kind"] not in ("source", "credit", "rule", "route") else ("", "")
    english, arabic = join_list([(row[f"{part}_en"] or "", row[f"{part}_ar"] or "") for part in ("limit", "region")])
    english = english.replace(" → ", " to ")
    return (": ".join(filter(None, (kind[0], english))), ": ".join(filter(None, (kind[1], arabic))))


def worth(study: ReportData) -> Exhibit:
    """Every priced limit in every quarter."""
    columns: dict[str, ColumnFormat] = {
        "kind": code_column("column.kind", "limits"),
        "limit": text_column("column.limit"),
        "region": REGION,
        "period": PERIOD,
        "used": number_column("column.used", decimals=1),
        "most": number_column("column.at_most", decimals=1),
        "price": money_column("column.worth_of_one_more_unit", 2),
    }
    return Exhibit(
        "worth", "appendix", bilingual("exhibit.worth"),
        bilingual("exhibit.worth_note"),
        bilingual("exhibit.worth_origin"),
        priced(study).with_columns(limit=pl.col("id"))
        .sort(pl.col("kind") == "balance", "kind", "id", "region", "period"),
        columns, limit=40,
        inputs=("programme.limits",),
    )  # fmt: skip


def indicators(study: ReportData) -> Exhibit:
    """NPV, IRR and the rest per option in both views."""
    wide = study.appraisal.indicators
    sides = [
        wide.filter(pl.col("view") == view).select("option", **{f"npv_{view}": "npv", f"irr_{view}": "irr"})
        for view in VIEW_LABELS
    ]
    rest = wide.filter(pl.col("view") == "financial").select(
        "option",
        "payback_quarters",
        "investment",
        "investment_foreign",
        "local_content",
        "new_jobs",
        "foreign_exchange",
    )
    status = study.chosen.select("option", "status")
    table = (
        study.effects.options.select("option", "site", "kind")
        .join(sides[0], on="option").join(sides[1], on="option", how="left")
        .join(rest, on="option", how="left").join(status, on="option", how="left")
        .filter(~pl.col("kind").is_in(["as_is", "survey"]))
        .with_columns(picked=pl.col("status").is_not_null())
        .sort("picked", "npv_economic", descending=True, nulls_last=True)
    )  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "site": text_column("column.site", link="site-"), "option": text_column("column.option"),
        "kind": replace(code_column("column.kind", "option_kinds"), below="option"),
        "status": replace(code_column("column.in_the_programme", "status"), below="site"),
        "investment": money_column("column.investment"),
        "npv_economic": money_column("column.npv_economic"),
        "npv_financial": money_column("column.npv_financial"),
        "irr_economic": share_column("column.irr_economic"),
        "irr_financial": share_column("column.irr_financial"),
        "payback_quarters": number_column("column.payback", "quarters", 1),
        "local_content": share_column("column.local_content", 0),
        "investment_foreign": replace(money_column("column.of_it_foreign"), below="investment"),
        "new_jobs": number_column("column.new_jobs", "persons"),
        "foreign_exchange": money_column("column.foreign_exchange_per_year"),
    }  # fmt: skip
    return Exhibit(
        "indicators", "appendix", bilingual("exhibit.indicators"),
        bilingual("exhibit.indicators_note"),
        bilingual("exhibit.indicators_origin"),
        study.named(table, site="sites", option="options"), columns,
        specs(lambda k: _bars(study, table, k)) if table.height else {}, limit=150,
        inputs=("options", "recipes", "costs", "works", "commodities"),
    )  # fmt: skip


def _bars(study: ReportData, table: pl.DataFrame, k: int) -> Any:
    top = table.head(LAYOUT.returns_rows)
    peak = max((abs(v) for c in ("npv_economic", "npv_financial") for v in top[c] if v is not None), default=1.0)
    size, word = scale_of(peak)
    order, rows = [], []
    for r in top.iter_rows(named=True):
        site, option = study.name("sites", r["site"]), study.name("options", r["option"])
        name = in_lines((f"{site[0]}: {option[0]}", f"{site[1]}: {option[1]}"), k, LAYOUT.names_width)
        order.append(name)
        rows += [
            {"name": name, "view": spoken(VIEW_LABELS[v], k), "v": round((r[f"npv_{v}"] or 0.0) / size, 4)}
            for v in VIEW_LABELS
        ]
    title = measured((study.currency, study.currency), word)
    axis, width = bar_names_axis(order, k, LAYOUT.names_width)
    high = step(order, 9, 13)
    return (
        chart_of(rows).mark("bar", height=high - 2)
        .encode(
            x=channel("v:Q", axis=part(title=spoken(title, k), tickCount=6)),
            y=channel("name:N", sort=order, axis=axis),
            yOffset=channel("view:N", sort=[spoken(v, k) for v in VIEW_LABELS.values()]),
            color=channel("view:N", scale=colours(VIEW_LABELS, VIEW_LABELS, k, VIEW_COLOURS)),
        )
        .properties(width=width, height=part(step=high))
    )  # fmt: skip
