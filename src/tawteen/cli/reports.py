"""report, compare: programmes to look at."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.case.findings import Finding
from tawteen.cli.console import Console
from tawteen.cli.inputs import CASE, PAGE, PICTURES, WORKBOOK, Folder, OwnCase, its_case, the_programme
from tawteen.cli.output_folder import delivery
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, UsageError
from tawteen.cli.robust import found_before
from tawteen.cli.rooms import frames, names
from tawteen.cli.summary import outline_of

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType


def report(ctx: typer.Context, folder: Folder, given: OwnCase = None) -> CommandResult:
    """Writes page, workbook and pictures of a programme again."""
    from tawteen.report import report as write_report

    desk: Console = ctx.obj
    with ProgressBar(desk) as bar:
        bar.say(desk.words.say("cli.reading"))
        programme = the_programme(folder)
        if programme.value is None:
            raise UsageError("cli.nothing_to_report", path=str(folder), status=programme.status)
        case = its_case(folder, given, desk)
        kept = outline_of(given or folder / CASE)
        robustness, front = found_before(folder, programme)
        with delivery(folder, (PAGE, WORKBOOK, PICTURES), whole=False) as staged:
            written = write_report(
                case, programme, staged, desk.words.lang, progress=bar.report, outline=kept,
                robustness=robustness, front=front,
            )  # fmt: skip
            names = [path.relative_to(staged).as_posix() for path in written]
    told = desk.words.say("cli.open", {"path": str(folder / PAGE)})
    return CommandResult({"out": str(folder), "files": names}, (told,))


def compare(
    ctx: typer.Context,
    before: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
) -> CommandResult:
    """What moved from one programme to another of the same case, and what it costs."""
    from tawteen.case.hash import case_hash
    from tawteen.plan.compare import compare as compare_programmes
    from tawteen.plan.compare import say_moves

    desk: Console = ctx.obj
    with ProgressBar(desk) as bar:
        bar.say(desk.words.say("cli.reading"))
        first, second = the_programme(before), the_programme(after)
        if first.case_id != second.case_id:
            raise UsageError("cli.other_case", first=first.case_id, second=second.case_id)
        case, other = its_case(before, None, desk), its_case(after, None, desk)
        bar.say(desk.words.say("cli.comparing"))
        found = compare_programmes(case, first, second)
        moves = say_moves(case, first, found, desk.words)
    findings = [] if case_hash(case) == case_hash(other) else [Finding("note", "cli.case_changed")]
    funds = names(case, "funds", desk)
    heads = ["cli.before", "cli.after", "cli.difference"]
    currency = case.settings.money.currency
    figures = [[_figure(desk, r["figure"], currency), *_three(desk, r)] for r in _rows(found.figures)]
    drawn = [[funds.get(r["fund"], r["fund"]), *_three(desk, r)] for r in _rows(found.funds)]
    parts: list[RenderableType] = [
        desk.rows("cli.figures", ["cli.figure", *heads], figures, 3),
        desk.rows("cli.drawn", ["cli.fund", *heads], drawn, 3, currency),
        desk.words.say("cli.moves", n=len(moves)),
        *moves,
    ]
    return CommandResult({**frames(found), "moves": moves}, parts, findings)


def _rows(frame: pl.DataFrame) -> Iterable[dict[str, Any]]:
    return frame.iter_rows(named=True)


def _figure(desk: Console, figure: str, currency: str) -> str:
    counted = figure in ("sites", "jobs", "new_jobs")
    return desk.words.say(f"cli.figure.{figure}") + ("" if counted else f" ({currency})")


def _three(desk: Console, row: dict[str, Any]) -> list[str]:
    return [
        "–" if row[c] is None else desk.words.number(round(row[c]) + 0.0, 0) for c in ("before", "after", "difference")
    ]
