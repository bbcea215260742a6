"""Mutants of a workbook: its bytes, parts and XML, and what people type into its cells or hide."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import MergedCell

CELLS: list[Any] = [
    "x", "x" * 32_767, "مصنع", "1e308", "-5", "٣٫٥", "12,5", "50%", "#REF!", "#N/A", "#DIV/0!", "=1/0", "=A1+B2",
    "=now()", '="text"', "=", "a\tb\nc", "a\u202eb", "\ufffd", "\U0001f600" * 40, "<b>&amp;", "null",
    "TRUE", True, False, 0, -1, 0.1 + 0.2, 1e15, 1e300, 10**18,
    dt.date(2027, 1, 1), dt.date(1900, 1, 1), dt.date(9999, 12, 31),
    dt.time(1, 2), dt.timedelta(days=3), "2027-02-30", "31/12/2027", "'=1+1", " ", "\u200b",
]  # fmt: skip
RAW = [
    'r="XFD1048576"', 'r="ZZ99999999999"', 'r="A0"', "<v>1e308</v>", "<v>nan</v>", "<v>-1</v>", "<v></v>",
    "<v>99999</v>", 't="e"', 't="x"', 't="b"', 't="s"', 't="d"', "", "<v>a_x000B_b</v>", "<f>1+</f>",
]  # fmt: skip


def workbook_changed(path: Path, seed: int) -> str:
    """Damages a workbook, or changes cells of it as a person does. Returns what was done."""
    chance = random.Random(seed)
    kinds: dict[str, Callable[[Path, random.Random], None]] = {
        "bytes": _bytes, "cut": _cut, "part": _part, "xml": _xml, "cell": _cells, "hidden": _hidden, "sheets": _sheets,
        "bomb": _bomb,
    }  # fmt: skip
    kind = chance.choices([*kinds], weights=(1, 1, 1, 2, 6, 1, 1, 0.5))[0]
    kinds[kind](path, chance)
    return f"workbook_{kind}"


def _bytes(path: Path, chance: random.Random) -> None:
    changed = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 20))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    path.write_bytes(bytes(changed))


def _cut(path: Path, chance: random.Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data))])


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(path: Path, parts: dict[str, bytes]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    path.write_bytes(out.getvalue())


def _part(path: Path, chance: random.Random) -> None:
    """A part of the archive is gone, empty, or another part's content."""
    parts = _parts(path)
    name = chance.choice(sorted(parts))
    match chance.randrange(3):
        case 0:
            del parts[name]
        case 1:
            parts[name] = b""
        case _:
            parts[name] = parts[chance.choice(sorted(parts))]
    _zip(path, parts)


def _xml(path: Path, chance: random.Random) -> None:
    """A cell's place, value or type is another."""
    parts = _parts(path)
    name = chance.choice(sorted(parts))
    text = parts[name].decode("utf-8", "replace")
    cells = list(re.finditer(r'r="([A-Z]+\d+)"|<v>([^<]*)</v>|t="(\w+)"', text))
    if cells:
        hit = chance.choice(cells)
        text = text[: hit.start()] + chance.choice(RAW) + text[hit.end() :]
    parts[name] = text.encode()
    _zip(path, parts)


def _bomb(path: Path, chance: random.Random) -> None:
    """A sheet that unpacks to much more than it is, or nests as no sheet does."""
    parts = _parts(path)
    name = chance.choice(sorted(name for name in parts if "sheet" in name))
    filling = chance.choice((b" " * 600_000_000, b"<row>" * 200_000, b"<!-- -->" * 1_000_000))
    parts[name] = parts[name].replace(b"<sheetData>", b"<sheetData>" + filling, 1)
    _zip(path, parts)


def _cells(path: Path, chance: random.Random) -> None:
    """One to five cells below the headings of one sheet get something odd."""
    book = openpyxl.load_workbook(path)
    sheet = chance.choice([one for one in book.worksheets if one.max_row > 4])
    for _ in range(chance.choice((1, 1, 5))):
        cell = sheet.cell(chance.randint(1, sheet.max_row + 1), chance.randint(1, sheet.max_column + 1))
        value = chance.choice(CELLS)
        if isinstance(cell, MergedCell):
            continue  # no spreadsheet lets a person write there
        cell.value = value
        if isinstance(value, str) and value.startswith("=") and chance.random() < 0.3:
            cell.data_type = "s"
        if chance.random() < 0.2:
            cell.number_format = chance.choice(["0%", "yyyy-mm-dd", "@", '0.0"k"', "[h]:mm", ";;;"])
    book.save(path)


def _hidden(path: Path, chance: random.Random) -> None:
    """A sheet, rows or columns are hidden; some cells are merged or a filter is set."""
    book = openpyxl.load_workbook(path)
    sheet = chance.choice(book.worksheets)
    match chance.randrange(5):
        case 0:
            sheet.sheet_state = chance.choice(["hidden", "veryHidden"])
        case 1:
            for row in range(chance.randint(1, 6), 9):
                sheet.row_dimensions[row].hidden = True
        case 2:
            sheet.column_dimensions[chance.choice("ABCDE")].hidden = True
        case 3:
            row = chance.randint(4, 8)
            sheet.merge_cells(start_row=row, end_row=row + chance.randint(0, 2), start_column=1, end_column=3)
        case _:
            sheet.auto_filter.ref = "A4:C9"
    if all(one.sheet_state != "visible" for one in book.worksheets):
        sheet.sheet_state = "visible"
    book.save(path)


def _sheets(path: Path, chance: random.Random) -> None:
    """A sheet is doubled, renamed, removed, or gets rows and columns in front."""
    book = openpyxl.load_workbook(path)
    sheet = chance.choice(book.worksheets)
    match chance.randrange(5):
        case 0:
            book.copy_worksheet(sheet)
        case 1:
            sheet.title = chance.choice(["Sheet1", "sites2", "مواقع", "x" * 31, "Settings "])
        case 2 if len(book.worksheets) > 1:
            book.remove(sheet)
        case 3:
            sheet.insert_rows(1, chance.choice((1, 50)))
        case _:
            sheet.insert_cols(1, chance.choice((1, 3)))
    book.save(path)
