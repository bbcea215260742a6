"""Acts for tests of the log."""

from __future__ import annotations

from typing import Any

from tawteen.web.log.append import NewEntry, append


def cell(row: str = "S1", value: Any = 12.5, **changed: Any) -> NewEntry:
    """A change of a cell by a person of the host."""
    fields: dict[str, Any] = {
        "person": "amal", "party": "host", "act": "cell", "subject": ("sites", row, "capacity"),
        "content": {"value": value, "reason": "مراجعة"},
    }  # fmt: skip
    return NewEntry(**{**fields, **changed})


def append_cells(count: int) -> None:
    """Appends changes of cells."""
    for number in range(count):
        append(cell(f"S{number % 7}", number))
