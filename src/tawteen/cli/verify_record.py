"""verify-record: whether a record is whole, which entry differs first, and who cosigned up to where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import FINE, FOUND, CommandResult
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tawteen.record.keys import VerifierKey
    from tawteen.record.verification import RecordVerification

Record = Annotated[Path, typer.Argument(metavar="RECORD", show_default=False)]

KeyFiles = Annotated[list[Path] | None, typer.Option("--keys", metavar="FILE", show_default=False)]


def verify_record(
    ctx: typer.Context,
    record: Record,
    kept: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]", show_default=False)] = None,
    keys: KeyFiles = None,
) -> CommandResult:
    """Checks a record against checkpoints and older copies that were kept of it, without database or network."""
    from tawteen.record.verification import verify_record as verification_of

    console: Console = ctx.obj
    files = kept or []
    existing([record, *files])
    copies = [path for path in files if _is_record(path)]
    checkpoints = [path for path in files if path not in copies]
    with ProgressBar(console) as bar:
        verification = verification_of(record, checkpoints, copies, verifier_keys(keys), bar)
    code = FINE if verification.whole else FOUND
    return CommandResult(_data(verification), _parts(console, verification), verification.findings, code)


def existing(paths: Iterable[Path]) -> None:
    """Raises UsageError where one of the files does not exist or is a folder."""
    for path in paths:
        if not path.exists():
            raise UsageError("cli.no_file", path=str(path))
        if path.is_dir():
            raise UsageError("cli.folder_not_file", path=str(path))


def verifier_keys(paths: Sequence[Path] | None) -> list[VerifierKey]:
    """The verifier keys of files. Raises UsageError where one does not exist or holds none."""
    from tawteen.record.errors import RecordError
    from tawteen.record.keys import read_verifier_keys

    existing(paths or ())
    try:
        return [key for path in paths or () for key in read_verifier_keys(path)]
    except RecordError as error:
        raise UsageError.from_findings(error.findings) from error


def moment(time: int) -> str:
    """A time in seconds since 1970 as RFC 3339 writes it."""
    return datetime.fromtimestamp(time, UTC).isoformat().replace("+00:00", "Z")


def _is_record(path: Path) -> bool:
    """Whether a file begins like a record: a checkpoint begins with a name."""
    with path.open("rb") as file:
        return file.read(4).lstrip(b"\xef\xbb\xbf")[:1] == b"{"


def _data(verification: RecordVerification) -> dict[str, Any]:
    """The answer for programs."""
    signed = [
        {
            "holder": one.holder, "name": one.key.name, "key": str(one.key), "size": one.size,
            "time": None if one.time is None else moment(one.time), "file": one.file,
        }
        for one in verification.signatures
    ]  # fmt: skip
    return {
        "whole": verification.whole,
        "size": verification.size,
        "root": verification.root.hex(),
        "withheld": verification.withheld,
        "first_difference": verification.first_difference,
        "cosigned": verification.cosigned,
        "signatures": signed,
    }


def _parts(console: Console, verification: RecordVerification) -> list[RenderableType]:
    """The answer for people: size and root, who signed up to where, the verdict."""
    number, say = console.words.number, console.words.say
    rows = [(say("cli.entries"), number(verification.size)), (say("cli.root"), verification.root.hex())]
    if verification.withheld:
        rows.append((say("cli.withheld"), number(verification.withheld)))
    parts: list[RenderableType] = [console.pairs(rows)]
    if last := verification.last_signed:
        columns = ("cli.signed.holder", "cli.signed.name", "cli.signed.time", "cli.signed.file", "cli.signed.size")
        table = [
            (one.holder, one.key.name, "–" if one.time is None else moment(one.time), one.file, number(one.size))
            for one in last.values()
        ]
        parts.append(console.rows("cli.signed", columns, table, numbers=1))
    parts.append(say("cli.record_whole" if verification.whole else "cli.record_not_whole"))
    if verification.first_difference is not None:
        first, last_number = verification.first_difference
        args = {"first": number(first), "last": number(last_number)}
        parts.append(say("cli.first_difference" if first == last_number else "cli.first_difference_between", args))
    return parts + _cosigned_parts(console, verification)


def _cosigned_parts(console: Console, verification: RecordVerification) -> list[RenderableType]:
    """Up to where all parties have cosigned, who has not at all, and what that leaves open."""
    say = console.words.say
    parts: list[RenderableType] = []
    if verification.cosigned:
        parts.append(say("cli.cosigned_up_to", {"size": console.words.number(verification.cosigned)}))
    missing = [party for party in verification.parties if party not in verification.last_signed]
    if missing:
        parts.append(say("cli.not_cosigned_by", {"parties": say("cli.comma").join(missing)}))
    after = verification.size - verification.cosigned
    if after > 0 and verification.whole:
        parts.append(say("cli.not_cosigned_yet", n=after))
    return parts
