"""Sheets of a live workbook that show what the program worked out: analysis, and the view of the country.

They hold values: finding a switching value takes the whole study again and again, which no formula does.
"""

from __future__ import annotations

from collections.abc import Sequence

from tawteen.appraise.economic import CountryView
from tawteen.appraise.params import STUDY_ANALYSIS
from tawteen.appraise.statements.model import indicator_label
from tawteen.appraise.study import Study
from tawteen.appraise.study_analysis import StudyAnalysis
from tawteen.report.workbook_formulas.book import FormulaSheet
from tawteen.report.workbook_formulas.formula import FIRST, LABEL_COLUMN, SINGLE
from tawteen.words import Words

Shown = float | str | None


def write_analysis(sheet: FormulaSheet, study: Study, analysis: StudyAnalysis) -> None:
    """Sensitivity with switching values, scenarios and levelised cost."""
    say, words = sheet.book.words.say, sheet.book.words
    sheet.text(say("live.analysis_how"))
    sheet.section("studies.sensitivity")
    _head(sheet, [say("studies.input"), *(say(f"studies.factor.{round(100 * f)}") for f in STUDY_ANALYSIS.factors),
                  say("studies.switching")])  # fmt: skip
    for one in analysis.sensitivity:
        switch: Shown = None if one.switching is None else one.switching - 1.0
        _row(sheet, say(f"studies.driver.{one.driver}"), [*one.npv, say(one.reason) if one.reason else switch], "share")
    if analysis.scenarios:
        sheet.section("studies.scenarios")
        _head(sheet, [say(f"studies.{name}") for name in ("scenario", "npv_total", "npv_equity", "irr")])
        names = {one.id: words.pick((one.name_en, one.name_ar)) or one.id for one in study.scenarios}
        for result in analysis.scenarios:
            rate = say(str(result.irr_reason)) if result.irr is None else result.irr
            _row(sheet, names[result.scenario], [result.npv, result.npv_equity, rate], "share")
    sheet.next += 1
    label, cost = say("studies.levelised_cost"), unit_cost(study, analysis)
    if cost is None:
        _row(sheet, label, [say(str(analysis.levelised_reason))], "number")
    else:
        _row(sheet, f"{label} ({unit_price(study)})", [cost], "number")


def unit_cost(study: Study, analysis: StudyAnalysis) -> float | None:
    """Returns the levelised cost of a unit sold in the study's currency, in full; None if there is none."""
    return None if analysis.levelised_cost is None else analysis.levelised_cost * study.unit


def unit_price(study: Study) -> str:
    """Returns the unit of a price: the currency over the unit of the products where they state one."""
    unit = study.products[0].unit if study.products else ""
    return f"{study.currency}/{unit}" if unit else study.currency


def write_country(sheet: FormulaSheet, view: CountryView, labels: Sequence[str]) -> None:
    """Indicators of the country's view, then its schedules by period."""
    words = sheet.book.words
    say = words.say
    sheet.text(say("live.analysis_how"))
    for row in view.indicators.iter_rows(named=True):
        basis = say(f"statements.statement.{row['basis']}")
        label = f"{basis}: {indicator_label(row['indicator'], words)}"
        share = row["indicator"].startswith(("irr", "mirr"))
        shown = row["value"] if row["value"] is not None else say(str(row["reason"]))
        _row(sheet, label, [shown], "share" if share else "number")
    for statement in dict.fromkeys(view.lines["statement"]):
        sheet.section(f"statements.statement.{statement}")
        sheet.target.write_row(sheet.next, FIRST, list(labels), sheet.book.looks["head"])
        sheet.next += 1
        lines = view.lines.filter(statement=statement).group_by("item", "name", maintain_order=True).agg("value")
        for item, name, values in lines.iter_rows():
            _series(sheet, _item(words, item, name), values)


def _item(words: Words, item: str, name: str) -> str:
    label = words.say(f"statements.item.{item}")
    return f"{label}: {name}" if name else label


def _head(sheet: FormulaSheet, names: list[str]) -> None:
    head = sheet.book.looks["head"]
    sheet.target.write_row(sheet.next, LABEL_COLUMN, [names[0], *[""] * (SINGLE - LABEL_COLUMN - 1), *names[1:]], head)
    sheet.next += 1


def _row(sheet: FormulaSheet, label: str, values: Sequence[Shown], last: str) -> None:
    """A label and its values; the last one has a look of its own."""
    looks = sheet.book.looks
    sheet.target.write_string(sheet.next, LABEL_COLUMN, label, looks["text"])
    for n, value in enumerate(values):
        look = looks[last if n == len(values) - 1 else "money"]
        if isinstance(value, str):
            sheet.target.write_string(sheet.next, SINGLE + n, value, looks["note"])
        elif value is not None:
            sheet.target.write_number(sheet.next, SINGLE + n, value, look)
    sheet.next += 1


def _series(sheet: FormulaSheet, label: str, values: Sequence[float | None]) -> None:
    sheet.target.write_string(sheet.next, LABEL_COLUMN, label, sheet.book.looks["text"])
    for t, value in enumerate(values):
        if value is not None:
            sheet.target.write_number(sheet.next, FIRST + t, value, sheet.book.looks["money"])
    sheet.next += 1
