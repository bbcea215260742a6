"""backup: a workspace in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import refuse_existing
from tawteen.cli.result import CommandResult
from tawteen.cli.serve import WorkspaceFolder


def backup(
    ctx: typer.Context,
    backup_file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    existing_workspace: WorkspaceFolder,
) -> CommandResult:
    """Writes database, keys and files of a workspace, which may run meanwhile, into one file."""
    from tawteen.web.upkeep.backup import backup as back_up

    console: Console = ctx.obj
    refuse_existing(backup_file)
    saved = back_up(existing_workspace, backup_file)
    say = console.words.say
    parts = [say("cli.backed_up", {"path": str(saved.file)}, n=saved.files), say("cli.backup_secret")]
    if not saved.has_database:
        parts.append(say("cli.backup_no_database"))
    data = {"path": str(saved.file), "files": saved.files, "has_database": saved.has_database}
    return CommandResult(data, parts)
