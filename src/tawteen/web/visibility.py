"""What a party, or all parties together, may see of cells. Every page, list, file and run takes cells from here."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import polars as pl
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from tawteen.record.cells import EVERY_PART, CellRelease, Place, Version, cells_hash, standing, stated_versions
from tawteen.record.entry import Entry
from tawteen.record.stated_keys import KEY_ACT, WORKSPACE
from tawteen.web.accounts.models import PartyRow
from tawteen.web.accounts.roles import GRANT_ACT
from tawteen.web.params import SERVER
from tawteen.web.registry.cell_frame import standing_cells, stored_frame
from tawteen.web.registry.models import CellVersion, ReleaseRow
from tawteen.web.rights import Person

FILE_COLUMN = "files"
"""Photos and documents of a row are seen as a cell in a column of this name would be: where the row is released."""
Cells = dict[Place, list[Version]]
"""Versions of each cell, in the order of their entries."""
_TEXTS = {f"{name}_text": Cast(name, TextField()) for name in ("value", "replaces", "details")}
_STORED = (
    "table", "row", "column", "number", "value_text", "party", "person", "time", "replaces_text", "details_text",
)  # fmt: skip


SNAPSHOT_ACT = "snapshot"
JOINT = "joint"
"""The name of the view of all parties; that of a party's own is the party."""


class CellView(ABC):
    """Cells as some may see them, now or at an earlier `size` of the record."""

    def __init__(self, size: int | None = None) -> None:
        self._size = size

    @abstractmethod
    def sees(self, place: Place, version: Version) -> bool:
        """Whether a version of a cell is seen."""

    def history(self, table: str, rows: Iterable[str] | None = None, columns: Iterable[str] | None = None) -> Cells:
        """The versions that are seen of the cells of a table, of some rows and columns or of all."""
        stored = CellVersion.objects.filter(table=table)
        if rows is not None:
            stored = stored.filter(row__in=list(rows))
        if columns is not None:
            stored = stored.filter(column__in=list(columns))
        return self.visible(stored)

    def visible(self, stored: QuerySet[CellVersion]) -> Cells:
        """Of stored versions those that are seen, by cell."""
        if self._size is not None:
            stored = stored.filter(number__lte=self._size)
        cells: Cells = {}
        rows = _texts(self._candidates(stored).order_by("number", "pk")).iterator(SERVER.rows_read)
        for place, version in self._seen(rows):
            cells.setdefault(place, []).append(version)
        return cells

    def newest(self, stored: QuerySet[CellVersion]) -> Iterator[tuple[Place, Version]]:
        """Of stored versions those that are seen, the newest first.

        They are read in the order of the index `cell_author` (an entry has one author), so many at once: else SQLite
        would collect and sort all of a party, or of a large import, before the first, and PostgreSQL all that there is.
        """
        ordered = stored.order_by("-number", "-party", "-person", "-pk")
        later = ordered
        while rows := list(_texts(later, "pk")[: SERVER.newest_read]):
            yield from self._seen(row[:-1] for row in rows)
            number, key = rows[-1][_STORED.index("number")], rows[-1][-1]
            later = ordered.filter(number__lte=number).exclude(number=number, pk__gte=key)

    def _seen(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Place, Version]]:
        for table, row, column, number, value, party, person, time, replaces, details in rows:
            place = Place(table, row, column)
            version = Version(
                number, _of_json(value), party, person, time, tuple(_of_json(replaces)), _of_json(details)
            )
            if self.sees(place, version):
                yield place, version

    def _candidates(self, stored: QuerySet[CellVersion]) -> QuerySet[CellVersion]:
        """Of stored versions at least those that are seen, so that fewer are looked at."""
        return stored

    def rows(self, table: str, rows: Iterable[str] | None = None) -> dict[str, dict[str, list[Version]]]:
        """By row and column, the versions that stand; several are a conflict. Rows without a value are left out."""
        shown: dict[str, dict[str, list[Version]]] = {}
        for place, history in self.history(table, rows).items():
            versions = standing(history)
            if any(version.value is not None for version in versions):
                shown.setdefault(place.row, {})[place.column] = versions
        return shown

    def rows_after(self, table: str, after: str, count: int) -> dict[str, dict[str, list[Version]]]:
        """As `rows`, of the first rows whose key comes after another one: `count` of them, or as many as there are.

        They are in the order of the database, which is that of its language: by it the next ones come after the last.
        """
        shown: dict[str, dict[str, list[Version]]] = {}
        stored = CellVersion.objects.filter(table=table).order_by("row").values_list("row", flat=True).distinct()
        while len(shown) < count and (keys := list(stored.filter(row__gt=after)[:count])):
            rows = self.rows(table, keys)
            shown |= {key: rows[key] for key in keys if key in rows}
            after = keys[-1]
        return dict(list(shown.items())[:count])

    def rows_naming(self, table: str, column: str, key: str) -> dict[str, dict[str, list[Version]]]:
        """As `rows`, of the rows whose `column` names a row of another table."""
        return self.rows_naming_any(table, column, [key])

    def rows_naming_any(
        self, table: str, column: str, keys: Collection[str]
    ) -> dict[str, dict[str, list[Version]]]:  # fmt: skip
        """As `rows`, of the rows whose `column` names one of some rows of another table."""
        named = CellVersion.objects.filter(table=table, column=column, key_value__in=keys).values_list("row", flat=True)
        listed, shown = sorted(set(named)), dict[str, dict[str, list[Version]]]()
        for start in range(0, len(listed), SERVER.rows_written):
            shown |= self.rows(table, listed[start : start + SERVER.rows_written])
        return {row: cells for row, cells in shown.items() if value_of(cells, column) in keys}

    def hash(self) -> str:
        """The hash of all cells that are seen, as `tawteen.record.cells.cells_hash` defines it."""
        cells = self.visible(CellVersion.objects.all())
        return cells_hash((place, standing(cells[place])) for place in sorted(cells))


class PartyView(CellView):
    """What a party sees: its own cells, and those that others have released to it, or would by `pending` releases."""

    def __init__(self, party: str, size: int | None = None, pending: Iterable[CellRelease] = ()) -> None:
        super().__init__(size)
        self.party = party
        rows = ReleaseRow.objects.exclude(party=party).order_by("number")
        if size is not None:
            rows = rows.filter(number__lte=size)
        self._releases: dict[tuple[str, str], list[CellRelease]] = {}
        for release in (*map(_release, rows), *pending):
            if party in release.receivers:
                self._releases.setdefault((release.place.table, release.place.row), []).append(release)

    def sees(self, place: Place, version: Version) -> bool:
        """Whether the party sees a version of a cell."""
        return version.party == self.party or any(
            release.shows(place, version, self.party)
            for table in (place.table, EVERY_PART)
            for row in (place.row, EVERY_PART)
            for release in self._releases.get((table, row), ())
        )

    def _candidates(self, stored: QuerySet[CellVersion]) -> QuerySet[CellVersion]:
        releasing = {release.party for releases in self._releases.values() for release in releases}
        return stored.filter(party__in=sorted({self.party, *releasing}))

    def released_tables(self) -> frozenset[str]:
        """Tables of which others have released something to the party; `*` where they have of all."""
        return frozenset(table for table, _ in self._releases)

    def sees_file(self, place: Place, number: int, party: str) -> bool:
        """Whether the party sees a file of a row that an entry of a party added."""
        return self.sees(place, Version(number, None, party, "", "", ()))

    def sees_entry(self, entry: Entry) -> bool:
        """Whether the party sees an entry as a whole; of others it gets the hash.

        Keys and acts of the workspace are for all; roles for the party in which they are held; a release for those
        that it is to; snapshots and runs of the joint view for all; a document with its row; cells where each one is
        seen. What a telephone sent is for its party alone, also where cells of it are released: it says more.
        """
        if entry.party in (self.party, WORKSPACE) or entry.act == KEY_ACT:
            return True
        if (rule := _SEEN_BY_SUBJECT.get(entry.act)) is not None:
            return rule(self, entry)
        cells = versions_of(entry)
        return bool(cells) and all(self.sees(place, version) for place, version in cells)

    def standing_frame(self, table: str) -> pl.DataFrame:
        """The cells of a table that have a version: a row for each, with `number` and `party` of the first that stands.

        Columns: row, column, value (canonical JSON; null where the cell is empty), number, party, versions (how many
        stand). The same as `rows` says, for tables of millions of cells.
        """
        stored = CellVersion.objects.filter(table=table)
        if self._size is not None:
            stored = stored.filter(number__lte=self._size)
        frame = stored_frame(self._candidates(stored))
        others = frame.filter(pl.col("party") != self.party)
        if others.height:
            seen = [
                self.sees(Place(table, row, column), Version(number, None, party, "", "", ()))
                for row, column, number, party in others.select("row", "column", "number", "party").iter_rows()
            ]
            frame = pl.concat([frame.filter(pl.col("party") == self.party), others.filter(pl.Series(seen))])
        return standing_cells(frame)


_SEEN_BY_SUBJECT: Mapping[str, Callable[[PartyView, Entry], bool]] = {
    GRANT_ACT: lambda party_view, entry: bool(entry.content["party"] == party_view.party),
    SNAPSHOT_ACT: lambda _, entry: bool(entry.subject[0] == JOINT),
    "run": lambda _, entry: bool(entry.content["view"] == JOINT),
    "release": lambda party_view, entry: party_view.party in entry.content["to"],
    "submission": lambda _, __: False,
    "document": lambda party_view, entry: party_view.sees_file(
        Place(entry.subject[0], entry.subject[1], FILE_COLUMN), entry.number, entry.party
    ),
}
"""Whether a party sees an entry of another one, by acts that are seen by something else than their cells."""


class JointView(CellView):
    """What all parties see."""

    def __init__(self, size: int | None = None, pending: Iterable[CellRelease] = ()) -> None:
        super().__init__(size)
        parties = PartyRow.objects.order_by("party").values_list("party", flat=True)
        self._party_views = [PartyView(party, size, pending) for party in parties]

    def sees(self, place: Place, version: Version) -> bool:
        """Whether every party sees a version of a cell."""
        return all(party_view.sees(place, version) for party_view in self._party_views)


def view_named(name: str, size: int | None = None, pending: Iterable[CellRelease] = ()) -> CellView:
    """The view of a name, now or at an earlier size of the record, or as `pending` releases would make it."""
    return JointView(size, pending) if name == JOINT else PartyView(name, size, pending)


def views_of(person: Person) -> tuple[str, ...]:
    """Names of the views in which a person sees what is in them: that of the own party, and the joint one."""
    return (person.party, JOINT)


def _texts(stored: QuerySet[CellVersion], *more: str) -> QuerySet[CellVersion, tuple[Any, ...]]:
    """What is read of versions: `_STORED`, values as texts of JSON, and columns `more`."""
    return stored.annotate(**_TEXTS).values_list(*_STORED, *more)


@lru_cache(maxsize=SERVER.texts_kept)
def _of_json(text: str | None) -> Any:
    """What a text of JSON says. Most cells have one of few values; who gets a list or object changes nothing in it."""
    return None if text is None else json.loads(text)


def value_of(cells: Mapping[str, list[Version]], column: str) -> object:
    """The value of a column: of a conflict the first one, None where there is none."""
    return cells[column][0].value if cells.get(column) else None


def versions_of(entry: Entry) -> list[tuple[Place, Version]]:
    """The versions of cells that an entry states."""
    return list(stated_versions(vars(entry)))


def _release(row: ReleaseRow) -> CellRelease:
    place = Place(row.table, row.row, row.column)
    return CellRelease(row.number, row.party, place, frozenset(row.receivers), row.later)
