"""A workbook file is opened: its kind is told from its content, and its sizes are measured before memory is used."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.parsers import expat

from tawteen.case.findings import Finding
from tawteen.case.zip_file import opened_zip


@dataclass(frozen=True)
class WorkbookLimits:
    """What a workbook may hold."""

    file: int = 100_000_000
    """Bytes of the file."""
    unpacked: int = 500_000_000
    """Bytes of its parts, unpacked."""
    parts: int = 2_000
    """Parts of the file: sheets, styles, pictures."""
    rows: int = 1_048_576
    """Rows of one sheet."""
    columns: int = 256
    """Columns of one sheet."""
    cells: int = 12_000_000
    """Cells of one sheet, with the empty ones between."""


LIMITS = WorkbookLimits()


class WorkbookError(Exception):
    """A workbook that is not read; `code` and `args` name the sentence that says why."""

    def __init__(self, code: str, **args: object) -> None:
        super().__init__(code)
        self.code, self.details = code, args

    def finding(self, file: str) -> Finding:
        """The error as a finding about `file`."""
        return Finding("error", self.code, file=file, args=self.details)


@dataclass(frozen=True)
class SheetPart:
    """One worksheet: its name, its XML and whether it is hidden."""

    name: str
    xml: bytes
    hidden: bool


@dataclass(frozen=True)
class WorkbookFile:
    """The parts of an XLSX or XLSM file by name, and what its workbook part says."""

    parts: Mapping[str, bytes]
    sheets: tuple[SheetPart, ...]
    epoch_1904: bool
    values_stored: bool
    macros: bool

    def repacked(self) -> io.BytesIO:
        """The parts as an XLSX file without compression, for a reader that trusts the sizes a file declares."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as book:
            for name, data in self.parts.items():
                book.writestr(name, data)
        target.seek(0)
        return target


def open_workbook(data: bytes) -> WorkbookFile:
    """The parts of a workbook file, all of them within the limits.

    Raises WorkbookError where the file is of another kind or too large, DamagedZipError, and what `ElementTree` raises
    where it is damaged.
    """
    if code := _other_kind(data):
        raise WorkbookError(code)
    with opened_zip(io.BytesIO(data)) as book:
        names = set(book.namelist())
        if code := _other_package(book, names):
            raise WorkbookError(code)
        parts = _unpacked(book)
    return _described(parts, macros=any(name.endswith("vbaProject.bin") for name in names))


def _other_kind(data: bytes) -> str | None:
    """The code of the sentence about a file that is no zip archive."""
    if data.startswith(b"PK"):
        return None
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "file.password" if "EncryptedPackage".encode("utf-16-le") in data else "file.xls"
    if data.startswith(b"%PDF"):
        return "file.pdf"
    if not data.strip():
        return "file.empty"
    start = data[:1000]
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "file.web_page"
    return None if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")) else "file.text"


def _other_package(book: zipfile.ZipFile, names: set[str]) -> str | None:
    """The code of the sentence about a zip archive that is no XLSX file."""
    if "xl/workbook.xml" in names or _workbook_part_named(names):
        return None
    if "mimetype" in names:
        with book.open("mimetype") as part:
            return "file.ods" if b"opendocument.spreadsheet" in part.read(200) else "file.document"
    if "xl/workbook.bin" in names:
        return "file.xlsb"
    if names & {"word/document.xml", "ppt/presentation.xml"}:
        return "file.document"
    if any(name.endswith(".iwa") for name in names):
        return "file.numbers"
    return "file.zip"


def _workbook_part_named(names: set[str]) -> bool:
    return "[Content_Types].xml" in names and any(re.fullmatch(r"xl/workbook\d*\.xml", name) for name in names)


def unpacks_to(size: int) -> WorkbookError:
    """The error about a workbook that unpacks to more than `LIMITS.unpacked` bytes."""
    return WorkbookError("file.unpacks_to", size=round(size / 1e6), most=round(LIMITS.unpacked / 1e6))


def _unpacked(book: zipfile.ZipFile) -> dict[str, bytes]:
    """Every XML part. The sum of the sizes that the file declares is checked first; no part is read beyond its own."""
    xml_parts = [info for info in book.infolist() if info.filename.lower().endswith((".xml", ".rels"))]
    size = sum(info.file_size for info in xml_parts)
    if len(xml_parts) > LIMITS.parts:
        raise WorkbookError("file.too_many_parts", parts=len(xml_parts), most=LIMITS.parts)
    if size > LIMITS.unpacked:
        raise unpacks_to(size)
    parts = {}
    for info in xml_parts:
        with book.open(info) as part:
            parts[info.filename] = part.read(info.file_size)
        if b"<!DOCTYPE" in parts[info.filename] or b"<!ENTITY" in parts[info.filename]:
            raise WorkbookError("file.entities", part=info.filename)
    return parts


def _described(parts: Mapping[str, bytes], *, macros: bool) -> WorkbookFile:
    place = next(name for name in sorted(parts) if re.fullmatch(r"xl/workbook\d*\.xml", name))
    links_of = f"xl/_rels/{posixpath.basename(place)}.rels"
    relations = ET.fromstring(parts[links_of])  # parts have no document type # nosec B314
    links = {link.attrib["Id"]: link.attrib["Target"] for link in relations}
    sheets, epoch_1904, values_stored = [], False, True
    for element in ET.fromstring(parts[place]).iter():  # parts have no document type # nosec B314
        tag, attributes = element.tag.rpartition("}")[2], element.attrib
        if tag == "sheet":
            target = links["".join(value for key, value in attributes.items() if key.endswith("}id"))]
            path = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
            if path in parts:
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetPart(attributes["name"], parts[path], hidden))
        elif tag == "workbookPr":
            epoch_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "calcPr":
            # Programs that write formulas without calculating them store a zero and ask for this.
            values_stored = attributes.get("fullCalcOnLoad") not in ("1", "true")
    return WorkbookFile(parts, tuple(sheets), epoch_1904, values_stored, macros)


_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br\s*=\s*["\']\s*(\d+)')
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br\s*=\s*["\']([A-Za-z]+)(\d+)["\'][^>]*(?<!/)>(?!</)')
_NO_PLACE = re.compile(rb"<(?:\w+:)?c(?:>|\s(?![^>]*\br\s*=)[^>]*>)")
_FAR = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br\s*=\s*["\']((?:[A-Za-z]{3,}|[J-Zj-z][A-Za-z]|[Ii][W-Zw-z])\d+|[A-Za-z]*\d{8,})'
    rb'["\'][^>]*(?<!/)>(?!</)'
)


_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_BODY = re.compile(rb"<(?:\w+:)?sheetData(?=[\s/>])")
_ROW_OR_END = re.compile(rb"<(?:\w+:)?row(?=[\s/>])|</(?:\w+:)?sheetData\s*>")


def whole(sheet: SheetPart) -> None:
    """Raises WorkbookError where the reader of values would leave rows out without a word.

    It reads the first `sheetData` of a sheet to its end or to the first broken byte, and of two rows with one number
    the cells of the later one only.
    """
    try:
        expat.ParserCreate().Parse(sheet.xml, True)
    except expat.ExpatError as error:
        raise WorkbookError("sheet.broken", sheet=sheet.name, line=error.lineno, column=error.offset + 1) from error
    text = _COMMENT.sub(b"", sheet.xml) if b"<!--" in sheet.xml else sheet.xml
    bodies = [body.start() for body in _BODY.finditer(text)]
    numbers = [int(row[1]) for row in _ROW.finditer(text)]
    parts = [(match.start(), match[0].startswith(b"</")) for match in _ROW_OR_END.finditer(text)]
    rows, ends = ([place for place, closes in parts if closes is kind] for kind in (False, True))
    outside = bool(rows) and (not bodies or rows[0] < bodies[0] or not ends or rows[-1] > ends[0])
    if len(bodies) > 1 or outside or len(set(numbers)) < len(numbers):
        raise WorkbookError("sheet.rows_twice", sheet=sheet.name)


def measured(sheet: SheetPart) -> None:
    """Raises WorkbookError where the filled cells of a sheet reach farther than the limits.

    Cells with a format alone do not count. The cheap bound on the area is looked at first.
    """
    xml = sheet.xml
    if far := _FAR.search(xml):
        raise WorkbookError("sheet.far_cell", cell=far[1].decode()[:20], columns=LIMITS.columns, rows=LIMITS.rows)
    rows = max((int(row[1]) for row in _ROW.finditer(xml)), default=xml.count(b"<row"))
    unplaced = _NO_PLACE.search(xml) is not None
    if rows * LIMITS.columns <= LIMITS.cells and not unplaced:
        return
    width, height, cell = 0, 0, ""
    for match in _CELL.finditer(xml):
        row, column = int(match[2]), _column_number(match[1])
        if row > height:
            height, cell = row, (match[1] + match[2]).decode()
        width = max(width, column)
    if unplaced:
        width = max(width, *(len(re.findall(rb"<(?:\w+:)?c\b", row)) for row in re.split(rb"<(?:\w+:)?row\b", xml)))
        height = max(height, min(rows, LIMITS.rows + 1))
    if width > LIMITS.columns or height > LIMITS.rows:
        raise WorkbookError("sheet.far_cell", cell=cell, columns=LIMITS.columns, rows=LIMITS.rows)
    if width * height > LIMITS.cells:
        raise WorkbookError("sheet.too_many_cells", cell=cell, cells=width * height, most=LIMITS.cells)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
