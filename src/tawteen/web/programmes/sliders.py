"""What a what-if changes: money of funds and crews of units by a share, and days by months.

The sliders of a case are kept with its programme; what somebody sets becomes expressions of a scenario, as the commands
take them (`tawteen plan --set`), and sentences that say what was changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from tawteen.case.model import Case
from tawteen.case.tables import TABLES
from tawteen.report.bilingual import Both, bilingual
from tawteen.web.params import PLANNER_RUNS

SHARE, MONTHS = SLIDER_KINDS = ("share", "months")
SLIDER_GROUPS = ("funds", "crews", "dates")
MOVED_DAYS = {
    "gates": ("blockers", "open_date"),
    "crews_begin": ("offers", "start"),
    "options_begin": ("options", "earliest"),
}
"""Days that are moved together, by the name of their slider: table and column."""


@dataclass(frozen=True)
class Slider:
    """One slider: `kind` is a share in percent or months; `target` what expressions begin with, `days` those it moves.

    `days` are rows of a table with their day, as pairs of an expression and a day.
    """

    name: str
    group: str
    label: Both
    kind: str
    target: str = ""
    days: Sequence[tuple[str, str]] = ()

    @property
    def least(self) -> int:
        """The least value of the slider."""
        return 0 if self.kind == SHARE else -PLANNER_RUNS.moved_months

    @property
    def most(self) -> int:
        """The greatest value of the slider."""
        return PLANNER_RUNS.most_percent if self.kind == SHARE else PLANNER_RUNS.moved_months

    @property
    def neutral(self) -> int:
        """The value at which nothing is changed."""
        return 100 if self.kind == SHARE else 0

    def changes(self, value: int) -> list[str]:
        """Expressions of a scenario for a value."""
        if value == self.neutral:
            return []
        if self.kind == SHARE:
            return [f"{self.target}*{value / 100:g}"]
        return [f"{target}={_moved(dt.date.fromisoformat(day), value).isoformat()}" for target, day in self.days]


def sliders_of(case: Case) -> list[Slider]:
    """The sliders of a case: a fund with money, a unit with offers, and days that the case states."""
    funds, units = case["fund_limits"]["fund"].unique().sort(), case["offers"]["unit"].unique().sort()
    sliders = [Slider(f"fund:{fund}", "funds", _name(case, "funds", fund), SHARE, f"fund.{fund}") for fund in funds]
    sliders += [Slider(f"crew:{unit}", "crews", _name(case, "units", unit), SHARE, f"offer.{unit}") for unit in units]
    sliders += [
        Slider(f"trainers:{pool}", "crews", _name(case, "trainers", pool), SHARE, f"trainer.{pool}")
        for pool in case["trainers"]["id"].sort()
    ]
    for name, (table, column) in MOVED_DAYS.items():
        if days := _days(case, table, column):
            sliders.append(Slider(f"days:{name}", "dates", bilingual(f"web.what_if.days.{name}"), MONTHS, days=days))
    return sliders


def stored_sliders(sliders: Sequence[Slider]) -> list[dict[str, Any]]:
    """Sliders in types of JSON."""
    return [asdict(slider) for slider in sliders]


def read_sliders(stored: Sequence[Mapping[str, Any]]) -> list[Slider]:
    """Sliders as `stored_sliders` gives them."""
    return [
        Slider(**{**one, "label": tuple(one["label"]), "days": tuple(map(tuple, one["days"]))})
        for one in stored
    ]  # fmt: skip


def _name(case: Case, table: str, key: str) -> Both:
    row = case[table].filter(pl.col("id") == key)
    return (key, key) if row.is_empty() else (row["name_en"][0] or key, row["name_ar"][0] or key)


def _days(case: Case, table: str, column: str) -> tuple[tuple[str, str], ...]:
    """The rows of a table that state a day, as the expression that names it and the day."""
    keys = TABLES[table].primary_key()
    rows = case[table].drop_nulls(column).sort(keys)
    return tuple(
        (f"{table}.{'/'.join(row[key] for key in keys)}.{column}", row[column].isoformat())
        for row in rows.iter_rows(named=True)
    )


def _moved(day: dt.date, months: int) -> dt.date:
    """A day so many months later, at the end of the month where that has fewer days."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, number)
        except ValueError:
            continue
    return day
