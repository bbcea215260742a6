"""reset-sign-in: a code on paper for somebody whom no administrator of their party can help."""

from __future__ import annotations

from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.result import CommandResult
from tawteen.cli.serve import WorkspaceFolder
from tawteen.runs.usage_error import UsageError


def reset_sign_in(
    ctx: typer.Context,
    person_name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    existing_workspace: WorkspaceFolder,
    reset_reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False)],
) -> CommandResult:
    """Ends all ways in which a person signs in to a workspace, and prints the code for a new password."""
    console: Console = ctx.obj
    try:
        from tawteen.web.upkeep.reset_sign_in import reset_sign_in as reset_in_workspace

        code = reset_in_workspace(existing_workspace, person_name, reset_reason)
    except ModuleNotFoundError as error:
        raise UsageError("cli.no_web", module=str(error.name)) from error
    data = {"path": str(existing_workspace), "person": person_name, "code": code}
    return CommandResult(data, (console.words.say("cli.sign_in_reset", data),))
