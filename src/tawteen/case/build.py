"""Cases made in Python: by scripts that turn facts into a case, by the generator and by tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from tawteen.case.model import Case
from tawteen.case.settings import Settings
from tawteen.case.tables import TABLES


def table_of(name: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as the table `name`, missing cells null. Raises KeyError for a column the table does not have."""
    schema = TABLES[name]
    types = {column: spec.dtype for column, spec in schema.columns().items()}
    listed = list(rows)
    for row in listed:
        if unknown := row.keys() - types.keys():
            raise KeyError(f"{name}: no column {', '.join(sorted(unknown))}")
    return pl.DataFrame({c: [r.get(c) for r in listed] for c in types}, schema=types, strict=False)


def case_of(settings: Settings, tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> Case:
    """A case of `settings` and rows by table; tables not named are empty. KeyError for an unknown table or column."""
    if unknown := tables.keys() - TABLES.keys():
        raise KeyError(", ".join(sorted(unknown)))
    return Case(settings, {name: table_of(name, tables.get(name, ())) for name in TABLES})
