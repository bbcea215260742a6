"""Evidence of a case: coverage by grade, conflicts, and sources."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.case import evidence
from tawteen.case.codes import codes
from tawteen.case.tables import TABLES
from tawteen.report.bilingual import bilingual
from tawteen.report.drawing import bars_on_paper, colours, specs, spoken
from tawteen.report.exhibit import SITE, ColumnFormat, Exhibit, code_column, number_column, share_column, text_column
from tawteen.report.labels import bar_names_axis, in_lines
from tawteen.report.lists import STATUS_LABELS
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import channel, chart_of, part

GRADE_COLOURS = {
    "assumed": "#c9d1d8",
    "reported": "#e3b04b",
    "documented": "#5aa2c9",
    "inspected": "#2f8f6b",
    "tested": "#0f5c43",
}
EVIDENCE_BARS_SHOWN = bars_on_paper(LAYOUT.evidence_step)


def knowledge(study: ReportData) -> list[Exhibit]:
    """Coverage per site, observations in conflict, sources."""
    return [coverage(study), conflicts(study), sources(study)]


def coverage(study: ReportData) -> Exhibit:
    """Share of each site's numbers by the grade of their best observation."""
    status = study.programme.sites.select(site="id", status="status")
    rank = {s: i for i, s in enumerate(STATUS_LABELS)}
    table = (
        evidence.coverage(study.case).drop_nulls("site").join(status, on="site", how="left")
        .with_columns(covered=1 - pl.col("assumed"))
        .sort(pl.col("status").fill_null("out").replace_strict(rank, default=9), "site")
    )  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "site": SITE, "status": code_column("column.status", "status"), "values": number_column("column.numbers"),
        "covered": share_column("column.with_evidence", 0),
    }  # fmt: skip
    columns |= {g: ColumnFormat(codes("grades")[g], "share", 0) for g in evidence.GRADES}
    return Exhibit(
        "coverage", "evidence", bilingual("exhibit.coverage"),
        bilingual("exhibit.coverage_note", distribution=study.distribution),
        bilingual("exhibit.coverage_origin"),
        study.named(table, site="sites"), columns, specs(lambda k: _bars(study, table, k)) if table.height else {},
        limit=200, inputs=("evidence", "sources", "sites", "options"),
    )  # fmt: skip


def _bars(study: ReportData, table: pl.DataFrame, k: int) -> Any:
    grades, order, rows = codes("grades"), [], []
    for r in table.head(EVIDENCE_BARS_SHOWN).iter_rows(named=True):
        name = in_lines(study.name("sites", r["site"]), k, LAYOUT.names_width, lines=1)
        order.append(name)
        rows += [
            {"site": name, "grade": spoken(grades[g], k), "n": round(r[g], 4), "o": i}
            for i, g in enumerate(grades)
            if r[g]
        ]
    names, width = bar_names_axis(order, k, LAYOUT.names_width, labelColor="#1d2a33")
    return (
        chart_of(rows).mark("bar", height=10)
        .encode(
            x=channel("n:Q", stack="normalize", axis=part(title=None, format=".0%", tickCount=5)),
            y=channel("site:N", sort=list(dict.fromkeys(order)), axis=names),
            color=channel("grade:N", scale=colours(grades, [g for g in grades if table[g].sum()], k, GRADE_COLOURS)),
            order=channel("o:Q"),
        )
        .properties(width=width, height=part(step=LAYOUT.evidence_step))
    )  # fmt: skip


def conflicts(study: ReportData) -> Exhibit:
    """Observations of cells on which observations differ."""
    table = evidence.conflicts(study.case)
    for lang in ("en", "ar"):
        labels = [_label(t, c, lang) for t, c in zip(table["table"], table["column"], strict=True)]
        table = table.with_columns(pl.Series(f"column_{lang}", labels, dtype=pl.String))
    columns: dict[str, ColumnFormat] = {
        "table": code_column("column.table", "tables"),
        "row": text_column("column.row"),
        "column": text_column("column.column"),
        "current": text_column("column.planned_with"),
        "value": text_column("column.observed"),
        "grade": code_column("column.grade", "grades"),
        "as_of": text_column("column.as_of"),
        "source": text_column("column.source", link="row-sources-"),
        "proposed": text_column("column.proposed"),
    }
    return Exhibit(
        "conflicts", "evidence", bilingual("exhibit.conflicts"),
        bilingual("exhibit.conflicts_note"),
        bilingual("exhibit.conflicts_origin"), table, columns, limit=100,
        inputs=("evidence", "sources"),
    )  # fmt: skip


def _label(table: str, column: str, lang: str) -> str:
    spec = TABLES[table].columns().get(column) if table in TABLES else None
    return str(spec.metadata[lang]) if spec is not None and spec.metadata else column


def sources(study: ReportData) -> Exhibit:
    """Where observations were read."""
    used = study.case["evidence"].group_by("source").agg(used=pl.len())
    table = (
        study.case["sources"]
        .join(used, left_on="id", right_on="source", how="left")
        .with_columns(pl.col("used").fill_null(0))
    )
    columns: dict[str, ColumnFormat] = {
        "id": text_column("column.source"),
        "title": text_column("column.title"),
        "address": text_column("column.address"),
        "as_of": text_column("column.dated"),
        "licence": text_column("column.licence"),
        "used": number_column("column.observations"),
    }
    return Exhibit(
        "sources", "evidence", bilingual("exhibit.sources"),
        bilingual("exhibit.sources_note"),
        bilingual("exhibit.sources_origin"), table, columns, limit=400,
        inputs=("sources", "evidence"),
    )  # fmt: skip
