"""A view as it would be after an act that is not on the record yet: to say what it would do, before it is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tawteen.record.cells import CellRelease, Place, Version
from tawteen.web.log.append import log_size
from tawteen.web.visibility import CellView, view_named


class PendingView(CellView):
    """A view with cells that a party would change, as far as the view would show them, or with what it would release.

    `cells`: the new values by place, None for an empty cell; a value in conflict would be settled by it.
    """

    def __init__(self, view: str, party: str, cells: Mapping[Place, Any], releases: Sequence[CellRelease] = ()) -> None:
        super().__init__()
        self._view = view_named(view, pending=releases)
        self._releases = bool(releases)
        number = log_size() + 1
        self._cells: dict[str, dict[str, dict[str, Version]]] = {}
        for place, value in cells.items():
            version = Version(number, value, party, "", "", ())
            if self._view.sees(place, version):
                self._cells.setdefault(place.table, {}).setdefault(place.row, {})[place.column] = version

    @property
    def changes_something(self) -> bool:
        """Whether the view shows one of the cells, or of what would be released there is something to show."""
        return self._releases or bool(self._cells)

    def sees(self, place: Place, version: Version) -> bool:
        """Whether a version of a cell would be seen."""
        return self._view.sees(place, version)

    def rows(self, table: str, rows: Iterable[str] | None = None) -> dict[str, dict[str, list[Version]]]:
        """By row and column, the versions that would stand."""
        named_rows = None if rows is None else {*rows}
        shown = self._view.rows(table, named_rows)
        for row, cells in self._cells.get(table, {}).items():
            if named_rows is not None and row not in named_rows:
                continue
            changed = shown.get(row, {}) | {column: [version] for column, version in cells.items()}
            if any(version.value is not None for versions in changed.values() for version in versions):
                shown[row] = changed
            else:
                shown.pop(row, None)
        return shown
