"""Changes of cells as acts on the record: based on the version that their author saw, each written once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tawteen.case.findings import Finding
from tawteen.record.cells import Place, Version, differ, standing
from tawteen.record.entry import Entry
from tawteen.web.log.append import LogWriter, NewEntry
from tawteen.web.params import SERVER
from tawteen.web.registry.typed_row import lost_name
from tawteen.web.rights import Person
from tawteen.web.visibility import Cells, PartyView


class RowExistsError(Exception):
    """A new row whose key another row has that the party sees."""


class LostReferenceError(Exception):
    """A value that names a row which the party does not see, or no longer. `finding` says so."""

    def __init__(self, place: Place, finding: Finding) -> None:
        super().__init__(place)
        self.place, self.finding = place, finding


class StaleConflictError(Exception):
    """A conflict that is not as its reader saw it: another value came, or it is settled."""


class UnknownVersionError(Exception):
    """A change that says it is based on a version which its author cannot have seen."""


@dataclass(frozen=True)
class CellEdit:
    """A new value of a cell. `seen` are the numbers of the versions that its author saw, which state one value."""

    place: Place
    value: Any
    seen: tuple[int, ...] = ()


@dataclass(frozen=True)
class Settlement:
    """The value that settles a conflict, and why."""

    value: Any
    reason: str


@dataclass
class WrittenEdits:
    """Entries that were appended, and cells in which another value stands beside the new one."""

    entries: list[Entry] = field(default_factory=list)
    conflicts: list[Place] = field(default_factory=list)


def write_edits(
    log: LogWriter, person: Person, edits: Sequence[CellEdit], details: Mapping[str, str] | None = None
) -> WrittenEdits:
    """Appends an act for each change that changes something; `details` are its reason, grade and source.

    It is the act `cell`, or `settle` where the value replaces several that state the same. A value that was seen, that
    stands already, or that the same person wrote on the same version is not written again, so that a form can be sent
    twice. Where another value was written meanwhile, both stand. Raises UnknownVersionError for a version that the
    party does not see, and LostReferenceError for a value that names a row which somebody took away meanwhile.
    """
    party_view = PartyView(person.party)
    histories = histories_of(party_view, [edit.place for edit in edits])
    written, known = WrittenEdits(), set[tuple[str, str, str]]()
    for edit in edits:
        history = histories.get(edit.place, [])
        current = standing(history)
        if _is_written(edit, history, current, person):
            if differ(current):
                written.conflicts.append(edit.place)
            continue
        reference = (edit.place.table, edit.place.column, str(edit.value))
        if reference not in known and (finding := lost_name(*reference[:2], edit.value, party_view)) is not None:
            raise LostReferenceError(edit.place, finding)
        known.add(reference)
        written.entries.append(log.append(_entry(edit, current, person, details or {})))
        if any(version.number not in edit.seen for version in current):
            written.conflicts.append(edit.place)
    return written


def write_new_row(
    log: LogWriter, person: Person, edits: Sequence[CellEdit], details: Mapping[str, str] | None = None
) -> WrittenEdits:
    """Appends the cells of a new row, which may have been there and been taken away.

    Raises RowExistsError where the party sees a row of this key with another value, and LostReferenceError as
    `write_edits`.
    """
    histories = histories_of(PartyView(person.party), [edit.place for edit in edits])
    current = {place: standing(versions) for place, versions in histories.items()}
    if any(version.value is not None for versions in current.values() for version in versions):
        for edit in edits:
            if {version.value for version in current.get(edit.place, ())} != {edit.value}:
                raise RowExistsError(edit.place)
    seen = {place: tuple(version.number for version in versions) for place, versions in current.items()}
    return write_edits(log, person, [replace(edit, seen=seen.get(edit.place, ())) for edit in edits], details)


def write_settlement(log: LogWriter, person: Person, place: Place, seen: Sequence[int], settled: Settlement) -> None:
    """Settles the versions that were seen by a value, unless the same person did so already.

    Raises StaleConflictError where others stand in conflict now, or none.
    """
    history = histories_of(PartyView(person.party), [place]).get(place, [])
    basis = tuple(sorted({*seen}))
    if any((one.person, one.replaces, one.value) == (person.name, basis, settled.value) for one in history):
        return
    if len(basis) < 2 or [version.number for version in standing(history)] != list(basis):
        raise StaleConflictError(place)
    log.append(NewEntry(person.name, person.party, "settle", place, vars(settled), basis))


def new_cells(table: str, row: str, values: Mapping[str, Any]) -> list[CellEdit]:
    """The filled cells of a row that is new, as changes."""
    return [CellEdit(Place(table, row, column), value) for column, value in values.items() if value is not None]


def histories_of(party_view: PartyView, places: Iterable[Place]) -> Cells:
    """The versions that the party sees of some cells, and of others in the same rows."""
    rows: dict[str, dict[str, None]] = {}
    for place in places:
        rows.setdefault(place.table, {})[place.row] = None
    histories: Cells = {}
    for table, keys in rows.items():
        listed = list(keys)
        for start in range(0, len(listed), SERVER.rows_written):
            histories |= party_view.history(table, listed[start : start + SERVER.rows_written])
    return histories


def _is_written(edit: CellEdit, history: Sequence[Version], current: Sequence[Version], person: Person) -> bool:
    """Whether a change changes nothing. Raises UnknownVersionError where a version it is based on is not seen."""
    values = {version.number: version.value for version in history}
    if not values.keys() >= {*edit.seen}:
        raise UnknownVersionError(edit.place)
    if edit.value == (values[edit.seen[0]] if edit.seen else None):
        return True
    if current and all(version.value == edit.value for version in current):
        return True
    return any(
        version.person == person.name and version.replaces in (edit.seen, edit.seen[:1]) and version.value == edit.value
        for version in history
    )


def _entry(edit: CellEdit, current: Sequence[Version], person: Person, details: Mapping[str, str]) -> NewEntry:
    """The act of a change. Several versions are replaced together only as long as all of them stand."""
    content = {"value": edit.value, **details}
    if len(edit.seen) > 1 and {*edit.seen} <= {version.number for version in current}:
        content.setdefault("reason", "")
        return NewEntry(person.name, person.party, "settle", edit.place, content, edit.seen)
    return NewEntry(person.name, person.party, "cell", edit.place, content, edit.seen[:1])
