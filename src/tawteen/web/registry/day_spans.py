"""Days of which somebody typed only the year or the month: what was typed is kept as an observation of the cell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tawteen.case.codes import codes
from tawteen.case.days import PARTIAL
from tawteen.case.tables import TABLES
from tawteen.record.cells import Place
from tawteen.web.log.append import LogWriter
from tawteen.web.registry.cell_edits import RowExistsError, new_cells, write_new_row
from tawteen.web.registry.models import NAME
from tawteen.web.rights import Person
from tawteen.web.visibility import PartyView, value_of

_PARTIAL = re.compile(PARTIAL)


def is_span(table: str, column: str, text: str) -> bool:
    """Whether a text states a year or a month where the column holds a day."""
    return bool(TABLES[table].columns()[column].dtype.is_temporal() and _PARTIAL.search(text))


def write_spans(log: LogWriter, person: Person, typed: Mapping[Place, str]) -> None:
    """Appends an observation of grade assumed for each cell of which a span was typed, as reading a file does.

    Cells that are observed already get none: their evidence states a grade.
    """
    party_view = PartyView(person.party)
    for place, text in typed.items():
        row = f"read:{'/'.join(place)}"
        if not is_span(place.table, place.column, text) or _is_observed(party_view, place) or len(row) > NAME:
            continue
        stated = {**place._asdict(), "id": row, "value": text, "grade": next(iter(codes("grades")))}
        try:
            write_new_row(log, person, new_cells("evidence", row, stated))
        except RowExistsError:
            continue


def _is_observed(party_view: PartyView, place: Place) -> bool:
    """Whether the party sees an observation of a cell."""
    rows = party_view.rows_naming("evidence", "row", place.row).values()
    return any((value_of(cells, "table"), value_of(cells, "column")) == (place.table, place.column) for cells in rows)
