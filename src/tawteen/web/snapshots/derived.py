"""Keeps the table of snapshots as the record says."""

from __future__ import annotations

from tawteen.record.entry import Entry
from tawteen.web.log.derived import DerivedTables
from tawteen.web.snapshots.models import SnapshotRow
from tawteen.web.visibility import SNAPSHOT_ACT


def _apply_snapshot(entry: Entry) -> None:
    if entry.act == SNAPSHOT_ACT:
        SnapshotRow.objects.create(
            number=entry.number, view=entry.subject[0], size=entry.content["size"], hash=entry.content["hash"],
            party=entry.party, person=entry.person, time=entry.time,
        )  # fmt: skip


def _clear_snapshots() -> None:
    SnapshotRow.objects.all().delete()


DERIVED_SNAPSHOTS = DerivedTables(_clear_snapshots, _apply_snapshot)
