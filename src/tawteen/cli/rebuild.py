"""rebuild: tables that follow from the record, made again from it."""

from __future__ import annotations

import typer

from tawteen.cli.console import Console
from tawteen.cli.result import CommandResult
from tawteen.cli.serve import WorkspaceFolder
from tawteen.runs.usage_error import UsageError


def rebuild(ctx: typer.Context, existing_workspace: WorkspaceFolder) -> CommandResult:
    """Makes all tables of a workspace that follow from its record again."""
    console: Console = ctx.obj
    try:
        from tawteen.web.upkeep.rebuild import rebuild as rebuild_workspace

        entries = rebuild_workspace(existing_workspace)
    except ModuleNotFoundError as error:
        raise UsageError("cli.no_web", module=str(error.name)) from error
    data = {"path": str(existing_workspace), "entries": entries}
    return CommandResult(data, (console.words.say("cli.rebuilt", n=entries),))
