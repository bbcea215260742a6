"""Tables that follow from the entries: kept up with each new one, and made again from the first one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from tawteen.record.entry import Entry, read_line
from tawteen.record.stated_keys import KEY_ACT
from tawteen.web.log.models import HolderKey, RecordRow
from tawteen.web.params import SERVER


@dataclass(frozen=True)
class DerivedTables:
    """Tables that follow from entries: how they are emptied, and what an entry changes in them.

    Where many entries are read again, `apply_many` takes them in place of `apply` and may leave what follows from all
    of them to `finish`, which comes at the end. `apply` of other tables must not depend on such ones.
    """

    clear: Callable[[], None]
    apply: Callable[[Entry], None]
    apply_many: Callable[[Sequence[Entry]], None] | None = None
    finish: Callable[[], None] | None = None


_DERIVED: list[DerivedTables] = []


def register(tables: DerivedTables) -> None:
    """Adds tables that follow from entries; once, when the workspace starts."""
    _DERIVED.append(tables)


def apply_entry(entry: Entry) -> None:
    """Brings all tables up to date with a new entry."""
    for tables in _DERIVED:
        tables.apply(entry)


def rebuild() -> int:
    """Empties the tables and makes them again from the entries; returns how many of these there are.

    Raises FaultError where a line is no entry.
    """
    with transaction.atomic():
        for tables in _DERIVED:
            tables.clear()
        count = 0
        for entries in _stored_entries():
            for tables in _DERIVED:
                _apply_all(tables, entries)
            count += len(entries)
        for tables in _DERIVED:
            if tables.finish is not None:
                tables.finish()
    return count


def _apply_all(tables: DerivedTables, entries: Sequence[Entry]) -> None:
    if tables.apply_many is not None:
        tables.apply_many(entries)
        return
    for entry in entries:
        tables.apply(entry)


def _stored_entries() -> Iterator[list[Entry]]:
    """The entries of the record in their order, so many at once as fit into memory."""
    entries: list[Entry] = []
    held = 0
    for row in RecordRow.objects.order_by("number").iterator(SERVER.rows_read):
        line = bytes(row.line)
        entries.append(read_line(line).entry())
        held += len(line)
        if held >= SERVER.rebuilt_bytes:
            yield entries
            entries, held = [], 0
    if entries:
        yield entries


def _apply_key(entry: Entry) -> None:
    if entry.act == KEY_ACT:
        verifier = entry.content["verifier"]
        HolderKey(number=entry.number, holder=entry.subject[0], verifier=verifier).save(force_insert=True)


def _clear_keys() -> None:
    HolderKey.objects.all().delete()


register(DerivedTables(_clear_keys, _apply_key))
