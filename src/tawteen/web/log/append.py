"""Appending to the record: one writer at a time, so that numbers have no gap and every entry knows the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from tawteen.record.canonical import canonical_bytes
from tawteen.record.entry import Entry, read_line
from tawteen.web.log.derived import apply_entry
from tawteen.web.log.models import RecordRow

_ANY_NUMBER, _ANY_TIME = 10**15 - 1, "2000-01-01T00:00:00Z"
"""Of an entry that is checked before it has its own."""
_ADVISORY_LOCK = 0x7461777465656E
"""The lock of PostgreSQL that a writer of the record holds until the end of its transaction ("tawteen")."""


@dataclass(frozen=True)
class NewEntry:
    """An act before it has a number: see `Entry` for the fields."""

    person: str
    party: str
    act: str
    subject: tuple[str, ...]
    content: Mapping[str, Any]
    based_on: tuple[int, ...] = ()
    prepared: bytes | None = None
    """The canonical JSON of the content, where `prepare_entry` made and checked it."""


def prepare_entry(new: NewEntry) -> NewEntry:
    """An act whose large content is made and checked before the record is locked, with it as the record reads it.

    Raises FaultError where it is not valid.
    """
    entry = Entry(_ANY_NUMBER, _ANY_TIME, new.person, new.party, new.act, new.subject, new.content, new.based_on)
    content = read_line(entry.line()).entry().content
    return replace(new, content=content, prepared=canonical_bytes(content))


class LogWriter:
    """The right to append until the end of the transaction."""

    def __init__(self, size: int) -> None:
        self.size = size

    def append(self, new: NewEntry) -> Entry:
        """Appends an act as the next entry, with all that follows from it, and returns it.

        Raises FaultError where the entry is not valid.
        """
        time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        entry = Entry(
            self.size + 1, time, new.person, new.party, new.act, new.subject, new.content, tuple(sorted(new.based_on))
        )
        line = entry.line() if new.prepared is None else entry.line_around(new.prepared)
        RecordRow(number=entry.number, line=line).save(force_insert=True)
        if new.prepared is None:
            # What follows from the entry follows from its line, in which 7.0 is 7: as when the tables are made again.
            entry = read_line(line).entry()
        apply_entry(entry)
        self.size = entry.number
        return entry


@contextmanager
def locked_log() -> Iterator[LogWriter]:
    """A transaction in which this writer alone appends: what it reads of the record stays as it is until the end.

    All is undone where the block raises. SQLite has one writer in any transaction that begins IMMEDIATE.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        yield LogWriter(log_size())


def append(new: NewEntry) -> Entry:
    """Appends one act in a transaction of its own. Raises FaultError where it is not valid."""
    with locked_log() as log:
        return log.append(new)


def log_size() -> int:
    """Number of entries."""
    largest: int | None = RecordRow.objects.aggregate(largest=Max("number"))["largest"]
    return largest or 0
