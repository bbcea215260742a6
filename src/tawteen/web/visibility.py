"""What a party may see of cells. Every page, list, count and file takes cells from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tawteen.record.cells import CellRelease, Place, Version, standing, stated_versions
from tawteen.record.entry import Entry
from tawteen.record.stated_keys import KEY_ACT, WORKSPACE
from tawteen.web.accounts.roles import GRANT_ACT
from tawteen.web.registry.models import CellVersion, ReleaseRow

Cells = dict[Place, list[Version]]
"""Versions of each cell, in the order of their entries."""


class PartyView:
    """What a party sees: its own cells, and those that others have released to it."""

    def __init__(self, party: str) -> None:
        self.party = party
        rows = ReleaseRow.objects.exclude(party=party).order_by("number")
        self._releases = [release for release in map(_release, rows) if party in release.receivers]

    def sees(self, place: Place, version: Version) -> bool:
        """Whether the party sees a version of a cell."""
        return version.party == self.party or any(
            release.shows(place, version, self.party) for release in self._releases
        )

    def sees_entry(self, entry: Entry) -> bool:
        """Whether the party sees an entry as a whole; of others it gets the hash.

        Keys and acts of the workspace are for all; roles for the party in which they are held; a release for those
        that it is to; cells where each one is seen.
        """
        if entry.party in (self.party, WORKSPACE) or entry.act == KEY_ACT:
            return True
        if entry.act == GRANT_ACT:
            return bool(entry.content["party"] == self.party)
        if entry.act == "release":
            return self.party in entry.content["to"]
        cells = versions_of(entry)
        return bool(cells) and all(self.sees(place, version) for place, version in cells)

    def history(self, table: str, rows: Iterable[str] | None = None) -> Cells:
        """The versions that the party sees of the cells of a table, of some rows or of all."""
        stored = CellVersion.objects.filter(table=table).order_by("number", "pk")
        if rows is not None:
            stored = stored.filter(row__in=list(rows))
        return self.visible(stored)

    def visible(self, stored: Iterable[CellVersion]) -> Cells:
        """Of stored versions those that the party sees, by cell."""
        cells: Cells = {}
        for one in stored:
            place, version = stored_version(one)
            if self.sees(place, version):
                cells.setdefault(place, []).append(version)
        return cells

    def rows(self, table: str, rows: Iterable[str] | None = None) -> dict[str, dict[str, list[Version]]]:
        """By row and column, the versions that stand; several are a conflict. Rows without a value are left out."""
        shown: dict[str, dict[str, list[Version]]] = {}
        for place, history in self.history(table, rows).items():
            versions = standing(history)
            if any(version.value is not None for version in versions):
                shown.setdefault(place.row, {})[place.column] = versions
        return shown

    def rows_naming(self, table: str, column: str, key: str) -> dict[str, dict[str, list[Version]]]:
        """As `rows`, of the rows whose `column` names a row of another table."""
        named = CellVersion.objects.filter(table=table, column=column, key_value=key).values_list("row", flat=True)
        found_rows = self.rows(table, set(named))
        return {row: cells for row, cells in found_rows.items() if value_of(cells, column) == key}


def value_of(cells: Mapping[str, list[Version]], column: str) -> object:
    """The value of a column: of a conflict the first one, None where there is none."""
    return cells[column][0].value if cells.get(column) else None


def versions_of(entry: Entry) -> list[tuple[Place, Version]]:
    """The versions of cells that an entry states."""
    return list(stated_versions(vars(entry)))


def stored_version(one: CellVersion) -> tuple[Place, Version]:
    """Place and version of a stored row."""
    version = Version(one.number, one.value, one.party, one.person, one.time, tuple(one.replaces), one.details)
    return Place(one.table, one.row, one.column), version


def _release(row: ReleaseRow) -> CellRelease:
    place = Place(row.table, row.row, row.column)
    return CellRelease(row.number, row.party, place, frozenset(row.receivers), row.later)
