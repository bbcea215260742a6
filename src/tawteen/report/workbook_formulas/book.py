"""Sheets of a live workbook: inputs to change, and rows of formulas that refer to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell

from tawteen.appraise.statements.timing import Spread, Timeline
from tawteen.appraise.study import Amounts
from tawteen.case.params import WORKBOOK
from tawteen.report.params import LAYOUT
from tawteen.report.workbook_formulas.formula import (
    FIRST,
    GRADE,
    LABEL_COLUMN,
    SINGLE,
    SOURCE,
    UNIT_COLUMN,
    Array,
    Formula,
    column,
    formula,
    total,
    wide,
)  # fmt: skip
from tawteen.words import Words

LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"font_color": "#5b6b76", "italic": True},
    "head": {"bold": True, "bg_color": "#e6f2ed", "border": 1, "border_color": "#c5d3cc", "text_wrap": True},
    "section": {"bold": True, "font_color": "#12805c"},
    "text": {},
    "input": {"font_color": "#1f4fbf", "bg_color": "#fdf7e3", "num_format": "#,##0.####"},
    "money": {"num_format": "#,##0;[Red]-#,##0;-"},
    "sum": {"num_format": "#,##0;[Red]-#,##0;-", "bold": True, "top": 1},
    "factor": {"num_format": "0.000000"},
    "number": {"num_format": "#,##0.00"},
    "share": {"num_format": "0.00%"},
    "whole": {"num_format": "0"},
    "changed": {"bg_color": "#fbe3d6"},
    "wrong": {"bg_color": "#f7c6c5", "bold": True},
}
Key = tuple[str, str, str, str]
"""Statement, item, name and part of a line, as in `Statements.lines`."""


@dataclass(frozen=True)
class InputSource:
    """Where an input comes from: the weakest grade among its values, and what states them."""

    grade: str = ""
    source: str = ""


@dataclass(frozen=True)
class Line(Formula):
    """A row, or a single number, that stands in a sheet: its text is its address."""

    sheet: str = ""
    row: int = 0

    def span(self, first: int = 0, last: int | None = None) -> str:
        """Address of the cells of some periods: all without bounds, `last` included."""
        end = len(self) - 1 if last is None else last
        cells = [xl_rowcol_to_cell(self.row, FIRST + t, row_abs=True, col_abs=True) for t in (first, end)]
        return f"{self.sheet}!{cells[0]}:{cells[1]}"

    def until(self, ahead: int = 0) -> str:
        """Address of the cells up to a period (`ahead` of it); begins with the empty cell before the first."""
        return f"{self.sheet}!{xl_rowcol_to_cell(self.row, SINGLE, col_abs=True)}:{column(ahead)}{self.row + 1}"

    def largest(self) -> Formula:
        """The largest amount, whatever its sign."""
        most = np.abs(np.nan_to_num(self.values)).max(initial=0.0)
        return Formula(f"MAX(MAX({self.span()}),-MIN({self.span()}))", np.array([most]))

    def sum(self) -> Formula:
        """Sum over all periods."""
        return Formula(f"SUM({self.span()})", np.array([self.values.sum()]))


@dataclass(frozen=True)
class Clock:
    """Rows that place a period: its number from 1, whether it is in operation, the first, the last of its year.

    `year` from 1; `residual`: whether residual values return in it; `last`: the last period of the study.
    """

    number: Line
    operating: Line
    year: Line
    year_begins: Line
    year_ends: Line
    residual: Line
    step: Line
    days: Line
    periods: Line
    construction: Line

    @property
    def first(self) -> Formula:
        """1 in the first period."""
        return self.number.equals(1.0) * 1.0


@dataclass
class FormulaWorkbook:
    """The workbook that is being written, and every line of a statement in it."""

    writer: Any
    words: Words
    time: Timeline
    columns: int
    sources: Mapping[str, InputSource] = field(default_factory=dict)
    lines: dict[tuple[str, Key], Line] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.looks = {name: self.writer.add_format(look) for name, look in LOOKS.items()}

    def sheet(self, code: str, suffix: str = "", title: str = "", *, narrow: bool = True) -> FormulaSheet:
        """A new sheet under the name of a code; `narrow` where grade and source of inputs do not stand."""
        name = self.words.say(code) + suffix
        return FormulaSheet(self, self.writer.add_worksheet(name[:31]), f"'{name[:31]}'", title or name, narrow=narrow)

    def name(self, key: str, address: str) -> None:
        """Gives an input a name, by which a user finds it and refers to it."""
        plain = "in_" + re.sub(r"\W", "_", key)[:200]
        name, n = plain, 1
        while name.lower() in self.names:
            n += 1
            name = f"{plain}_{n}"
        self.names.add(name.lower())
        self.writer.define_name(name, f"={address}")


class FormulaSheet:
    """One sheet, filled from its top."""

    def __init__(self, book: FormulaWorkbook, target: Any, name: str, title: str, *, narrow: bool) -> None:
        self.book, self.target, self.name, self.narrow = book, target, name, narrow
        self.next = 0
        self.currency = ""
        self._clock: Clock | None = None
        self.input_lines: dict[str, Line] = {}
        self.beside: FormulaSheet | None = None
        if book.words.lang == "ar":
            target.right_to_left()
        target.set_column(LABEL_COLUMN, LABEL_COLUMN, 44)
        target.set_column(UNIT_COLUMN, UNIT_COLUMN, 16)
        target.set_column(GRADE, GRADE, 2 if narrow else 14)
        target.set_column(SOURCE, SOURCE, 2 if narrow else 30)
        target.set_column(SINGLE, FIRST + book.columns, 14)
        target.set_landscape()
        target.set_paper(WORKBOOK.paper)
        target.fit_to_pages(1, 0)
        target.repeat_columns(LABEL_COLUMN)
        target.set_footer("&L&F&C&A&R&P / &N")
        self.text(title, "title")

    @property
    def clock(self) -> Clock:
        """Number and place of each period."""
        if self._clock is None:
            raise ValueError("a sheet of periods goes by a clock")
        return self._clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self._clock = clock

    def text(self, text: str, look: str = "note") -> None:
        """A line of words."""
        self.target.write_string(self.next, LABEL_COLUMN, text, self.book.looks[look])
        self.next += 1

    def section(self, code: str) -> None:
        """A heading below an empty line."""
        self.next += 1
        self.text(self.book.words.say(code), "section")

    def heads(self, labels: Sequence[str]) -> None:
        """Names of the columns, and panes that keep them in sight."""
        say, head = self.book.words.say, self.book.looks["head"]
        names = [say(f"live.column.{c}") for c in ("row", "unit", "grade", "source", "single")]
        if self.narrow:
            names[GRADE] = names[SOURCE] = ""
        self.target.write_row(self.next, LABEL_COLUMN, [*names, *labels], head)
        self.target.repeat_rows(self.next)
        self.next += 1
        self.target.freeze_panes(self.next, FIRST)

    def number(self, key: str, label: str, value: float, unit: str = "") -> Line:
        """An input of one number; asked again it is the one that stands."""
        if key in self.input_lines:
            return self.input_lines[key]
        line, values = self._begin(label, unit, key), np.array([float(value)])
        self._ask(line, SINGLE, value, self._same(key, values))
        address = f"{self.name}!{xl_rowcol_to_cell(line, SINGLE, row_abs=True, col_abs=True)}"
        return self._keep(key, Line(address, values, sheet=self.name, row=line), address)

    def amounts(self, key: str, label: str, amounts: Amounts, single: Spread = "every", unit: str = "") -> Line:
        """An input by period: one number to change where it is one for all periods, else a number in each."""
        time = self.book.time
        values = time.spread(amounts, single)
        if isinstance(amounts, dict) or key in self.input_lines or self._same(key, values) is not None:
            return self.series(key, label, values, unit)
        line = self._begin(label, unit, key)
        self.target.write_number(line, SINGLE, amounts, self.book.looks["input"])
        one = Formula(xl_rowcol_to_cell(line, SINGLE, col_abs=True), np.array([float(amounts)]))
        applies = {"every": formula(1.0), "production": self.clock.operating, "first": self.clock.first}[single]
        spread = one if single == "every" else one * applies
        for t, value in enumerate(values):
            self._write(line, FIRST + t, spread.in_column(t), value, "money")
        address = f"{self.name}!{xl_rowcol_to_cell(line, SINGLE, row_abs=True, col_abs=True)}"
        return self._keep(key, self._line(line, values), address)

    def series(self, key: str, label: str, values: Array, unit: str = "") -> Line:
        """An input with a number in each period; asked again it is the one that stands."""
        if key in self.input_lines:
            return self.input_lines[key]
        line = self._begin(label, unit, key)
        twin = self._same(key, values)
        for t, value in enumerate(values):
            self._ask(line, FIRST + t, float(value), None if twin is None else twin, t)
        put = self._line(line, values)
        return self._keep(key, put, put.span())

    def _same(self, key: str, values: Array) -> Line | None:
        """The input of the sheet beside, where it is the same number: to change one is to change both."""
        same_input = None if self.beside is None else self.beside.input_lines.get(key)
        return same_input if same_input is not None and np.array_equal(same_input.values, values) else None

    def _ask(self, line: int, place: int, value: float, twin: Formula | None, period: int = 0) -> None:
        if twin is None:
            self.target.write_number(line, place, value, self.book.looks["input"])
        else:
            self.target.write_formula(line, place, f"={twin.in_column(period)}", self.book.looks["money"], value)

    def _keep(self, key: str, line: Line, address: str) -> Line:
        self.input_lines[key] = line
        if self.beside is None:
            self.book.name(key, address)
        return line

    def add_row(
        self, label: str, content: Formula | float, unit: str = "", look: str = "money", count: int = 0
    ) -> Line:
        """A row of one formula in each period (of `count`, by default those of the study)."""
        whole = self._short(label, wide(content, count or self.book.time.periods))
        line = self._begin(label, unit, "")
        for t, value in enumerate(whole.values):
            self._write(line, FIRST + t, whole.in_column(t), value, look)
        return self._line(line, whole.values)

    def later(self, label: str, values: Array, unit: str = "") -> Line:
        """A row whose formulas are written once what they hang on stands; `values` is what they will come to."""
        return self._line(self._begin(label, unit, ""), values)

    def fill(self, line: Line, content: Formula, look: str = "money") -> None:
        """Formulas of a row that was left for later."""
        whole = wide(content, len(line))
        for t, value in enumerate(whole.values):
            self._write(line.row, FIRST + t, whole.in_column(t), value, look)

    def single(self, label: str, content: Formula, unit: str = "", look: str = "money") -> Line:
        """One formula for all periods."""
        content = self._short(label, content)
        line = self._begin(label, unit, "")
        self._write(line, SINGLE, content.in_column(0), content.values[0], look)
        address = f"{self.name}!{xl_rowcol_to_cell(line, SINGLE, row_abs=True, col_abs=True)}"
        return Line(address, content.values[:1], sheet=self.name, row=line)

    def _short(self, label: str, content: Formula) -> Formula:
        """The formula, its parts summed in rows of their own where it is too long to be read."""
        if len(self._own(content.in_column(len(content)))) < LAYOUT.formula_length or len(content.addends) < 2:
            return content
        parts, chunk = [], list[Formula]()
        for addend in content.addends:
            if chunk and len(self._own(total([*chunk, addend]).in_column(len(content)))) >= LAYOUT.formula_length:
                parts.append(total(chunk))
                chunk = []
            chunk.append(addend)
        rows = [
            self.add_row(f"{label} ({self.book.words.say('live.part')} {n})", part, look="money", count=len(content))
            if len(content) > 1 else
            self.single(f"{label} ({self.book.words.say('live.part')} {n})", part)
            for n, part in enumerate([*parts, total(chunk)], 1)
        ]  # fmt: skip
        return self._short(label, total(rows))

    def next_row_cell(self, ahead: int = 0, below: int = 0) -> str:
        """Address of a period in the row that comes next (or some rows below it)."""
        return f"{self.name}!{column(ahead)}{self.next + below + 1}"

    def running(self, label: str, change: Formula, opening: Formula | float = 0.0, *, look: str = "money",
                unit: str | None = None, count: int = 0) -> Line:  # fmt: skip
        """A row of what accumulates: what stood one period before, in the first period `opening`, and the change."""
        whole, opened = wide(change, count or self.book.time.periods), formula(opening)
        before = Formula(f"IF({self.clock.number.text}=1,{opened.text},{self.next_row_cell(-1)})", np.zeros(len(whole)))
        stood = before + whole
        values = np.cumsum(whole.values) + opened.values[0]
        currency = unit if unit is not None else self.currency
        return self.add_row(label, Formula(stood.text, values), currency, look, count)

    def table_head(self, names: Sequence[str]) -> None:
        """Names of the first columns of a small table."""
        self.target.write_row(self.next, LABEL_COLUMN, list(names), self.book.looks["head"])
        self.next += 1

    def compared(self, label: str, content: Formula, look: str) -> None:
        """A live figure, and what it was when the workbook was written; it is coloured where they differ."""
        line, value = self._begin(label, "", ""), float(content.values[0])
        self._write(line, GRADE, content.in_column(0), value, look)
        if np.isnan(value):
            self.target.write_string(line, SOURCE, "–", self.book.looks["text"])
            return
        self.target.write_number(line, SOURCE, value, self.book.looks[look])
        live, was = (xl_rowcol_to_cell(line, place, col_abs=True) for place in (GRADE, SOURCE))
        rule = f"=ABS({live}-{was})>0.000001*(1+ABS({was}))"
        shown = {"type": "formula", "criteria": rule, "format": self.book.looks["changed"]}
        self.target.conditional_format(line, GRADE, line, GRADE, shown)

    def _begin(self, label: str, unit: str, key: str) -> int:
        line, looks = self.next, self.book.looks
        self.next += 1
        self.target.write_string(line, LABEL_COLUMN, label, looks["text"])
        if unit:
            self.target.write_string(line, UNIT_COLUMN, unit, looks["note"])
        if key:
            source = self.book.sources.get(key, InputSource())
            self.target.write_string(line, GRADE, source.grade, looks["note"])
            self.target.write_string(line, SOURCE, source.source, looks["note"])
        return line

    def _own(self, text: str) -> str:
        """A formula as it stands in this sheet: its own cells need no name of the sheet."""
        return text.replace(f"{self.name}!", "")

    def _write(self, line: int, place: int, text: str, value: float, look: str) -> None:
        shown: float | str = "" if np.isnan(value) else float(value)
        self.target.write_formula(line, place, f"={self._own(text)}", self.book.looks[look], shown)

    def _line(self, line: int, values: Array) -> Line:
        return Line(f"{self.name}!{column()}{line + 1}", np.asarray(values, dtype=np.float64), sheet=self.name,
                    row=line)  # fmt: skip
