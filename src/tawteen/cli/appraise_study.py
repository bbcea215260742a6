"""A study of its own, apart from any case: its statements on screen, and as a workbook that recalculates."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tawteen.cli.appraise_programme import financing
from tawteen.cli.console import Console
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.study_debt import debt_parts, sizes
from tawteen.runs.delivery import delivery
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    import polars as pl

    from tawteen.appraise.economic import CountryView
    from tawteen.appraise.profile import ProfileName
    from tawteen.appraise.statements import Statements
    from tawteen.appraise.study import Study
    from tawteen.appraise.study_analysis import StudyAnalysis

STUDY = ".toml"

STUDY_WORKBOOK = "statements.xlsx"

RATE_INDICATORS = ("irr", "mirr")


def appraise_study(
    path: Path, profile: ProfileName | None, out: Path | None, console: Console, bar: ProgressBar
) -> CommandResult:
    """The statements of the study in a TOML file, under its own conventions where no `profile` is asked for."""
    from tawteen.appraise.economic import country_view
    from tawteen.appraise.params import STUDY_ANALYSIS
    from tawteen.appraise.profile import PROFILES
    from tawteen.appraise.programme_finance import finance_of
    from tawteen.appraise.statements import statements
    from tawteen.appraise.study_analysis import analysis_of
    from tawteen.appraise.study_file import read_study
    from tawteen.report.live_workbook import conventions, money_unit, write_live_workbook

    if not path.is_file():
        raise UsageError("cli.no_case", path=str(path))
    study = read_study(path)
    rules = PROFILES[profile or study.profile]
    result = statements(study, rules)
    analysis, country = analysis_of(study, rules), country_view(result)
    if out is not None:
        bar.begin("writing")
        with delivery(out, (STUDY_WORKBOOK,)) as staged:
            write_live_workbook(study, staged / STUDY_WORKBOOK, console.words.lang, profile=rules, analysis=analysis)
    indicators = {scenario: frame.to_dicts() for scenario, frame in _scenarios(result)}
    head, unit = console.words.pick((study.name_en, study.name_ar)) or study.id, money_unit(study, console.words)
    parts: list[Any] = [head, *conventions(rules, console.words), _table(result, unit, console)]
    parts += [_several(result, console), *_analysis(study, analysis, unit, console), _break_even(result, unit, console)]
    if study.country is not None:
        parts.append(_country(country, unit, console))
    if study.loans or study.equity or study.grants:
        parts.append(console.pairs(financing(result, console)))
    parts += debt_parts(result, unit, console)
    if out is not None:
        parts.append(console.words.say("cli.open", {"path": str(out / STUDY_WORKBOOK)}))
    data = {"study": study.id, "profile": rules.name, "currency": study.currency, "unit": study.unit,
            "indicators": indicators, "finance": finance_of(result), "sizes": sizes(result),
            "lines": result.lines.to_dicts(),
            "incremental": [] if result.incremental is None else result.incremental.lines.to_dicts(),
            "analysis": dataclasses.asdict(analysis), "sensitivity_factors": list(STUDY_ANALYSIS.factors),
            "country": {"reason": country.reason, "indicators": country.indicators.to_dicts(),
                        "lines": country.lines.to_dicts()}}  # fmt: skip
    return CommandResult(data, parts, list(result.findings))


def _scenarios(result: Statements) -> list[tuple[str, pl.DataFrame]]:
    """Indicators by scenario: first of the difference where there is something without the project, as it decides."""
    scenarios = [("with", result.indicators)]
    if result.without is not None:
        scenarios.append(("without", result.without.indicators))
    if result.incremental is not None:
        scenarios.insert(0, ("incremental", result.incremental.indicators))
    return scenarios


def _table(result: Statements, currency: str, console: Console) -> Any:
    """Every indicator a line: its value, or why there is none."""
    from tawteen.appraise.statements.model import indicator_label

    say = console.words.say
    rows = [
        [say(f"live.scenario.{scenario}"), say(f"statements.statement.{row['basis']}"),
         indicator_label(row["indicator"], console.words), _value(row, console)]
        for scenario, frame in _scenarios(result) for row in frame.iter_rows(named=True)
    ]  # fmt: skip
    columns = ["programme_statements.scenario", "programme_statements.basis", "studies.indicator", "studies.value"]
    return console.rows("studies.returns", columns, rows, 0, currency)


def _several(result: Statements, console: Console) -> str:
    """A warning where a cash flow has more than one internal rate; empty where none has."""
    if not any("irr_2" in frame["indicator"].to_list() for _, frame in _scenarios(result)):
        return ""
    return console.words.say("studies.several_rates")


def _analysis(study: Study, analysis: StudyAnalysis, unit: str, console: Console) -> list[Any]:
    """Sensitivity with switching values, scenarios, and the levelised cost."""
    from tawteen.appraise.params import STUDY_ANALYSIS
    from tawteen.report.study_sheets import unit_cost, unit_price

    say, words = console.words.say, console.words
    rows = [
        [say(f"studies.driver.{one.driver}"), *(words.number(value, 0) for value in one.npv),
         say(one.reason) if one.switching is None and one.reason else words.percent((one.switching or 0.0) - 1.0, 1)]
        for one in analysis.sensitivity
    ]  # fmt: skip
    heads = [
        "studies.input",
        *(f"studies.factor.{round(100 * factor)}" for factor in STUDY_ANALYSIS.factors),
        "studies.switching",
    ]
    parts = [console.rows("studies.sensitivity", heads, rows, 0, unit)]
    if analysis.scenarios:
        names = {one.id: words.pick((one.name_en, one.name_ar)) or one.id for one in study.scenarios}
        rows = [
            [names[one.scenario], words.number(one.npv, 0), words.number(one.npv_equity, 0),
             say(str(one.irr_reason)) if one.irr is None else words.percent(one.irr, 1)]
            for one in analysis.scenarios
        ]  # fmt: skip
        heads = ["studies.scenario", "studies.npv_total", "studies.npv_equity", "studies.irr"]
        parts.append(console.rows("studies.scenarios", heads, rows, 3, unit))
    cost = unit_cost(study, analysis)
    reason = analysis.levelised_reason or ""
    shown = say(reason) if cost is None else f"{words.number(cost, 4 if abs(cost) < 1 else 2)} {unit_price(study)}"
    parts.append(console.pairs([(say("studies.levelised_cost"), shown)]))
    return parts


def _break_even(result: Statements, unit: str, console: Console) -> Any:
    """Sales, and those at which all costs with finance are earned, by period of operation."""
    words, labels = console.words, result.accounts.time.labels
    columns = ("sales", "break_even_sales", "break_even_sales_with_finance")
    lines = [result.line("income", "sales"), *(result.line("break_even", item) for item in columns[1:])]
    begins = result.accounts.time.begins
    rows = [
        [labels[t], *("–" if (value := line[t]) is None else words.number(value, 0) for line in lines)]
        for t in range(begins, result.accounts.time.periods)
    ]
    heads = ["studies.period", *(f"statements.item.{item}" for item in columns)]
    return console.rows("statements.statement.break_even", heads, rows, 3, unit)


def _country(country: CountryView, unit: str, console: Console) -> Any:
    """What the study is worth to the country."""
    from tawteen.appraise.statements.model import indicator_label

    say = console.words.say
    rows = [
        [say(f"statements.statement.{row['basis']}"), indicator_label(row["indicator"], console.words),
         _value(row, console)]
        for row in country.indicators.iter_rows(named=True)
    ]  # fmt: skip
    columns = ["programme_statements.basis", "studies.indicator", "studies.value"]
    return console.rows("studies.country", columns, rows, 0, unit)


def _value(row: dict[str, Any], console: Console) -> str:
    if row["value"] is None:
        return console.words.say(str(row["reason"])) if row["reason"] else "–"
    if row["indicator"].startswith(RATE_INDICATORS):
        return console.words.percent(row["value"], 1)
    return console.words.number(row["value"], 2)
