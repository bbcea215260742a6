"""new-key: a key with which a party cosigns checkpoints of the record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import refuse_existing
from tawteen.cli.passphrase import read_passphrase
from tawteen.cli.result import CommandResult
from tawteen.runs.usage_error import UsageError


def new_key(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    key_out: Annotated[Path, typer.Option("--out", metavar="FILE", show_default=False)],
    passphrase_file: Annotated[Path | None, typer.Option("--passphrase-file", metavar="FILE")] = None,
    workspace: Annotated[bool, typer.Option("--workspace")] = False,
) -> CommandResult:
    """Makes a key in a file that a passphrase protects, and shows its public half."""
    from tawteen.record.errors import FaultError
    from tawteen.record.keys import COSIGNER_KEY, LOG_KEY, write_key
    from tawteen.record.keys import new_key as make_key

    console: Console = ctx.obj
    refuse_existing(key_out)
    try:
        key = make_key(name, LOG_KEY if workspace else COSIGNER_KEY)
        write_key(key_out, key, read_passphrase(console, passphrase_file, confirm=True))
    except FaultError as fault:
        raise UsageError.from_findings([fault.finding()]) from fault
    say = console.words.say
    parts = (say("cli.key_made", {"path": str(key_out)}), str(key.verifier), say("cli.key_advice"))
    return CommandResult({"path": str(key_out), "name": name, "key": str(key.verifier)}, parts)
