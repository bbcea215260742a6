"""export-record: the record as a party may have it, with its checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.result import CommandResult
from tawteen.cli.serve import WorkspaceFolder
from tawteen.runs.usage_error import UsageError


def export_record(
    ctx: typer.Context,
    existing_workspace: WorkspaceFolder,
    party: Annotated[str, typer.Option("--party", metavar="PARTY", show_default=False)],
    record_out: Annotated[Path, typer.Option("--out", metavar="DIR", show_default=False)],
    cosigned_size: Annotated[int | None, typer.Option("--cosigned", metavar="N", min=0, show_default=False)] = None,
) -> CommandResult:
    """Writes the record with what a party may see, its checkpoint and, where asked for, a request to cosign."""
    console: Console = ctx.obj
    try:
        from tawteen.web.upkeep.export_record import export_record as export

        exported = export(existing_workspace, party, record_out, cosigned_size=cosigned_size)
    except ModuleNotFoundError as error:
        raise UsageError("cli.no_web", module=str(error.name)) from error
    say = console.words.say
    parts = [
        say("cli.record_exported", {"path": str(exported.record), "party": party}, n=exported.size),
        say("cli.record_checkpoint", {"path": str(exported.checkpoint)}),
    ]
    if exported.request is not None:
        parts.append(say("cli.record_request", {"path": str(exported.request)}))
    data = {
        "record": str(exported.record), "checkpoint": str(exported.checkpoint),
        "request": None if exported.request is None else str(exported.request), "size": exported.size,
    }  # fmt: skip
    return CommandResult(data, parts)
