"""The cells of a whole case, as the content of an import states them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tawteen.case.model import Case
from tawteen.case.paths import outline_of
from tawteen.case.settings_file import rows_of
from tawteen.case.tables import TABLES
from tawteen.web.params import UPLOAD
from tawteen.web.registry.models import CellVersion
from tawteen.web.registry.record_tables import (
    OUTLINE_COLUMN,
    OUTLINE_ROW,
    OUTLINE_TABLE,
    SETTING_COLUMN,
    SETTING_TABLE,
)
from tawteen.web.registry.typed_row import json_value


def outline_text(path: Path | None) -> str | None:
    """A sound outline as it stands in its file; None where there is none, or one too large for the record."""
    if path is None or not path.is_file() or path.stat().st_size > UPLOAD.outline_bytes:
        return None
    return path.read_text(encoding="utf-8")


def case_cells(case: Case) -> Iterator[dict[str, Any]]:
    """The filled cells of all tables and settings, and the outline, as the content of an import states them."""
    if outline := outline_text(None if case.path is None else outline_of(case.path)):
        yield _cell(OUTLINE_TABLE, OUTLINE_ROW, OUTLINE_COLUMN, outline)
    for key, value in rows_of(case.settings):
        if value is not None:
            yield _cell(SETTING_TABLE, key, SETTING_COLUMN, value)
    for table, frame in case.tables.items():
        keys = TABLES[table].primary_key()
        for values in frame.iter_rows(named=True):
            row = "/".join(str(values[key]) for key in keys)
            for column, value in values.items():
                if value is not None:
                    yield _cell(table, row, column, value)


def _cell(table: str, row: str, column: str, value: Any) -> dict[str, Any]:
    return {"table": table, "row": row, "column": column, "value": json_value(value), "version": 0}


def registry_is_empty(party: str) -> bool:
    """Whether a party has entered nothing of a case yet."""
    return not CellVersion.objects.filter(party=party, table__in=[*TABLES, SETTING_TABLE]).exists()
