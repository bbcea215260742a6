"""A case becomes a workbook (XLSX): a sheet a table, with labels, units, help and drop-downs, ready to print."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import dataframely as dy
import polars as pl
from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from tawteen.case.code_words import code_words
from tawteen.case.codes import LISTS, codes
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.new_workbook import new_workbook
from tawteen.case.params import WORKBOOK
from tawteen.case.raw import is_notes
from tawteen.case.settings_file import choices_of, rows_of, setting_help_code
from tawteen.case.size_limits import SIZE_LIMITS
from tawteen.case.tables import FIRST_TABLES, NOTES, SHEETS, TABLES, TITLES
from tawteen.case.workbook_file import LIMITS
from tawteen.words import Lang, Words

_NO_TIME = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no time zones
_FIRST_DAY = dt.date(1910, 1, 1)  # an earlier day is text: its number in Excel could be a year
_README = (
    "readme.what", "readme.sheets", "readme.head", "readme.empty", "readme.codes", "readme.notes", "readme.plain",
    "readme.back", "readme.next",
)  # fmt: skip
_NEEDED, _OPTIONAL = "#E0A030", "#8FA8BF"


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
    words: Words
    title: str

    def sheet(self, name: str) -> Any:
        """A sheet called `name` that prints on A4 with the case's name, its own and the number of the page."""
        sheet = self.book.add_worksheet(name)
        if self.words.lang == "ar":
            sheet.right_to_left()
        sheet.set_landscape()
        sheet.set_paper(WORKBOOK.paper)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.set_header(f"&L{self.title.replace('&', '&&')[:100]}&R&A")
        sheet.set_footer("&C&P / &N")
        sheet.fit_to_pages(1, 0)
        return sheet

    def labels(self) -> tuple[Words, Words]:
        """The language of the workbook, then the other."""
        other: Lang = "en" if self.words.lang == "ar" else "ar"
        return self.words, Words(other)


def sheet_name(name: str, lang: Lang) -> str:
    """The name of the sheet of a table, or of `readme`, `settings` and `lists`, in a workbook of this language."""
    if name in SHEETS:
        return SHEETS[name][lang == "ar"]
    return TITLES[name][1] if lang == "ar" else name


def write_workbook(
    case: Case, path: Path, lang: Lang = "en", properties: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Writes the case as a workbook that `read_case` reads back to an equal case.

    Drop-downs and codes are in the words of `lang`; `ar` lays sheets out right to left. Sheets without rows are hidden
    unless a first plan needs them. `properties` are texts that programs keep with the file, by name; with them it
    states no time, so that two of one case are the same. The file is written beside and renamed. Raises CaseError for a
    table or text longer than a sheet or cell may be.
    """
    _refuse_long(case)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    small = sum(frame.height * frame.width for frame in case.tables.values()) <= WORKBOOK.cells_in_memory
    with new_workbook(path, in_memory=small) as book:
        if properties:
            book.set_properties({"created": _NO_TIME})
        for name, text in properties.items():
            book.set_custom_property(name, text, "text")
        _fill(book, case, lang)


def _refuse_long(case: Case) -> None:
    findings = []
    most_rows, most_characters = LIMITS.rows - WORKBOOK.head_rows, SIZE_LIMITS.cell_characters
    for name, frame in case.tables.items():
        if frame.height > most_rows:
            findings.append(Finding("error", "sheet.too_long", name, args={"table": name, "most": most_rows}))
        texts = {text.name: text.str.len_chars().max() for text in frame.select(pl.col(pl.String))}
        findings += [
            Finding(
                "error",
                "sheet.long_cell",
                name,
                column=column,
                args={"table": name, "most": most_characters},
            )
            for column, longest in texts.items()
            if isinstance(longest, int) and longest > most_characters
        ]
    if findings:
        raise CaseError(findings)


def _fill(book: Any, case: Case, lang: Lang) -> None:
    words = Words(lang)
    formats = {name: book.add_format(dict(style)) for name, style in _FORMATS.items()}
    last = {name: WORKBOOK.head_rows + max(frame.height, WORKBOOK.prepared_rows) for name, frame in case.tables.items()}
    title = words.pick((case.settings.about.name_en, case.settings.about.name_ar))
    out = _Book(book, formats, _places(lang), last, words, title)
    _readme(out, case)
    _settings(out, case)
    for name in TABLES:
        _table(out, name, case.tables[name])
    _lists(out)


_LEFT_TO_RIGHT = {"reading_order": 1}
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "label": {"bold": True, "text_wrap": True, "valign": "top"},
    "unit": {"italic": True, "font_color": "#666666", **_LEFT_TO_RIGHT},
    "name": {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, **_LEFT_TO_RIGHT},
    "needed": {"bold": True, "bg_color": "#F8DCA8", "bottom": 1, **_LEFT_TO_RIGHT},
    "text": {"num_format": "@"},
    "number": _LEFT_TO_RIGHT,
    "head": {"bold": True, "bg_color": "#E8EEF4", "bottom": 1},
    "title_en": {"bold": True, "font_size": 14, **_LEFT_TO_RIGHT},
    "title_ar": {"bold": True, "font_size": 14, "reading_order": 2},
    "paragraph_en": {"text_wrap": True, "valign": "top", "align": "left", **_LEFT_TO_RIGHT},
    "paragraph_ar": {"text_wrap": True, "valign": "top", "align": "right", "reading_order": 2},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "link": {"font_color": "#1F4E8C", "underline": 1},
    "day": {"num_format": "yyyy-mm-dd", **_LEFT_TO_RIGHT},
}


def _readme(out: _Book, case: Case) -> None:
    """How to fill the workbook in, in both languages, and a list of its tables with links."""
    sheet = out.sheet(sheet_name("readme", out.words.lang))
    for column, width in enumerate((26, 32, 32, 34)):
        sheet.set_column(column, column, width)
    row = 0
    for words in out.labels():
        for code in _README:
            sentence = words.say(code)
            style = f"title_{words.lang}" if code == "readme.what" else f"paragraph_{words.lang}"
            sheet.merge_range(row, 0, row, 3, sentence, out.formats[style])
            sheet.set_row(row, 18 * math.ceil(len(sentence) / 120))
            row += 1
        row += 1
    own, other = out.labels()
    heads = (own.say("readme.sheet"), own.say("readme.table"), own.say("readme.use"), other.say("readme.table"))
    for place, head in enumerate(heads):
        sheet.write_string(row, place, head, out.formats["head"])
    for name in TABLES:
        row += 1
        link = f"internal:{quote_sheetname(sheet_name(name, out.words.lang))}!A1"
        sheet.write_url(row, 0, link, out.formats["link"], sheet_name(name, out.words.lang))
        use = "readme.use_filled" if case.tables[name].height else "readme.use_hidden"
        use = "readme.use_first" if name in FIRST_TABLES else use
        for place, text in enumerate((own.pick(TITLES[name]), own.say(use), other.pick(TITLES[name])), 1):
            sheet.write_string(row, place, text)


def _settings(out: _Book, case: Case) -> None:
    """Rows of key, value, and what the key means."""
    sheet = out.sheet(sheet_name("settings", out.words.lang))
    spoken = out.labels()
    for column, (head, width) in enumerate((("key", 32), ("value", 40), *((_LANGUAGES[w.lang], 60) for w in spoken))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, out.formats["name"])
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_tab_color(_NEEDED)
    for row, (key, value) in enumerate(rows_of(case.settings), 1):
        sheet.write_string(row, 0, key, out.formats["text"])
        _cell(out, sheet, (row, 1), value)
        if choices := choices_of(key):
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": list(choices)})
        code = setting_help_code(key)
        for place, words in enumerate(spoken, 2):
            sheet.write_string(row, place, words.say(code), out.formats["wrapped"])


_LANGUAGES = {"en": "English", "ar": "العربية"}


def _table(out: _Book, name: str, frame: pl.DataFrame) -> None:
    sheet = out.sheet(sheet_name(name, out.words.lang))
    schema = TABLES[name]
    keys = len(schema.primary_key())
    sheet.freeze_panes(WORKBOOK.head_rows, keys)
    sheet.repeat_rows(0, WORKBOOK.head_rows - 1)
    sheet.repeat_columns(0, keys - 1)
    sheet.set_tab_color(_NEEDED if name in FIRST_TABLES else _OPTIONAL)
    if name not in FIRST_TABLES and not frame.height:
        sheet.hide()
    width = 0.0
    for place, (column_name, column) in enumerate(schema.columns().items()):
        meta = column.metadata or {}
        labels = [words.pick((meta["en"], meta["ar"])) for words in out.labels()]
        _heading(out, sheet, place, (*labels, meta.get("unit", ""), column_name), needed=not column.nullable)
        width += (wide := _width(out, column_name, column))
        sheet.set_column(place, place, wide, out.formats.get(_style(column)))
        sheet.write_comment(3, place, _help(out, column), {"x_scale": 2})
        if rule := _validation(out, column):
            sheet.data_validation(
                WORKBOOK.head_rows, place, out.last[name] - 1, place, {**rule, **_list_messages(out, rule)}
            )
        values = _in_words(out, column, frame[column_name])
        for row, value in enumerate(values, WORKBOOK.head_rows):
            _cell(out, sheet, (row, place), value)
    if not any(is_notes(column) for column in schema.columns()):
        _heading(out, sheet, len(schema.columns()), (*(words.pick(_NOTES) for words in out.labels()), "", "notes"))
        sheet.set_column(len(schema.columns()), len(schema.columns()), 34, out.formats["text"])
        width += 34
    sheet.fit_to_pages(math.ceil(width / WORKBOOK.page_characters), 0)


_NOTES = (NOTES[0], next(word for word in NOTES if not word.isascii()))


def _heading(out: _Book, sheet: Any, place: int, texts: tuple[str, ...], *, needed: bool = False) -> None:
    for row, (text, style) in enumerate(zip(texts, ("label", "label", "unit", "name"), strict=True)):
        sheet.write_string(row, place, text, out.formats["needed" if needed and style == "name" else style])


def _in_words(out: _Book, column: dy.Column, values: pl.Series) -> pl.Series | list[str | None]:
    """Codes, and yes and no, in the words that the drop-downs of the workbook offer."""
    meta = column.metadata or {}
    if isinstance(column, dy.Bool):
        return [None if value is None else _yes_no(out)[not value] for value in values]
    if not meta.get("codes"):
        return values
    words = code_words(meta["codes"], out.words.lang)
    return [value and ";".join(words.get(code, code) for code in value.split(";")) for value in values]


def _yes_no(out: _Book) -> tuple[str, str]:
    return out.words.say("help.yes"), out.words.say("help.no")


def _cell(out: _Book, sheet: Any, place: tuple[int, int], value: Any) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_string(*place, _yes_no(out)[not value])
        case float() | int():
            sheet.write_number(*place, _Exact(value), out.formats["number"])
        case dt.date() if value >= _FIRST_DAY:
            day = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 — a sheet knows no time zones
            sheet.write_datetime(*place, day, out.formats["day"])
        case _:
            sheet.write_string(*place, str(value), out.formats["text"])


def _style(column: dy.Column) -> str:
    """Text columns are formatted as text, so that codes typed into them keep their zeros."""
    return "day" if isinstance(column, dy.Date) else "text" if isinstance(column, dy.String) else "number"


def _width(out: _Book, name: str, column: dy.Column) -> int:
    """Width of a column in characters: that of its name, or of the words that are chosen in it, within reason."""
    if name.endswith(("_en", "_ar")) or name in ("title", "note", "address"):
        return 34
    listed = (column.metadata or {}).get("codes")
    longest = max((len(word) for word in code_words(listed, out.words.lang).values()), default=0) if listed else 0
    return max(14 if isinstance(column, dy.String) else 11, len(name) + 2, min(longest + 2, 26))


def _help(out: _Book, column: dy.Column) -> str:
    """What the comment on a column's name says: help and what empty means, in both languages."""
    meta = column.metadata or {}
    default = meta.get("default")
    lines = []
    for words in out.labels():
        parts = [words.pick((meta["help_en"], meta["help_ar"]))]
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
        sheet = quote_sheetname(sheet_name(meta["ref"], out.words.lang))
        source = f"={sheet}!${place}${WORKBOOK.head_rows + 1}:${place}${out.last[meta['ref']]}"
        return {"validate": "list", "source": source, "error_type": "warning"}
    return {"validate": "list", "source": list(_yes_no(out))} if isinstance(column, dy.Bool) else None


def _list_messages(out: _Book, rule: Mapping[str, Any]) -> dict[str, str]:
    """What a spreadsheet program says about a word that is not on the list."""
    code = "help.not_a_row" if "error_type" in rule else "help.not_listed"
    return {"error_title": out.words.say("help.list"), "error_message": out.words.say(code)}


def _places(lang: Lang) -> dict[str, str]:
    """Where on the lists sheet the words of every list stand: from row 3 on, four columns and a gap for each."""
    sheet = quote_sheetname(sheet_name("lists", lang))
    columns = {name: xl_col_to_name(WORKBOOK.list_columns * i) for i, name in enumerate((*LISTS, "isic"))}
    return {name: f"={sheet}!${c}$3:${c}${len(codes(name)) + 2}" for name, c in columns.items()}


def _lists(out: _Book) -> None:
    """Every code list: the words that are chosen, the code, and its labels in both languages."""
    sheet = out.sheet(sheet_name("lists", out.words.lang))
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(0, 1)
    for i, name in enumerate((*LISTS, "isic")):
        first = WORKBOOK.list_columns * i
        chosen = code_words(name, out.words.lang)
        sheet.write_string(0, first, name, out.formats["name"])
        for place, head in enumerate((out.words.say("readme.word"), "code", "English", "العربية"), first):
            sheet.write_string(1, place, head, out.formats["label"])
        for row, (code, labels) in enumerate(codes(name).items(), 2):
            for place, text in enumerate((chosen[code], code, *labels), first):
                sheet.write_string(row, place, text, out.formats["text"])
        sheet.set_column(first, first + 3, 22)
        sheet.set_column(first + 4, first + 4, 3)
    # a page shows one list whole: fitting all lists into pages would cut them
    sheet.set_print_scale(80)
    sheet.set_v_pagebreaks([WORKBOOK.list_columns * n for n in range(1, len(LISTS) + 1)])
