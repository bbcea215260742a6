"""Keeps the table of sites of each party as the record says: texts to search in, and columns to filter by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tawteen.case.codes import codes
from tawteen.case.names import consonants, fold
from tawteen.record.cells import EVERY_PART, Place, Version, differ
from tawteen.web.params import SERVER
from tawteen.web.registry.models import NAME, CellVersion, SiteRow
from tawteen.web.visibility import PartyView, value_of

SITE_TABLE = "sites"
_NAMED_BY = {"blockers": "site", "evidence": "row"}
"""Tables whose rows are seen in the list of sites, with the column that names the site."""
_OPEN = "open"

Cells = Mapping[str, list[Version]]


def changed_sites(places: Iterable[Place]) -> set[str]:
    """The sites whose rows change with some cells."""
    rows: dict[str, set[str]] = {}
    for place in places:
        rows.setdefault(place.table, set()).add(place.row)
    sites = rows.get(SITE_TABLE, set())
    for table, column in _NAMED_BY.items():
        listed = sorted(rows.get(table, ()))
        for start in range(0, len(listed), SERVER.rows_written):
            named = CellVersion.objects.filter(
                table=table, column=column, row__in=listed[start : start + SERVER.rows_written]
            )
            sites |= {key for key in named.values_list("key_value", flat=True) if key}
    return sites


def released_sites(released: Place) -> set[str] | None:
    """The sites whose rows change with a release; None for all."""
    if released.table not in (SITE_TABLE, EVERY_PART, *_NAMED_BY):
        return set()
    return None if EVERY_PART in (released.table, released.row) else changed_sites([released])


def refresh_sites(party: str, sites: Collection[str] | None) -> None:
    """Makes the rows of some sites, or of all, as the party sees them now."""
    outdated, party_view = SiteRow.objects.filter(party=party), PartyView(party)
    if sites is None:
        outdated.delete()
        _make(party_view, None)
        return
    listed = sorted(sites)
    for start in range(0, len(listed), SERVER.rows_written):
        some = listed[start : start + SERVER.rows_written]
        outdated.filter(site__in=some).delete()
        _make(party_view, some)


def _make(party_view: PartyView, sites: Collection[str] | None) -> None:
    rows = party_view.rows(SITE_TABLE, sites)
    gates, grades = _closed_gates(party_view, sites), _best_grades(party_view, sites)
    site_rows = [
        _site_row(party_view.party, site, cells, gates.get(site, ()), grades.get(site, ""))
        for site, cells in sorted(rows.items())
    ]
    SiteRow.objects.bulk_create(site_rows, batch_size=SERVER.rows_written)


def _site_row(party: str, site: str, cells: Cells, gates: Collection[str], grade: str) -> SiteRow:
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
        gates=f" {' '.join(sorted(gates))} ", grade=grade,
    )  # fmt: skip


def _closed_gates(party_view: PartyView, sites: Collection[str] | None) -> dict[str, set[str]]:
    """By site, the gates that are closed or unknown as far as the party sees."""
    gates: dict[str, set[str]] = {}
    for cells in _rows_about(party_view, "blockers", sites).values():
        gate = str(value_of(cells, "gate"))
        if value_of(cells, "state") != _OPEN and gate in codes("gates"):
            gates.setdefault(str(value_of(cells, "site")), set()).add(gate)
    return gates


def _best_grades(party_view: PartyView, sites: Collection[str] | None) -> dict[str, str]:
    """By site, the strongest grade of what the party sees observed of its facts."""
    ranks = {grade: rank for rank, grade in enumerate(codes("grades"))}
    grades: dict[str, str] = {}
    for cells in _rows_about(party_view, "evidence", sites).values():
        site, grade = str(value_of(cells, "row")), str(value_of(cells, "grade"))
        if value_of(cells, "table") == SITE_TABLE and ranks.get(grade, -1) > ranks.get(grades.get(site, ""), -1):
            grades[site] = grade
    return grades


def _rows_about(party_view: PartyView, table: str, sites: Collection[str] | None) -> Mapping[str, Cells]:
    """Rows of a table that name one of some sites, or all."""
    return party_view.rows(table) if sites is None else party_view.rows_naming_any(table, _NAMED_BY[table], sites)


def position_of(cells: Cells) -> tuple[float, float] | tuple[None, None]:
    """Latitude and longitude of a row in degrees; none of both where one is missing or cannot be a position."""
    lat, lon = value_of(cells, "lat"), value_of(cells, "lon")
    if isinstance(lat, (int, float)) and isinstance(lon, (int, float)) and abs(lat) <= 90 and abs(lon) <= 180:
        return float(lat), float(lon)
    return None, None
