"""restore: the folder of a workspace from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.result import CommandResult
from tawteen.cli.serve import WorkspaceFolder


def restore(
    ctx: typer.Context,
    backup_file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    restored_folder: WorkspaceFolder,
) -> CommandResult:
    """Makes the folder of a workspace from a backup, in a new or empty folder."""
    from tawteen.web.upkeep.backup import restore as restore_workspace

    console: Console = ctx.obj
    path = {"path": str(restore_workspace(backup_file, restored_folder))}
    return CommandResult(path, (console.words.say("cli.restored", path), console.words.say("cli.restored_older")))
