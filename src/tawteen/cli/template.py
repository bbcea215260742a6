"""template: an empty workbook to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import refuse_existing
from tawteen.cli.result import CommandResult
from tawteen.runs.usage_error import UsageError


def template(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", show_default=False)]
) -> CommandResult:
    """Writes an empty workbook with every table, its words and its drop-downs."""
    from tawteen.case.template import write_template

    console: Console = ctx.obj
    if file.suffix.lower() != ".xlsx":
        raise UsageError("cli.not_xlsx", path=str(file))
    refuse_existing(file)
    write_template(file, console.words.lang)
    return CommandResult({"file": str(file)}, (console.words.say("cli.template_written", {"path": str(file)}),))
