"""Keeps the tables of the registry as the record says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from tawteen.case.names import consonants, fold
from tawteen.case.tables import TABLES
from tawteen.record.cells import EVERY_PART, Place, Version, differ
from tawteen.record.entry import Entry
from tawteen.web.accounts.models import PartyRow
from tawteen.web.accounts.parties import PARTY_TABLE
from tawteen.web.bulk_insert import insert_rows
from tawteen.web.log.derived import DerivedTables
from tawteen.web.params import SERVER
from tawteen.web.registry.conflict_rows import refresh_conflicts, refresh_released_conflicts
from tawteen.web.registry.models import NAME, CellVersion, ConflictRow, ReleaseRow, SiteRow
from tawteen.web.visibility import PartyView, value_of, versions_of

SITE_TABLE = "sites"
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
    if sites := {place.row for place, _ in cells if place.table == SITE_TABLE}:
        for party in sorted(parties):
            refresh_sites(party, sites)
    refresh_conflicts(parties, [place for place, _ in cells])
    for party in {place.row for place, _ in cells if place.table == PARTY_TABLE} & parties:
        refresh_sites(party, None)
        refresh_released_conflicts({party}, _EVERYTHING)
    if entry.act == RELEASE_ACT:
        _apply_release(entry, parties)


def _apply_release(entry: Entry, parties: set[str]) -> None:
    table, row, _ = entry.subject
    receivers = list(entry.content["to"])
    insert_rows(ReleaseRow, [_stored_release(entry)])
    refresh_released_conflicts(parties & {*receivers}, Place(*entry.subject))
    if table in (SITE_TABLE, EVERY_PART):
        for party in sorted(parties & {*receivers}):
            refresh_sites(party, None if row == EVERY_PART else {row})


def _stored_release(entry: Entry) -> dict[str, Any]:
    """The fields of a release as its table keeps them."""
    table, row, column = entry.subject
    return {
        "number": entry.number, "party": entry.party, "table": table, "row": row, "column": column,
        "receivers": list(entry.content["to"]), "later": entry.content["later"],
    }  # fmt: skip


def refresh_sites(party: str, sites: Collection[str] | None) -> None:
    """Makes the rows of some sites, or of all, as the party sees them now."""
    outdated = SiteRow.objects.filter(party=party)
    party_view = PartyView(party)
    if sites is None:
        outdated.delete()
        rows = party_view.rows(SITE_TABLE)
    else:
        rows = {}
        listed = sorted(sites)
        for start in range(0, len(listed), SERVER.rows_written):
            some = listed[start : start + SERVER.rows_written]
            outdated.filter(site__in=some).delete()
            rows |= party_view.rows(SITE_TABLE, some)
    SiteRow.objects.bulk_create(
        [_site_row(party, site, cells) for site, cells in sorted(rows.items())], batch_size=SERVER.rows_written
    )


def _site_row(party: str, site: str, cells: dict[str, list[Version]]) -> SiteRow:
    texts = {
        name: str(value_of(cells, name) or "") for name in ("name_en", "name_ar", "town", "region", "field", "state")
    }
    lat, lon = position_of(cells)
    named = [site, texts["name_en"], texts["name_ar"], texts["town"]]
    return SiteRow(
        party=party, site=site,
        **{name: texts[name][:NAME] for name in ("name_en", "name_ar", "region", "field", "state")},
        lat=lat, lon=lon, conflicts=sum(differ(versions) for versions in cells.values()),
        searched=" | ".join(map(fold, named)), sound=f" {' '.join(map(consonants, named))} ",
    )  # fmt: skip


def position_of(cells: dict[str, list[Version]]) -> tuple[float, float] | tuple[None, None]:
    """Latitude and longitude of a row in degrees; none of both where one is missing or cannot be a position."""
    lat, lon = value_of(cells, "lat"), value_of(cells, "lon")
    if isinstance(lat, (int, float)) and isinstance(lon, (int, float)) and abs(lat) <= 90 and abs(lon) <= 180:
        return float(lat), float(lon)
    return None, None


def _clear_cells() -> None:
    for table in (CellVersion, ReleaseRow, SiteRow, ConflictRow):
        table.objects.all().delete()


DERIVED_CELLS = DerivedTables(_clear_cells, _apply_cells, _apply_entries, _refresh_all)
