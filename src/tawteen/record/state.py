"""What follows from a record: cells with their versions, conflicts, who may see what, roles, snapshots.

Everything here is derived from the entries alone, in their order: the state of an earlier size is that of the entries
up to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tawteen.record.cells import CellRelease, Place, Version, cells_hash, differ, standing, stated_versions
from tawteen.record.entry import RecordLine
from tawteen.record.errors import FaultError


@dataclass(frozen=True)
class RoleGrant:
    """A role that a person has from the entry `number` on, until the entry `ended`."""

    number: int
    person: str
    role: str
    party: str
    unit: str | None
    ended: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """A size of the record and the hash of the tables as a view shows them."""

    number: int
    view: str
    size: int
    hash: str


View = frozenset[str]
"""Parties who all may see what is in a view: one party's own, or several for a joint one."""


class RecordState:
    """The state after `size` entries, which grows entry by entry."""

    def __init__(self) -> None:
        self.size = 0
        self.cells: dict[Place, list[Version]] = {}
        self.releases: list[CellRelease] = []
        self.grants: dict[int, RoleGrant] = {}
        self.snapshots: dict[int, Snapshot] = {}
        self._releases_of: dict[str, list[CellRelease]] = {}
        self._withheld: set[int] = set()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecordState) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def fold(cls, lines: Iterable[RecordLine], size: int | None = None) -> RecordState:
        """The state after the first `size` entries, after all without it. Raises FaultError as `apply`."""
        state = cls()
        for line in lines:
            if size is not None and state.size >= size:
                break
            state.apply(line)
        return state

    def apply(self, line: RecordLine) -> None:
        """Takes the next entry. Acts that change none of these tables, and withheld entries, are counted alone.

        Raises FaultError, and leaves the state as it was, where the entry is not the next one, settles what is no
        conflict, ends a role that is not held, or is a snapshot of a size that the record did not have.
        """
        if line.number != self.size + 1:
            raise FaultError("record.order", "number", number=line.number, expected=self.size + 1)
        fields = line.fields
        if fields is None:
            self._withheld.add(line.number)
        elif (change := _CHANGES.get(fields["act"])) is not None:
            change(self, fields)
        self.size = line.number

    def may_see(self, place: Place, version: Version, party: str) -> bool:
        """Whether a party may see a version of a cell: its own, and what was released to it."""
        if version.party == party:
            return True
        return any(release.shows(place, version, party) for release in self._releases_of.get(version.party, ()))

    def versions(self, place: Place, view: View | None = None) -> list[Version]:
        """The history of a cell as a view shows it, whole without one."""
        history = self.cells.get(place, [])
        if view is None:
            return list(history)
        return [one for one in history if all(self.may_see(place, one, party) for party in view)]

    def current(self, place: Place, view: View | None = None) -> list[Version]:
        """The versions of a cell that no other one in the view replaces; several are a conflict, the first stands."""
        return standing(self.versions(place, view))

    def conflicts(self, view: View | None = None) -> dict[Place, list[Version]]:
        """Cells that several changed from the same version to different values, and that are not settled yet."""
        current = ((place, self.current(place, view)) for place, history in self.cells.items() if len(history) > 1)
        return {place: versions for place, versions in current if differ(versions)}

    def values(self, view: View | None = None) -> Iterator[tuple[Place, Any]]:
        """Cells that hold a value in a view, by place; of a conflict the first value."""
        for place in sorted(self.cells):
            versions = self.current(place, view)
            if versions and versions[0].value is not None:
                yield place, versions[0].value

    def view_hash(self, view: View | None = None) -> str:
        """The hash of the cells of a view: two states that show the same have the same, however they came about."""
        return cells_hash((place, self.current(place, view)) for place in sorted(self.cells))

    def roles(self, person: str | None = None) -> list[RoleGrant]:
        """Roles that are held, of one person or of all."""
        return [one for one in self.grants.values() if one.ended is None and person in (None, one.person)]

    def _change(self, fields: Mapping[str, Any]) -> None:
        for place, version in stated_versions(fields):
            self.cells.setdefault(place, []).append(version)

    def _settle(self, fields: Mapping[str, Any]) -> None:
        place, settled = Place(*fields["subject"]), tuple(fields["based_on"])
        # In the eyes of who settles: what another changed without releasing it must not be told by a refusal.
        own = self.current(place, frozenset((fields["party"],)))
        if not {*settled} - self._withheld <= {version.number for version in own}:
            raise FaultError("record.no_conflict", "based_on", place="/".join(place))
        self._change(fields)

    def _release(self, fields: Mapping[str, Any]) -> None:
        content = fields["content"]
        release = CellRelease(
            fields["number"], fields["party"], Place(*fields["subject"]), frozenset(content["to"]), content["later"]
        )
        self.releases.append(release)
        self._releases_of.setdefault(release.party, []).append(release)

    def _grant(self, fields: Mapping[str, Any]) -> None:
        number, content = fields["number"], fields["content"]
        self.grants[number] = RoleGrant(
            number, fields["subject"][0], content["role"], content["party"], content.get("unit")
        )

    def _end(self, fields: Mapping[str, Any]) -> None:
        (number,), (person,) = fields["based_on"], fields["subject"]
        if number in self._withheld:
            return
        grant = self.grants.get(number)
        if grant is None or grant.person != person or grant.ended is not None:
            raise FaultError("record.no_role", "based_on", person=person, number=number)
        self.grants[number] = RoleGrant(number, person, grant.role, grant.party, grant.unit, ended=fields["number"])

    def _snapshot(self, fields: Mapping[str, Any]) -> None:
        number, content = fields["number"], fields["content"]
        if content["size"] > self.size:
            raise FaultError("record.snapshot_size", "content.size", size=content["size"], entries=self.size)
        self.snapshots[number] = Snapshot(number, fields["subject"][0], content["size"], content["hash"])


_CHANGES = {
    "cell": RecordState._change,
    "import": RecordState._change,
    "submission": RecordState._change,
    "settle": RecordState._settle,
    "release": RecordState._release,
    "grant": RecordState._grant,
    "end": RecordState._end,
    "snapshot": RecordState._snapshot,
}
"""How each act changes the state. A later act adds its own here, or nothing."""
