"""What pages show of a row: its cells with grade, source, date and who, and the rows that belong to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tawteen.case.tables import TABLES
from tawteen.record.cells import Place, Version, differ, standing
from tawteen.web.entry_time import entry_time
from tawteen.web.params import REGISTRY_LISTS
from tawteen.web.registry.cell_text import CellWords, code_label, column_label, table_title
from tawteen.web.registry.row_address import row_address, settle_address
from tawteen.web.registry.row_relations import belonging_tables
from tawteen.web.registry.version_tokens import version_token
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words

_SHOWN = {
    "lines": ("name", "commodity", "nominal", "availability", "performance", "quality"),
    "blockers": ("gate", "state", "stops", "opens_by", "authority"),
    "options": ("name", "kind"),
}
"""Columns that a list shows of a table; of others its name and the columns that a row needs."""

Row = dict[str, list[Version]]


class RowFacts:
    """The facts of rows as a party sees them, in the reader's words."""

    def __init__(self, party_view: PartyView, words: Words) -> None:
        self._party_view = party_view
        self._words = words
        self.texts = CellWords(party_view, words)

    def name(self, table: str, row: str, cells: Row) -> str:
        """What a row is called: its name, the title of a source, else its key."""
        return str(value_of(cells, self._name_column(table) or "") or row)

    def name_of(self, table: str, row: str) -> str:
        """What a row is called as far as the party sees it; its key where it does not."""
        return self.name(table, row, self._party_view.rows(table, [row]).get(row, {}))

    def facts(self, table: str, row: str) -> list[dict[str, Any]]:
        """The columns of a row in which something stands or stood; none where the party sees no such row."""
        history = self._party_view.history(table, [row])
        if not any(version.value is not None for versions in history.values() for version in standing(versions)):
            return []
        evidence = self._evidence(table, row)
        keys = TABLES[table].primary_key()
        return [
            self._fact(place, history[place], evidence.get(column, ()))
            for column in TABLES[table].columns()
            if column not in keys and (place := Place(table, row, column)) in history
        ]

    def parts(self, table: str, row: str, *, empty: bool) -> list[dict[str, Any]]:
        """The tables whose rows belong to a row, with these rows; with `empty` those too that have none."""
        shown = []
        for name, column in belonging_tables(table).items():
            rows = self._party_view.rows_naming(name, column, row)
            if rows or empty:
                listed = self.row_list(name, dict(sorted(rows.items())), without=column)
                shown.append({"table": name, "column": column, **listed})
        return shown

    def row_list(self, table: str, rows: dict[str, Row], *, without: str = "") -> dict[str, Any]:
        """Rows of a table in their order; each cell with the label of its column, and the address of each row."""
        columns = [name for name in self._columns(table) if name != without] or TABLES[table].primary_key()
        labels = {column: column_label(table, column, self._words) for column in columns}
        return {
            "title": table_title(table, self._words),
            "columns": list(labels.values()),
            "rows": [
                {
                    "key": key,
                    "address": row_address(table, key),
                    "cells": [
                        (labels[column], self.texts.text(table, column, value_of(row, column))) for column in columns
                    ],
                }
                for key, row in rows.items()
            ],
        }

    def _columns(self, table: str) -> list[str]:
        """Columns that a list shows of a table."""
        name = self._name_column(table)
        if table in _SHOWN:
            return [name or column if column == "name" else column for column in _SHOWN[table]]
        columns = TABLES[table].columns()
        needed = [column for column, spec in columns.items() if not spec.nullable and not column.startswith("name_")]
        if name:
            needed = [name, *(column for column in needed if column not in (name, "id"))]
        return needed[: REGISTRY_LISTS.columns]

    def _name_column(self, table: str) -> str | None:
        columns = TABLES[table].columns()
        candidates = (self._words.pick(("name_en", "name_ar")), self._words.pick(("text_en", "text_ar")), "title")
        return next((column for column in candidates if column in columns), None)

    def _evidence(self, table: str, row: str) -> dict[str, list[Row]]:
        """By column, the observations of a row that the party sees."""
        observations: dict[str, list[Row]] = {}
        for seen in self._party_view.rows_naming("evidence", "row", row).values():
            if value_of(seen, "table") == table:
                observations.setdefault(str(value_of(seen, "column")), []).append(seen)
        return observations

    def _fact(self, place: Place, versions: list[Version], observations: Iterable[Row]) -> dict[str, Any]:
        """A column with the values that stand, what was observed of it, and its versions."""
        shown = self.versions(place, versions)
        current = standing(versions)
        # Of versions that agree the last one is shown.
        numbers = {version.number for version in (current if differ(current) else current[-1:])}
        return {
            "column": place.column,
            "label": column_label(place.table, place.column, self._words),
            "values": [one for version, one in zip(versions, shown, strict=True) if version.number in numbers],
            "history": shown[::-1],
            "observations": [self._observation(place, row) for row in observations],
            "graded": any(version.details.get("grade") for version in current),
            "settle": settle_address(place) if differ(current) else "",
        }

    def _observation(self, place: Place, row: Row) -> dict[str, str]:
        """What an observation says of a cell: value and grade and, where they are stated, source and day."""
        shown = {"value": self.texts.text(place.table, place.column, value_of(row, "value"))}
        for name in ("grade", "source", "as_of"):
            value = value_of(row, name)
            shown[name] = "" if value is None else self.texts.text("evidence", name, value)
        return shown

    def versions(self, place: Place, versions: Iterable[Version]) -> list[dict[str, Any]]:
        """Versions of a cell, with who wrote them when, and the grade, source and reason that they gave."""
        return [self._version(place, version) for version in versions]

    def _version(self, place: Place, version: Version) -> dict[str, Any]:
        grade = version.details.get("grade")
        return {
            "choice": version_token(version.number),
            "text": self.texts.text(place.table, place.column, version.value),
            "person": version.person,
            "party": self.texts.party(version.party),
            "time": entry_time(version.time),
            "grade": code_label("grades", str(grade), self._words) if grade else "",
            "source": str(version.details.get("source", "")),
            "reason": str(version.details.get("reason", "")),
        }
