"""Tables that follow from the entries: kept up with each new one, and made again from the first one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from tawteen.record.entry import Entry, read_line
from tawteen.record.stated_keys import KEY_ACT
from tawteen.web.log.models import HolderKey, RecordRow
from tawteen.web.params import SERVER


@dataclass(frozen=True)
class DerivedTables:
    """Tables that follow from entries: how they are emptied, and what an entry changes in them."""

    clear: Callable[[], None]
    apply: Callable[[Entry], None]


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
        for row in RecordRow.objects.order_by("number").iterator(SERVER.rows_read):
            apply_entry(read_line(bytes(row.line)).entry())
            count += 1
    return count


def _apply_key(entry: Entry) -> None:
    if entry.act == KEY_ACT:
        verifier = entry.content["verifier"]
        HolderKey(number=entry.number, holder=entry.subject[0], verifier=verifier).save(force_insert=True)


def _clear_keys() -> None:
    HolderKey.objects.all().delete()


register(DerivedTables(_clear_keys, _apply_key))
