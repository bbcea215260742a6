"""Rows by what people call them: the id, or the name in either language, however it is spelt."""

from __future__ import annotations

from tawteen.case.model import Case
from tawteen.case.names import fold


def rows_called(case: Case, table: str, text: str) -> list[str]:
    """Ids of the rows of a table that `text` names: the one with this id, else those with this name in a language."""
    frame = case[table]
    if text in frame["id"]:
        return [text]
    folded = fold(text)
    spelt = [name for name in ("id", "name_en", "name_ar") if name in frame.columns]
    return [row[0] for row in frame.select(spelt).iter_rows() if any(name and fold(name) == folded for name in row)]
