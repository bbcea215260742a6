"""A workbook of plain sheets: a title, a note and a table each, and a first sheet that lists them.

It imports nothing that takes long, so that a process that writes a workbook is ready at once.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from tawteen.case.new_workbook import new_workbook
from tawteen.case.params import WORKBOOK
from tawteen.report.direction import balanced, isolated
from tawteen.report.params import LAYOUT

LONGEST_NAME, SHEET_ROWS, TOP = 31, 1_048_000, 4
"""Limits of a spreadsheet on letters of the name of a sheet and on its rows; row of the heads of columns, from 0."""
FORMULA_STARTS = frozenset("=@+-＝＠＋－\t\r\n")
"""First characters of a text that a spreadsheet may take for a formula; East Asian ones read the full-width signs."""
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"font_color": "#5b6b76", "italic": True},
    "head": {"bold": True, "bg_color": "#e6f2ed", "text_wrap": True, "valign": "top",
             "border": 1, "border_color": "#c5d3cc"},
    "link": {"font_color": "#2a6f97", "underline": 1},
    **{name: {"num_format": pattern, "valign": "top"} for name, pattern in (
        ("share", "0.0%"), ("whole", "#,##0"), ("one", "#,##0.0"), ("two", "#,##0.00"), ("free", "General"),
        ("date", "yyyy-mm-dd"))},
    "text": {"valign": "top"}, "long": {"valign": "top", "text_wrap": True},
    "text_kept": {"valign": "top", "quote_prefix": True},
    "long_kept": {"valign": "top", "text_wrap": True, "quote_prefix": True},
}  # fmt: skip

Column = tuple[str, list[Any], str]
"""Head, values and name of the format of a column."""
IndexHeads = tuple[str, str, str, str]
"""Heads of the first sheet: name, title in English and in Arabic, number of rows."""


class TitledSheet(NamedTuple):
    """One sheet: title and note in English and Arabic above its columns."""

    name: str
    title: tuple[str, str]
    note: tuple[str, str]
    columns: list[Column]


class SheetBook:
    """An open workbook to which sheets are added one by one; only the sheet that is being added is in memory."""

    def __init__(self, book: Any, lang: str) -> None:
        self._book, self._lang = book, lang
        self._formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        self._index = self._new("index")
        self._listed: dict[str, tuple[str, str, int]] = {}

    def add(self, content: TitledSheet) -> None:
        """Writes a sheet."""
        sheet, columns = self._new(content.name), content.columns
        self._listed[content.name] = (*content.title, len(columns[0][1]) if columns else 0)
        texts = f"{content.title[0]} / {isolated(content.title[1])}", content.note[0], isolated(content.note[1])
        for row, (text, look) in enumerate(zip(texts, ("title", "note", "note"), strict=True)):
            sheet.write_string(row, 0, text, self._formats[look])
        widths: list[int] = []
        for j, (label, cells, _) in enumerate(columns):
            sheet.write_string(TOP, j, label, self._formats["head"])
            widest = max(len(text) for text in (*label.split("\n"), *(c for c in cells[:200] if isinstance(c, str))))
            widths.append(min(max(10, widest) + 2, LAYOUT.sheet_column))
            sheet.set_column(j, j, widths[-1])
        looks = [self._formats[look] for _, _, look in columns]
        rows: Iterator[tuple[Any, ...]] = zip_longest(*(cells for _, cells, _ in columns))
        for i, values in enumerate(islice(rows, SHEET_ROWS), start=TOP + 1):
            for j, value in enumerate(values):
                if value is not None and value != "":
                    self._cell(sheet, i, j, value, looks[j])
        if columns:
            sheet.autofilter(TOP, 0, TOP + max(len(columns[0][1]), 1), len(columns) - 1)
        sheet.freeze_panes(TOP + 1, 1)
        _on_paper(sheet, TOP, self._lang, sum(widths))

    def close(self, heads: IndexHeads, order: Sequence[str] = ()) -> None:
        """Writes the first sheet; sheets stand in the order of the names in `order`, else as they were added."""
        order = order or list(self._listed)
        self._write_index(heads, order)
        place = {name[:LONGEST_NAME]: n for n, name in enumerate(order)}
        sheets = self._book.worksheets_objs
        sheets.sort(key=lambda sheet: place.get(sheet.name, -1))
        # Filters and titles on paper name their sheet by its place.
        for n, sheet in enumerate(sheets):
            sheet.index = n

    def _new(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name[:LONGEST_NAME])
        if self._lang == "ar":
            sheet.right_to_left()
        return sheet

    def _write_index(self, heads: IndexHeads, order: Sequence[str]) -> None:
        sheet = self._index
        sheet.write_row(0, 0, heads, self._formats["head"])
        for i, name in enumerate(order, start=1):
            english, arabic, rows = self._listed[name]
            sheet.write_url(i, 0, f"internal:'{name[:LONGEST_NAME]}'!A1", self._formats["link"], name)
            sheet.write_string(i, 1, english)
            sheet.write_string(i, 2, isolated(arabic))
            sheet.write_number(i, 3, rows)
        widths = (24, 66, 46, 14)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        _on_paper(sheet, 0, self._lang, sum(widths))

    def _cell(self, sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
        if isinstance(value, str):
            self._text(sheet, row, column, value)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, look)
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, value, self._formats["date"])
        else:
            self._text(sheet, row, column, "; ".join(map(str, value)) if isinstance(value, list) else str(value))

    def _text(self, sheet: Any, row: int, column: int, value: str) -> None:
        text = balanced(value)
        # Text of a user that begins like a formula stays text when its cell is edited or saved elsewhere.
        kept = "_kept" if text[:1] in FORMULA_STARTS else ""
        look = ("long" if len(text) > LAYOUT.sheet_column else "text") + kept
        sheet.write_string(row, column, text, self._formats[look])


@contextmanager
def sheet_book(path: Path, lang: str) -> Iterator[SheetBook]:
    """A workbook to add sheets to and to close; `path` appears whole at the end, or not at all.

    `lang` `ar` turns every sheet right to left. Raises OSError where it cannot be written.
    """
    with new_workbook(path, nan_inf_to_errors=True, constant_memory=True) as book:
        yield SheetBook(book, lang)


def _on_paper(sheet: Any, head: int, lang: str, width: float) -> None:
    """A4 on its side, as many pages wide as letters of nine points need, head and first column on every page, name of
    the sheet and page number below.

    `width` is that of all columns in characters.
    """
    sheet.set_paper(WORKBOOK.paper)
    sheet.set_landscape()
    sheet.fit_to_pages(math.ceil(width / WORKBOOK.page_characters), 0)
    sheet.repeat_rows(head)
    if width > WORKBOOK.page_characters:
        sheet.repeat_columns(0)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.set_footer("&L&P / &N&R&A" if lang == "ar" else "&L&A&R&P / &N")
