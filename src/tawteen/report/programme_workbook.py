"""The statements of a whole programme as a workbook: every schedule with, without and the difference.

The sheet of options shows the gain of each and adds them up by formulas, beside what the statements say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from tawteen.appraise.programme_statements import GAIN, ProgrammeStatements
from tawteen.appraise.statements.model import indicator_label
from tawteen.case.model import Case
from tawteen.case.new_workbook import new_workbook
from tawteen.report.live_workbook import conventions
from tawteen.words import Lang, Words

STATEMENT_ORDER = ("total_capital", "equity", "cash_plan", "income", "balance", "investment", "sales", "production",
         "working_capital", "debt", "ratios", "shareholders")  # fmt: skip
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14}, "section": {"bold": True, "bg_color": "#e6f2ed"},
    "head": {"bold": True, "bottom": 1, "align": "right"}, "money": {"num_format": "#,##0;-#,##0;–"},
    "ratio": {"num_format": "0.00"}, "share": {"num_format": "0.0%"}, "total": {"num_format": "#,##0", "bold": True,
    "top": 1}, "text": {},
}  # fmt: skip


def write_programme_workbook(result: ProgrammeStatements, case: Case, path: Path, lang: Lang = "en") -> None:
    """Writes the workbook; `ar` lays its sheets out right to left. OSError where it cannot be written."""
    with new_workbook(path) as book:
        _ProgrammeWorkbookWriter(
            result, case, Words(lang), book, {name: book.add_format(look) for name, look in _LOOKS.items()}
        ).write()


@dataclass(frozen=True)
class _ProgrammeWorkbookWriter:
    """One workbook."""

    result: ProgrammeStatements
    case: Case
    words: Words
    book: xlsxwriter.Workbook
    looks: dict[str, Any]

    def write(self) -> None:
        self._summary()
        self._options()
        for statement in STATEMENT_ORDER:
            rows = self.result.lines.filter(pl.col("statement") == statement)
            if rows.height:
                self._schedule(statement, rows)

    def _sheet(self, name: str, title: str) -> Any:
        sheet = self.book.add_worksheet(name[:31])
        if self.words.lang == "ar":
            sheet.right_to_left()
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 60, 14)
        sheet.write_string(0, 0, title, self.looks["title"])
        return sheet

    def _summary(self) -> None:
        say, about = self.words.say, self.case.settings.about
        title = say("programme_statements.head", {"count": self.words.number(len(self.result.options))})
        sheet = self._sheet(say("live.sheet.summary"), f"{self.words.pick((about.name_en, about.name_ar))}: {title}")
        lines = [self.words.pick((about.notice_en, about.notice_ar)), say("programme_statements.how")]
        lines += conventions(self.result.companies[0].profile, self.words)
        for n, text in enumerate(filter(None, [*lines, *self._assumed()]), 2):
            sheet.write_string(n, 0, text)
        row = 4 + len(lines) + len(list(self._assumed()))
        bases = self.result.indicators.select("scenario", "basis").unique(maintain_order=True)
        for scenario, basis in bases.iter_rows():
            head = f"{say(f'live.scenario.{scenario}')}: {say(f'statements.statement.{basis}')}"
            sheet.write_string(row, 0, head, self.looks["section"])
            for name, value, reason in self._figures(scenario, basis):
                row += 1
                sheet.write_string(row, 0, indicator_label(name, self.words))
                if value is None:
                    sheet.write_string(row, 1, say(reason or ""))
                else:
                    look = "share" if "irr" in name else "ratio" if name != "npv" else "money"
                    sheet.write_number(row, 1, value, self.looks[look])
            row += 2

    def _figures(self, scenario: str, basis: str) -> Iterator[tuple[str, float | None, str | None]]:
        rows = self.result.indicators.filter(scenario=scenario, basis=basis)
        yield from rows.select("indicator", "value", "reason").iter_rows()

    def _assumed(self) -> Iterator[str]:
        """Terms of money for which the case names no source."""
        say = self.words.say
        if self.case.settings.tax.rate or self.case.settings.tax.brackets:
            source = self.case.settings.tax.source
            yield (
                say("programme_statements.tax_source", {"source": source})
                if source
                else say("programme_statements.tax_assumed")
            )
        if any(one.financing.loans for one in self.result.companies):
            seen = self.case["evidence"].filter((pl.col("table") == "funds") & (pl.col("grade") != "assumed"))
            if seen.is_empty():
                yield say("programme_statements.terms_assumed")

    def _options(self) -> None:
        """Gain of each option by period, added up by formulas."""
        say = self.words.say
        sheet = self._sheet(say("programme_statements.sheet_options"), say("programme_statements.gain_by_option"))
        labels = self.result.labels[: len(self.result.line(GAIN, "total_capital", "net_cash_flow"))]
        self._heads(sheet, 2, labels)
        names = dict(self.case["options"].select("id", f"name_{self.words.lang}").iter_rows())
        row = 2
        for option, one in self.result.options.items():
            if one.incremental is None:
                continue
            row += 1
            flow = one.incremental.line("total_capital", "net_cash_flow")
            sheet.write_string(row, 0, f"{names.get(option) or option} ({option})")
            sheet.write_row(row, 1, flow, self.looks["money"])
        sheet.write_string(row + 1, 0, say("programme_statements.sum"), self.looks["total"])
        sheet.write_string(row + 2, 0, say("statements.item.net_cash_flow"))
        stated = self.result.line(GAIN, "total_capital", "net_cash_flow")
        for n, value in enumerate(stated, 1):
            span = f"{xl_rowcol_to_cell(3, n)}:{xl_rowcol_to_cell(row, n)}"
            sheet.write_formula(row + 1, n, f"=SUM({span})", self.looks["total"], value)
            sheet.write_number(row + 2, n, value, self.looks["money"])
        sheet.freeze_panes(3, 1)

    def _heads(self, sheet: Any, row: int, labels: tuple[str, ...]) -> None:
        for n, label in enumerate(labels, 1):
            sheet.write_string(row, n, label, self.looks["head"])

    def _schedule(self, statement: str, rows: pl.DataFrame) -> None:
        """One statement: with, without, the difference, one below the other."""
        say = self.words.say
        title = say(f"statements.statement.{statement}")
        sheet = self._sheet(title, title)
        labels = rows.filter(scenario=rows["scenario"][0], item=rows["item"][0])
        self._heads(sheet, 2, tuple(labels["label"].unique(maintain_order=True)))
        sheet.freeze_panes(3, 1)
        row = 3
        for scenario in rows["scenario"].unique(maintain_order=True):
            sheet.write_string(row, 0, say(f"live.scenario.{scenario}"), self.looks["section"])
            part = rows.filter(scenario=scenario)
            for (item, name, origin), line in part.group_by("item", "name", "part", maintain_order=True):
                row += 1
                sheet.write_string(row, 0, self._label(str(item), str(name), str(origin)))
                for period, value in line.select("period", "value").iter_rows():
                    if value is not None:
                        look = "ratio" if statement == "ratios" else "money"
                        sheet.write_number(row, period + 1, value, self.looks[look])
            row += 2

    def _label(self, item: str, name: str, part: str) -> str:
        label = self.words.say(f"statements.item.{item}")
        if name:
            label = f"{label}: {self._name(name)}"
        return label if part == "total" else f"{label} ({self.words.say(f'statements.part.{part}')})"

    def _name(self, name: str) -> str:
        """Name of an item that some study of the programme names."""
        for one in self.result.companies:
            study = one.study
            for item in (*study.investments, *study.sales, *study.costs, *study.loans, *study.equity, *study.grants):
                if item.id == name:
                    return self.words.pick((item.name_en, item.name_ar)) or name
        return name
