"""What a view shows at one size of the record and not, or otherwise, at another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tawteen.record.cells import EVERY_PART, Place
from tawteen.web.params import SERVER
from tawteen.web.registry.models import CellVersion, ReleaseRow
from tawteen.web.visibility import CellView, view_named

Values = tuple[Any, ...]
"""Values of a cell that stand; several are a conflict, none an empty cell."""


@dataclass(frozen=True)
class CellChange:
    """A cell that differs, with its values before and after."""

    place: Place
    before: Values
    after: Values

    @property
    def kind(self) -> str:
        """One of `tawteen.web.snapshots.kinds.CHANGE_KINDS`."""
        return "added" if not self.before else "removed" if not self.after else "changed"


def changes_between(view: str, before: int, after: int) -> Iterator[CellChange]:
    """Cells that a view shows differently at two sizes of the record, by place."""
    earlier, later = view_named(view, before), view_named(view, after)
    for table, rows in sorted(_touched(min(before, after), max(before, after)).items()):
        for start in range(0, len(rows), SERVER.rows_written):
            some = rows[start : start + SERVER.rows_written]
            was, now = _values(earlier, table, some), _values(later, table, some)
            for place in sorted(was.keys() | now.keys()):
                values = was.get(place, ()), now.get(place, ())
                if values[0] != values[1]:
                    yield CellChange(place, *values)


def _touched(least: int, most: int) -> dict[str, list[str]]:
    """By table, rows with a cell that was changed or released by the entries above the size `least`, up to `most`."""
    places = set(CellVersion.objects.filter(number__gt=least, number__lte=most).values_list("table", "row"))
    for table, row in ReleaseRow.objects.filter(number__gt=least, number__lte=most).values_list("table", "row"):
        released = CellVersion.objects.filter(number__lte=most)
        if table != EVERY_PART:
            released = released.filter(table=table)
        if row != EVERY_PART:
            released = released.filter(row=row)
        places |= set(released.values_list("table", "row"))
    rows: dict[str, list[str]] = {}
    for table, row in sorted(places):
        rows.setdefault(table, []).append(row)
    return rows


def _values(view: CellView, table: str, rows: list[str]) -> dict[Place, Values]:
    shown = {
        Place(table, row, column): tuple(version.value for version in versions)
        for row, cells in view.rows(table, rows).items()
        for column, versions in cells.items()
    }
    return {place: values for place, values in shown.items() if values != (None,)}
