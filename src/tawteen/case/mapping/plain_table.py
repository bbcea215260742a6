"""Sheets of a workbook or lines of a CSV file as grids of text, with any headings."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import python_calamine

from tawteen.case.csv_file import decoded
from tawteen.case.findings import CaseError, Finding
from tawteen.case.params import MESSAGE, READING
from tawteen.case.workbook_file import LIMITS, WorkbookError, unpacks_to
from tawteen.case.zip_file import opened_zip

SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Grid:
    """A sheet: its rows of trimmed text (null where empty), each with the row number it has in the file."""

    name: str
    cells: tuple[tuple[str | None, ...], ...]
    rows: tuple[int, ...]

    def under(self, head: int) -> tuple[pl.DataFrame, tuple[int, ...]]:
        """The rows under heading row `head` as a frame, and their row numbers. Headings that repeat get a number."""
        names: list[str] = []
        for place, text in enumerate(self.cells[head]):
            name = text or f"column {place + 1}"
            names.append(name if name not in names else f"{name} ({sum(n.startswith(name) for n in names) + 1})")
        body = self.cells[head + 1 :]
        filled = [any(cell is not None for cell in row) for row in body]
        kept = [row for row, full in zip(body, filled, strict=True) if full]
        rows = tuple(row for row, full in zip(self.rows[head + 1 :], filled, strict=True) if full)
        columns = {name: [row[i] if i < len(row) else None for row in kept] for i, name in enumerate(names)}
        used = {n: c for n, c in columns.items() if not n.startswith("column ") or any(x is not None for x in c)}
        return pl.DataFrame(used, schema=dict.fromkeys(used, pl.String)), rows


def header_row(grid: Grid) -> int | None:
    """Index of the heading row: of the first rows the one with most different texts; None without a row below it."""
    best, most = None, 0
    for place, row in enumerate(grid.cells[: READING.source_heading_rows]):
        texts = {cell for cell in row if cell and not _is_number(cell)}
        if len(texts) > most:
            best, most = place, len(texts)
    return best if best is not None and best + 1 < len(grid.cells) else None


def read_grids(data: bytes, path: Path) -> list[Grid]:
    """Sheets of a workbook, or the one table of a CSV file. Raises CaseError where it is neither."""
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods", ".xlsb"):
        return _workbook_grids(data, path)
    text, findings = decoded(data, path.name)
    if any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    separator = max(SEPARATORS, key=lambda mark: _width(text, mark))
    try:
        lines = [tuple(_clean(cell) for cell in row) for row in csv.reader(io.StringIO(text), delimiter=separator)]
    except csv.Error as error:
        raise CaseError([Finding("error", "mapping.not_table", file=path.name, args={"reason": str(error)})]) from error
    if not lines:
        raise CaseError([Finding("error", "mapping.no_rows", file=path.name)])
    return [Grid(path.stem, tuple(lines), tuple(range(1, len(lines) + 1)))]


def _workbook_grids(data: bytes, path: Path) -> list[Grid]:
    try:
        if zipfile.is_zipfile(io.BytesIO(data)):
            with opened_zip(io.BytesIO(data)) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
            if size > LIMITS.unpacked:
                raise unpacks_to(size)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except WorkbookError as error:
        raise CaseError([error.finding(path.name)]) from error
    except Exception as error:
        # The reader raises exceptions of several kinds for files that are no workbook.
        args = {"reason": str(error)[: MESSAGE.reason_characters]}
        raise CaseError([Finding("error", "mapping.not_table", file=path.name, args=args)]) from error
    return [
        Grid(name, tuple(tuple(_clean(cell) for cell in row) for row in rows), tuple(range(1, len(rows) + 1)))
        for name, rows in sheets
        if rows
    ]


def _width(text: str, separator: str) -> int:
    rows = csv.reader(io.StringIO(text[:50_000]), delimiter=separator)
    try:
        widths = [len(row) for row, _ in zip(rows, range(READING.source_heading_rows), strict=False) if row]
    except csv.Error:
        return 0
    return min(widths, default=0) * 1000 + max(widths, default=0)


def _clean(cell: Any) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell).strip().strip("\ufeff")
    return text or None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
