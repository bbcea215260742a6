"""Sheets of a live workbook: inputs to change, and rows of formulas that refer to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell

from tawteen.appraise.statements.timing import Spread, Timeline
from tawteen.appraise.study import Amounts
from tawteen.report.workbook_formulas.formula import Array, Formula, wide
from tawteen.words import Words

LABEL_COLUMN, UNIT_COLUMN, GRADE, SOURCE, SINGLE, FIRST = range(6)
"""Columns: what a row is, its unit, grade and source, the one number for all periods, the first period."""
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
}

Key = tuple[str, str, str, str]
"""Statement, item, name and part of a line, as in `Statements.lines`."""


@dataclass(frozen=True)
class InputSource:
    """Source of an input: the weakest grade among its values, and the names of the sources."""

    grade: str = ""
    source: str = ""


@dataclass(frozen=True)
class Line(Formula):
    """A written row of a sheet: its texts are cell addresses."""

    sheet: str = ""
    row: int = 0

    def span(self, first: int = 0, last: int | None = None) -> str:
        """Address of the cells of some periods: all without bounds, `last` included."""
        end = len(self) - 1 if last is None else last
        cells = [xl_rowcol_to_cell(self.row, FIRST + t, row_abs=True, col_abs=True) for t in (first, end)]
        return f"{self.sheet}!{cells[0]}:{cells[1]}"


@dataclass
class FormulaWorkbook:
    """The workbook that is being written, with every statement line written so far."""

    writer: Any
    words: Words
    time: Timeline
    columns: int
    sources: Mapping[str, InputSource] = field(default_factory=dict)
    lines: dict[tuple[str, Key], Line] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.looks = {name: self.writer.add_format(look) for name, look in LOOKS.items()}

    def sheet(self, code: str, suffix: str = "", title: str = "") -> FormulaSheet:
        """A new sheet under the name of a code."""
        name = self.words.say(code) + suffix
        return FormulaSheet(self, self.writer.add_worksheet(name[:31]), f"'{name[:31]}'", title or name)


class FormulaSheet:
    """One sheet, filled from its top."""

    def __init__(self, book: FormulaWorkbook, target: Any, name: str, title: str) -> None:
        self.book, self.target, self.name = book, target, name
        self.next = 0
        self.input_lines: dict[str, Line] = {}
        self.beside: FormulaSheet | None = None
        if book.words.lang == "ar":
            target.right_to_left()
        target.set_column(LABEL_COLUMN, LABEL_COLUMN, 44)
        target.set_column(UNIT_COLUMN, UNIT_COLUMN, 16)
        target.set_column(GRADE, GRADE, 12)
        target.set_column(SOURCE, SOURCE, 30)
        target.set_column(SINGLE, FIRST + book.columns, 14)
        self.text(title, "title")

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
        self.target.write_row(self.next, LABEL_COLUMN, [*names, *labels], head)
        self.next += 1
        self.target.freeze_panes(self.next, FIRST)

    def number(self, key: str, label: str, value: float, unit: str = "") -> Line:
        """An input of one number; a second call with the same key returns the first one."""
        if key in self.input_lines:
            return self.input_lines[key]
        line = self._begin(label, unit, key)
        values = np.array([float(value)])
        address = xl_rowcol_to_cell(line, SINGLE, row_abs=True, col_abs=True)
        self._ask(line, SINGLE, value, self._same(key, values))
        return self._keep(key, Line((f"{self.name}!{address}",), values, sheet=self.name, row=line))

    def amounts(self, key: str, label: str, amounts: Amounts, single: Spread = "every", unit: str = "") -> Line:
        """An input by period: one number to change where it is one for all periods, else a number in each."""
        time = self.book.time
        values = time.spread(amounts, single)
        if isinstance(amounts, dict) or key in self.input_lines:
            return self.series(key, label, values, unit)
        line = self._begin(label, unit, key)
        twin = self._same(key, values)
        one = xl_rowcol_to_cell(line, SINGLE, row_abs=True, col_abs=True)
        if twin is None:
            self.target.write_number(line, SINGLE, amounts, self.book.looks["input"])
        covered = time.spread(1.0, single)
        for t, value in enumerate(values):
            if twin is not None:
                self._ask(line, FIRST + t, value, twin[t])
            elif covered[t]:
                self.target.write_formula(line, FIRST + t, f"={one}", self.book.looks["money"], value)
            else:
                self.target.write_number(line, FIRST + t, 0.0, self.book.looks["money"])
        return self._keep(key, self._line(line, values))

    def series(self, key: str, label: str, values: Array, unit: str = "") -> Line:
        """An input with a number in each period; a second call with the same key returns the first one."""
        if key in self.input_lines:
            return self.input_lines[key]
        line = self._begin(label, unit, key)
        twin = self._same(key, values)
        for t, value in enumerate(values):
            self._ask(line, FIRST + t, float(value), None if twin is None else twin[t])
        return self._keep(key, self._line(line, values))

    def _same(self, key: str, values: Array) -> Line | None:
        """The input of the sheet beside, where it is the same number: to change one is to change both."""
        same_input = None if self.beside is None else self.beside.input_lines.get(key)
        return same_input if same_input is not None and np.array_equal(same_input.values, values) else None

    def _ask(self, line: int, column: int, value: float, twin: Formula | None) -> None:
        if twin is None:
            self.target.write_number(line, column, value, self.book.looks["input"])
        else:
            self.target.write_formula(line, column, f"={twin.texts[0]}", self.book.looks["money"], value)

    def _keep(self, key: str, line: Line) -> Line:
        self.input_lines[key] = line
        return line

    def add_row(self, label: str, content: Formula | float, unit: str = "", look: str = "money") -> Line:
        """A row of formulas, one in each period."""
        line = self._begin(label, unit, "")
        whole = wide(content, self.book.time.periods)
        for t, (text, value) in enumerate(zip(whole.texts, whole.values, strict=True)):
            self._write(line, FIRST + t, text, value, look)
        return self._line(line, whole.values)

    def later(self, label: str, values: Array, unit: str = "") -> Line:
        """A row whose formulas are written by `fill` once their inputs exist; `values` are its results."""
        return self._line(self._begin(label, unit, ""), values)

    def fill(self, line: Line, content: Formula, look: str = "money") -> None:
        """Formulas of a row that was left for later."""
        for t, (text, value) in enumerate(zip(content.texts, content.values, strict=True)):
            self._write(line.row, FIRST + t, text, value, look)

    def across(self, label: str, content: Formula, look: str = "money") -> Line:
        """A row of formulas of its own length."""
        line = self._begin(label, "", "")
        for t, (text, value) in enumerate(zip(content.texts, content.values, strict=True)):
            self._write(line, FIRST + t, text, value, look)
        return self._line(line, content.values)

    def single(self, label: str, content: Formula, unit: str = "", look: str = "money") -> Line:
        """One formula for all periods."""
        line = self._begin(label, unit, "")
        self._write(line, SINGLE, content.texts[0], content.values[0], look)
        address = xl_rowcol_to_cell(line, SINGLE, row_abs=True, col_abs=True)
        return Line((f"{self.name}!{address}",), content.values, sheet=self.name, row=line)

    def next_row_cell(self, period: int) -> str:
        """Address of a period in the row that comes next."""
        return f"{self.name}!{xl_rowcol_to_cell(self.next, FIRST + period)}"

    def rows(self, count: int) -> int:
        """Reserves empty rows and returns the number of the first."""
        first, self.next = self.next, self.next + count
        return first

    def label(self, line: int, text: str) -> None:
        """Words before a row that was left free."""
        self.target.write_string(line, LABEL_COLUMN, text, self.book.looks["text"])

    def cell(self, line: int, column: int, content: Formula, look: str = "money") -> Formula:
        """One formula in a row that was left free; returns its address."""
        self._write(line, FIRST + column, content.texts[0], content.values[0], look)
        address = xl_rowcol_to_cell(line, FIRST + column, row_abs=True, col_abs=True)
        return Formula((f"{self.name}!{address}",), content.values[:1])

    def table_head(self, names: Sequence[str]) -> None:
        """Names of the first columns of a small table."""
        self.target.write_row(self.next, LABEL_COLUMN, list(names), self.book.looks["head"])
        self.next += 1

    def compared(self, label: str, content: Formula, look: str) -> None:
        """A live figure, its value when the workbook was written, and the difference."""
        line, value = self._begin(label, "", ""), float(content.values[0])
        self._write(line, GRADE, content.texts[0], value, look)
        if np.isnan(value):
            self.target.write_string(line, SOURCE, "", self.book.looks["text"])
            return
        self.target.write_number(line, SOURCE, value, self.book.looks[look])
        live, was = (xl_rowcol_to_cell(line, column) for column in (GRADE, SOURCE))
        text = f'IF(ISNUMBER({live}),{live}-{was},"")'
        self.target.write_formula(line, SINGLE, f"={text}", self.book.looks[look], 0.0)

    def _begin(self, label: str, unit: str, key: str) -> int:
        line, looks = self.next, self.book.looks
        self.next += 1
        self.target.write_string(line, LABEL_COLUMN, label, looks["text"])
        self.target.write_string(line, UNIT_COLUMN, unit, looks["note"])
        if key:
            source = self.book.sources.get(key, InputSource())
            self.target.write_string(line, GRADE, source.grade, looks["note"])
            self.target.write_string(line, SOURCE, source.source, looks["note"])
        return line

    def _write(self, line: int, column: int, text: str, value: float, look: str) -> None:
        shown: float | str = "" if np.isnan(value) else float(value)
        self.target.write_formula(line, column, f"={text}", self.book.looks[look], shown)

    def _line(self, line: int, values: Array) -> Line:
        texts = tuple(f"{self.name}!{xl_rowcol_to_cell(line, FIRST + t)}" for t in range(len(values)))
        return Line(texts, np.asarray(values, dtype=np.float64), sheet=self.name, row=line)
