"""When: surveys, gates, works and operation of every chosen site."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.report.bilingual import Both, bilingual
from tawteen.report.drawing import bars_on_paper, colours, specs, spoken, years
from tawteen.report.exhibit import SITE, ColumnFormat, Exhibit, code_column, quarter_column, share_column, text_column
from tawteen.report.labels import bar_names_axis, in_lines
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import channel, chart_of, part
from tawteen.works.periods import WEEKS_PER_QUARTER

TIMELINE_STAGE_LABELS: dict[str, Both] = {
    "survey": bilingual("timeline.stages.survey"),
    "gate": bilingual("timeline.stages.gate"),
    "works": bilingual("timeline.stages.works"),
    "operation": bilingual("timeline.stages.operation"),
    "maybe": bilingual("timeline.stages.maybe"),
}
STAGE_COLOURS = {
    "survey": "#3f7fbf", "gate": "#7b5ea7", "works": "#e08e0b", "operation": "#12805c", "maybe": "#a9d3c3",
}  # fmt: skip
TIMELINE_SITES_SHOWN = bars_on_paper(LAYOUT.timeline_step)


def stages(study: ReportData) -> pl.DataFrame:
    """Stages of all that the programme starts, as of `stages_of_starts`."""
    return stages_of_starts(study, study.chosen)


def stages_of_starts(study: ReportData, starts: pl.DataFrame) -> pl.DataFrame:
    """site, status, stage, from, until, period, weeks of `starts` (site, option, status, period, operating_from).

    `from` and `until` are in periods from the start of the horizon, fractions included; `period` is the quarter of
    `from`, `weeks` the time between both.
    """
    lead = study.works.lead.select("option", "survey_weeks", "gate_weeks", "works_weeks")
    rows: list[dict[str, Any]] = []
    for row in starts.join(lead, on="option", how="left").iter_rows(named=True):
        begins = float(row["period"])
        for stage in ("survey", "gate", "works"):
            if weeks := row[f"{stage}_weeks"] or 0.0:
                rows.append(_stage(row, stage, begins, begins + weeks / WEEKS_PER_QUARTER))
                begins += weeks / WEEKS_PER_QUARTER
        if row["operating_from"] is not None:
            first = row["period"] + row["operating_from"]
            if first < study.periods:
                stage = "maybe" if row["status"] == "conditional" else "operation"
                rows.append(_stage(row, stage, float(first), float(study.periods)))
    schema = {"site": pl.String, "status": pl.String, "stage": pl.String, "from": pl.Float64, "until": pl.Float64}
    return pl.DataFrame(rows, schema=schema).with_columns(
        period=pl.col("from").floor().cast(pl.Int64), weeks=(pl.col("until") - pl.col("from")) * WEEKS_PER_QUARTER
    )


def _stage(row: dict[str, Any], stage: str, start: float, end: float) -> dict[str, Any]:
    return {"site": row["site"], "status": row["status"], "stage": stage, "from": start, "until": end}


def timeline(study: ReportData) -> list[Exhibit]:
    """The Gantt chart of the programme."""
    bars = stages(study)
    starts = bars.pivot("stage", index="site", values="from", aggregate_function="first")
    for stage in TIMELINE_STAGE_LABELS:
        if stage not in starts.columns:
            starts = starts.with_columns(pl.lit(None, dtype=pl.Float64).alias(stage))
    table = study.named(
        study.chosen.select("site", "option", "status", "period", "chance", "operates")
        .join(starts.select("site", "survey", "gate", "works"), on="site", how="left")
        .with_columns(pl.col("survey", "gate", "works").floor().cast(pl.Int64)),
        site="sites",
        option="options",
    )
    columns: dict[str, ColumnFormat] = {
        "site": SITE,
        "option": text_column("column.option"),
        "status": code_column("column.status", "status"),
        "survey": quarter_column("column.survey_from"),
        "gate": quarter_column("column.gates_from"),
        "works": quarter_column("column.works_from"),
        "operates": text_column("column.operates_from"),
        "chance": share_column("column.chance_of_the_gates", 0),
    }
    note = bilingual("exhibit.timeline_note")
    if table.height > TIMELINE_SITES_SHOWN:
        note = bilingual("exhibit.timeline_note_cut", note=note, most=TIMELINE_SITES_SHOWN)  # fmt: skip
    return [
        Exhibit(
            "timeline", "sites", bilingual("exhibit.timeline"), note,
            bilingual("exhibit.timeline_origin"),
            table, columns,
            specs(lambda k: gantt(study, bars, k)) if bars.height else {},
            limit=200, inputs=("works", "blockers", "sites", "programme.sites"),
        )
    ]  # fmt: skip


def gantt(study: ReportData, bars: pl.DataFrame, k: int) -> Any:
    """One row a site, one bar a stage."""
    first = study.chosen["site"].to_list()[:TIMELINE_SITES_SHOWN]
    shown = bars.filter(pl.col("site").is_in(first))
    names = {s: study.name("sites", s) for s in first}
    unique = {s: (b if [n[k] for n in names.values()].count(b[k]) == 1 else (f"{b[0]} ({s})", f"{b[1]} ({s})"))
              for s, b in names.items()}  # fmt: skip
    rows = [
        {"site": in_lines(unique[r["site"]], k, LAYOUT.names_width, lines=1),
         "stage": spoken(TIMELINE_STAGE_LABELS[r["stage"]], k),
         "a": study.year(r["from"]), "b": study.year(min(r["until"], study.periods))}
        for r in shown.iter_rows(named=True)
    ]  # fmt: skip
    order = [in_lines(unique[s], k, LAYOUT.names_width, lines=1) for s in first]
    axis, width = bar_names_axis(order, k, LAYOUT.names_width, grid=True, labelColor="#1d2a33")
    return (
        chart_of(rows)
        .mark("bar", height=10, cornerRadius=2)
        .encode(
            x=years(study, field="a"),
            x2=channel("b"),
            y=channel("site:N", sort=order, axis=axis),
            color=channel("stage:N", scale=colours(TIMELINE_STAGE_LABELS, shown["stage"], k, STAGE_COLOURS)),
        )
        .properties(width=width, height=part(step=LAYOUT.timeline_step))
    )  # fmt: skip
