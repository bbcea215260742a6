"""What the XML of a worksheet says beside its values: formulas, errors, merged and hidden cells, percent formats."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from tawteen.case.findings import Finding
from tawteen.case.params import MESSAGE
from tawteen.case.workbook_file import SheetPart, WorkbookFile

_SUSPECT = rb'<(?:\w+:)?f[ >/]|<(?:\w+:)?mergeCell |\bt="e"|\bhidden="(?:1|true)"'
_BUILT_IN_PERCENT = {9, 10}


@dataclass
class SheetMarks:
    """Rows and columns are counted from 0; `percent` holds places of cells that are shown as percentages.

    `errors` are findings that stop the reading; `stored` names cells whose formula was read by its stored value.
    """

    errors: list[Finding] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    percent: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


def sheet_marks(book: WorkbookFile, sheet: SheetPart, where: str, table: str | None) -> SheetMarks:
    """The marks of a sheet; its XML is parsed only where one of them is in sight."""
    styles = _percent_styles(book)
    suspect = _SUSPECT
    if styles:
        suspect += rb'|\bs="(?:%b)"' % b"|".join(str(style).encode() for style in styles)
    marks = SheetMarks()
    if not re.search(suspect, sheet.xml):
        return marks
    for _, element in ET.iterparse(io.BytesIO(sheet.xml)):  # parts have no document type # nosec B314
        tag = element.tag.rpartition("}")[2]
        if tag == "row":
            if _true(element, "hidden") and "r" in element.attrib:
                marks.hidden_rows.append(int(element.attrib["r"]) - 1)
            element.clear()
        elif tag == "col" and _true(element, "hidden"):
            marks.hidden_columns += range(int(element.attrib["min"]) - 1, min(int(element.attrib["max"]), 16_384))
        elif tag == "mergeCell":
            marks.errors.append(_finding("sheet.merged", element.attrib["ref"], None, where, table))
        elif tag == "c":
            _cell(marks, element, (where, table), styles, stored=book.values_stored)
    if len(marks.errors) > MESSAGE.sheet_errors:
        more = Finding("error", "sheet.more", table, where, args={"more": len(marks.errors) - MESSAGE.sheet_errors})
        marks.errors[MESSAGE.sheet_errors :] = [more]
    return marks


def _cell(
    marks: SheetMarks, element: ET.Element, place: tuple[str, str | None], styles: set[int], *, stored: bool
) -> None:
    cell = element.attrib.get("r", "")
    children = {child.tag.rpartition("}")[2]: child for child in element}
    value = children.get("v")
    text = value.text if value is not None else None
    if element.attrib.get("t") == "e":
        marks.errors.append(_finding("sheet.error_value", cell, text, *place))
    elif "f" in children:
        if stored and (text or (value is not None and element.attrib.get("t") == "str")):
            marks.stored.append(cell)
        else:
            marks.errors.append(_finding("sheet.formula", cell, children["f"].text, *place))
    if text and int(element.attrib.get("s", "0")) in styles and element.attrib.get("t", "n") == "n":
        marks.percent.append(position(cell))


def _finding(code: str, cell: str, text: str | None, where: str, table: str | None) -> Finding:
    row = re.search(r"\d+", cell)
    return Finding("error", code, table, where, int(row[0]) if row else None, None, text, {"cell": cell})


def position(cell: str) -> tuple[int, int]:
    """Row and column, counted from 0, of a cell such as AB12. Raises ValueError where it names none."""
    match = re.fullmatch(r"([A-Z]+)(\d+)", cell.upper())
    if match is None:
        raise ValueError(cell)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def spans(numbers: Iterable[int]) -> str:
    """Numbers as a short list in which neighbours are joined: 3, 7–9. After a few of them an ellipsis stands."""
    groups: list[list[int]] = []
    for number in sorted(set(numbers)):
        if groups and number == groups[-1][-1] + 1:
            groups[-1][1:] = [number]
        else:
            groups.append([number])
    return shortened("–".join(str(end) for end in group) for group in groups)


def shortened(names: Iterable[str]) -> str:
    """The first names of a list, and an ellipsis where there are more."""
    listed = list(names)
    return ", ".join([*listed[: MESSAGE.cells], "…"] if len(listed) > MESSAGE.cells else listed)


def _true(element: ET.Element, name: str) -> bool:
    return element.attrib.get(name) in ("1", "true")


def _percent_styles(book: WorkbookFile) -> set[int]:
    """Numbers of the cell formats that show a percentage."""
    if "xl/styles.xml" not in book.parts:
        return set()
    root = ET.fromstring(book.parts["xl/styles.xml"])  # parts have no document type # nosec B314
    formats = set(_BUILT_IN_PERCENT)
    styles: set[int] = set()
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt" and "%" in re.sub(r'"[^"]*"|\\.', "", element.attrib.get("formatCode", "")):
            formats.add(int(element.attrib["numFmtId"]))
    for group in root:
        if group.tag.endswith("}cellXfs"):
            styles = {i for i, one in enumerate(group) if int(one.attrib.get("numFmtId", "0")) in formats}
    return styles
