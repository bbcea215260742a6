"""A row as somebody types it: each text is read and checked as a cell of a case file is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tawteen.case.findings import Finding
from tawteen.case.frames import plain_text, raw_table
from tawteen.case.tables import TABLES
from tawteen.case.typed import typed
from tawteen.web.registry.cell_text import column_metadata
from tawteen.web.visibility import PartyView, value_of

_HIJRI = "time.hijri"
"""The setting that says that years of the Hijri calendar are meant."""


@dataclass(frozen=True)
class TypedRow:
    """Values in types of JSON by column, and by column the finding about a text that cannot stand there."""

    values: Mapping[str, Any]
    faults: Mapping[str, Finding]


def json_value(value: Any) -> Any:
    """A value of a cell in types of JSON. A whole number is written as one: that is its canonical form."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def typed_text(value: Any) -> str:
    """A value as text that is read back to it; an empty one for an empty cell."""
    return plain_text(value) or ""


def read_typed_row(table: str, texts: Mapping[str, str], party_view: PartyView) -> TypedRow:
    """The values of some columns of a row, and what is wrong with them; the other columns are not looked at.

    A row that a column names is one that the party sees.
    """
    columns = TABLES[table].columns()
    row = {name: texts.get(name) or None for name in columns}
    frame, _, findings = typed(raw_table(table, [row]), hijri=_writes_hijri(party_view))
    faults = {one.column: one for one in findings if one.severity == "error" and one.column in texts}
    read = frame.row(0, named=True) if frame.height else dict.fromkeys(columns)
    values = {name: json_value(read[name]) for name in texts}
    if not frame.height:  # an empty row is none, of which nothing is said
        needed = [name for name in texts if not columns[name].nullable]
        faults |= {name: Finding("error", "cell.needed", table, column=name) for name in needed}
    for name, value in values.items():
        if name not in faults and (fault := lost_name(table, name, value, party_view)):
            faults[name] = fault
    return TypedRow(values, {str(name): fault for name, fault in faults.items()})


def _writes_hijri(party_view: PartyView) -> bool:
    """Whether the case of the party writes years of the Hijri calendar."""
    settings = party_view.rows("settings", [_HIJRI])
    return bool(settings) and value_of(settings[_HIJRI], "value") is True


def lost_name(table: str, column: str, value: Any, party_view: PartyView) -> Finding | None:
    """What is wrong with a value that names rows of another table of which the party sees none."""
    metadata = column_metadata(table, column)
    target = metadata.get("ref")
    if target is None or value is None:
        return None
    names = str(value).split(";") if metadata.get("many") else [str(value)]
    lost = [name for name in names if name not in party_view.rows(str(target), names)]
    if not lost:
        return None
    return Finding("error", "web.typed.reference", table, column=column, value=lost[0], args={"tables": [str(target)]})
