"""Columns and values of a case in the reader's words, as the schema states them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tawteen.case.codes import codes
from tawteen.case.tables import TABLES, TITLES
from tawteen.web.accounts.parties import PARTY_TABLE, party_name
from tawteen.web.registry.record_tables import OUTLINE_TABLE, SETTING_TABLE
from tawteen.web.visibility import JOINT, CellView, value_of
from tawteen.words import Words

ColumnWords = Mapping[str, object]
_OTHER_TITLES = {
    PARTY_TABLE: "web.table.parties",
    SETTING_TABLE: "web.table.settings",
    OUTLINE_TABLE: "web.table.outline",
}
"""Titles of tables of the record that no case has."""


class CellWords:
    """Values of cells as a party sees them: a value that names a row of another table by the name of that row."""

    def __init__(self, view: CellView, words: Words) -> None:
        self._view = view
        self._words = words
        self._names: dict[str, dict[str, str]] = {}
        self._name: dict[tuple[str, str], str] = {}
        self._party_names: dict[str, str] = {}

    def text(self, table: str, column: str, value: object) -> str:
        """A value of a column in the reader's words."""
        ref = column_metadata(table, column).get("ref")
        if ref is None or value is None:
            return value_text(table, column, value, self._words)
        return self.row_name(str(ref), str(value))

    def row_name(self, table: str, key: str) -> str:
        """The name of a row that the party sees, else its key. Only that row is read: a table may be long."""
        if table in self._names:
            return self._names[table].get(key, key)
        if (table, key) not in self._name:
            cells = self._view.rows(table, [key]).get(key, {})
            self._name[table, key] = str(value_of(cells, self._name_column(table)) or key)
        return self._name[table, key]

    def party(self, party: str) -> str:
        """The name of a party."""
        if party not in self._party_names:
            self._party_names[party] = party_name(party, self._words)
        return self._party_names[party]

    def row_names(self, table: str) -> dict[str, str]:
        """Names of the rows of a table that the party sees, by key; of sources the title."""
        if table not in self._names:
            column = self._name_column(table)
            rows = self._view.rows(table).items()
            self._names[table] = {row: str(value_of(cells, column) or row) for row, cells in rows}
        return self._names[table]

    def _name_column(self, table: str) -> str:
        return "title" if table == "sources" else self._words.pick(("name_en", "name_ar"))


def view_label(view: str, words: Words) -> str:
    """What a view is called: that of all parties, or of one of them."""
    if view == JOINT:
        return words.say("web.view.joint")
    return words.say("web.view.of", {"party": party_name(view, words)})


def table_title(table: str, words: Words) -> str:
    """What a table of the record is called; the name of one that is unknown as it is."""
    if table in TITLES:
        return words.pick(TITLES[table])
    return words.say(_OTHER_TITLES[table]) if table in _OTHER_TITLES else table


def column_label(table: str, column: str, words: Words) -> str:
    """The label of a column, with its unit in brackets."""
    metadata = column_metadata(table, column)
    label = str(metadata.get(words.lang) or column)
    unit = metadata.get("unit")
    return label if not unit or unit == "date" else f"{label} ({words.say(f'web.measured.{unit}')})"


def value_text(table: str, column: str, value: object, words: Words) -> str:
    """A value of a column: codes by their labels, days and numbers as the language writes them."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return words.say("web.yes" if value else "web.no")
    if isinstance(value, (int, float)):
        return words.number(value)
    text, metadata = str(value), column_metadata(table, column)
    if name := metadata.get("codes"):
        parts = text.split(";") if metadata.get("many") else [text]
        return words.say("cli.comma").join(code_label(str(name), part, words) for part in parts)
    return _day(text, words) if metadata.get("unit") == "date" else text


def _day(text: str, words: Words) -> str:
    """A day as the language writes it; a text that is none stays as it is."""
    try:
        return words.day(dt.date.fromisoformat(text))
    except ValueError:
        return text


def code_label(name: str, code: str, words: Words) -> str:
    """The label of a code of a list; the code itself where it is unknown."""
    known = codes(name)
    return words.pick(known[code]) if code in known else code


def column_metadata(table: str, column: str) -> ColumnWords:
    """What the schema says of a column: words, unit, code list, table that it names; nothing of an unknown one."""
    schema = TABLES.get(table)
    if schema is None or column not in schema.columns():
        return {}
    return schema.columns()[column].metadata or {}
