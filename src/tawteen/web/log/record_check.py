"""Whether the stored record is still as it was signed, a bounded part of it at a time."""

from __future__ import annotations

import threading
import time

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.db.models.functions import Length

from tawteen.record.checkpoint import Checkpoint
from tawteen.record.errors import FaultError, RecordError
from tawteen.record.keys import VerifierKey, read_verifier_keys
from tawteen.record.tree import MerkleTree, leaf_hash
from tawteen.web.log.models import RecordRow, StoredCheckpoint
from tawteen.web.log.triggers import triggers_stand
from tawteen.web.params import RECORD_CHECK


class RecordCheck:
    """Recomputes the root of the record round after round, and holds it against each stored checkpoint.

    A step reads on by `entries_at_once`, fewer where these are large. `holds` is False from a fault on until a whole
    round has found none.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tree = MerkleTree()
        self._fault_in_round = False
        self.holds = True
        self._checked_at: float | None = None

    def whole(self) -> bool:
        """Goes on by one step, unless one was made just now; whether the record holds as far as it was read.

        Who asks while another one makes a step does not wait for its end.
        """
        if self._checked_at is not None and self._lock.locked():
            return self.holds
        with self._lock:
            now = time.monotonic()
            if self._checked_at is None or now - self._checked_at >= RECORD_CHECK.interval:
                self.step()
                self._checked_at = now
            return self.holds

    def step(self) -> None:
        """Reads on; at the end of the record, or at a fault, the next step begins anew."""
        start = self._tree.size
        end, last_round_step = _end_of_step(start)
        notes = {one.size: one.note for one in StoredCheckpoint.objects.filter(size__gt=start, size__lte=end)}
        rows = list(RecordRow.objects.filter(number__gt=start, number__lte=end).order_by("number"))
        holds = self._take(rows, notes, workspace_keys())
        if holds and last_round_step:
            signed = StoredCheckpoint.objects.aggregate(largest=Max("size"))["largest"] or 0
            holds = signed <= self._tree.size or _grown_since(self._tree.size)
            holds = holds and triggers_stand(connection)
        if not holds:
            self.holds, self._fault_in_round = False, True
        if last_round_step or not holds:
            self.holds = not self._fault_in_round
            self._tree, self._fault_in_round = MerkleTree(), False

    def _take(self, rows: list[RecordRow], notes: dict[int, str], keys: list[VerifierKey]) -> bool:
        """Whether the next entries have the next numbers and the roots that were signed."""
        for row in rows:
            self._tree.append(leaf_hash(bytes(row.line)))
            if row.number != self._tree.size:
                return False
            note = notes.get(row.number)
            if note is not None and not _fits(note, self._tree, keys):
                return False
        return True


def _end_of_step(start: int) -> tuple[int, bool]:
    """The number of the last entry that a step reads on to, and whether it is the last one of the record.

    Imports are entries of megabytes: a step reads one of them at least, and no more than pages of others can wait for.
    """
    later = RecordRow.objects.filter(number__gt=start).order_by("number").annotate(size=Length("line"))
    sizes = list(later.values_list("number", "size")[: RECORD_CHECK.entries_at_once])
    end, read = start, 0
    for number, size in sizes:
        read += size
        if read > RECORD_CHECK.bytes_at_once and end > start:
            return end, False
        end = number
    return end, len(sizes) < RECORD_CHECK.entries_at_once


def workspace_keys() -> list[VerifierKey]:
    """The key of the workspace from its folder, not from the database that is checked."""
    try:
        return read_verifier_keys(settings.DATA_FOLDER.key_file)
    except RecordError:
        return []


def _grown_since(size: int) -> bool:
    """Whether the record has more entries than were read: then the checkpoint is of some that came meanwhile."""
    return RecordRow.objects.filter(number=size + 1).exists()


def _fits(note: str, tree: MerkleTree, keys: list[VerifierKey]) -> bool:
    """Whether a checkpoint is signed by the workspace and has the root of the tree."""
    try:
        checkpoint = Checkpoint.parse(note)
        return (checkpoint.size, checkpoint.root) == (tree.size, tree.root()) and bool(checkpoint.verified(keys))
    except FaultError:
        return False


RECORD_STATE_CHECK = RecordCheck()
