"""Checkpoints: size and root of the record as a signed note (C2SP tlog-checkpoint, signed-note, tlog-cosignature)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from tawteen.record.errors import FaultError, RecordError
from tawteen.record.keys import COSIGNER_KEY, KEY_ID_BYTES, LOG_KEY, SigningKey, VerifierKey, is_key_name
from tawteen.record.limits import RECORD_LIMITS
from tawteen.record.text_file import read_note_file
from tawteen.record.tree import HASH_BYTES

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile("0|[1-9][0-9]{0,17}")
_SIGNATURE_BYTES, _TIME_BYTES = 64, 8
"""Sizes of an Ed25519 signature and of the time of a cosignature/v1."""
_LATEST_TIME = 253_402_300_799
"""Seconds since 1970 of the end of the year 9999; no cosignature is later."""


class NoteSignature(NamedTuple):
    """A line under a note: name and id of the key, and the signature."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """The line as it stands in the note."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


class VerifiedSignature(NamedTuple):
    """A signature that holds: by which key and, where it is a cosignature, when (seconds since 1970)."""

    key: VerifierKey
    time: int | None


@dataclass(frozen=True)
class Checkpoint:
    """Size and root of the record whose name is `origin`, with the signatures under it.

    `extensions` are further lines of the text, which are signed and otherwise ignored.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    signatures: tuple[NoteSignature, ...] = ()

    def body(self) -> str:
        """The signed text."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "\n".join(lines) + "\n"

    def text(self) -> str:
        """The note: the signed text, an empty line and the signatures."""
        return self.body() + "\n" + "".join(signature.line() for signature in self.signatures)

    def signed(self, key: SigningKey) -> Checkpoint:
        """The checkpoint with the signature of the workspace. Raises ValueError where the key is of another kind."""
        if key.verifier.kind != LOG_KEY:
            raise ValueError(f"{key.verifier.name} signs no checkpoints")
        return self._with(key.verifier, key.sign(self.body().encode()))

    def cosigned(self, key: SigningKey, time: int) -> Checkpoint:
        """The checkpoint with the cosignature of a party at a time in seconds since 1970.

        The caller has found it to continue every checkpoint that the party cosigned before. Raises ValueError where
        the key is of another kind.
        """
        if key.verifier.kind != COSIGNER_KEY:
            raise ValueError(f"{key.verifier.name} cosigns no checkpoints")
        return self._with(key.verifier, time.to_bytes(_TIME_BYTES, "big") + key.sign(_cosigned_message(self, time)))

    def _with(self, key: VerifierKey, signature: bytes) -> Checkpoint:
        """The checkpoint with a signature in place of an earlier one of the same key."""
        others = [one for one in self.signatures if (one.name, one.key_id) != (key.name, key.key_id)]
        return replace(self, signatures=(*others, NoteSignature(key.name, key.key_id, signature)))

    def verified(self, keys: Iterable[VerifierKey]) -> list[VerifiedSignature]:
        """The signatures of `keys`; those of unknown keys are ignored.

        Raises FaultError where a signature of a known key does not hold: then the whole checkpoint is worth nothing.
        """
        known = {(key.name, key.key_id): key for key in keys}
        holding = []
        for one in self.signatures:
            key = known.get((one.name, one.key_id))
            if key is None:
                continue
            time, signature = _time_and_signature(key, one.signature)
            message = self.body().encode() if time is None else _cosigned_message(self, time)
            if not key.signed(signature, message):
                raise FaultError("record.bad_signature", name=key.name)
            holding.append(VerifiedSignature(key, time))
        return holding

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint of a note. Raises FaultError with the line that is not as the specifications ask for."""
        body, separator, below = text.rpartition("\n\n")
        if not separator or not below or _CONTROL.search(text):
            raise FaultError("record.no_checkpoint")
        lines = body.split("\n")
        if len(lines) < 3 or not all(lines):
            raise FaultError("record.no_checkpoint")
        if not _SIZE.fullmatch(lines[1]):
            raise FaultError("record.checkpoint_size")
        root = _bytes_of(lines[2])
        if root is None or len(root) != HASH_BYTES:
            raise FaultError("record.checkpoint_root")
        if not below.endswith("\n"):
            raise FaultError("record.checkpoint_cut")
        signatures = tuple(_signature(line) for line in below[:-1].split("\n"))
        if len(signatures) > RECORD_LIMITS.signatures:
            raise FaultError("record.signatures", most=RECORD_LIMITS.signatures)
        return cls(lines[0], int(lines[1]), root, tuple(lines[3:]), signatures)


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint of a file. Raises RecordError where it cannot be read or is none."""
    text = read_note_file(path)
    try:
        return Checkpoint.parse(text)
    except FaultError as fault:
        raise RecordError([fault.finding(path.name)]) from fault


def _cosigned_message(checkpoint: Checkpoint, time: int) -> bytes:
    """The message of cosignature/v1."""
    return f"cosignature/v1\ntime {time}\n{checkpoint.body()}".encode()


def _time_and_signature(key: VerifierKey, stated: bytes) -> tuple[int | None, bytes]:
    """Time and signature of a line, by the kind of its key. Raises FaultError where it has another length."""
    time_bytes = _TIME_BYTES if key.kind == COSIGNER_KEY else 0
    time = int.from_bytes(stated[:time_bytes], "big")
    if len(stated) != time_bytes + _SIGNATURE_BYTES or time > _LATEST_TIME:
        raise FaultError("record.bad_signature", name=key.name)
    return (time if time_bytes else None), stated[time_bytes:]


def _signature(line: str) -> NoteSignature:
    """The signature of a line. Raises FaultError where it is none."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    stated = _bytes_of(encoded)
    if dash != "—" or not is_key_name(name) or stated is None or len(stated) <= KEY_ID_BYTES:
        raise FaultError("record.signature_line")
    return NoteSignature(name, stated[:KEY_ID_BYTES], stated[KEY_ID_BYTES:])


def _bytes_of(encoded: str) -> bytes | None:
    """The bytes of base64 as RFC 4648 writes it; None where it is written otherwise."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if base64.b64encode(content).decode() == encoded else None
