"""An observation as rows of the tables of evidence and sources, and as the cell that it is about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from tawteen.record.cells import Place
from tawteen.survey.params import SURVEY
from tawteen.web.log.append import LogWriter
from tawteen.web.registry.cell_edits import CellEdit, WrittenEdits, new_cells, write_edits, write_new_row
from tawteen.web.rights import Person
from tawteen.web.visibility import PartyView, value_of


@dataclass(frozen=True)
class NewObservation:
    """What somebody saw of a cell. `text` is the value as it was typed, `seen` the versions that the observer saw.

    `source` is a title or key; with `taken` the value is to stand in the cell.
    """

    place: Place
    value: Any
    text: str
    grade: str
    source: str
    as_of: str | None
    note: str
    seen: tuple[int, ...]
    taken: bool


def write_observation(log: LogWriter, person: Person, observation: NewObservation) -> WrittenEdits:
    """Appends the observation and, where it is taken, the value of its cell; the same one is not written again.

    Raises UnknownVersionError and LostReferenceError as `write_edits`, and RowExistsError where somebody changed the
    same observation since it was entered.
    """
    place = observation.place
    source = _source(log, person, observation.source)
    stated = {
        "table": place.table, "row": place.row, "column": place.column, "value": observation.text or None,
        "grade": observation.grade, "source": source, "as_of": observation.as_of, "observer": person.full_name,
        "note": observation.note or None,
    }  # fmt: skip
    row = _key("O", *(str(value) for value in stated.values()), person.name)
    written = write_new_row(log, person, new_cells("evidence", row, {"id": row, **stated}))
    if observation.taken:
        details = {"grade": observation.grade, "source": observation.source, "observed": observation.as_of}
        details["reason"] = observation.note
        edit = CellEdit(place, observation.value, observation.seen)
        changed = write_edits(log, person, [edit], {name: text for name, text in details.items() if text})
        written.entries += changed.entries
        written.conflicts += changed.conflicts
    return written


def _source(log: LogWriter, person: Person, text: str) -> str | None:
    """The key of the source that a text names by key or title; one that is new becomes a row of its table."""
    if not text:
        return None
    known = source_titles(PartyView(person.party))
    if text in known:
        return text
    for key, title in known.items():
        if title == text:
            return key
    keys = (_key("S", person.party, text, *attempt) for attempt in chain([()], ((str(i),) for i in count(2))))
    row = next(key for key in keys if key not in known)  # a source that has another title by now stays as it is
    write_new_row(log, person, new_cells("sources", row, {"id": row, "title": text}))
    return row


def source_titles(party_view: PartyView) -> dict[str, str]:
    """Titles of the sources that the party sees, by key."""
    return {row: str(value_of(cells, "title") or row) for row, cells in party_view.rows("sources").items()}


def _key(kind: str, *parts: str) -> str:
    """A key that follows from what the row says: a form that is sent twice names the same row."""
    return f"{kind}-{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[: SURVEY.id_digits]}"
