"""Keeps the table of open conflicts of each party as the record says."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Count, QuerySet

from tawteen.case.tables import TABLES
from tawteen.record.cells import EVERY_PART, Place, differ, standing
from tawteen.web.params import SERVER
from tawteen.web.registry.models import CellVersion, ConflictRow
from tawteen.web.registry.record_tables import SETTING_TABLE
from tawteen.web.visibility import PartyView

_LISTED = frozenset((*TABLES, SETTING_TABLE))
"""Tables of which a page settles conflicts."""


def refresh_conflicts(parties: Collection[str], places: Iterable[Place]) -> None:
    """Makes the conflicts of some cells as each party sees them now."""
    rows: dict[str, set[str]] = {}
    changed = set(places)
    for place in changed:
        if place.table in _LISTED:
            rows.setdefault(place.table, set()).add(place.row)
    for table, keys in rows.items():
        listed = sorted(keys)
        for start in range(0, len(listed), SERVER.rows_written):
            stored = CellVersion.objects.filter(table=table, row__in=listed[start : start + SERVER.rows_written])
            contested = _contested(stored)
            if contested := contested & changed:
                _refresh(parties, contested)


def refresh_released_conflicts(parties: Collection[str], released: Place) -> None:
    """Makes the conflicts of all cells of a release as each of some parties sees them now."""
    parts = {name: part for name, part in released._asdict().items() if part != EVERY_PART}
    contested = {place for place in _contested(CellVersion.objects.filter(**parts)) if place.table in _LISTED}
    listed = sorted(contested)
    for start in range(0, len(listed), SERVER.rows_written):
        _refresh(parties, set(listed[start : start + SERVER.rows_written]))


def _contested(stored: QuerySet[CellVersion]) -> set[Place]:
    """Cells of which there are several versions."""
    counted = stored.order_by().values_list("table", "row", "column").annotate(versions=Count("pk"))
    return {Place(table, row, column) for table, row, column, _ in counted.filter(versions__gt=1)}


def _refresh(parties: Collection[str], places: set[Place]) -> None:
    rows: dict[str, set[str]] = {}
    for place in places:
        rows.setdefault(place.table, set()).add(place.row)
    for party in sorted(parties):
        party_view, conflicts = PartyView(party), []
        for table, keys in sorted(rows.items()):
            known = ConflictRow.objects.filter(party=party, table=table, row__in=keys)
            outdated = [one.pk for one in known if Place(one.table, one.row, one.column) in places]
            ConflictRow.objects.filter(pk__in=outdated).delete()
            columns = sorted({place.column for place in places if place.table == table})
            histories = party_view.history(table, keys, columns)
            conflicts += [
                ConflictRow(party=party, **place._asdict())
                for place in sorted(places & histories.keys())
                if differ(standing(histories[place]))
            ]
        ConflictRow.objects.bulk_create(conflicts)
