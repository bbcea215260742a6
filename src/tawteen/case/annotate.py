"""A copy of a case as a workbook in which cells with findings are coloured, with the sentence beside them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from xlsxwriter.utility import quote_sheetname

from tawteen.case.atomic_write import replacing
from tawteen.case.findings import SEVERITIES, CaseError, Finding, sentence_of
from tawteen.case.folder import read_files
from tawteen.case.model import SETTINGS, Case
from tawteen.case.names import fold
from tawteen.case.new_workbook import new_workbook
from tawteen.case.params import READING, WORKBOOK
from tawteen.case.raw import Raw, header_of, headings, table_named
from tawteen.case.settings_file import TOML
from tawteen.case.size_limits import SIZE_LIMITS
from tawteen.case.tables import SHEETS
from tawteen.case.workbook import sheet_name, write_workbook
from tawteen.case.workbook_file import WorkbookError, open_workbook
from tawteen.words import Words

_REFUSED = frozenset(
    {"sheet.far_cell", "sheet.too_many_cells", "sheet.broken", "sheet.rows_twice", "file.not_workbook"}
)
"""Findings about a file as a whole: it is not opened again to be marked."""

AUTHOR = "Tawteen"
"""Author of the comments, by which a later copy knows and replaces them."""

_COLOURS = {"error": "FFB3B3", "warning": "FFE699", "note": "CFE2F3"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SIGNED = re.compile("[-−]?\\d+(?:[-/]\\d+)+|[-−]\\d[\\d.,]*")
_SEPARATOR = "\n———\n"


def annotate(source: Path, target: Path, findings: Sequence[Finding], words: Words, case: Case | None) -> None:
    """Writes to `target` the workbook `source`, or one made of the folder `source`, with `findings` marked in it.

    `case` is what was read, None where the findings stopped the reading. Each cell with findings gets the colour of the
    worst and a comment; a sheet at the front lists all findings with links to their cells. `source` stays as it is.
    Raises CaseError where `source` is no workbook that can be opened, OSError where `target` cannot be written.
    """
    with replacing(target) as beside:
        if not source.is_dir():
            book = _opened(source, findings)
        else:
            if case is None:
                _mirror(source, beside)
            else:
                write_workbook(case, beside, words.lang)
            book = openpyxl.load_workbook(beside)
        marked = _Marked(book, words, case if source.is_dir() else None, folder=source.is_dir())
        _forget(book)
        places = [marked.place(finding) for finding in findings]
        for finding, place in zip(findings, places, strict=True):
            marked.mark(finding, place)
        _list(book, findings, places, words)
        saved = BytesIO()
        book.save(saved)
        beside.write_bytes(saved.getbuffer())


def _opened(source: Path, findings: Sequence[Finding]) -> Any:
    """The workbook with all of its sheets, those that no case reads too. Raises CaseError where one is broken."""
    if any(f.code in _REFUSED for f in findings):
        raise CaseError(list(findings))
    try:
        content = source.read_bytes()
        open_workbook(content)
        # From memory: the library leaves a file open that it cannot read.
        return openpyxl.load_workbook(BytesIO(content))
    except WorkbookError as error:
        raise CaseError(list(findings) or [error.finding(source.name)]) from error
    except (OSError, MemoryError):
        raise
    except Exception as error:
        # What is raised for a damaged part is of many kinds: of ZIP, of its compression, of XML, of what is in it.
        raise CaseError([*findings, Finding("error", "file.not_workbook", file=source.name)]) from error


def _mirror(folder: Path, target: Path) -> None:
    """A workbook with a sheet for each file of the folder, its cells in the same rows and columns as there."""
    raws, toml, _ = read_files(folder)
    with new_workbook(target) as book:
        settings = book.add_worksheet(SETTINGS)
        settings.set_column(0, 0, 100)
        for row, line in enumerate((toml or b"").decode("utf-8-sig", errors="replace").splitlines()):
            settings.write_string(row, 0, _FORBIDDEN.sub("", line)[: SIZE_LIMITS.cell_characters])
        for name, raw in raws.items():
            sheet = book.add_worksheet(name)
            sheet.set_column(0, raw.cells.width, 16)
            for number, cells in zip(raw.rows, raw.cells.iter_rows(), strict=True):
                for place, text in enumerate(cells):
                    if text is not None:
                        sheet.write_string(number - 1, place, _FORBIDDEN.sub("", text)[: SIZE_LIMITS.cell_characters])


@dataclass
class _Marked:
    """The copy being marked. `case` is the one a folder held; rows of its files stand elsewhere in the copy."""

    book: Any
    words: Words
    case: Case | None
    folder: bool
    _columns: dict[str, Mapping[str, int]] = field(default_factory=dict)

    def place(self, finding: Finding) -> tuple[Any, str] | None:
        """The sheet and the cell of a finding; None where it is about no sheet of the copy."""
        sheet = self._sheet(finding)
        if sheet is None:
            return None
        if cell := finding.args.get("cell"):
            first = str(cell).partition(":")[0]
            return (sheet, first) if re.fullmatch(r"[A-Z]{1,3}\d{1,7}", first) else (sheet, "A1")
        columns = self._heads(sheet)
        row = self._row(finding) or columns.get("", 1)
        names = [fold(name) for name in (finding.column or "").split(", ")]
        column = next((columns[name] for name in names if name and name in columns), 1)
        if table_named(sheet.title) is None and not (self.folder and self.case is None):
            column = 2  # the values of settings
        return sheet, f"{get_column_letter(column)}{row}"

    def _sheet(self, finding: Finding) -> Any:
        _, _, name = (finding.file or "").partition(" / ")
        if not self.folder:
            return self.book[name] if name in self.book.sheetnames else None
        table = SETTINGS if finding.file == TOML else finding.table or table_named(Path(finding.file or "").stem)
        if not table:
            return None
        own = sheet_name(table, self.words.lang) if self.case else table
        return self.book[own] if own in self.book.sheetnames else None

    def _row(self, finding: Finding) -> int | None:
        if self.case is None:
            return finding.row
        if finding.file == TOML:
            sheet = self.book[sheet_name(SETTINGS, self.words.lang)]
            keys = {row[0].value: row[0].row for row in sheet.iter_rows(max_col=1)}
            steps = (finding.column or "").split(".")
            return next(
                (keys[".".join(steps[:n])] for n in range(len(steps), 0, -1) if ".".join(steps[:n]) in keys), None
            )
        origin = self.case.origins.get(finding.table or "")
        if origin is None or finding.row not in origin.rows:
            return None
        return WORKBOOK.head_rows + 1 + origin.rows.index(finding.row)

    def _heads(self, sheet: Any) -> Mapping[str, int]:
        """Columns of a sheet by their folded headings and names; the row of the headings stands under no name."""
        if sheet.title not in self._columns:
            table = table_named(sheet.title)
            self._columns[sheet.title] = {} if table is None else _columns(sheet, table)
        return self._columns[sheet.title]

    def mark(self, finding: Finding, place: tuple[Any, str] | None) -> None:
        """Colours the cell and adds the sentence to its comment."""
        if place is None:
            return
        sheet, name = place
        sheet.sheet_state = "visible"
        cell = sheet[name]
        message = _sentence(finding, self.words)
        before = cell.comment.text if cell.comment else ""
        ours = cell.comment is not None and cell.comment.author == AUTHOR
        if not ours or _worse(finding, cell.fill.start_color.rgb):
            cell.fill = PatternFill("solid", start_color=_COLOURS[finding.severity])
        own, _, kept = before.partition(_SEPARATOR) if ours else ("", "", before)
        text = f"{own}\n{message}" if own else message
        cell.comment = Comment(
            text + (_SEPARATOR + kept if kept else ""), AUTHOR, height=60 + len(text) // 2, width=340
        )


def _worse(finding: Finding, colour: Any) -> bool:
    known = [severity for severity, shade in _COLOURS.items() if str(colour).endswith(shade)]
    return not known or SEVERITIES.index(finding.severity) < SEVERITIES.index(known[0])


def _columns(sheet: Any, table: str) -> Mapping[str, int]:
    rows = [[None if value is None else str(value) for value in row]
            for row in sheet.iter_rows(max_row=READING.marked_heading_rows, values_only=True)]  # fmt: skip
    cells = pl.DataFrame(rows, schema=[str(i) for i in range(sheet.max_column)], orient="row", infer_schema_length=None)
    raw = Raw(table, "", cells.cast(pl.String), pl.int_range(1, cells.height + 1, eager=True))
    head = header_of(raw)
    if head is None:
        return {}
    known = headings(table)
    columns: dict[str, int] = {"": head + 1}
    for place, text in enumerate(cells.row(head), 1):
        if text:
            columns.setdefault(fold(known.get(fold(text), text)), place)
            columns.setdefault(fold(text), place)
    return columns


def _forget(book: Any) -> None:
    """Removes the sheet, comments and colours of an earlier annotation."""
    for name in book.sheetnames:
        if fold(name) in {fold(one) for one in SHEETS["findings"]}:
            del book[name]
    for sheet in book.worksheets:
        # Of the cells that the file holds: to go through its rows would make a hundred thousand empty ones.
        for cell in sheet._cells.values():
            if cell.comment is not None and cell.comment.author == AUTHOR:
                _, _, kept = cell.comment.text.partition(_SEPARATOR)
                cell.comment = Comment(kept, "", width=300) if kept else None
                cell.fill = PatternFill()


def _list(book: Any, findings: Sequence[Finding], places: Sequence[tuple[Any, str] | None], words: Words) -> None:
    """The sheet of findings, errors first, each with a link to its cell."""
    sheet = book.create_sheet(sheet_name("findings", words.lang), 0)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    sheet.sheet_view.rightToLeft = words.lang == "ar"
    sheet.freeze_panes = "A2"
    heads = ("severity", "cell", "column", "value", "message")
    for column, (head, width) in enumerate(zip(heads, WORKBOOK.finding_widths, strict=True), 1):
        _write(sheet.cell(1, column), words.say(f"annotate.{head}")).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    order = sorted(range(len(findings)), key=lambda i: SEVERITIES.index(findings[i].severity))
    for row, i in enumerate(order, 2):
        finding, place = findings[i], places[i]
        texts = (words.say(f"cli.{finding.severity}"), finding.file or "", finding.column or "", finding.value or "")
        for column, text in enumerate((*texts, _sentence(finding, words)), 1):
            cell = _write(sheet.cell(row, column), text)
            side, order_of_reading = ("right" if words.lang == "ar" else "left"), (2 if _arabic(text, words) else 1)
            cell.alignment = Alignment(side, "top", wrap_text=True, readingOrder=order_of_reading)
        sheet.row_dimensions[row].height = 15 * max(1, -(-len(_sentence(finding, words)) // 80))
        sheet.cell(row, 1).fill = PatternFill("solid", start_color=_COLOURS[finding.severity])
        if place is not None:
            link = _write(sheet.cell(row, 2), f"{place[0].title} {place[1]}")
            link.hyperlink = f"#{quote_sheetname(place[0].title)}!{place[1]}"
            link.font = Font(color="1F4E8C", underline="single")
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", WORKBOOK.paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.center.text = "&P / &N"


def _arabic(text: str, words: Words) -> bool:
    return words.lang == "ar" and any(unicodedata.bidirectional(letter) == "AL" for letter in text)


def _sentence(finding: Finding, words: Words) -> str:
    """The sentence of a finding; in Arabic its dates and negative numbers keep their order, also in old programs."""
    text = _FORBIDDEN.sub("", sentence_of(finding, words))
    return _SIGNED.sub("\u200e\\g<0>\u200e", text) if words.lang == "ar" else text


def _write(cell: Any, text: str) -> Any:
    """Text that stays text, whatever it begins with."""
    cell.value = _FORBIDDEN.sub("", text)[: SIZE_LIMITS.cell_characters]
    cell.data_type = "s"
    return cell
