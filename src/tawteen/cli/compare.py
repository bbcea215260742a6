"""compare: differences between two programmes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.case.findings import Finding
from tawteen.cli.console import Console
from tawteen.cli.inputs import its_case
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.tables import frames, names, rows_of
from tawteen.runs.load import load_programme
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType


def compare(
    ctx: typer.Context,
    before: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
) -> CommandResult:
    """Decisions that differ between two programmes of one case, and the cost of the difference."""
    from tawteen.case.hash import case_hash
    from tawteen.plan.compare import compare as compare_programmes
    from tawteen.plan.compare import say_moves

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        bar.begin("reading")
        first, second = load_programme(before), load_programme(after)
        if first.case_id != second.case_id:
            raise UsageError("cli.other_case", first=first.case_id, second=second.case_id)
        case, other = its_case(before, None, console), its_case(after, None, console)
        bar.begin("comparing")
        comparison = compare_programmes(case, first, second, case_b=other)
        moves = say_moves(case, first, comparison, console.words)
    findings = [] if case_hash(case) == case_hash(other) else [Finding("note", "cli.case_changed")]
    funds = names(case, "funds", console)
    heads = ["cli.before", "cli.after", "cli.difference"]
    currency = case.settings.money.currency
    figures = [[_figure(console, r["figure"], currency), *_three(console, r)] for r in rows_of(comparison.figures)]
    drawn = [[funds.get(r["fund"], r["fund"]), *_three(console, r)] for r in rows_of(comparison.funds)]
    parts: list[RenderableType] = [
        console.rows("cli.figures", ["cli.figure", *heads], figures, 3),
        console.rows("cli.drawn", ["cli.fund", *heads], drawn, 3, currency),
        console.words.say("cli.moves", n=len(moves)),
        *moves,
    ]
    return CommandResult({**frames(comparison), "moves": moves}, parts, findings)


def _figure(console: Console, figure: str, currency: str) -> str:
    counted = figure in ("sites", "jobs", "new_jobs")
    return console.words.say(f"cli.figure.{figure}") + ("" if counted else f" ({currency})")


def _three(console: Console, row: dict[str, Any]) -> list[str]:
    return [
        "–" if row[c] is None else console.words.number(round(row[c]) + 0.0, 0)
        for c in ("before", "after", "difference")
    ]
