"""Snapshots: a size of the record and the hash of what a view shows then, to which programmes refer."""

from __future__ import annotations

from contextlib import AbstractContextManager

from tawteen.record.entry import read_line
from tawteen.record.state import Snapshot
from tawteen.web.log.append import LogWriter, NewEntry, log_size
from tawteen.web.log.models import RecordRow
from tawteen.web.rights import Person
from tawteen.web.visibility import SNAPSHOT_ACT, view_named


def take_snapshot(writing: AbstractContextManager[LogWriter], person: Person, view: str) -> Snapshot:
    """Appends a snapshot of what a view shows now, in `writing`: the lock of the record, with what is asked under it.

    The cells are read before the record is locked: others may append meanwhile, which changes nothing at that size.
    """
    size = log_size()
    digest = view_named(view, size).hash()
    content = {"size": size, "hash": digest}
    with writing as log:
        entry = log.append(NewEntry(person.name, person.party, SNAPSHOT_ACT, (view,), content))
    return Snapshot(entry.number, view, size, digest)


def snapshot_of(number: int) -> Snapshot:
    """The snapshot of an entry. Raises LookupError where there is no such entry or it is about something else."""
    row = RecordRow.objects.filter(number=number).first()
    entry = None if row is None else read_line(bytes(row.line)).entry()
    if entry is None or entry.act != SNAPSHOT_ACT:
        raise LookupError(number)
    return Snapshot(number, entry.subject[0], entry.content["size"], entry.content["hash"])
