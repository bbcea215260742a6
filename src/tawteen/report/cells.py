"""Cells of exhibits as words and as HTML, in both languages at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from tawteen.case.codes import LISTS
from tawteen.case.model import Case
from tawteen.report.bilingual import Both
from tawteen.report.direction import balanced, isolated
from tawteen.report.exhibit import UNIT_LABELS, ColumnFormat
from tawteen.report.lists import code_label
from tawteen.report.params import LAYOUT
from tawteen.words import LANGS, Words


class BilingualCells:
    """Both languages of one case: its digits, its currency and its calendar."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.words = {lang: Words(lang, case.settings.digits) for lang in LANGS}

    def say(self, code: str, args: Mapping[str, Any] | None = None, n: int | None = None) -> Both:
        """A sentence in both languages."""
        return (self.words["en"].say(code, args, n), self.words["ar"].say(code, args, n))

    def number(self, value: float, unit: str = "", decimals: int | None = 0) -> Both:
        """A number in both languages: a percentage for `share`, a quarter for `period`."""
        if unit == "period":
            label = self.case.calendar.label(int(value))
            return (label, label)
        if unit == "share":
            places = (2 if 0 < abs(value) < 0.01 else 1) if decimals is None else decimals
            return (self.words["en"].percent(value, places), self.words["ar"].percent(value, places))
        return (self.words["en"].number(value, decimals), self.words["ar"].number(value, decimals))

    def much(self, value: float, unit: str) -> Both:
        """A figure as a headline: money shortened and with its currency."""
        if unit in ("share", "period"):
            return self.number(value, unit, None)
        if unit == "currency" and abs(value) >= 1e5:
            en, ar = (self.words[lang].compact(value) for lang in LANGS)
        else:
            en, ar = self.number(value, unit, 2 if 0 < abs(value) < 10 and value != int(value) else 0)
        word = self.unit(unit)
        return (f"{en} {word[0]}".strip(), f"{ar} {word[1]}".strip())

    def unit(self, unit: str) -> Both:
        """Words of a unit; `currency` is the case's, codes of the case's list of units included."""
        if unit == "currency":
            return (self.case.settings.money.currency, self.case.settings.money.currency)
        return UNIT_LABELS.get(unit) or LISTS["units"].get(unit) or (unit, unit)

    def cell(self, row: Mapping[str, Any], column: str, shown: ColumnFormat) -> Both:
        """Text of one cell in both languages; empty for an unknown value."""
        if f"{column}_en" in row:
            return (row[f"{column}_en"] or "", row[f"{column}_ar"] or "")
        value = row[column]
        if value is None:
            return (row.get("words_en") or "", row.get("words_ar") or "")
        if shown.codes:
            return code_label(shown.codes, str(value))
        if isinstance(value, bool):
            return self.say("report.yes" if value else "report.no")
        if is_number(value):
            return self._amount(value, row, shown)
        text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        return (text, text)

    def _amount(self, value: float, row: Mapping[str, Any], shown: ColumnFormat) -> Both:
        if shown.unit != "by_row":
            return self.number(value, shown.unit, shown.decimals)
        unit = str(row["unit"] or "")
        return self.number(value, unit, None if unit == "share" else _places(value))


_QUARTER = re.compile(r"\d{4}-(?:Q\d|\d\d-\d\d)")


def _places(value: float) -> int:
    return 0 if value == int(value) or abs(value) >= 100 else 2


def html(both: Both) -> str:
    """Both languages as HTML; once where they are the same."""
    en, ar = escape(balanced(both[0])), isolated(escape(balanced(both[1])), _run_of_html)
    if both[0] == both[1]:
        return f'<bdi class="q">{en}</bdi>' if _QUARTER.fullmatch(en) else f"<bdi>{en}</bdi>" if en else ""
    return f"<span class=en>{en}</span><span class=ar>{ar}</span>"


def _run_of_html(run: str) -> str:
    """A run that reads from left to right; a short one does not break over lines."""
    return f'<bdi class="q" dir="ltr">{run}</bdi>' if len(run) <= LAYOUT.short_run else f'<bdi dir="ltr">{run}</bdi>'


def is_number(row_value: Any) -> bool:
    """Whether a cell sorts and aligns as a number."""
    return isinstance(row_value, int | float) and not isinstance(row_value, bool)
