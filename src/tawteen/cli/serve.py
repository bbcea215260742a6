"""serve: the workspace in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.result import CommandResult
from tawteen.runs.usage_error import UsageError
from tawteen.web.server import LOCAL_HOST, PORT

WorkspaceFolder = Annotated[Path, typer.Option("--data", metavar="DIR", show_default=False)]


def serve(
    ctx: typer.Context,
    workspace_folder: WorkspaceFolder,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS")] = LOCAL_HOST,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535)] = PORT,
    no_worker: Annotated[bool, typer.Option("--no-worker")] = False,
) -> CommandResult:
    """Serves the workspace of a folder, which is made where it does not exist, until it is interrupted."""
    console: Console = ctx.obj
    try:
        from tawteen.web.server import Address, first_word, prepare
        from tawteen.web.server import serve as serve_workspace

        key = prepare(workspace_folder, host)
        word = first_word()
    except ModuleNotFoundError as error:
        raise UsageError("cli.no_web", module=str(error.name)) from error

    def ready(address: str) -> None:
        if word is not None:
            console.log(console.words.say("cli.first_word", {"address": f"{address}first-visit", "word": word}))
        console.log(console.words.say("cli.serving", {"address": address, "path": str(workspace_folder)}))

    serve_workspace(key, Address(host, port), ready, with_worker=not no_worker)
    return CommandResult({"path": str(workspace_folder)}, (console.words.say("cli.served"),))
