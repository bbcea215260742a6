"""A workbook (XLSX) becomes raw tables: a sheet a table, beside a sheet of settings."""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from tawteen.case.findings import Finding
from tawteen.case.names import closest, fold
from tawteen.case.raw import Raw, table_named, trimmed
from tawteen.case.tables import TABLES

SETTINGS_SHEET, README_SHEET, LISTS_SHEET = "settings", "readme", "lists"
_SUSPECT = re.compile(rb'<(?:\w+:)?f[ >/]|<(?:\w+:)?mergeCell |t="e"')
_TOLD = 50
_BROKEN = (
    CalamineError,
    ET.ParseError,
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    RuntimeError,  # encrypted, or packed in a way that zipfile does not know
)
SettingRows = list[tuple[int, str | None, str | None]]


def read_sheets(data: bytes, file: str) -> tuple[dict[str, Raw], SettingRows | None, list[Finding]]:
    """Raw tables by name, rows (number, key, value) of the settings sheet if there is one, and findings.

    Merged cells, formulas and error values are refused: calamine shows a formula without a stored value as zero.
    """
    try:
        return _read_sheets(data, file)
    except _BROKEN:
        return {}, None, [Finding("error", "file.not_workbook", file=file)]


def _read_sheets(data: bytes, file: str) -> tuple[dict[str, Raw], SettingRows | None, list[Finding]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = dict(_sheet_files(data))
    raws: dict[str, Raw] = {}
    settings: SettingRows | None = None
    findings: list[Finding] = []
    for name in book.sheet_names:
        where = f"{file} / {name}"
        table = table_named(name)
        if fold(name) in (README_SHEET, LISTS_SHEET) or name not in sheets:
            continue
        if table is None and fold(name) != SETTINGS_SHEET:
            findings.append(unknown(name, where, (*TABLES, SETTINGS_SHEET)))
            continue
        if table in raws:
            findings.append(Finding("error", "table.twice", table, where, args={"other": raws[table].file}))
            continue
        findings += _refused(sheets[name], where, table)
        cells = _cells(book, name)
        if table is None:
            texts = trimmed(cells)
            settings = [(i, row[0], row[1] if len(row) > 1 else None) for i, row in enumerate(texts.iter_rows(), 1)]
        else:
            rows = pl.int_range(1, cells.height + 1, eager=True)
            raws[table] = Raw(table, where, trimmed(cells), rows, written=False)
    return raws, settings, findings


def unknown(name: str, where: str, known: Sequence[str] = tuple(TABLES)) -> Finding:
    """The warning about a file or sheet that has none of the known names."""
    guess = closest(name, known)
    code = "table.unknown_like" if guess else "table.unknown"
    return Finding("warning", code, file=where, value=name, args={"guess": guess or ""})


def _cells(book: CalamineWorkbook, name: str) -> pl.DataFrame:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    columns = zip(*rows, strict=True)
    return pl.DataFrame(
        [pl.Series(str(i), [_text(value) for value in cells], dtype=pl.String) for i, cells in enumerate(columns)]
    )


def _text(value: object) -> str:
    """A cell as text that reads back to the same value."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case dt.datetime():
            return value.isoformat(sep=" ")
    return str(value)


def _sheet_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The XML of every worksheet by the sheet's name."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        links = {
            link.attrib["Id"]: link.attrib["Target"] for link in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        }
        for sheet in ET.fromstring(book.read("xl/workbook.xml")).iter():
            if sheet.tag.endswith("}sheet"):
                target = links["".join(value for key, value in sheet.attrib.items() if key.endswith("}id"))]
                path = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
                yield sheet.attrib["name"], book.read(path)


def _refused(xml: bytes, where: str, table: str | None) -> list[Finding]:
    """Findings for merged cells, formulas and error values of a sheet; parsed only where one is in sight."""
    if not _SUSPECT.search(xml):
        return []
    findings: list[Finding] = []
    for _, element in ET.iterparse(io.BytesIO(xml)):
        tag = element.tag.rpartition("}")[2]
        if tag == "mergeCell":
            cell, code = element.attrib["ref"], "sheet.merged"
        elif tag == "c" and any(child.tag.endswith("}f") for child in element):
            cell, code = element.attrib.get("r", ""), "sheet.formula"
        elif tag == "c" and element.attrib.get("t") == "e":
            cell, code = element.attrib.get("r", ""), "sheet.error_value"
        else:
            if tag == "row":
                element.clear()
            continue
        row = re.search(r"\d+", cell)
        text = next((child.text for child in element if child.tag.endswith(("}f", "}v")) and child.text), None)
        findings.append(Finding("error", code, table, where, int(row[0]) if row else None, None, text, {"cell": cell}))
    if len(findings) > _TOLD:
        more = Finding("error", "sheet.more", table, where, args={"more": len(findings) - _TOLD})
        return [*findings[:_TOLD], more]
    return findings
