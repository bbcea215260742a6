"""Robustness: figures in many scenarios, frequency of options, sites to survey first, and fronts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from tawteen.case.codes import codes
from tawteen.case.tables import TABLES
from tawteen.report.bilingual import Both, bilingual, join_list
from tawteen.report.drawing import PALETTE, measured, rounded, scale_of, specs, spoken
from tawteen.report.exhibit import (
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
from tawteen.report.labels import bar_names_axis, in_lines
from tawteen.report.lists import ROBUST
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import channel, chart_of, layered, part

if TYPE_CHECKING:
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness

ROBUSTNESS_FIGURE_LABELS: dict[str, Both] = {
    "gain": bilingual("robustness.figures.gain"),
    "firm_gain": bilingual("robustness.figures.firm_gain"),
    "cash": bilingual("robustness.figures.cash"),
    "short": bilingual("robustness.figures.short"),
    "first": bilingual("robustness.figures.first"),
    "last": bilingual("robustness.figures.last"),
}
FREQUENCY_COLOURS = {"core": "#12805c", "rim": "#e39b0b", "out": "#b4bec6"}


def robustness(study: ReportData) -> list[Exhibit]:
    """All exhibits of what was found; none where nothing was."""
    exhibits: list[Exhibit] = []
    if study.robustness is not None:
        result = study.robustness
        exhibits += [spread(study, result), dates(study, result), often(study, result), survey(study, result)]
        exhibits += policy_beside(study, result)
        exhibits += [values(study, result), assumptions(result)]
    if study.front is not None:
        exhibits.append(front(study, study.front))
    return exhibits


def policy_beside(study: ReportData, result: Robustness) -> list[Exhibit]:
    """Figures of the policy and of the single path in the same futures; none where there is no policy."""
    if result.policy_runs.is_empty():
        return []
    rows = result.policy_figures
    names = [bilingual(f"robust.policy_{figure}") for figure in rows["figure"]]
    unit = pl.when(pl.col("figure") == "chance_of_loss").then(pl.lit("share")).otherwise(pl.lit(study.currency))
    columns: dict[str, ColumnFormat] = {
        "figure": text_column("column.figure.robustness"),
        "policy": ColumnFormat(bilingual("column.policy"), "by_row"),
        "path": ColumnFormat(bilingual("column.single_path"), "by_row"),
    }
    return [
        Exhibit(
            "policy_beside", "evidence", bilingual("exhibit.policy_beside"),
            bilingual("exhibit.policy_beside_note", result.policy_runs.height),
            bilingual("exhibit.policy_beside_origin"), with_words(rows.with_columns(unit=unit), "figure", names),
            columns, inputs=("blockers", "works", "costs", "programme.policy"),
        )
    ]  # fmt: skip


def spread(study: ReportData, result: Robustness) -> Exhibit:
    """Distribution of the value, and P50 and P80 of all figures."""
    shown = [_figure(study, row) for row in result.figures.iter_rows(named=True)]
    schema = dict.fromkeys(("figure_en", "figure_ar", "unit"), pl.String)
    numbers = dict.fromkeys(("base", "mean", "p50", "p80"), pl.Float64)
    table = pl.DataFrame(shown, schema={**schema, **numbers}, orient="row")
    columns: dict[str, ColumnFormat] = {
        "figure": text_column("column.figure.robustness"),
        "base": ColumnFormat(bilingual("column.as_planned"), "by_row"),
        "mean": ColumnFormat(bilingual("column.mean"), "by_row"),
        "p50": ColumnFormat(bilingual("column.p50"), "by_row"),
        "p80": ColumnFormat(bilingual("column.p80"), "by_row"),
    }
    count, beats = result.scenarios, result.beats
    firm = bilingual("exhibit.scenarios_note_firm", beats=f"{beats:.0%}") if beats is not None else ("", "")
    return Exhibit(
        "scenarios",
        "evidence",
        bilingual("exhibit.scenarios"),
        bilingual("exhibit.scenarios_note", count, gains=f"{result.gains:.0%}", firm=firm),
        bilingual(
            "exhibit.scenarios_origin",
            distribution=study.distribution,
        ),
        table,
        columns,
        specs(lambda k: _histogram(study, result, k)),
        inputs=("evidence", "works", "costs", "precedents", "blockers", "programme.sites"),
    )


def _figure(study: ReportData, row: dict[str, Any]) -> tuple[Any, ...]:
    en, ar = ROBUSTNESS_FIGURE_LABELS[row["figure"]]
    unit = "" if row["figure"] in ("first", "last") else study.currency
    return (f"{en} ({unit})" if unit else en, f"{ar} ({unit})" if unit else ar, unit,
            *(row[c] for c in ("base", "mean", "p50", "p80")))  # fmt: skip


def _histogram(study: ReportData, result: Robustness, k: int) -> Any:
    gains = result.runs["gain"]
    size, word = scale_of(float(gains.abs().max() or 0.0))  # type: ignore[arg-type]
    title = spoken(measured((study.currency, study.currency), word), k)
    rows = [{"v": rounded(v / size)} for v in gains]
    marks = result.figures.filter(pl.col("figure") == "gain").row(0, named=True)
    names: dict[str, Both] = {
        "base": bilingual("robustness.as_planned"),
        "p50": bilingual("column.p50"),
        "p80": bilingual("column.p80"),
    }
    lines = [
        {"x": rounded(marks[m] / size), "name": spoken(name, k), "y": (i - len(names)) * 14}
        for i, (m, name) in enumerate(names.items())
    ]
    bars = chart_of(rows).mark("bar", color=PALETTE[0], opacity=0.85).encode(
        x=channel("v:Q", bin=part(maxbins=LAYOUT.histogram_bars),
                axis=part(title=title, labelFlush=False, labelOverlap=True, labelSeparation=8)),
        y=channel("count()", axis=part(title=spoken(bilingual("robustness.scenarios"), k), tickCount=5)),
    )  # fmt: skip
    rules = chart_of(lines).mark("rule", color="#b0222f", strokeWidth=1.6, strokeDash=[5, 3]).encode(x=channel("x:Q"))
    # Above the bars, which would disturb them, and one below the other, because their lines may be near each other.
    texts = (
        chart_of(lines)
        .mark("text", align="left", baseline="top")
        .encode(x=channel("x:Q"), y=channel("y:Q", scale=None), text=channel("name:N"))
    )
    return layered(bars, rules, texts).properties(width=LAYOUT.width - 90, height=240)


def dates(study: ReportData, result: Robustness) -> Exhibit:
    """For each site: planned and simulated first quarter of operation, and the worth of its start."""
    table = study.named(
        result.sites.filter(pl.col("status") != "survey").sort("pays", "site", descending=[True, False]),
        site="sites", option="options",
    )  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "site": text_column("column.site", link="site-"), "option": text_column("column.option"),
        "status": code_column("column.status", "status"), "operates": quarter_column("column.planned_to_work"),
        "operates_p50": quarter_column("column.p50"), "operates_p80": quarter_column("column.p80"),
        "reaches": share_column("column.works_in_the_horizon", 0),
        "worth_p50": money_column("column.worth_p50"), "worth_p80": money_column("column.worth_p80"),
        "pays": share_column("column.worth_it_in", 0),
    }  # fmt: skip
    return Exhibit(
        "dates_and_worth", "evidence", bilingual("exhibit.dates_and_worth"),
        bilingual("exhibit.dates_and_worth_note"),
        bilingual("exhibit.dates_and_worth_origin"), table, columns, limit=100,
        inputs=("options", "works", "blockers", "precedents"),
    )  # fmt: skip


def often(study: ReportData, result: Robustness) -> Exhibit:
    """Frequency of each site and option when the programme is chosen anew."""
    gap = ("", "")
    if result.replan_gap is not None:
        gap = bilingual("exhibit.often_origin_gap", gap=f"{result.replan_gap:.1%}")
    works = result.options.filter((pl.col("chosen") > 0) & (pl.col("kind") != "survey"))
    table = study.named(works, site="sites", option="options")
    columns: dict[str, ColumnFormat] = {
        "site": text_column("column.site", link="site-"), "option": text_column("column.option"),
        "status": code_column("column.in_the_programme", "status"), "chosen": share_column("column.chosen_in", 0),
        "robust": code_column("column.it_is", "robust"),
    }  # fmt: skip
    return Exhibit(
        "chosen_often", "evidence", bilingual("exhibit.chosen_often"),
        bilingual("exhibit.often_note", result.replans),
        bilingual("exhibit.often_origin", gap=gap),
        table, columns, specs(lambda k: _often_bars(study, result, k)) if works.height else {}, limit=100,
        inputs=("options", "evidence", "programme.sites"),
    )  # fmt: skip


def _often_bars(study: ReportData, result: Robustness, k: int) -> Any:
    top = result.often.filter(pl.col("chosen") > 0).head(LAYOUT.robustness_sites)
    names = [in_lines(study.name("sites", site), k, LAYOUT.names_width, lines=1) for site in top["site"]]
    rows = [
        {"site": name, "v": round(row["chosen"], 4), "robust": spoken(ROBUST[row["robust"]], k)}
        for name, row in zip(names, top.iter_rows(named=True), strict=True)
    ]
    present = [c for c in ROBUST if c in set(top["robust"])]
    scale = part(domain=[spoken(ROBUST[c], k) for c in present], range=[FREQUENCY_COLOURS[c] for c in present])
    axis, width = bar_names_axis(names, k, LAYOUT.names_width, labelColor="#1d2a33")
    return (
        chart_of(rows).mark("bar", height=12)
        .encode(
            x=channel("v:Q", scale=part(domain=[0, 1]), axis=part(title=None, format=".0%", tickCount=5)),
            y=channel("site:N", sort=list(dict.fromkeys(names)), axis=axis), color=channel("robust:N", scale=scale),
        )
        .properties(width=width, height=part(step=18))
    )  # fmt: skip


def survey(study: ReportData, result: Robustness) -> Exhibit:
    """Sites in descending order of value of information less survey cost."""
    worthy = result.surveys.filter(pl.col("worth") > 0)
    columns: dict[str, ColumnFormat] = {
        "site": text_column("column.site", link="site-"), "gates": number_column("column.unknown_gates"),
        "values": number_column("column.assumed_values"), "worth": money_column("column.knowing_it_is_worth"),
        "cost": money_column("column.its_survey_costs"), "net": money_column("column.difference"),
    }  # fmt: skip
    return Exhibit(
        "survey_first", "survey", bilingual("exhibit.survey_first"),
        bilingual("exhibit.survey_first_note"),
        bilingual("exhibit.survey_first_origin"),
        study.named(worthy, site="sites"), columns,
        specs(lambda k: _survey_bars(study, worthy, k)) if worthy.height else {}, limit=60,
        inputs=("sites", "blockers", "evidence"),
    )  # fmt: skip


def _survey_bars(study: ReportData, worthy: pl.DataFrame, k: int) -> Any:
    top = worthy.head(LAYOUT.robustness_sites)
    size, word = scale_of(float(top["worth"].max() or 0.0))  # type: ignore[arg-type]
    sides: dict[str, Both] = {
        "worth": bilingual("robustness.worth_knowing"),
        "cost": bilingual("robustness.survey_cost"),
    }
    order = [in_lines(study.name("sites", site), k, LAYOUT.names_width, lines=1) for site in top["site"]]
    rows = [
        {"site": name, "side": spoken(label, k), "v": rounded(row[side] / size)}
        for name, row in zip(order, top.iter_rows(named=True), strict=True)
        for side, label in sides.items()
    ]
    scale = part(domain=[spoken(s, k) for s in sides.values()], range=["#12805c", "#b23a48"])
    axis, width = bar_names_axis(order, k, LAYOUT.names_width, labelColor="#1d2a33")
    return (
        chart_of(rows).mark("bar", height=7)
        .encode(
            x=channel("v:Q", axis=part(title=spoken(measured((study.currency,) * 2, word), k), tickCount=6)),
            y=channel("site:N", sort=order, axis=axis),
            yOffset=channel("side:N", sort=[spoken(s, k) for s in sides.values()]),
            color=channel("side:N", scale=scale),
        )
        .properties(width=width, height=part(step=9))
    )  # fmt: skip


def values(study: ReportData, result: Robustness) -> Exhibit:
    """Value of perfect information on each gate and value alone, gates first."""
    worthy = result.values.filter(pl.col("worth") > 0)
    for k, lang in enumerate(("en", "ar")):
        about = [
            study.name("sites", site)[k] if site else owner_name(study, table, subject)[k]
            for site, table, subject in worthy.select("site", "table", "subject").iter_rows()
        ]
        fields = [field_name(t, c, lang) for t, c in worthy.select("table", "column").iter_rows()]
        worthy = worthy.with_columns(
            pl.Series(f"about_{lang}", about, dtype=pl.String), pl.Series(f"field_{lang}", fields, dtype=pl.String)
        )
    columns: dict[str, ColumnFormat] = {
        "kind": code_column("column.kind", "unknowns"), "about": text_column("column.of"),
        "table": code_column("column.table", "tables"),
        "field": text_column("column.field.robustness"), "worth": money_column("column.knowing_it_is_worth"),
    }  # fmt: skip
    table = worthy.with_columns(about=pl.col("subject"), field=pl.col("column"))
    return Exhibit(
        "values_first", "survey", bilingual("exhibit.values_first"),
        bilingual("exhibit.values_first_note"),
        bilingual("exhibit.values_first_origin"),
        table, columns, limit=80, inputs=("blockers", "evidence"),
    )  # fmt: skip


def owner_name(study: ReportData, table: str, subject: str) -> Both:
    """Name of the record that a value belongs to; its key if it has no name."""
    known = {**study.names["commodities"], **study.names.get(table, {})}
    if subject in known:
        return known[subject]
    keys = {**study.names["sources"], **study.names["pools"], **study.names["options"], **known}
    parts = [keys.get(key, (key, key)) for key in subject.split("/")]
    return join_list(parts)


def field_name(table: str, column: str, lang: str) -> str:
    """Name of a column, or of the gate in its place."""
    if table == "blockers" and column in codes("gates"):
        return codes("gates")[column][lang == "ar"]
    spec = TABLES[table].columns().get(column) if table in TABLES else None
    return str(spec.metadata[lang]) if spec is not None and spec.metadata else column


def assumptions(result: Robustness) -> Exhibit:
    """The shocks with their assumed chances and sizes."""
    columns: dict[str, ColumnFormat] = {
        "shock": code_column("column.shock", "shocks"),
        "scope": code_column("column.strikes", "scopes"),
        "chance": share_column("column.chance", 0),
        "low": number_column("column.size_low", decimals=2),
        "mode": number_column("column.most_likely", decimals=2),
        "high": number_column("column.high.robustness", decimals=2),
        "unit": code_column("column.unit", "shock_units"),
    }
    return Exhibit(
        "shocks", "evidence", bilingual("exhibit.shocks"),
        bilingual("exhibit.shocks_note"),
        bilingual("exhibit.shocks_origin"), result.shocks, columns,
    )  # fmt: skip


def front(study: ReportData, front_result: Front) -> Exhibit:
    """The front between two aims."""
    labels = [_aim(study, aim) for aim in (front_result.aim_a, front_result.aim_b)]
    units = [
        "share" if a.startswith("share") else "persons" if a == "jobs" else "currency"
        for a in (front_result.aim_a, front_result.aim_b)
    ]
    columns: dict[str, ColumnFormat] = {
        "point": number_column("column.point"),
        "a": ColumnFormat(labels[0], units[0], 0),
        "b": ColumnFormat(labels[1], units[1], 1 if units[1] == "share" else 0),
        "bound": ColumnFormat(bilingual("column.no_more_is_possible_than"), units[0], 0),
        "sites": number_column("column.sites_started"),
    }
    return Exhibit(
        "front", "evidence",
        bilingual("exhibit.front", first=labels[0], second=(labels[1][0].lower(), labels[1][1])),
        bilingual("exhibit.front_note"),
        bilingual("exhibit.front_origin"),
        front_result.points, columns, specs(lambda k: _front_line(study, front_result, labels, units, k)),
        inputs=("options", "rules"),
    )  # fmt: skip


AIM_LABELS: dict[str, Both] = {
    "value": bilingual("robustness.aims.value"),
    "jobs": bilingual("robustness.aims.jobs"),
    "foreign_exchange": bilingual("robustness.aims.foreign_exchange"),
    "cash": bilingual("robustness.aims.cash"),
}


def _aim(study: ReportData, aim: str) -> Both:
    name, _, region = aim.partition(":")
    if name != "share":
        return AIM_LABELS[name]
    return bilingual("robustness.aims.share", region=study.name("regions", region))


def _front_line(study: ReportData, front_result: Front, labels: list[Both], units: list[str], k: int) -> Any:
    sizes, titles = [], []
    for column, label, unit in zip(("a", "b"), labels, units, strict=True):
        money_ = unit == "currency"
        size, word = scale_of(float(front_result.points[column].abs().max() or 0.0)) if money_ else (1.0, ("", ""))  # type: ignore[arg-type]
        scaled = measured((study.currency,) * 2, word) if money_ else ("", "")
        sizes.append(size)
        titles.append(spoken(tuple(f"{n} ({u})" if u else n for n, u in zip(label, scaled, strict=True)), k))  # type: ignore[arg-type]
    rows = [
        {"a": rounded(r["a"] / sizes[0]), "b": rounded(r["b"] / sizes[1]),
         "most": None if r["bound"] is None else rounded(r["bound"] / sizes[0])}
        for r in front_result.points.iter_rows(named=True)
    ]  # fmt: skip
    style = ".0%" if units[1] == "share" else "~s" if units[1] == "persons" else "~g"
    x = channel("b:Q", axis=part(title=titles[1], format=style), scale=part(zero=False))
    axis = part(title=titles[0], tickCount=6)
    known = chart_of(rows).mark("line", point=True, color=PALETTE[0]).encode(x=x, y=channel("a:Q", axis=axis))
    most = chart_of([r for r in rows if r["most"] is not None]).mark("line", color="#b4bec6", strokeDash=[5, 3])
    return layered(most.encode(x=x, y=channel("most:Q")), known).properties(width=LAYOUT.width - 110, height=320)
