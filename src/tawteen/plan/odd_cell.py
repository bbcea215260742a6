"""The cell of a case whose number lies farthest from those of its kind: most likely a wrong unit or a slip."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from tawteen.case.checks.findings import plain, tell
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.tables import TABLES

PLACES = ("lat", "lon")
"""Columns of coordinates, whose size says nothing of a unit."""
UNPLANNED = ("evidence",)
"""Tables whose numbers no programme is made of."""


@dataclass(frozen=True)
class OddCellParams:
    """From which size on a number of a case may be a slip."""

    factor: float = 1e6
    """Factor between a number and the median of its column from which on the number may be a slip."""
    least_usual: float = 1e-6
    """Least usual number of a column that has no other."""
    most_usual: float = 1e6
    """Largest usual number of a column that has no other."""


ODD_CELL = OddCellParams()


@dataclass(frozen=True)
class OddCell:
    """Row `row` of `table` holds `number` in `column` where `usual` is the median of the other rows (text).

    `factor`: how many times larger or smaller than usual, at least `ODD_CELL.factor`.
    """

    case: Case
    table: str
    row: int
    column: str
    number: float
    usual: str
    factor: float

    def finding(self) -> Finding:
        """The error that names file, row, column and value of the cell."""
        row = pl.DataFrame({"at": [self.row], "value": [self.number], "usual": [self.usual]})
        return tell(self.case, "error", "plan.odd_cell", self.table, row, self.column)[0]


def odd_cell(case: Case) -> OddCell | None:
    """The number of a case farthest from the median of its column's other rows; None below `ODD_CELL.factor`."""
    farthest: OddCell | None = None
    for table, schema in ((name, schema) for name, schema in TABLES.items() if name not in UNPLANNED):
        for column, spec in schema.columns().items():
            if not spec.dtype.is_numeric() or column in PLACES:
                continue
            cell = _farthest_in(case, table, column)
            if cell is not None and (farthest is None or cell.factor > farthest.factor):
                farthest = cell
    return farthest


def _farthest_in(case: Case, table: str, column: str) -> OddCell | None:
    sizes = [abs(number) if number else 0.0 for number in case[table][column].to_list()]
    known = sorted(size for size in sizes if 0.0 < size < math.inf)
    if not known:
        return None
    farthest, number, usual = 0.0, 0.0, ""
    alone = (ODD_CELL.least_usual, ODD_CELL.most_usual)
    for candidate in sorted((known[0], known[-1]), key=lambda size: -abs(math.log10(size))):
        others = known[1:] if candidate == known[0] else known[:-1]
        low, high = (others[(len(others) - 1) // 2], others[len(others) // 2]) if others else alone
        factor = max(candidate / high, low / candidate)
        if factor > farthest:
            farthest, number = factor, candidate
            usual = plain(high if candidate > high else low) if others else f"{alone[0]:g}–{alone[1]:g}"
    if farthest < ODD_CELL.factor:
        return None
    row = sizes.index(number)
    return OddCell(case, table, row, column, float(case[table][column][row]), usual, farthest)
