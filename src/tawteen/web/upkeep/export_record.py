"""The record as a party may have it, with the last checkpoint and a request for a cosignature."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.case.atomic_write import write_text
from tawteen.runs.delivery import delivery
from tawteen.runs.usage_error import UsageError
from tawteen.web.server import open_workspace

if TYPE_CHECKING:
    from tawteen.record.checkpoint import Checkpoint

RECORD, CHECKPOINT, REQUEST = "record.jsonl", "checkpoint.txt", "request.txt"


@dataclass(frozen=True)
class ExportedRecord:
    """The files that were written, and how many entries the checkpoint signs."""

    record: Path
    checkpoint: Path
    request: Path | None
    size: int


def export_record(
    folder: str | Path, party: str, out: str | Path, *, cosigned_size: int | None = None
) -> ExportedRecord:
    """Writes the record with what a party may see, and the checkpoint of it, into the folder `out`.

    Other entries stand as their hashes. With `cosigned_size`, the number of entries that the party cosigned last (0:
    none), a request for its cosignature is written too. Raises UsageError where the folder holds no workspace, the
    party is unknown, or the size is larger than the record; OSError where a file cannot be written.
    """
    key = open_workspace(Path(folder))
    from django.db import connection

    from tawteen.record.checkpoint import Checkpoint
    from tawteen.record.record_file import write_record
    from tawteen.web.accounts.models import PartyRow
    from tawteen.web.log.checkpoints import sign_checkpoint
    from tawteen.web.log.models import StoredCheckpoint
    from tawteen.web.record_page import visible_lines
    from tawteen.web.visibility import PartyView

    try:
        if not PartyRow.objects.filter(party=party).exists():
            known = ", ".join(PartyRow.objects.order_by("party").values_list("party", flat=True))
            raise UsageError("web.no_party", party=party, known=known)
        names = (RECORD, CHECKPOINT, REQUEST)
        sign_checkpoint(key)
        last = StoredCheckpoint.objects.order_by("-size")[0]
        if cosigned_size is not None and cosigned_size > last.size:
            raise UsageError("web.cosigned_more", old=cosigned_size, size=last.size)
        with delivery(Path(out), names) as new:
            write_record(new / RECORD, (line.rstrip(b"\n") for line in visible_lines(PartyView(party))))
            write_text(new / CHECKPOINT, last.note)
            if cosigned_size is not None:
                write_text(new / REQUEST, _request(cosigned_size, Checkpoint.parse(last.note)))
    finally:
        connection.close()
    request = None if cosigned_size is None else Path(out) / REQUEST
    return ExportedRecord(Path(out) / RECORD, Path(out) / CHECKPOINT, request, last.size)


def _request(old: int, checkpoint: Checkpoint) -> str:
    """The request for a cosignature of a party that cosigned `old` entries last."""
    from tawteen.record.cosign_request import cosign_request
    from tawteen.record.tree import leaf_hash
    from tawteen.web.log.checkpoints import record_lines_after

    leaves = (leaf_hash(line) for _, line in islice(record_lines_after(0), checkpoint.size))
    return cosign_request(leaves, old, checkpoint).text()
