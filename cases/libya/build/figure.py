"""A number with its range, grade and source, and the book that turns rows of figures into tables and evidence."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any

from tawteen.case.tables import TABLES

GRADES = ("assumed", "reported", "documented", "inspected", "tested")


def rounded(value: float | None) -> float | None:
    """Five significant digits: more would pretend to know."""
    return None if value is None else float(f"{value:.5g}")


def day(text: str | None) -> dt.date | None:
    """A day from 2019, 2019-05 or 2019-05-17; None when nothing is stated."""
    parts = [int(p) for p in (text or "").split("-") if p.isdigit()]
    return dt.date(parts[0], *[*parts[1:], 1, 1][:2]) if parts else None


@dataclass(frozen=True)
class Figure:
    """A value with what is known of it; arithmetic carries the range and keeps the weaker grade.

    Figures are independent: all of them are hardly ever at their ends at once. Deviations therefore add as the root of
    the sum of squares, of a sum as amounts, of a product as logarithms (JCGM 100:2008, 5.1: combined uncertainty).
    """

    value: float
    low: float
    high: float
    note: str = ""
    grade: str = "assumed"
    source: str | None = None
    as_of: dt.date | None = None

    def __mul__(self, other: float | Figure) -> Figure:
        """Product (all figures here are positive); a plain number moves both ends."""
        if not isinstance(other, Figure):
            low, high = sorted((self.low * other, self.high * other))
            return replace(self, value=self.value * other, low=low, high=high)
        value = self.value * other.value
        if value == 0:
            return self._joined(other, 0.0, 0.0, self.high * other.high)
        below, above = (math.hypot(self._apart(end), other._apart(end)) for end in ("low", "high"))
        low = 0.0 if min(self.low, other.low) <= 0 else value * math.exp(-below)
        return self._joined(other, value, low, value * math.exp(above))

    def __add__(self, other: Figure) -> Figure:
        """Sum."""
        value = self.value + other.value
        below = math.hypot(self.value - self.low, other.value - other.low)
        above = math.hypot(self.high - self.value, other.high - other.value)
        return self._joined(other, value, value - below, value + above)

    def _apart(self, end: str) -> float:
        """Logarithm of the factor between the value and one of its ends."""
        bound = self.low if end == "low" else self.high
        return abs(math.log(bound / self.value)) if bound > 0 and self.value > 0 else 0.0

    __rmul__ = __mul__

    def noted(self, note: str) -> Figure:
        """The same figure with another reason."""
        return replace(self, note=note)

    def _joined(self, other: Figure, value: float, low: float, high: float) -> Figure:
        grade = min(self.grade, other.grade, key=GRADES.index)
        notes = [n for n in (self.note, other.note) if n]
        return Figure(value, low, high, "; ".join(dict.fromkeys(notes)), grade, self.source or other.source)


@dataclass(frozen=True)
class Assumed:
    """A cell without a range that no source states: what is taken, and why."""

    value: bool | float
    why: str


def total(figures: list[Figure]) -> Figure:
    """Sum of at least one figure."""
    result, *rest = figures
    for figure in rest:
        result = result + figure
    return result


class Book:
    """Rows by table; a cell given as a figure or as assumed leaves a row of evidence beside its value."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}

    def add(self, table: str, **cells: Any) -> None:
        """One row of `table`; raises KeyError when the row has no key."""
        key = "/".join(str(cells[k]) for k in TABLES[table].primary_key())
        row: dict[str, Any] = {}
        for column, cell in cells.items():
            if isinstance(cell, Figure):
                self.witness(table, key, column, cell)
                row[column] = rounded(cell.value)
            elif isinstance(cell, Assumed):
                self.witness(table, key, column, value=str(cell.value).lower(), grade="assumed", note=cell.why)
                row[column] = cell.value
            else:
                row[column] = cell
        self.tables[table].append(row)

    def witness(self, table: str, row: str, column: str, seen: Figure | None = None, **more: Any) -> None:
        """One observation of one cell: a figure, or the cells of the evidence themselves."""
        cells = {"table": table, "row": row, "column": column, **(_told(table, column, seen) if seen else {}), **more}
        number = len(self.tables["evidence"]) + 1
        self.tables["evidence"].append({"id": f"E{number:05d}", **cells})


def _told(table: str, column: str, seen: Figure) -> dict[str, Any]:
    unit = (TABLES[table].columns()[column].metadata or {}).get("unit")
    return {
        "value": repr(rounded(seen.value)).removesuffix(".0"),
        "unit": unit or None,
        "grade": seen.grade,
        "low": rounded(seen.low),
        "high": rounded(seen.high),
        "source": seen.source,
        "as_of": seen.as_of,
        "note": seen.note or None,
    }
