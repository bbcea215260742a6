"""report: page, workbook and pictures of a programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import (
    Folder,
    OwnCase,
    its_case,
)
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.runs.delivery import delivery
from tawteen.runs.load import load_programme
from tawteen.runs.programme_folder import (
    CASE,
    PAGE,
    PICTURES,
    WORKBOOK,
    found_before,
    outline_of,
)
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    pass


def report(ctx: typer.Context, folder: Folder, given: OwnCase = None) -> CommandResult:
    """Writes page, workbook and pictures of a programme again."""
    from tawteen.report import report as write_report

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        bar.say(console.words.say("cli.reading"))
        programme = load_programme(folder)
        if programme.value is None:
            raise UsageError("cli.nothing_to_report", path=str(folder), status=programme.status)
        case = its_case(folder, given, console)
        kept = outline_of(given or folder / CASE)
        robustness, front = found_before(folder, programme)
        with delivery(folder, (PAGE, WORKBOOK, PICTURES), whole=False) as staged:
            written = write_report(
                case, programme, staged, console.words.lang, progress=bar.report, outline=kept,
                robustness=robustness, front=front,
            )  # fmt: skip
            names = [path.relative_to(staged).as_posix() for path in written]
    told = console.words.say("cli.open", {"path": str(folder / PAGE)})
    return CommandResult({"out": str(folder), "files": names}, (told,))
