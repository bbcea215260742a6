"""A workbook (XLSX) becomes raw tables: a sheet a table, beside a sheet of settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from xml.etree import ElementTree as ET

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from tawteen.case.cells import exact_text
from tawteen.case.findings import Finding
from tawteen.case.model import SETTINGS
from tawteen.case.names import closest, fold
from tawteen.case.raw import Raw, header_of, table_named, table_with_headings, trimmed
from tawteen.case.sheet_marks import SheetMarks, position, sheet_marks, shortened, spans
from tawteen.case.tables import SHEETS, TABLES
from tawteen.case.workbook_file import SheetPart, WorkbookError, WorkbookFile, measured, open_workbook, whole
from tawteen.case.zip_file import DamagedZipError

_SHEETS = {fold(name): sheet for sheet, names in SHEETS.items() for name in names}
_FIRST_KEYS = ["about.id", "time.start", "money.currency"]
"""Keys of which a sheet of settings holds at least one."""

_EPOCH, _EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
_YEARS = range(1900, 2200)
_BROKEN = (
    CalamineError,
    ET.ParseError,
    DamagedZipError,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    RuntimeError,
    StopIteration,
)


@dataclass(frozen=True)
class SettingSheet:
    """Rows (number, key, value) of the sheet of settings, and where it stands."""

    file: str
    rows: list[tuple[int, str | None, str | None]]


def read_sheets(data: bytes, file: str) -> tuple[dict[str, Raw], SettingSheet | None, list[Finding]]:
    """Raw tables by name, the settings sheet if there is one, and findings.

    A formula is read by its stored value, with a note; one without, merged cells and error values are refused. Hidden
    rows, columns and sheets are read, with a note.
    """
    try:
        book = open_workbook(data)
        for sheet in book.sheets:
            measured(sheet)
            whole(sheet)
        return _read_sheets(book, file)
    except WorkbookError as error:
        return {}, None, [error.finding(file)]
    except _BROKEN:
        return {}, None, [Finding("error", "file.not_workbook", file=file)]
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # calamine's own assertions; no subclass of Exception
            return {}, None, [Finding("error", "file.not_workbook", file=file)]
        raise


def _read_sheets(book: WorkbookFile, file: str) -> tuple[dict[str, Raw], SettingSheet | None, list[Finding]]:
    values = CalamineWorkbook.from_filelike(book.repacked())
    raws: dict[str, Raw] = {}
    settings: SettingSheet | None = None
    findings = [Finding("note", "file.macros", file=file)] if book.macros else []
    likely = _likely_contents(book, values)
    for sheet in book.sheets:
        where = f"{file} / {sheet.name}"
        content = _content(sheet.name) or likely.get(sheet.name)
        if sheet.name in likely:
            findings.append(renamed(sheet.name, where, likely[sheet.name]))
        if content not in {*TABLES, SETTINGS}:
            if content is None:
                findings.append(unknown(sheet.name, where, (*TABLES, SETTINGS)))
            continue
        table = None if content == SETTINGS else content
        if table is None and settings is not None:
            findings.append(Finding("error", "table.twice", SETTINGS, where, args={"other": settings.file}))
            continue
        if table in raws:
            findings.append(Finding("error", "table.twice", table, where, args={"other": raws[table].file}))
            continue
        marks = sheet_marks(book, sheet, where, table)
        cells = trimmed(_cells(values, sheet.name, book, marks if table else SheetMarks()))
        findings += marks.errors
        if table is None:
            rows = [(i, row[0], row[1] if len(row) > 1 else None) for i, row in enumerate(cells.iter_rows(), 1)]
            settings = SettingSheet(where, rows)
            findings += _notes(sheet, marks, cells, 0, (where, None))
        else:
            numbers = pl.int_range(1, cells.height + 1, eager=True)
            refused = frozenset(place for error in marks.errors for place in _covered(error))
            raws[table] = raw = Raw(table, where, cells, numbers, refused=refused)
            findings += _notes(sheet, marks, cells, header_of(raw), (where, table))
    return raws, settings, findings


def _content(name: str) -> str | None:
    """What a sheet of this name holds: a table, the settings or another sheet of `SHEETS`; None where nobody knows."""
    return table_named(name) or _SHEETS.get(fold(name))


def _likely_contents(book: WorkbookFile, values: CalamineWorkbook) -> dict[str, str]:
    """Sheets of unknown names that have the headings of a missing table, or the keys of missing settings."""
    known = {_content(sheet.name) for sheet in book.sheets}
    missing = [name for name in (*TABLES, SETTINGS) if name not in known]
    likely: dict[str, str] = {}
    for sheet in book.sheets:
        if _content(sheet.name) is not None:
            continue
        cells = trimmed(_cells(values, sheet.name, book, SheetMarks()))
        content = table_with_headings(cells, [name for name in missing if name != SETTINGS])
        if content is None and SETTINGS in missing and cells.width and cells["0"].is_in(_FIRST_KEYS).any():
            content = SETTINGS
        if content is not None:
            likely[sheet.name] = content
            missing.remove(content)
    return likely


def _covered(error: Finding) -> Iterator[tuple[int, str]]:
    """Row number and column of the cells that a finding such as B6:C6 is about."""
    if "cell" in error.args:
        first, _, last = error.args["cell"].partition(":")
        (top, left), (bottom, right) = position(first), position(last or first)
        for row, column in product(range(top, min(bottom, top + 1000) + 1), range(left, min(right, left + 256) + 1)):
            yield row + 1, str(column)


def _notes(
    sheet: SheetPart, marks: SheetMarks, cells: pl.DataFrame, head: int | None, place: tuple[str, str | None]
) -> list[Finding]:
    """Notes on what was read although a reader of the sheet may not see it: hidden data and results of formulas."""
    where, table = place
    notes = []
    if marks.stored:
        args = {"cells": shortened(marks.stored), "count": len(marks.stored)}
        notes.append(Finding("note", "sheet.stored", table, where, args=args))
    body = cells.slice((-1 if head is None else head) + 1)
    if not body.select(pl.any_horizontal(pl.all().is_not_null()).any()).to_series().any():
        return notes
    first = cells.height - body.height
    filled = body.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    rows = [row + 1 for row in marks.hidden_rows if first <= row < cells.height and filled[row - first]]
    columns = [i for i in marks.hidden_columns if i < cells.width and body[str(i)].is_not_null().any()]
    if sheet.hidden:
        notes.append(Finding("note", "sheet.hidden", table, where, args={"rows": int(filled.sum())}))
    if rows:
        notes.append(Finding("note", "sheet.hidden_rows", table, where, rows[0], args={"rows": spans(rows)}))
    if columns:
        names = [cells[head or 0, i] or f"{i + 1}" for i in columns]
        notes.append(Finding("note", "sheet.hidden_columns", table, where, args={"columns": shortened(names)}))
    return notes


def unknown(name: str, where: str, known: Sequence[str] = tuple(TABLES)) -> Finding:
    """The warning about a file or sheet that has none of the known names."""
    guess = closest(name, known)
    code = "table.unknown_like" if guess else "table.unknown"
    return Finding("warning", code, file=where, value=name, args={"guess": guess or ""})


def renamed(name: str, where: str, content: str, needed: str | None = None) -> Finding:
    """The error about a file or sheet that holds a missing table or the settings under another name."""
    args = {"tables": [content], "needed": needed or content}
    return Finding("error", "table.renamed", content, where, value=name, args=args)


def _cells(values: CalamineWorkbook, name: str, book: WorkbookFile, marks: SheetMarks) -> pl.DataFrame:
    """The cells of a sheet as text; percentages as they are shown, so that 0.08 shown as 8 % reads as 8 %."""
    epoch = _EPOCH_1904 if book.epoch_1904 else _EPOCH
    rows = values.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for row, place in marks.percent:
        if row < len(rows) and place < len(rows[row]) and isinstance(value := rows[row][place], int | float):
            rows[row][place] = f"{(Decimal(repr(value)) * 100).normalize():f}%"
    columns = ([_text(value, epoch) for value in cells] for cells in zip(*rows, strict=True))
    return pl.DataFrame([pl.Series(str(i), texts, dtype=pl.String) for i, texts in enumerate(columns)])


def _text(value: object, epoch: dt.date) -> str:
    """A cell as text that reads back to the same value.

    A date of the years in which nobody plans is the number of a year that was typed into a cell for dates.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return exact_text(value)
        case dt.datetime():
            whole = value.time() == dt.time()
            return _day(value.date(), epoch) if whole else value.isoformat(sep=" ")
        case dt.date():
            return _day(value, epoch)
    return str(value)


def _day(day: dt.date, epoch: dt.date) -> str:
    number = (day - epoch).days
    return str(number) if number in _YEARS or number <= 1 else day.isoformat()
