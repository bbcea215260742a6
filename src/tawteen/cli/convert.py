"""convert: a folder becomes a workbook, a workbook a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import refuse_existing
from tawteen.cli.result import CommandResult
from tawteen.runs.delivery import claim
from tawteen.runs.usage_error import UsageError


def convert(
    ctx: typer.Context,
    original: Annotated[Path, typer.Argument(metavar="SOURCE", show_default=False)],
    target: Annotated[Path, typer.Argument(metavar="TARGET", show_default=False)],
    prior_options: Annotated[bool, typer.Option("--prior-options")] = False,
) -> CommandResult:
    """Writes a case again: a folder as a workbook where the target ends in .xlsx, else a workbook as a folder.

    With `prior_options`, sites without options get those assumed that `case.prior_options` finds for them.
    """
    from tawteen.case.convert import convert as convert_case
    from tawteen.case.convert import same_borders
    from tawteen.case.hash import case_hash
    from tawteen.case.paths import is_workbook

    console: Console = ctx.obj
    if not original.exists():
        raise UsageError("cli.no_case", path=str(original))
    refuse_existing(target)
    if is_workbook(target):
        if not same_borders(original, target):
            refuse_existing(target.with_suffix(".geojson"))
        case, findings = convert_case(original, target, console.words.lang, prior_options=prior_options)
    else:
        with claim(target, ()) as claimed, claimed.staged(listed=False) as staged:
            case, findings = convert_case(original, staged, console.words.lang, prior_options=prior_options)
    data = {"path": str(target), "case": case.settings.about.id, "case_hash": case_hash(case)}
    return CommandResult(data, (console.words.say("cli.converted", {"path": str(target)}),), findings)
