"""appraise --programme: the statements of a whole programme, on screen and as a workbook with the papers of options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tawteen.case.findings import CaseError, Finding
from tawteen.cli.console import Console
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.tables import names, whole_number
from tawteen.runs.delivery import delivery
from tawteen.runs.load import load_programme
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.appraise.cash import ProgrammeSchedule
    from tawteen.appraise.profile import ProfileName
    from tawteen.appraise.programme_statements import ProgrammeStatements
    from tawteen.appraise.statements import Statements
    from tawteen.case.model import Case
    from tawteen.effects.model import Effects

STATEMENTS = "statements.xlsx"

BASES = ("total_capital", "equity")

PROGRAMME_INDICATORS = ("npv", "irr", "payback_years")

NO_PAPERS = ("survey", "close")
"""Kinds without an investor, for whom no papers are written; their money counts."""


@dataclass(frozen=True)
class Planned:
    """A programme with the case as it was planned, and what it runs."""

    case: Case
    run: ProgrammeSchedule
    kinds: dict[str, str]
    findings: tuple[Finding, ...]


def planned(case: Case, path: Path) -> Planned:
    """The programme in `path`. Raises UsageError if there is none, if it is of another case or starts no option."""
    import polars as pl

    from tawteen.appraise.cash import ProgrammeSchedule
    from tawteen.case.hash import case_hash
    from tawteen.case.ranges import expected_case
    from tawteen.plan.scenario import apply

    programme = load_programme(path)
    if programme.case_id != case.settings.about.id:
        raise UsageError("cli.programme_of_other_case", programme=programme.case_id, case=case.settings.about.id)
    chosen = programme.sites.filter(pl.col("option").is_not_null() & (pl.col("kind") != "as_is")).drop_nulls("period")
    if chosen.is_empty():
        raise UsageError("cli.programme_starts_nothing", path=str(path))
    try:
        changed = apply(case, programme.scenario)
    except CaseError as error:
        raise UsageError.from_findings(error.findings) from error
    starts = {str(option): int(period) for option, period in chosen.select("option", "period").iter_rows()}
    run = ProgrammeSchedule(starts, programme.throughput, programme.nothing_throughput, programme.draws)
    moved = () if case_hash(changed) == programme.case_hash else (Finding("warning", "cli.case_since"),)
    return Planned(expected_case(changed), run, dict(chosen.select("option", "kind").iter_rows()), moved)


def refuse_unchosen(plan: Planned, option_ids: list[str]) -> None:
    """Raises UsageError for an option that the programme does not start."""
    for option in option_ids:
        if option not in plan.run.starts:
            raise UsageError("cli.not_in_programme", option=option, known=", ".join(plan.run.starts))


def whole(
    plan: Planned,
    effects: Effects,
    profile: ProfileName,
    *,
    paths: int,
    seed: int,
    out: Path | None,
    console: Console,
    bar: ProgressBar,
    stop: Callable[[], bool],
) -> CommandResult:
    """The statements of the programme: with, without, and the difference."""
    from tawteen.appraise.programme_finance import finance_of, left_open
    from tawteen.appraise.programme_statements import programme_statements
    from tawteen.report.live_workbook import conventions

    programme = programme_statements(plan.case, effects, plan.run, profile=profile, progress=bar, stop=stop)
    if programme is None:
        return CommandResult({"profile": profile, "options": []})
    files = (
        [] if out is None else _write(plan, effects, programme, out, paths=paths, seed=seed, console=console, bar=bar)
    )
    head = console.words.say("programme_statements.head", {"count": console.words.number(len(programme.options))})
    rules = conventions(programme.companies[0].profile, console.words)
    parts: list[Any] = [head, *rules, _returns(programme, console), console.pairs(financing(programme, console))]
    parts += [_years(programme, console), _options(plan, programme, console)]
    if programme.beside:
        amount = {"amount": console.words.number(programme.beside, 0), "currency": plan.case.settings.money.currency}
        parts.append(console.words.say("programme_statements.beside", amount))
    if files:
        parts.append(console.words.say("cli.open", {"path": str(out)}))
    data = {"profile": profile, "indicators": programme.indicators.to_dicts(), "finance": finance_of(programme),
            "options": rows_of(plan, programme), "years": _yearly(programme), "beside": programme.beside,
            "files": files}  # fmt: skip
    return CommandResult(data, parts, [*plan.findings, *programme.notes, *left_open(programme)])


def financing(result: Statements | ProgrammeStatements, console: Console) -> list[tuple[str, str]]:
    """Who brings how much and the debt cover as labels and texts; without a loan, why there is no cover."""
    from tawteen.appraise.programme_finance import finance_of, no_cover

    say, finance = console.words.say, finance_of(result)
    rows = [(say(f"programme_statements.{name}"), console.words.number(finance[name], 0))
            for name in ("loans", "equity", "grants", "tax") if finance[name]]  # fmt: skip
    if (reason := no_cover(finance)) is not None:
        return [*rows, (say("statements.item.dscr"), say(reason))]
    cover = {"cover": console.words.number(finance["least_dscr"], 2), "year": finance["least_dscr_year"]}
    rows.append((say("programme_statements.least_dscr"), say("programme_statements.in_year", cover)))
    return rows + [
        (say(f"statements.item.{name}"), console.words.number(finance[name], 2))
        for name in ("llcr", "plcr")
        if finance[name] is not None
    ]


def _returns(result: ProgrammeStatements, console: Console) -> Any:
    """Indicators of the three scenarios, to all capital and to its owners."""
    known = {(s, b, i): v for s, b, i, v in result.indicators.drop("reason").iter_rows()}
    scenarios = dict.fromkeys(result.indicators["scenario"])
    rows = [
        [console.words.say(f"live.scenario.{scenario}"), console.words.say(f"statements.statement.{basis}"),
         *(_figure(console, name, known.get((scenario, basis, name))) for name in PROGRAMME_INDICATORS)]
        for scenario in scenarios for basis in BASES
    ]  # fmt: skip
    columns = ["programme_statements.scenario", "programme_statements.basis"]
    columns += [f"statements.indicator.{name}" for name in PROGRAMME_INDICATORS]
    return console.rows("programme_statements.returns", columns, rows, 3, result.companies[0].study.currency)


def _figure(console: Console, name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return console.words.percent(value, 1) if name == "irr" else console.words.number(value, 0 if name == "npv" else 1)


def _yearly(result: ProgrammeStatements) -> list[dict[str, Any]]:
    """Cash of each calendar year: with, without, the difference, loans drawn, debt service, what owners are left."""
    wanted_lines = {
        "with": ("with", "total_capital", "net_cash_flow"), "without": ("without", "total_capital", "net_cash_flow"),
        "incremental": ("incremental", "total_capital", "net_cash_flow"), "drawn": ("with", "debt", "loan_drawn"),
        "service": ("with", "debt", "debt_service"), "owners": ("incremental", "equity", "net_cash_flow"),
    }  # fmt: skip
    years: dict[str, dict[str, Any]] = {}
    for name, key in wanted_lines.items():
        for label, value in zip(result.labels, result.line(*key), strict=False):
            row = years.setdefault(label[:4], {"year": label[:4], **dict.fromkeys(wanted_lines, 0.0)})
            row[name] += value
    return list(years.values())


def _years(result: ProgrammeStatements, console: Console) -> Any:
    rows = [[row["year"], *(console.words.number(v, 0) for name, v in row.items() if name != "year")]
            for row in _yearly(result)]  # fmt: skip
    columns = ("year", "with", "without", "incremental", "drawn", "service", "owners")
    heads = [f"programme_statements.column.{name}" for name in columns]
    return console.rows("programme_statements.years", heads, rows, 6, result.companies[0].study.currency)


def rows_of(plan: Planned, result: ProgrammeStatements) -> list[dict[str, Any]]:
    """For each option: gain to all capital and to owners, loans, least debt cover."""
    from tawteen.appraise.programme_finance import finance_of

    rows = []
    for option, one in result.options.items():
        gain = {}
        if one.incremental is not None:
            worth = one.incremental.indicators.filter(indicator="npv")
            gain = dict(worth.select("basis", "value").iter_rows())
        finance = finance_of(one)
        spent = float(one.accounts.invested().sum())
        rows.append({"option": option, "kind": plan.kinds[option],
                     "start": plan.case.calendar.label(plan.run.starts[option]), "investment": spent,
                     "npv": gain.get("total_capital"), "npv_owners": gain.get("equity"), "loans": finance["loans"],
                     "least_dscr": finance["least_dscr"]})  # fmt: skip
    return sorted(rows, key=lambda row: -row["investment"])


def _options(plan: Planned, result: ProgrammeStatements, console: Console) -> Any:
    called = names(plan.case, "options", console)
    rows = [
        [called.get(r["option"]) or r["option"], r["start"],
         *(whole_number(console, r[c]) for c in ("investment", "npv", "npv_owners", "loans")),
         "–" if r["least_dscr"] is None else console.words.number(r["least_dscr"], 2)]
        for r in rows_of(plan, result)
    ]  # fmt: skip
    columns = ("option", "start", "investment", "npv", "npv_owners", "loans", "least_dscr")
    heads = [f"programme_statements.column.{name}" for name in columns]
    return console.rows("programme_statements.options", heads, rows, 5, result.companies[0].study.currency)


def _write(
    plan: Planned,
    effects: Effects,
    result: ProgrammeStatements,
    out: Path,
    *,
    paths: int,
    seed: int,
    console: Console,
    bar: ProgressBar,
) -> list[str]:
    """The workbook of the programme, and the papers of its options; names of what was written."""
    from tawteen.report.appraisal import write_papers
    from tawteen.report.appraised import appraised
    from tawteen.report.programme_workbook import write_programme_workbook

    papers = [option for option in result.options if plan.kinds[option] not in NO_PAPERS]
    with delivery(out, (STATEMENTS, *(one.replace(":", "_") for one in papers))) as staged:
        write_programme_workbook(result, plan.case, staged / STATEMENTS, console.words.lang)
        for n, option in enumerate(papers):
            bar.begin("simulating", n / len(papers), option)
            one = appraised(plan.case, effects, option, paths=paths, seed=seed, profile=result.profile, run=plan.run)
            write_papers(one, staged / option.replace(":", "_"), console.words.lang)
        return sorted(path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file())
