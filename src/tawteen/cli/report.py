"""report: page, workbook and pictures of a programme."""

from __future__ import annotations

from typing import Annotated

import typer

from tawteen.case.findings import Finding
from tawteen.cli.console import Console
from tawteen.cli.drawing import where_to_look
from tawteen.cli.inputs import Folder, OwnCase, solved_programme
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import FOUND, CommandResult
from tawteen.runs.delivery import claim
from tawteen.runs.load import require_programme
from tawteen.runs.programme_folder import REPORT

Png = Annotated[bool, typer.Option("--png")]


def report(ctx: typer.Context, folder: Folder, given: OwnCase = None, png: Png = False) -> CommandResult:
    """Writes page, workbook and pictures of a programme again."""
    from tawteen.runs.drawing import ReportFailedError, report_into

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        require_programme(folder)
        with claim(folder, REPORT, foreign=True) as results:
            try:
                files = report_into(
                    results, console.words.lang, case=given, png=png, progress=bar,
                    meanwhile=lambda: solved_programme(folder, given, console, bar),
                )  # fmt: skip
            except ReportFailedError as error:
                failed = Finding("error", "cli.report_failed", args={"path": str(folder), "reason": str(error)})
                return CommandResult({"out": str(folder), "files": []}, (), [failed], FOUND)
        return CommandResult({"out": str(folder), "files": files}, (where_to_look(folder, bar, drawn=True),))
