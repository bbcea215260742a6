"""demo: a filled workspace to look around in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.result import CommandResult
from tawteen.runs.usage_error import UsageError


def demo(
    ctx: typer.Context,
    demo_folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    *,
    no_programme: Annotated[bool, typer.Option("--no-programme", show_default=False)] = False,
) -> CommandResult:
    """Makes a workspace with people of both parties, the public case, acts of theirs and a programme, to be served."""
    console: Console = ctx.obj
    if not no_programme:
        console.log(console.words.say("cli.demo_planning"))
    try:
        from tawteen.web.upkeep.demo import demo as make_demo

        workspace = make_demo(demo_folder, programme=not no_programme)
    except ModuleNotFoundError as error:
        raise UsageError("cli.no_web", module=str(error.name)) from error
    say = console.words.say
    data = {
        "path": str(workspace.folder),
        "passwords": str(workspace.passwords),
        "people": [{"name": one.name, "party": one.party, "role": one.role} for one in workspace.people],
    }
    paths = {"path": data["path"], "passwords": data["passwords"]}
    return CommandResult(data, (say("cli.demo_made", paths), say("cli.demo_serve", paths)))
