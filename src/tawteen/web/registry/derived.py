"""Keeps the tables of the registry as the record says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from tawteen.case.tables import TABLES
from tawteen.record.cells import EVERY_PART, Place, Version
from tawteen.record.entry import Entry
from tawteen.web.accounts.models import PartyRow
from tawteen.web.accounts.parties import PARTY_TABLE
from tawteen.web.bulk_insert import insert_rows
from tawteen.web.log.derived import DerivedTables
from tawteen.web.registry.conflict_rows import refresh_conflicts, refresh_released_conflicts
from tawteen.web.registry.models import NAME, CellVersion, ConflictRow, ReleaseRow, SiteRow
from tawteen.web.registry.site_rows import changed_sites, refresh_sites, released_sites
from tawteen.web.visibility import versions_of

_EVERYTHING = Place(EVERY_PART, EVERY_PART, EVERY_PART)
RELEASE_ACT = "release"


@cache
def names_a_row(table: str, column: str) -> bool:
    """Whether a column is part of the key of its table or names a row of another one."""
    if (table, column) == ("evidence", "row"):
        return True
    schema = TABLES.get(table)
    if schema is None or column not in schema.columns():
        return False
    return column in schema.primary_key() or bool((schema.columns()[column].metadata or {}).get("ref"))


def _stored_version(place: Place, version: Version) -> dict[str, Any]:
    """The fields of a version as its table keeps them."""
    value = version.value
    key_value = (
        value if isinstance(value, str) and len(value) <= NAME and names_a_row(place.table, place.column) else None
    )
    return {
        "number": version.number, "table": place.table, "row": place.row, "column": place.column, "value": value,
        "key_value": key_value, "party": version.party, "person": version.person, "time": version.time,
        "replaces": list(version.replaces), "details": dict(version.details),
    }  # fmt: skip


def _apply_entries(entries: Sequence[Entry]) -> None:
    """Versions and releases of many entries; sites and conflicts follow from them at the end."""
    insert_rows(CellVersion, (_stored_version(*cell) for entry in entries for cell in versions_of(entry)))
    insert_rows(ReleaseRow, (_stored_release(entry) for entry in entries if entry.act == RELEASE_ACT))


def _refresh_all() -> None:
    parties = set(PartyRow.objects.values_list("party", flat=True))
    for party in sorted(parties):
        refresh_sites(party, None)
    refresh_released_conflicts(parties, _EVERYTHING)


def _apply_cells(entry: Entry) -> None:
    cells = versions_of(entry)
    insert_rows(CellVersion, (_stored_version(*cell) for cell in cells))
    parties = set(PartyRow.objects.values_list("party", flat=True))
    if sites := changed_sites(place for place, _ in cells):
        for party in sorted(parties):
            refresh_sites(party, sites)
    refresh_conflicts(parties, [place for place, _ in cells])
    for party in {place.row for place, _ in cells if place.table == PARTY_TABLE} & parties:
        refresh_sites(party, None)
        refresh_released_conflicts({party}, _EVERYTHING)
    if entry.act == RELEASE_ACT:
        _apply_release(entry, parties)


def _apply_release(entry: Entry, parties: set[str]) -> None:
    released, receivers = Place(*entry.subject), parties & {*entry.content["to"]}
    insert_rows(ReleaseRow, [_stored_release(entry)])
    refresh_released_conflicts(receivers, released)
    sites = released_sites(released)
    for party in sorted(receivers):
        refresh_sites(party, sites)


def _stored_release(entry: Entry) -> dict[str, Any]:
    """The fields of a release as its table keeps them."""
    table, row, column = entry.subject
    return {
        "number": entry.number, "party": entry.party, "table": table, "row": row, "column": column,
        "receivers": list(entry.content["to"]), "later": entry.content["later"],
    }  # fmt: skip


def _clear_cells() -> None:
    for table in (CellVersion, ReleaseRow, SiteRow, ConflictRow):
        table.objects.all().delete()


DERIVED_CELLS = DerivedTables(_clear_cells, _apply_cells, _apply_entries, _refresh_all)
