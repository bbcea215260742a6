"""The workspace states its key on the record, signs checkpoints of it and hands it out as a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from tawteen.record.checkpoint import Checkpoint
from tawteen.record.keys import SigningKey
from tawteen.record.stated_keys import KEY_ACT, WORKSPACE
from tawteen.record.tree import HASH_BYTES, MerkleTree, leaf_hash
from tawteen.runs.usage_error import UsageError
from tawteen.web.log.append import NewEntry, locked_log
from tawteen.web.log.models import HolderKey, RecordRow, StoredCheckpoint
from tawteen.web.params import SERVER


def state_workspace_key(key: SigningKey) -> None:
    """Appends the key of the workspace to a record that states none.

    Raises UsageError where the record states another one: its checkpoints would not be by the same workspace.
    """
    with locked_log() as log:
        stated = HolderKey.objects.filter(holder=WORKSPACE).order_by("-number").first()
        if stated is None:
            log.append(NewEntry(WORKSPACE, WORKSPACE, KEY_ACT, (WORKSPACE,), {"verifier": str(key.verifier)}))
        elif stated.verifier != str(key.verifier):
            raise UsageError("web.other_key", stated=stated.verifier, own=str(key.verifier))


def record_lines_after(size: int) -> Iterator[tuple[int, bytes]]:
    """Numbers and lines of the entries after the first `size`, in their order."""
    rows = RecordRow.objects.filter(number__gt=size).order_by("number")
    return ((row.number, bytes(row.line)) for row in rows.iterator(SERVER.rows_read))


def sign_checkpoint(key: SigningKey) -> StoredCheckpoint | None:
    """Signs a checkpoint of the record as it is now and stores it; None where the last one is of the same size."""
    with transaction.atomic():
        last = StoredCheckpoint.objects.order_by("-size").first()
        tree = MerkleTree() if last is None else MerkleTree(last.size, peaks_of(last))
        start = tree.size
        for _, line in record_lines_after(start):
            tree.append(leaf_hash(line))
        if tree.size == start:
            return None
        note = Checkpoint(key.verifier.name, tree.size, tree.root()).signed(key).text()
        stored, _ = StoredCheckpoint.objects.get_or_create(
            size=tree.size, defaults={"peaks": b"".join(tree.peaks), "note": note}
        )
        return stored


def peaks_of(stored: StoredCheckpoint) -> list[bytes]:
    """Roots of the complete subtrees under a checkpoint."""
    peaks = bytes(stored.peaks)
    return [peaks[i : i + HASH_BYTES] for i in range(0, len(peaks), HASH_BYTES)]
