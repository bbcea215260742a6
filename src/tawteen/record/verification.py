"""Whether a record is whole: its entries, the checkpoints that were kept of it, and older copies; with no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tawteen.case.findings import Finding
from tawteen.progress import ProgressCallback, ignore
from tawteen.record.checkpoint import Checkpoint, VerifiedSignature, read_checkpoint
from tawteen.record.errors import FaultError, RecordError
from tawteen.record.keys import COSIGNER_KEY, LOG_KEY, VerifierKey
from tawteen.record.record_pass import RecordPass
from tawteen.record.stated_keys import WORKSPACE, StatedKey

NumberRange = tuple[int, int]
"""First and last number of entries."""


@dataclass(frozen=True)
class SignedSize:
    """A signature that holds, under a checkpoint that the record fits.

    `holder` is `workspace` or a party, `time` that of a cosignature in seconds since 1970.
    """

    holder: str
    key: VerifierKey
    size: int
    time: int | None
    file: str


@dataclass(frozen=True)
class RecordVerification:
    """The answer about a record of `size` entries with the Merkle root `root`.

    `withheld` entries are known by their hashes alone. `first_difference` is the first and last number between which
    the first entry stands that is not as it was signed, copied or asked for; None where there is none. `parties` are
    those whose keys are known. `findings` are errors, where the record does not hold, and notes.
    """

    size: int
    root: bytes
    withheld: int
    first_difference: NumberRange | None
    signatures: tuple[SignedSize, ...]
    parties: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Whether no error was found."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def last_signed(self) -> dict[str, SignedSize]:
        """By holder, the signature under the largest checkpoint."""
        largest: dict[str, SignedSize] = {}
        for signed in self.signatures:
            known = largest.get(signed.holder)
            if known is None or (signed.size, signed.time or 0) >= (known.size, known.time or 0):
                largest[signed.holder] = signed
        return largest

    @property
    def cosigned(self) -> int:
        """The size up to which every party has cosigned: no entry up to it can be changed without being found."""
        sizes = {holder: signed.size for holder, signed in self.last_signed.items()}
        return min((sizes.get(party, 0) for party in self.parties), default=0)


def verify_record(
    record: Path,
    checkpoints: Sequence[Path] = (),
    copies: Sequence[Path] = (),
    keys: Sequence[VerifierKey] = (),
    progress: ProgressCallback = ignore,
) -> RecordVerification:
    """Checks every entry of a record, and that it continues every checkpoint and every older copy.

    `keys` are verifier keys that the reader has from elsewhere: then these and their replacements count alone, else
    those that the record states. Raises RecordError where the record or a copy cannot be read at all.
    """
    findings: list[Finding] = []
    kept: list[tuple[str, Checkpoint]] = []
    for path in checkpoints:
        try:
            kept.append((path.name, read_checkpoint(path)))
        except RecordError as error:
            findings += error.findings
    passed = RecordPass(record.name, sorted({checkpoint.size for _, checkpoint in kept}))
    passed.run(record, copies, progress)
    judgement = CheckpointJudgement(passed, passed.keys.trusted(keys))
    for name, checkpoint in sorted(kept, key=lambda one: one[1].size):
        judgement.add(name, checkpoint)
    findings += [*passed.findings(), *judgement.findings, *_key_notes(passed, judgement.keys, keys)]
    if not checkpoints:
        findings.append(Finding("note", "record.no_checkpoints", file=record.name))
    ranges = [*((number, number) for number in passed.differences), *judgement.differences()]
    return RecordVerification(
        size=passed.tree.size,
        root=passed.tree.root(),
        withheld=passed.withheld,
        # Of all ranges, the first difference stands in the one that ends first; the latest beginning narrows it.
        first_difference=min(ranges, key=lambda numbers: (numbers[1], -numbers[0]), default=None),
        signatures=tuple(judgement.signatures),
        parties=tuple(dict.fromkeys(one.holder for one in judgement.keys if one.key.kind == COSIGNER_KEY)),
        findings=tuple(findings),
    )


class CheckpointJudgement:
    """Checkpoints, the smallest first, held against the roots of a record and the keys that count."""

    def __init__(self, passed: RecordPass, keys: list[StatedKey]) -> None:
        self.keys = keys
        self.findings: list[Finding] = []
        self.signatures: list[SignedSize] = []
        self._passed = passed
        self._fitting = 0
        self._ranges: list[NumberRange] = []
        self._first: tuple[str, str] | None = None
        self._seen: dict[int, tuple[bytes, str]] = {}

    def add(self, name: str, checkpoint: Checkpoint) -> None:
        """Takes a checkpoint: its signatures, its origin, and whether the record and the other checkpoints fit it."""
        try:
            holding = checkpoint.verified([one.key for one in self.keys])
        except FaultError as fault:
            self.findings.append(fault.finding(name))
            return
        if not holding:
            self._error("record.unsigned", name)
        origin, first = self._first = self._first or (checkpoint.origin, name)
        if origin != checkpoint.origin:
            self._error("record.origin", name, origin=checkpoint.origin, other=origin, first=first)
            return
        root, other = self._seen.setdefault(checkpoint.size, (checkpoint.root, name))
        if root != checkpoint.root:
            self._error("record.fork", name, size=checkpoint.size, other=other)
        if self._fits(name, checkpoint, holding):
            self._fitting = max(self._fitting, checkpoint.size)
            for one in holding:
                self._sign(name, checkpoint, one)

    def _fits(self, name: str, checkpoint: Checkpoint, holding: list[VerifiedSignature]) -> bool:
        """Whether the record is as long as the checkpoint and has its root; an error names who signed otherwise."""
        entries, size = self._passed.tree.size, checkpoint.size
        signers = " · ".join(sorted(one.key.name for one in holding)) or "–"
        if size > entries:
            self._error("record.shorter", name, size=size, entries=entries, first=entries + 1, signers=signers)
            self._ranges.append((entries + 1, entries + 1))
            return False
        if self._passed.roots[size] != checkpoint.root:
            self._error("record.differs", name, first=self._fitting + 1, size=size, signers=signers)
            self._ranges.append((min(self._fitting + 1, size), size))
            return False
        return True

    def _sign(self, name: str, checkpoint: Checkpoint, one: VerifiedSignature) -> None:
        """Takes a signature that holds, where its key may sign this record at this size."""
        stated = next(stated for stated in self.keys if stated.key == one.key)
        if not stated.serves(checkpoint.size):
            self._error("record.key_replaced", name, name=one.key.name, number=stated.replaced, size=checkpoint.size)
        elif one.key.kind == LOG_KEY and one.key.name != checkpoint.origin:
            self._error("record.other_origin", name, name=one.key.name, origin=checkpoint.origin)
        else:
            self.signatures.append(SignedSize(stated.holder, one.key, checkpoint.size, one.time, name))

    def _error(self, code: str, checkpoint_file: str, **args: object) -> None:
        self.findings.append(Finding("error", code, file=checkpoint_file, args=args))

    def differences(self) -> list[NumberRange]:
        """Numbers between which an entry stands that is not as it was signed."""
        return self._ranges


def _key_notes(passed: RecordPass, keys: list[StatedKey], given: Sequence[VerifierKey]) -> list[Finding]:
    """Whose word the keys rest on: the record's own, or the reader's with the replacements that the record states.

    A key of the reader in whose place the record states another of the same name is an error.
    """
    if not given:
        return [Finding("note", "record.own_keys", file=passed.file)] if keys else []
    stated = {one.key for one in passed.keys}
    others = {one.key.name: one.number for one in passed.keys}
    notes = [
        Finding("error", "record.other_key", None, passed.file, others[key.name], args={"name": key.name})
        for key in given
        if key not in stated and key.name in others
    ]
    for one in keys:
        if one.key not in given:
            args = {"holder": one.holder, "key": str(one.key)}
            notes.append(Finding("note", "record.key_rotated", None, passed.file, one.number, args=args))
    if not any(one.holder == WORKSPACE for one in keys):
        notes.append(Finding("note", "record.no_log_key", file=passed.file))
    return notes
