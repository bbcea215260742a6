"""A study of its own, apart from any case: its statements on screen, and as a workbook that recalculates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tawteen.cli.appraise_programme import financing
from tawteen.cli.console import Console
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.runs.delivery import delivery
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    import polars as pl

    from tawteen.appraise.profile import ProfileName
    from tawteen.appraise.statements import Statements

STUDY = ".toml"

STUDY_WORKBOOK = "statements.xlsx"

RATE_INDICATORS = ("irr", "mirr")


def appraise_study(
    path: Path, profile: ProfileName | None, out: Path | None, console: Console, bar: ProgressBar
) -> CommandResult:
    """The statements of the study in a TOML file, under its own conventions where no `profile` is asked for."""
    from tawteen.appraise.profile import PROFILES
    from tawteen.appraise.programme_finance import finance_of
    from tawteen.appraise.statements import statements
    from tawteen.appraise.study_file import read_study
    from tawteen.report.live_workbook import conventions, write_live_workbook

    if not path.is_file():
        raise UsageError("cli.no_case", path=str(path))
    study = read_study(path)
    rules = PROFILES[profile or study.profile]
    result = statements(study, rules)
    if out is not None:
        bar.begin("writing")
        with delivery(out, (STUDY_WORKBOOK,)) as staged:
            write_live_workbook(study, staged / STUDY_WORKBOOK, console.words.lang, profile=rules)
    indicators = {scenario: frame.to_dicts() for scenario, frame in _scenarios(result)}
    head = study.name_ar if console.words.lang == "ar" else study.name_en
    parts: list[Any] = [head, *conventions(rules, console.words), _table(result, study.currency, console)]
    if study.loans or study.equity or study.grants:
        parts.append(console.pairs(financing(result, console)))
    if out is not None:
        parts.append(console.words.say("cli.open", {"path": str(out / STUDY_WORKBOOK)}))
    data = {"study": study.id, "profile": rules.name, "currency": study.currency, "indicators": indicators,
            "finance": finance_of(result), "lines": result.lines.to_dicts()}  # fmt: skip
    return CommandResult(data, parts, list(result.findings))


def _scenarios(result: Statements) -> list[tuple[str, pl.DataFrame]]:
    """Indicators with the project and, if the study has a case without it, without it and of the difference."""
    scenarios = [("with", result.indicators)]
    if result.without is not None:
        scenarios.append(("without", result.without.indicators))
    if result.incremental is not None:
        scenarios.append(("incremental", result.incremental.indicators))
    return scenarios


def _table(result: Statements, currency: str, console: Console) -> Any:
    """One line per indicator: its value, or the reason why it has none."""
    say = console.words.say
    rows = [
        [say(f"live.scenario.{scenario}"), say(f"statements.statement.{row['basis']}"),
         say(f"statements.indicator.{row['indicator']}"), _value(row, console)]
        for scenario, frame in _scenarios(result) for row in frame.iter_rows(named=True)
    ]  # fmt: skip
    columns = ["programme_statements.scenario", "programme_statements.basis", "studies.indicator", "studies.value"]
    return console.rows("studies.returns", columns, rows, 1, currency)


def _value(row: dict[str, Any], console: Console) -> str:
    if row["value"] is None:
        return console.words.say(row["reason"]) if row["reason"] else "–"
    if row["indicator"].startswith(RATE_INDICATORS):
        return console.words.percent(row["value"], 1)
    return console.words.number(row["value"], 2)
