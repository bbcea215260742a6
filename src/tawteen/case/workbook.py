"""A case becomes a workbook (XLSX): a sheet a table, with labels, units, help and drop-downs in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
from xlsxwriter.utility import xl_col_to_name

from tawteen.case.atomic_write import new_workbook
from tawteen.case.codes import LISTS, codes
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.settings_file import rows_of
from tawteen.case.sheets import LISTS_SHEET, README_SHEET, SETTINGS_SHEET
from tawteen.case.tables import TABLES
from tawteen.words import LANGS, Lang, Words

HEAD = 4
"""Rows above the data of a sheet: labels in English and Arabic, units, column names."""

_ROWS_PREPARED = 2000
_LONGEST_SHEET, _LONGEST_CELL = 1_048_576 - HEAD, 32_767
_FIRST_DAY = dt.date(1910, 1, 1)  # an earlier day is text: its number in Excel could be a year
_README = ("readme.what", "readme.sheets", "readme.head", "readme.empty", "readme.codes", "readme.plain", "readme.back")


class _Exact(float):
    """A number that XlsxWriter writes with every digit that counts, not the sixteen it would."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


@dataclass(frozen=True)
class _Book:
    """The workbook being written: its formats, where each code list stands, the last row of each table."""

    book: Any
    formats: Mapping[str, Any]
    lists: Mapping[str, str]
    last: Mapping[str, int]
    mirrored: bool

    def sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name)
        if self.mirrored:
            sheet.right_to_left()
        return sheet


def write_workbook(case: Case, path: Path, lang: Lang = "en") -> None:
    """Writes the case as a workbook that `read_case` reads back to an equal case; `ar` lays sheets out right to left.

    The file is written beside and renamed. Raises CaseError for a table or text longer than a sheet or cell may be.
    """
    _refuse_long(case)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_workbook(path) as book:
        _fill(book, case, lang)


def _refuse_long(case: Case) -> None:
    findings = []
    for name, frame in case.tables.items():
        if frame.height > _LONGEST_SHEET:
            findings.append(Finding("error", "sheet.too_long", name, args={"table": name, "most": _LONGEST_SHEET}))
        texts = {text.name: text.str.len_chars().max() for text in frame.select(pl.col(pl.String))}
        findings += [
            Finding("error", "sheet.long_cell", name, column=column, args={"table": name, "most": _LONGEST_CELL})
            for column, longest in texts.items()
            if isinstance(longest, int) and longest > _LONGEST_CELL
        ]
    if findings:
        raise CaseError(findings)


def _fill(book: Any, case: Case, lang: Lang) -> None:
    formats = {
        "label": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        "unit": book.add_format({"italic": True, "font_color": "#666666"}),
        "name": book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1}),
        "needed": book.add_format({"bold": True, "bg_color": "#F8DCA8", "bottom": 1}),
        "text": book.add_format({"num_format": "@"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    last = {name: HEAD + max(frame.height, _ROWS_PREPARED) for name, frame in case.tables.items()}
    out = _Book(book, formats, _places(), last, mirrored=lang == "ar")
    _readme(out, lang)
    _settings(out, case)
    for name in TABLES:
        _table(out, name, case.tables[name])
    _lists(out)


def _readme(out: _Book, lang: Lang) -> None:
    sheet = out.sheet(README_SHEET)
    sheet.set_column(0, 0, 110)
    spoken = [lang, *(other for other in LANGS if other != lang)]
    row = 0
    for one in spoken:
        words = Words(one)
        for code in _README:
            style = out.formats["label" if code == "readme.what" else "wrapped"]
            sheet.write_string(row, 0, words.say(code), style)
            row += 1
        row += 1


def _settings(out: _Book, case: Case) -> None:
    """Rows of key, value, and what the key means."""
    sheet = out.sheet(SETTINGS_SHEET)
    english, arabic = Words("en"), Words("ar")
    for column, (head, width) in enumerate((("key", 32), ("value", 40), ("English", 60), ("العربية", 60))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, out.formats["name"])
    sheet.freeze_panes(1, 1)
    for row, (key, value) in enumerate(rows_of(case.settings), 1):
        sheet.write_string(row, 0, key, out.formats["text"])
        _cell(out, sheet, row, 1, value)
        steps = [step for step in key.split(".") if not step.isdigit()]
        code = "setting_help." + ".".join(steps[:2] if steps[:2] == ["value", "region_weight"] else steps)
        sheet.write_string(row, 2, english.say(code))
        sheet.write_string(row, 3, arabic.say(code))


def _table(out: _Book, name: str, frame: pl.DataFrame) -> None:
    sheet = out.sheet(name)
    schema = TABLES[name]
    sheet.freeze_panes(HEAD, len(schema.primary_key()))
    for place, (column_name, column) in enumerate(schema.columns().items()):
        meta = column.metadata or {}
        for row, text, style in (
            (0, meta["en"], "label"),
            (1, meta["ar"], "label"),
            (2, meta.get("unit", ""), "unit"),
            (3, column_name, "name" if column.nullable else "needed"),
        ):
            sheet.write_string(row, place, text, out.formats[style])
        sheet.set_column(place, place, _width(column_name, column), out.formats.get(_style(column)))
        sheet.write_comment(3, place, _help(column), {"x_scale": 2})
        if rule := _validation(out, column):
            sheet.data_validation(HEAD, place, out.last[name] - 1, place, rule)
        for row, value in enumerate(frame[column_name], HEAD):
            _cell(out, sheet, row, place, value)


def _cell(out: _Book, sheet: Any, row: int, place: int, value: Any) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_string(row, place, "yes" if value else "no")
        case float() | int():
            sheet.write_number(row, place, _Exact(value))
        case dt.date() if value >= _FIRST_DAY:
            sheet.write_datetime(row, place, dt.datetime(value.year, value.month, value.day), out.formats["day"])  # noqa: DTZ001
        case _:
            sheet.write_string(row, place, str(value), out.formats["text"])


def _style(column: dy.Column) -> str:
    """Text columns are formatted as text, so that codes typed into them keep their zeros."""
    return "day" if isinstance(column, dy.Date) else "text" if isinstance(column, dy.String) else ""


def _width(name: str, column: dy.Column) -> int:
    if name.endswith(("_en", "_ar")) or name in ("title", "note", "address"):
        return 34
    return max(14 if isinstance(column, dy.String) else 11, len(name) + 2)


def _help(column: dy.Column) -> str:
    """What the cell comment of a column says: help, bounds and what empty means, in both languages."""
    meta = column.metadata or {}
    default = meta.get("default")
    lines = []
    for lang in LANGS:
        words = Words(lang)
        parts = [meta[f"help_{lang}"]]
        if not column.nullable:
            parts.append(words.say("help.needed"))
        elif isinstance(default, bool):
            parts.append(words.say("help.default", {"default": words.say("help.yes" if default else "help.no")}))
        elif default is not None:
            parts.append(words.say("help.default", {"default": words.number(default)}))
        lines.append(". ".join(parts))
    return "\n".join(lines)


def _validation(out: _Book, column: dy.Column) -> dict[str, Any] | None:
    """The drop-down of a column; a reference may name a row that is still to be written, so it only warns."""
    meta = column.metadata or {}
    if meta.get("many"):
        return None
    if meta.get("codes"):
        return {"validate": "list", "source": out.lists[meta["codes"]]}
    if meta.get("ref"):
        place = xl_col_to_name(list(TABLES[meta["ref"]].columns()).index("id"))
        source = f"={meta['ref']}!${place}${HEAD + 1}:${place}${out.last[meta['ref']]}"
        return {"validate": "list", "source": source, "error_type": "warning"}
    return {"validate": "list", "source": ["yes", "no"]} if isinstance(column, dy.Bool) else None


def _places() -> dict[str, str]:
    """Where on the lists sheet the codes of every list stand: from row 3 on, three columns and a gap for each."""
    columns = {name: xl_col_to_name(4 * i) for i, name in enumerate((*LISTS, "isic"))}
    return {name: f"={LISTS_SHEET}!${c}$3:${c}${len(codes(name)) + 2}" for name, c in columns.items()}


def _lists(out: _Book) -> None:
    sheet = out.sheet(LISTS_SHEET)
    sheet.freeze_panes(2, 0)
    for i, name in enumerate((*LISTS, "isic")):
        sheet.write_string(0, 4 * i, name, out.formats["name"])
        for j, head in enumerate(("code", "English", "العربية")):
            sheet.write_string(1, 4 * i + j, head, out.formats["label"])
        for row, (code, (english, arabic)) in enumerate(codes(name).items(), 2):
            for j, text in enumerate((code, english, arabic)):
                sheet.write_string(row, 4 * i + j, text, out.formats["text"])
        sheet.set_column(4 * i, 4 * i, 16)
        sheet.set_column(4 * i + 1, 4 * i + 2, 26)
