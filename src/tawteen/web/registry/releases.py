"""Releases of cells of a party to others, as acts on the record: each written once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from tawteen.record.cells import EVERY_PART, CellRelease, Place
from tawteen.record.entry import Entry, read_line
from tawteen.web.log.append import LogWriter, NewEntry
from tawteen.web.log.models import RecordRow
from tawteen.web.registry.derived import RELEASE_ACT
from tawteen.web.registry.models import CellVersion, ReleaseRow
from tawteen.web.registry.row_relations import belonging_tables
from tawteen.web.rights import Person
from tawteen.web.visibility import PartyView


@dataclass(frozen=True)
class NewRelease:
    """Cells that are to be shown to parties; with `later` also the versions that come after."""

    place: Place
    receivers: tuple[str, ...]
    later: bool
    reason: str

    def cell_release(self, party: str, number: int) -> CellRelease:
        """What the release of a party would show from the entry `number` of the record on."""
        return CellRelease(number, party, self.place, frozenset(self.receivers), self.later)


def own_cells(party: str, place: Place) -> Any:
    """The versions that a party itself wrote of the cells of a release; a part `*` of the place means all."""
    parts = {name: part for name, part in place._asdict().items() if part != EVERY_PART}
    return CellVersion.objects.filter(party=party, **parts)


def write_releases(log: LogWriter, person: Person, releases: Sequence[NewRelease]) -> list[Entry]:
    """Appends those releases that show something which is not shown yet, so that a form can be sent twice."""
    return [_append(log, person, release) for release in releases if not _is_released(person.party, release)]


def _append(log: LogWriter, person: Person, release: NewRelease) -> Entry:
    content = {"to": list(release.receivers), "later": release.later, "reason": release.reason}
    return log.append(NewEntry(person.name, person.party, RELEASE_ACT, release.place, content))


def _is_released(party: str, release: NewRelease) -> bool:
    """Whether an earlier release shows the same: for all that comes, or up to the last own version."""
    earlier = ReleaseRow.objects.filter(party=party, **release.place._asdict()).order_by("-number")
    last = own_cells(party, release.place).aggregate(last=Max("number"))["last"] or 0
    return any(
        {*release.receivers} <= {*one.receivers} and (one.later or (not release.later and one.number > last))
        for one in earlier
    )


def rows_of_a_row(party_view: PartyView, table: str, row: str) -> Iterator[Place]:
    """The rows that belong to a row, and those that belong to these, each as a place of all its columns."""
    seen = {(table, row)}
    waiting = [(table, row)]
    while waiting:
        owner, key = waiting.pop()
        for name, column in belonging_tables(owner).items():
            for belonging in sorted(party_view.rows_naming(name, column, key)):
                if (name, belonging) not in seen:
                    seen.add((name, belonging))
                    waiting.append((name, belonging))
                    yield Place(name, belonging, EVERY_PART)


def entries_of(numbers: Sequence[int]) -> dict[int, Entry]:
    """Entries of the record by their numbers."""
    rows = RecordRow.objects.filter(number__in=numbers)
    return {row.number: read_line(bytes(row.line)).entry() for row in rows}
