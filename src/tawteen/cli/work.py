"""work: the worker of a workspace in a process of its own."""

from __future__ import annotations

import typer

from tawteen.cli.console import Console
from tawteen.cli.result import CommandResult
from tawteen.cli.serve import WorkspaceFolder
from tawteen.runs.usage_error import UsageError


def work(ctx: typer.Context, existing_workspace: WorkspaceFolder) -> CommandResult:
    """Signs checkpoints and carries out runs of a workspace whose pages other processes serve, until interrupted."""
    console: Console = ctx.obj
    say, args = console.words.say, {"path": str(existing_workspace)}
    try:
        from tawteen.web.server import open_workspace
        from tawteen.web.server import work as work_for

        work_for(open_workspace(existing_workspace), lambda: console.log(say("cli.working", args)))
    except ModuleNotFoundError as error:
        raise UsageError("cli.no_web", module=str(error.name)) from error
    return CommandResult(args, (say("cli.worked"),))
