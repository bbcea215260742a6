"""programme.xlsx: every exhibit, the programme's own tables and the inputs, with headers in both languages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tawteen.case.csv_file import FORMULA_STARTS
from tawteen.case.model import Case
from tawteen.case.new_workbook import new_workbook
from tawteen.case.params import WORKBOOK
from tawteen.case.tables import TABLES, TITLES
from tawteen.plan.programme import Programme
from tawteen.report.bilingual import Both, balanced, bilingual, isolated
from tawteen.report.cells import BilingualCells
from tawteen.report.exhibit import ColumnFormat, Exhibit
from tawteen.report.lists import code_label
from tawteen.report.params import LAYOUT
from tawteen.words import Lang

LONGEST_NAME, SHEET_ROWS, TOP = 31, 1_048_000, 4
"""Limits of a spreadsheet on letters of the name of a sheet and on its rows; row of the heads of columns, from 0."""
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
Sheet = tuple[str, Both, Both, list[Column]]


def write_workbook(
    exhibits: Iterable[Exhibit], case: Case, programme: Programme, path: Path, lang: Lang = "en"
) -> None:
    """Writes the workbook; `lang` `ar` turns every sheet right to left. OSError where it cannot be written."""
    speech = BilingualCells(case)
    sheets: list[Sheet] = [(e.key, e.title, e.note, exhibit_columns(e, speech)) for e in exhibits]
    sheets += [(f"programme_{name}", bilingual("workbook.programme_table", name=name), ("", ""), plain(frame))
               for name, frame in programme_tables(programme).items()]  # fmt: skip
    sheets += [(f"in_{name}", TITLES[name], ("", ""), input_columns(name, case[name])) for name in TABLES]
    with new_workbook(path, nan_inf_to_errors=True) as book:
        looks = {name: book.add_format(look) for name, look in FORMATS.items()}
        _index(book, looks, sheets, lang)
        for sheet in sheets:
            _sheet(book, looks, sheet, lang)


def _index(book: Any, looks: Mapping[str, Any], sheets: list[Sheet], lang: Lang) -> None:
    sheet = book.add_worksheet("index")
    if lang == "ar":
        sheet.right_to_left()
    sheet.write_row(
        0,
        0,
        [" / ".join(bilingual("workbook.sheet")), *bilingual("workbook.title"), " / ".join(bilingual("workbook.rows"))],
        looks["head"],
    )
    for i, (name, title, _, columns) in enumerate(sheets, start=1):
        sheet.write_url(i, 0, f"internal:'{name[:LONGEST_NAME]}'!A1", looks["link"], name)
        sheet.write_string(i, 1, title[0])
        sheet.write_string(i, 2, isolated(title[1]))
        sheet.write_number(i, 3, len(columns[0][1]) if columns else 0)
    widths = (24, 66, 46, 14)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    _on_paper(sheet, 0, lang, sum(widths))


def _on_paper(sheet: Any, head: int, lang: Lang, width: float) -> None:
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


def _sheet(book: Any, looks: Mapping[str, Any], content: Sheet, lang: Lang) -> None:
    name, title, note, columns = content
    sheet = book.add_worksheet(name[:LONGEST_NAME])
    if lang == "ar":
        sheet.right_to_left()
    sheet.write_string(0, 0, f"{title[0]} / {isolated(title[1])}", looks["title"])
    for row, text in ((1, note[0]), (2, isolated(note[1]))):
        sheet.write_string(row, 0, text, looks["note"])
    widths: list[int] = []
    for j, (label, cells, look) in enumerate(columns):
        sheet.write_string(TOP, j, label, looks["head"])
        widest = max(len(text) for text in (*label.split("\n"), *(c for c in cells[:200] if isinstance(c, str))))
        widths.append(min(max(10, widest) + 2, LAYOUT.sheet_column))
        sheet.set_column(j, j, widths[-1])
        for i, value in enumerate(cells[:SHEET_ROWS], start=TOP + 1):
            _cell(sheet, (i, j), value, looks[look], looks)
    if columns:
        sheet.autofilter(TOP, 0, TOP + max(len(columns[0][1]), 1), len(columns) - 1)
    sheet.freeze_panes(TOP + 1, 1)
    _on_paper(sheet, TOP, lang, sum(widths))


def _cell(sheet: Any, position: tuple[int, int], value: Any, look: Any, looks: Mapping[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(*position, value)
    elif isinstance(value, int | float):
        sheet.write_number(*position, value, look)
    elif isinstance(value, dt.date):
        sheet.write_datetime(*position, value, looks["date"])
    else:
        text = balanced("; ".join(map(str, value)) if isinstance(value, list) else str(value))
        # Text of a user that begins like a formula stays text when its cell is edited or saved elsewhere.
        kept = "_kept" if text[:1] in FORMULA_STARTS else ""
        sheet.write_string(*position, text, looks[("long" if len(text) > LAYOUT.sheet_column else "text") + kept])


def exhibit_columns(exhibit: Exhibit, speech: BilingualCells) -> list[Column]:
    """Columns of an exhibit: text and codes once per language, numbers once."""
    columns: list[Column] = []
    frame = exhibit.table
    for column, shown in exhibit.columns.items():
        unit = speech.unit(shown.unit) if shown.unit not in ("share", "period", "by_row") else ("", "")
        if f"{column}_en" in frame.columns:
            english, arabic = frame[f"{column}_en"].to_list(), frame[f"{column}_ar"].to_list()
            columns.append((shown.label[0], english, "free"))
            # A name that both languages share is looked up and compared, so it keeps its letters alone.
            own = [isolated(ar) if ar and ar != en else ar for en, ar in zip(english, arabic, strict=True)]
            columns.append((shown.label[1], own, "free"))
        elif shown.codes:
            cells = frame[column].to_list()
            columns += [(shown.label[k], [code_label(shown.codes, c)[k] for c in cells], "free") for k in (0, 1)]
        elif shown.unit == "period":
            cells = [None if c is None else speech.case.calendar.label(int(c)) for c in frame[column]]
            columns.append((_bilingual_heading(shown.label, unit), cells, "free"))
        else:
            columns.append((_bilingual_heading(shown.label, unit), frame[column].to_list(), _number_format(shown)))
    return columns


def _bilingual_heading(label: Both, unit: Both) -> str:
    parts = [f"{text} ({u})" if u else text for text, u in zip(label, unit, strict=True)]
    return "\n".join(dict.fromkeys(parts))


def _number_format(shown: ColumnFormat) -> str:
    if shown.unit == "share":
        return "share"
    return {0: "whole", 1: "one", 2: "two"}.get(-1 if shown.decimals is None else shown.decimals, "free")


def plain(frame: pl.DataFrame) -> list[Column]:
    """Columns as they are."""
    return [(name, frame[name].to_list(), "free") for name in frame.columns]


def programme_tables(programme: Programme) -> dict[str, pl.DataFrame]:
    """The programme's own tables, and its figures as one."""
    tables: dict[str, pl.DataFrame] = {}
    for field in dataclasses.fields(programme):
        value = getattr(programme, field.name)
        if isinstance(value, pl.DataFrame):
            tables[field.name] = value
    facts = {
        n: getattr(programme, n)
        for n in (
            "case_id",
            "case_hash",
            "status",
            "value",
            "bound",
            "do_nothing",
            "gap",
            "seconds",
            "peak_mb",
            "seed",
            "version",
        )
    }
    head = pl.DataFrame({"figure": list(facts), "value": [None if v is None else str(v) for v in facts.values()]})
    return {"figures": head, **tables}


def input_columns(name: str, frame: pl.DataFrame) -> list[Column]:
    """A table of the case with labels and units in both languages."""
    columns: list[Column] = []
    for column, spec in TABLES[name].columns().items():
        data = spec.metadata or {}
        unit = data.get("unit") or ""
        label = _bilingual_heading(
            (data.get("en", column), data.get("ar", column)), (unit, unit) if unit not in ("", "date") else ("", "")
        )
        columns.append((label, frame[column].to_list(), "free"))
    return columns
