"""A compared file is entered on the record, part by part, each under a short lock in which all is checked again."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from tawteen.record.cells import Place
from tawteen.web.access import Right, check_rights
from tawteen.web.accounts.models import PartyRow
from tawteen.web.imports.derived import IMPORT_ACT
from tawteen.web.imports.differences import kind_counts, packed, unpacked
from tawteen.web.imports.models import ImportRow, PendingImport
from tawteen.web.imports.recheck import changed_places, compare_again
from tawteen.web.imports.strategies import CONFLICT, ENTERED_KINDS, MERGE_STRATEGIES
from tawteen.web.log.append import LogWriter, NewEntry, locked_log, log_size, prepare_entry
from tawteen.web.params import UPLOAD
from tawteen.web.rights import Person, may_import, may_release


class StaleError(Exception):
    """What was compared has changed since, or somebody decided already."""


def cells_to_enter(differences: pl.DataFrame, strategy: str, *, beside: bool) -> pl.DataFrame:
    """The cells that a strategy enters, with the entry that each replaces; `beside` those in conflict too.

    A value in conflict replaces only the entry on which it was based, so that it stands beside what others entered.
    """
    taken = differences.filter(pl.col("kind").is_in(kinds_to_enter(strategy, beside=beside)))
    version = pl.when(pl.col("kind") == CONFLICT).then(pl.col("base")).otherwise(pl.col("number"))
    return taken.select("table", "row", "column", "theirs", version.alias("version"), "also")


def kinds_to_enter(strategy: str, *, beside: bool) -> tuple[str, ...]:
    """The kinds of difference that are entered; `beside` the cells in conflict too."""
    return (*ENTERED_KINDS[strategy], *((CONFLICT,) if beside else ()))


def effects(counts: Mapping[str, int]) -> dict[str, int]:
    """How many cells each strategy enters, without those in conflict."""
    return {strategy: sum(counts[kind] for kind in ENTERED_KINDS[strategy]) for strategy in MERGE_STRATEGIES}


def decide(person: Person, token: str, revision: int, strategy: str, *, beside: bool) -> PendingImport:
    """Notes how a compared file is to be entered.

    Raises StaleError where it was compared again, is decided, or something changed that its cells are about: then it
    is compared again here. Raises LookupError where the party has no such file, and RightEndedError where the person
    may no longer import.
    """
    size = log_size()
    pending = own_import(person.party, token)
    if pending.strategy:
        raise StaleError
    changed = changed_places(person.party, pending.compared_size, size)
    differences = compare_again(unpacked(pending.differences), person.party, changed) if changed else None
    differs = differences is not None and kind_counts(differences) != pending.counts
    with locked_log():
        check_rights(person, may_import)
        pending = own_import(person.party, token)
        if pending.strategy or pending.revision != revision:
            raise StaleError
        if differs and differences is not None:
            pending.differences, pending.counts = packed(differences), kind_counts(differences)
            pending.compared_size, pending.revision = size, pending.revision + 1
            pending.save(update_fields=["differences", "counts", "compared_size", "revision"])
        else:
            pending.strategy, pending.beside, pending.person = strategy, beside, person.name
            pending.claimed_until = claim()
            pending.save(update_fields=["strategy", "beside", "person", "claimed_until"])
    if differs:
        raise StaleError
    return pending


def claim() -> datetime:
    """Until when other processes leave an import to who enters it."""
    return datetime.now(UTC) + timedelta(seconds=UPLOAD.claim)


def own_import(party: str, token: str) -> PendingImport:
    """A compared file of a party. Raises LookupError where there is none."""
    pending = PendingImport.objects.filter(party=party, token=token).first()
    if pending is None:
        raise LookupError(token)
    return pending


class Applying:
    """Enters the parts of a file that is decided about, from where it stands."""

    def __init__(self, pending: PendingImport) -> None:
        self._token, self._party = pending.token, pending.party
        self._cells = cells_to_enter(unpacked(pending.differences), pending.strategy, beside=pending.beside)
        self._checked, self._changed = pending.compared_size, set[Place]()
        self._own: set[int] = set()

    def run(self, seconds: float | None = None) -> bool:
        """Enters parts for some seconds, or until the end; whether all are entered.

        Raises RightEndedError where the person may no longer import, or no longer release what is shown to all in the
        end, and FaultError where the record refuses a cell.
        """
        start = time.monotonic()
        while not self._part():
            if seconds is not None and time.monotonic() - start >= seconds:
                PendingImport.objects.filter(token=self._token).update(claimed_until=None)
                return False
            time.sleep(UPLOAD.pause)
        return True

    def _part(self) -> bool:
        """Enters the next part; whether it was the last one."""
        pending = PendingImport.objects.get(token=self._token)
        if pending.finished:
            return True
        done, self._own = pending.cells_done, _own_entries(pending)
        some = self._next(done)
        self._look(log_size())
        cells = [cell for cell in map(_stated, some.iter_rows(named=True)) if _place(cell) not in self._changed]
        new = None if not cells else prepare_entry(self._entry(pending, cells))
        with locked_log() as log:
            pending = PendingImport.objects.get(token=self._token)
            if pending.finished or pending.cells_done != done:  # ended, or another process has entered this part
                return pending.finished
            last = done + some.height >= self._cells.height
            check_rights(_decider(pending), *rights_to_enter(shared=pending.shared and last))
            before = len(self._changed)
            self._look(log.size)
            if len(self._changed) != before and any(_place(cell) in self._changed for cell in cells):
                return False  # somebody was faster: the part is made again without those cells
            if new is not None:
                number = log.append(new).number
                pending.first_entry = pending.first_entry or number
            pending.cells_done += some.height
            pending.left += some.height - len(cells)
            pending.claimed_until = claim()
            if last:
                self._finish(log, pending)
            pending.save()
        return pending.finished

    def _next(self, done: int) -> pl.DataFrame:
        some = self._cells.slice(done, UPLOAD.cells_of_a_part)
        bytes_ = pl.sum_horizontal(pl.col("row", "column", "theirs").str.len_bytes().fill_null(0))
        return some.filter((bytes_.cum_sum() <= UPLOAD.bytes_of_an_entry) | (pl.int_range(pl.len()) == 0))

    def _look(self, until: int) -> None:
        """Notes the cells that others changed up to an entry."""
        if until > self._checked:
            self._changed |= changed_places(self._party, self._checked, until, self._own)
            self._checked = until

    def _entry(self, pending: PendingImport, cells: list[dict[str, Any]]) -> NewEntry:
        content: dict[str, Any] = {"sha256": pending.sha256, "strategy": pending.strategy, "cells": cells}
        basis = pending.first_entry or pending.undoes
        if pending.first_entry is not None:
            content["part"] = len(self._own) + 1
        based_on = () if basis is None else (basis,)
        return NewEntry(pending.person, pending.party, IMPORT_ACT, (pending.file,), content, based_on)

    def _finish(self, log: LogWriter, pending: PendingImport) -> None:
        pending.finished, pending.cells, pending.differences = True, self._cells.height, b""
        if pending.shared:
            parties = sorted(PartyRow.objects.values_list("party", flat=True))
            for table in self._cells["table"].unique(maintain_order=True):
                content = {"to": parties, "later": False}
                log.append(NewEntry(pending.person, pending.party, "release", (table, "*", "*"), content))


def _own_entries(pending: PendingImport) -> set[int]:
    """Numbers of the entries that an import has so far."""
    row = ImportRow.objects.filter(number=pending.first_entry or 0, party=pending.party).first()
    return set() if row is None else set(row.entries)


def _stated(row: dict[str, Any]) -> dict[str, Any]:
    """A cell as the content of an import states it."""
    value = None if row["theirs"] is None else json.loads(row["theirs"])
    cell = {"table": row["table"], "row": row["row"], "column": row["column"], "value": value}
    also = {} if row["also"] is None else {"also": json.loads(row["also"])}
    return {**cell, "version": row["version"], **also}


def _place(cell: Mapping[str, Any]) -> Place:
    return Place(cell["table"], cell["row"], cell["column"])


def _decider(pending: PendingImport) -> Person:
    """The person who decided how a file is entered; the roles are asked when they count."""
    return Person(pending.person, "", pending.party, frozenset())


def rights_to_enter(*, shared: bool) -> tuple[Right, ...]:
    """The rights that an import needs; one whose tables are shown to all parties also that to release."""
    return (may_import, may_release) if shared else (may_import,)


def end_import(person: Person, token: str) -> None:
    """Ends an import of which not all cells are on the record: those that are stay, as an import of their own.

    Raises LookupError where the party has no such import, RightEndedError where the person may no longer import.
    """
    with locked_log():
        check_rights(person, may_import)
        pending = own_import(person.party, token)
        if not pending.strategy or pending.finished:
            raise LookupError(token)
        pending.cells = sum(pending.counts[kind] for kind in kinds_to_enter(pending.strategy, beside=pending.beside))
        pending.finished, pending.differences, pending.claimed_until = True, b"", None
        pending.save()
