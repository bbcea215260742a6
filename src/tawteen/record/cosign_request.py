"""A request for a cosignature in one small file, where the record itself is too large to be sent.

It is the body of `add-checkpoint` of C2SP tlog-witness: the size that the party cosigned last, a proof that the
checkpoint continues it, an empty line, and the checkpoint.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tawteen.record.checkpoint import Checkpoint, read_checkpoint
from tawteen.record.errors import FaultError, RecordError
from tawteen.record.keys import COSIGNER_KEY, LOG_KEY, SigningKey, VerifierKey
from tawteen.record.proofs import consistency_ranges, continues, range_roots
from tawteen.record.text_file import read_note_file
from tawteen.record.tree import EMPTY_ROOT, HASH_BYTES

REQUEST_START = "old "
_OLD = re.compile("old (0|[1-9][0-9]{0,17})")
_PROOF_LINES = 63
"""Most lines of a proof, as C2SP tlog-witness states."""


@dataclass(frozen=True)
class CosignRequest:
    """A checkpoint to cosign, with the proof that it continues the one of `old` entries."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint

    def text(self) -> str:
        """The request as a file."""
        lines = (f"{REQUEST_START}{self.old}", *(base64.b64encode(part).decode() for part in self.proof))
        return "\n".join(lines) + "\n\n" + self.checkpoint.text()

    @classmethod
    def parse(cls, text: str) -> CosignRequest:
        """The request of a file. Raises FaultError where it is none."""
        head, separator, note = text.partition("\n\n")
        first, *proof_lines = head.split("\n")
        stated = _OLD.fullmatch(first)
        if not separator or stated is None or len(proof_lines) > _PROOF_LINES:
            raise FaultError("record.no_request")
        try:
            proof = tuple(base64.b64decode(line, validate=True) for line in proof_lines)
        except ValueError as error:
            raise FaultError("record.no_request") from error
        if any(len(part) != HASH_BYTES for part in proof):
            raise FaultError("record.no_request")
        return cls(int(stated[1]), proof, Checkpoint.parse(note))


def cosign_request(leaves: Iterable[bytes], old: int, checkpoint: Checkpoint) -> CosignRequest:
    """The request for a party that cosigned `old` entries last, from the leaf hashes of the record.

    Raises ValueError where the checkpoint is smaller than `old`, or larger than the record.
    """
    ranges = consistency_ranges(old, checkpoint.size)
    return CosignRequest(old, tuple(range_roots(leaves, ranges)), checkpoint)


def cosign_by_proof(
    request_file: Path, seen: Path | None, key: SigningKey, *, time: int, keys: Sequence[VerifierKey]
) -> Checkpoint:
    """The checkpoint of a request with the cosignature of a party at `time`, in seconds since 1970.

    `seen` is the checkpoint that the party cosigned last, None before its first; `keys` are those of the workspace, and
    earlier ones of the party. The entries are not looked at: whoever wants to know what was cosigned checks the record.
    Raises RecordError where the workspace did not sign, the request is not for what the party has seen, or its proof
    does not hold.
    """
    text = read_note_file(request_file)
    before = None if seen is None else read_checkpoint(seen)
    try:
        request = CosignRequest.parse(text)
        _check(request, before, key, keys)
        return request.checkpoint.cosigned(key, time)
    except FaultError as fault:
        raise RecordError([fault.finding(request_file.name)]) from fault


def _check(request: CosignRequest, before: Checkpoint | None, key: SigningKey, keys: Sequence[VerifierKey]) -> None:
    """Raises FaultError where a request is not to be granted."""
    checkpoint, own = request.checkpoint, key.verifier
    if own.kind != COSIGNER_KEY:
        raise FaultError("record.not_cosigner", name=own.name)
    holding = checkpoint.verified(keys)
    if not any(one.key.kind == LOG_KEY and one.key.name == checkpoint.origin for one in holding):
        raise FaultError("record.not_by_workspace")
    # A key of the party that this one replaced is among `keys`, under the same name.
    own_keys = [own, *(one for one in keys if one.name == own.name)]
    if before is not None and (before.origin != checkpoint.origin or not before.verified(own_keys)):
        raise FaultError("record.seen_by_others", name=own.name)
    old, root = (0, EMPTY_ROOT) if before is None else (before.size, before.root)
    if request.old != old:
        raise FaultError("record.request_size", old=request.old, seen=old)
    if not continues(old, root, checkpoint.size, checkpoint.root, request.proof):
        raise FaultError("record.not_continued", old=old, size=checkpoint.size)
