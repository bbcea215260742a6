"""Overview: the main figures of the programme, and the same by field of cooperation."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from tawteen.case.codes import codes
from tawteen.report.assumed import assumed_share
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.exhibit import FIELD, UNIT_LABELS, ColumnFormat, Exhibit, money_column, number_column, text_column
from tawteen.report.lists import OUTCOMES, STATUS_LABELS
from tawteen.report.params import LAYOUT, THRESHOLDS
from tawteen.report.report_data import PLANNED_STATUSES, ReportData
from tawteen.words import LANGS, Words

OVERVIEW_FIGURES: dict[str, tuple[Both, str, bool]] = {
    "status": (bilingual("overview.figures.status"), "", True),
    "gain": (bilingual("overview.figures.gain"), "currency", True),
    "gap": (bilingual("overview.figures.gap"), "share", True),
    "firm": (bilingual("overview.figures.firm"), "", True),
    "conditional": (bilingual("overview.figures.conditional"), "", True),
    "survey": (bilingual("overview.figures.survey"), "", True),
    "close": (bilingual("overview.figures.close"), "", False),
    "out": (bilingual("overview.figures.out"), "", True),
    "money": (bilingual("overview.figures.money"), "currency", True),
    "investment": (bilingual("overview.figures.investment"), "currency", False),
    "new_jobs": (
        bilingual("overview.figures.new_jobs"),
        "persons", True,
    ),
    "jobs": (
        bilingual("overview.figures.jobs"),
        "persons", False,
    ),
    "unmet": (bilingual("overview.figures.unmet"), "", False),
    "assumed": (
        bilingual("overview.figures.assumed"), "share", True,
    ),
    # Values of the whole economy, beside which any gain looks small, come after what a committee decides on.
    "value": (bilingual("overview.figures.value"), "currency", False),
    "do_nothing": (bilingual("overview.figures.do_nothing"), "currency", False),
    "bound": (bilingual("overview.figures.bound"), "currency", False),
    "seconds": (bilingual("overview.figures.seconds"), "s", False),
}  # fmt: skip
"""Label, unit, and whether it is one of the cards, of each summary figure."""
WHOLE_ECONOMY_FIGURES = ("value", "do_nothing", "bound")
"""Figures of the appendix of a report: a screen does not show them."""


class Figure(NamedTuple):
    """One summary figure: `explanation`: its words if it is no number."""

    key: str
    label: Both
    value: float | None
    unit: str = ""
    explanation: Both = ("", "")
    card: bool = False


def overview(study: ReportData) -> list[Exhibit]:
    """Summary figures and the reading by field."""
    return [summary(study), by_field(study)]


def figures(study: ReportData) -> list[Figure]:
    """The summary figures in the order in which they are read, money by party included."""
    values, figures = _values(study), []
    for key, (label, unit, card) in OVERVIEW_FIGURES.items():
        explained = (
            OUTCOMES[study.programme.status] if key == "status" else _unmet(study) if key == "unmet" else ("", "")
        )
        figures.append(Figure(key, label, values.get(key), unit, explained, card))
        if key == "money":
            for party, total in _by_party(study).items():
                figures.append(
                    Figure(
                        f"money_{party}",
                        bilingual("overview.money_of_party", party=study.name("parties", party)),
                        total,
                        "currency",
                    )
                )
    return figures


def _values(study: ReportData) -> dict[str, float | None]:
    programme = study.programme
    status = programme.sites["status"].value_counts()
    count = dict(zip(status["status"], status["count"], strict=True))
    value, nothing = programme.value, programme.do_nothing
    return {
        "gain": None if value is None or nothing is None else value - nothing,
        "value": value,
        "do_nothing": nothing,
        "bound": programme.bound,
        "gap": programme.gap,
        **{key: count.get(key, 0) for key in ("firm", "conditional", "survey", "close")},
        "out": count.get("out", 0) + count.get("as_is", 0),
        "money": float(programme.draws["amount"].sum()),
        "investment": float(study.chosen["investment"].sum()),
        "jobs": _peak(study, "jobs"),
        "new_jobs": _peak(study, "new_jobs"),
        "assumed": assumed_share(study),
        "seconds": programme.seconds,
    }


def _peak(study: ReportData, column: str) -> float:
    per_quarter = study.jobs.group_by("period").agg(pl.col(column).sum())[column]
    return float(max(per_quarter, default=0.0))


def _unmet(study: ReportData) -> Both:
    """Goods of whose demand a part stays unmet, and which: those that lack most first."""
    sums = study.balance.filter(pl.col("part").is_in(["demand", "unmet"])).group_by("commodity").agg(
        share=pl.col("amount").filter(pl.col("part") == "unmet").sum()
        / pl.col("amount").filter(pl.col("part") == "demand").sum()
    )  # fmt: skip
    lacking = sums.filter(pl.col("share") >= THRESHOLDS.unmet_demand).sort(
        ["share", "commodity"], descending=[True, False]
    )
    sentences = []
    for lang in LANGS:
        words = Words(lang, study.case.settings.digits)
        goods = [
            f"{words.pick(study.name('commodities', good))} {words.percent(share, 0)}"
            for good, share in lacking.head(LAYOUT.goods_named).iter_rows()
        ]
        more = (
            [f"+{words.number(lacking.height - LAYOUT.goods_named, 0)}"] if lacking.height > LAYOUT.goods_named else []
        )
        sentences.append(words.say("report.comma").join(goods + more) or words.say("overview.none_unmet"))
    return sentences[0], sentences[1]


def _by_party(study: ReportData) -> dict[str, float]:
    parties = study.case["funds"].select(fund="id", party="party")
    sums = study.programme.draws.join(parties, on="fund").group_by("party").agg(pl.col("amount").sum()).sort("party")
    return dict(zip(sums["party"], sums["amount"], strict=True))


def summary(study: ReportData) -> Exhibit:
    """The figures as a table; the page shows some of them as cards."""
    rows = [_row(study, figure) for figure in figures(study)]
    types = {"value": pl.Float64, "card": pl.Boolean}
    texts = ("key", "figure_en", "figure_ar", "unit", "words_en", "words_ar", "of_en", "of_ar")
    settings = study.case.settings
    view: Both = (
        bilingual("overview.view.economic")
        if settings.value.view == "economic"
        else bilingual("overview.view.financial")
    )
    return Exhibit(
        "summary", "appendix", bilingual("exhibit.summary"),
        bilingual("exhibit.summary_note", currency=study.currency, year=settings.money.price_year,
                  start=study.case.calendar.label(0), view=view),
        bilingual("exhibit.summary_origin"),
        pl.DataFrame(rows, schema={**dict.fromkeys(texts, pl.String), **types}),
        {"figure": text_column("column.figure.overview"),
         "value": ColumnFormat(bilingual("column.value"), "by_row"), "of": text_column("column.unit")},
        inputs=("programme.sites", "programme.draws"),
    )  # fmt: skip


def _row(study: ReportData, figure: Figure) -> dict[str, str | float | bool | None]:
    key, label, value, unit, words, card = figure
    units = (
        (study.currency, study.currency) if unit == "currency" else ("", "") if unit == "share" else UNIT_LABELS[unit]
    )
    return {
        "key": key, "figure_en": label[0], "figure_ar": label[1], "unit": unit, "words_en": words[0],
        "words_ar": words[1], "of_en": units[0], "of_ar": units[1],
        "value": None if value is None else float(value), "card": card,
    }  # fmt: skip


def by_field(study: ReportData) -> Exhibit:
    """Everything by field of cooperation."""
    sites = study.fields.join(study.programme.sites.select(site="id", status="status"), on="site", how="left")
    picked = study.chosen.filter(pl.col("status").is_in(PLANNED_STATUSES)).select("site", "investment", "new_jobs")
    sums = sites.join(picked, on="site", how="left").group_by("field").agg(
        sites=pl.len(),
        **{s: (pl.col("status") == s).sum() for s in ("firm", "conditional", "survey")},
        investment=pl.col("investment").sum(), new_jobs=pl.col("new_jobs").sum(),
    )  # fmt: skip
    skills = study.case["capabilities"].select(pool="id", field="field")
    works = study.bought.filter(pl.col("pool_kind") == "capability").join(skills, on="pool", how="left")
    works = works.group_by("field").agg(works=pl.col("paid").sum())
    trained = study.bought.filter(pl.col("pool_kind") == "course")["paid"].sum()
    ideas = study.case["innovations"].group_by("field").agg(ideas=pl.len())
    projects = study.case["projects"].group_by("field").agg(projects=pl.len())
    offers = (
        study.case["offers"]
        .select(pool="capability")
        .join(skills, on="pool", how="left")
        .group_by("field")
        .agg(offers=pl.len())
    )
    table = pl.DataFrame({"field": list(codes("fields"))})
    for part in (sums, works, offers, ideas, projects):
        table = table.join(part, on="field", how="left")
    table = table.with_columns(
        works=pl.col("works").fill_null(0.0)
        + pl.when(pl.col("field") == "training").then(float(trained)).otherwise(0.0)
    ).with_columns(pl.exclude("field").fill_null(0))
    columns: dict[str, ColumnFormat] = {
        "field": FIELD,
        "sites": number_column("column.sites_in_the_case"),
        "firm": ColumnFormat(STATUS_LABELS["firm"], decimals=0),
        "conditional": ColumnFormat(STATUS_LABELS["conditional"], decimals=0),
        "survey": ColumnFormat(STATUS_LABELS["survey"], decimals=0),
        "investment": money_column("column.investment"),
        "new_jobs": number_column("column.new_jobs", "persons"),
        "works": money_column("column.works_and_training_bought"),
        "offers": number_column("column.offers"),
        "projects": number_column("column.projects"),
        "ideas": number_column("column.innovations"),
    }
    return Exhibit(
        "fields",
        "appendix",
        bilingual("exhibit.fields"),
        bilingual("exhibit.fields_note"),
        bilingual("exhibit.fields_origin"),
        table,
        columns,
        inputs=("sites", "options", "capabilities", "projects", "innovations", "programme.sites"),
    )
