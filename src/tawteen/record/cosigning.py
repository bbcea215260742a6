"""A party cosigns a checkpoint, on its own computer, after it has checked the record itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tawteen.case.findings import Finding
from tawteen.progress import ProgressCallback, ignore
from tawteen.record.checkpoint import Checkpoint, read_checkpoint
from tawteen.record.errors import RecordError
from tawteen.record.keys import COSIGNER_KEY, LOG_KEY, SigningKey, VerifierKey
from tawteen.record.verification import verify_record


def cosign(
    record: Path,
    checkpoint: Path,
    seen: Path | None,
    key: SigningKey,
    *,
    time: int,
    keys: Sequence[VerifierKey] = (),
    progress: ProgressCallback = ignore,
) -> Checkpoint:
    """The checkpoint of a file with the cosignature of a party at `time`, in seconds since 1970.

    `seen` is the last checkpoint that the party cosigned, None before its first. `keys` are those of `verify_record`.
    Raises RecordError where the record does not hold, the checkpoint is not signed by the workspace, is smaller than
    `seen`, or the record does not continue both. The caller keeps what is returned in the place of `seen`, before
    anybody gets it.
    """
    if key.verifier.kind != COSIGNER_KEY:
        raise RecordError([Finding("error", "record.not_cosigner", args={"name": key.verifier.name})])
    proposed = read_checkpoint(checkpoint)
    before = None if seen is None else read_checkpoint(seen)
    if before is not None and seen is not None and before.size > proposed.size:
        args = {"size": proposed.size, "seen": before.size, "other": seen.name}
        raise RecordError([Finding("error", "record.rolled_back", file=checkpoint.name, args=args)])
    kept = [checkpoint] if seen is None else [checkpoint, seen]
    # The party's own earlier signatures count too, whether or not the record states its key.
    trusted = [*keys, key.verifier] if keys else ()
    verification = verify_record(record, kept, keys=trusted, progress=progress)
    if not verification.whole:
        raise RecordError([finding for finding in verification.findings if finding.severity == "error"])
    signed = [one for one in verification.signatures if one.key.kind == LOG_KEY and one.size == proposed.size]
    if not any(one.file == checkpoint.name for one in signed):
        raise RecordError([Finding("error", "record.not_by_workspace", file=checkpoint.name)])
    return proposed.cosigned(key, time)
