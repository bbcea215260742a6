"""cosign: a party's signature under a checkpoint, on its own computer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.passphrase import read_passphrase
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.verify_record import KeyFiles, Record, existing, moment, verifier_keys
from tawteen.runs.usage_error import UsageError


def cosign(  # noqa: PLR0917 - Typer reads them by name
    ctx: typer.Context,
    record: Record,
    checkpoint: Annotated[Path, typer.Option("--checkpoint", metavar="FILE", show_default=False)],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", show_default=False)],
    seen: Annotated[Path, typer.Option("--seen", metavar="FILE", show_default=False)],
    first: Annotated[bool, typer.Option("--first")] = False,
    keys: KeyFiles = None,
    passphrase_file: Annotated[Path | None, typer.Option("--passphrase-file", metavar="FILE")] = None,
) -> CommandResult:
    """Checks a record, or the proof of a request, against the checkpoint cosigned last, and cosigns the new one."""
    from tawteen.case.atomic_write import write_text
    from tawteen.record.cosign_request import cosign_by_proof
    from tawteen.record.cosigning import cosign as cosigned
    from tawteen.record.keys import read_key

    console: Console = ctx.obj
    existing([record, key])
    by_proof = _is_request(record)
    existing([] if by_proof else [checkpoint])
    if by_proof and not keys:
        raise UsageError("cli.request_keys")
    if first and seen.exists():
        raise UsageError("cli.seen_exists", path=str(seen))
    if not first and not seen.exists():
        raise UsageError("cli.seen_missing", path=str(seen))
    trusted = verifier_keys(keys)
    signing = read_key(key, read_passphrase(console, passphrase_file))
    now = int(time.time())
    last = None if first else seen
    with ProgressBar(console) as bar:
        if by_proof:
            note = cosign_by_proof(record, last, signing, time=now, keys=trusted)
        else:
            note = cosigned(record, checkpoint, last, signing, time=now, keys=trusted, progress=bar)
    # Kept before it is given away, so that no later checkpoint is cosigned that does not continue it.
    write_text(seen, note.text())
    write_text(checkpoint, note.text())
    name, size = signing.verifier.name, console.words.number(note.size)
    paths = {"checkpoint": str(checkpoint), "seen": str(seen)}
    data = {
        **paths,
        "name": name,
        "origin": note.origin,
        "size": note.size,
        "root": note.root.hex(),
        "time": moment(now),
    }
    parts = (
        console.words.say("cli.cosigned", {"name": name, "size": size, "origin": note.origin}),
        console.words.say("cli.cosigned_files", paths),
    )
    return CommandResult(data, parts)


def _is_request(path: Path) -> bool:
    """Whether a file begins like a request for a cosignature and not like a record."""
    from tawteen.record.cosign_request import REQUEST_START

    with path.open("rb") as file:
        return file.read(len(REQUEST_START)) == REQUEST_START.encode()
