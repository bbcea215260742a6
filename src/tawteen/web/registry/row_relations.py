"""Which rows belong to a row, and which name it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tawteen.case.tables import TABLES
from tawteen.record.cells import Version
from tawteen.web.visibility import PartyView

_OWNING = ("sites", "lines", "options", "units", "funds")
"""Tables to whose rows those of others belong: by a column of the same name, as `site` for `sites`."""

Rows = dict[str, dict[str, list[Version]]]


@cache
def belonging_tables(table: str) -> dict[str, str]:
    """Tables whose rows belong to a row of a table, with the column that names it."""
    if table not in _OWNING:
        return {}
    column = table.removesuffix("s")
    return {
        name: column
        for name, schema in TABLES.items()
        if column in schema.columns() and (schema.columns()[column].metadata or {}).get("ref") == table
    }


@cache
def owners_of(table: str) -> tuple[tuple[str, str], ...]:
    """The tables to whose rows those of a table belong, with the column that names it."""
    return tuple((owner, belonging_tables(owner)[table]) for owner in _OWNING if table in belonging_tables(owner))


def naming_rows(party_view: PartyView, table: str, row: str) -> Iterator[tuple[str, Rows]]:
    """Tables with those rows that the party sees and that name a row."""
    for name, schema in TABLES.items():
        for column, spec in schema.columns().items():
            if (spec.metadata or {}).get("ref") == table and (rows := party_view.rows_naming(name, column, row)):
                yield name, rows
