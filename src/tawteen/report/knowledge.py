"""What is known and how well: coverage by grade, conflicts, and the sources."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from tawteen.case import evidence
from tawteen.case.codes import codes
from tawteen.case.tables import TABLES
from tawteen.report.drawing import both, colours, data, spoken
from tawteen.report.exhibit import SITE, Exhibit, Shown, amount, coded, share, words
from tawteen.report.labels import NAMES, beside
from tawteen.report.lists import STATUS
from tawteen.report.report_data import ReportData

SHADES = {
    "assumed": "#c9d1d8",
    "reported": "#e3b04b",
    "documented": "#5aa2c9",
    "inspected": "#2f8f6b",
    "tested": "#0f5c43",
}
MOST = 60


def knowledge(study: ReportData) -> list[Exhibit]:
    """Coverage per site, observations in conflict, sources."""
    return [coverage(study), conflicts(study), sources(study)]


def coverage(study: ReportData) -> Exhibit:
    """Share of each site's numbers by the grade of their best observation."""
    status = study.programme.sites.select(site="id", status="status")
    rank = {s: i for i, s in enumerate(STATUS)}
    table = (
        evidence.coverage(study.case).drop_nulls("site").join(status, on="site", how="left")
        .with_columns(covered=1 - pl.col("assumed"))
        .sort(pl.col("status").fill_null("out").replace_strict(rank, default=9), "site")
    )  # fmt: skip
    columns: dict[str, Shown] = {
        "site": SITE, "status": coded("Status", "القرار", "status"), "values": amount("Numbers", "الأرقام"),
        "covered": share("With evidence", "لها دليل", 0),
    }  # fmt: skip
    columns |= {g: Shown(codes("grades")[g], "share", 0) for g in evidence.GRADES}
    return Exhibit(
        "coverage", "evidence", ("Evidence behind the numbers of each site", "الأدلة وراء أرقام كل موقع"),
        ("All numbers in the rows of the site and of its options, by the grade of the best observation that agrees "
         "with them; a "
         "number that no observation backs is assumed. Prices and demand belong to no site and are not counted here.",
         "كل أرقام صفوف الموقع وخياراته حسب درجة أفضل مشاهدة توافقها؛ والرقم الذي لا تسنده مشاهدة مفترض. الأسعار "
         "والطلب لا تخص "
         "موقعا فلا تحسب هنا."),
        ("Evidence table of the case, matched cell by cell.", "جدول الأدلة في الحالة، خلية خلية."),
        study.named(table, site="sites"), columns, both(lambda k: _bars(study, table, k)) if table.height else {},
        limit=200, inputs=("evidence", "sources", "sites", "options"),
    )  # fmt: skip


def _bars(study: ReportData, table: pl.DataFrame, k: int) -> Any:
    grades, order, rows = codes("grades"), [], []
    for r in table.head(MOST).iter_rows(named=True):
        name = spoken(study.name("sites", r["site"]), k)
        order.append(name)
        rows += [
            {"site": name, "grade": spoken(grades[g], k), "n": round(r[g], 4), "o": i}
            for i, g in enumerate(grades)
            if r[g]
        ]
    names, width = beside(order, k, NAMES, labelColor="#1d2a33")
    return (
        alt.Chart(data(rows)).mark_bar(height=10)
        .encode(
            x=alt.X("n:Q", stack="normalize", axis=alt.Axis(title=None, format=".0%", tickCount=5)),
            y=alt.Y("site:N", sort=list(dict.fromkeys(order)), axis=names),
            color=alt.Color("grade:N", scale=colours(grades, [g for g in grades if table[g].sum()], k, SHADES)),
            order="o:Q",
        )
        .properties(width=width, height=alt.Step(16))
    )  # fmt: skip


def conflicts(study: ReportData) -> Exhibit:
    """Observations of cells on which observations differ."""
    table = evidence.conflicts(study.case)
    for lang in ("en", "ar"):
        labels = [_label(t, c, lang) for t, c in zip(table["table"], table["column"], strict=True)]
        table = table.with_columns(pl.Series(f"column_{lang}", labels, dtype=pl.String))
    columns: dict[str, Shown] = {
        "table": coded("Table", "الجدول", "tables"), "row": words("Row", "الصف"), "column": words("Column", "العمود"),
        "current": words("Planned with", "المخطط به"), "value": words("Observed", "المشاهد"),
        "grade": coded("Grade", "الدرجة", "grades"), "as_of": words("As of", "بتاريخ"),
        "source": words("Source", "المصدر", link="row-sources-"), "proposed": words("Proposed", "المقترح"),
    }  # fmt: skip
    return Exhibit(
        "conflicts", "evidence", ("Observations in conflict", "مشاهدات متعارضة"),
        ("The value the case plans with wins; the others stay visible until somebody settles them. Proposed is what "
         "the stronger "
         "grade, then the newer date prefers.",
         "القيمة المخطط بها في الحالة هي الغالبة؛ وتبقى الأخرى ظاهرة حتى يحسمها أحد. المقترح ما تفضله الدرجة الأقوى "
         "ثم الأحدث."),
        ("Evidence table of the case.", "جدول الأدلة في الحالة."), table, columns, limit=100,
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
    columns: dict[str, Shown] = {
        "id": words("Source", "المصدر"), "title": words("Title", "العنوان"), "address": words("Address", "الرابط"),
        "as_of": words("Dated", "التاريخ"), "licence": words("Licence", "الترخيص"),
        "used": amount("Observations", "المشاهدات"),
    }  # fmt: skip
    return Exhibit(
        "sources", "evidence", ("Sources", "المصادر"),
        ("Every observation names one; what none of them says is assumed and shown as such.",
         "لكل مشاهدة مصدر؛ وما لا يقوله أي منها مفترض ويعرض كذلك."),
        ("Sources table of the case.", "جدول المصادر في الحالة."), table, columns, limit=400,
        inputs=("sources", "evidence"),
    )  # fmt: skip
