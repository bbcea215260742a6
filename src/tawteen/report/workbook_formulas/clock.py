"""The sheet that places the periods of a workbook: their numbers, their years, construction and operation."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from tawteen.appraise.statements.accounts import Accounts
from tawteen.report.workbook_formulas.book import Clock, FormulaSheet, FormulaWorkbook
from tawteen.report.workbook_formulas.formula import Formula, any_of, downward, remainder


def clock_of(book: FormulaWorkbook, sheet: FormulaSheet, accounts: Accounts) -> tuple[Clock, Clock]:
    """Writes the sheet; returns the clock of the periods of the study, and the one with the period after the last."""
    say, time, count = book.words.say, accounts.time, book.columns
    numbers = {
        name: sheet.number(f"time.{name}", say(f"live.time.{name}"), value)
        for name, value in {
            "step": float(time.step),
            "days": float(accounts.profile.days),
            "construction": float(time.begins),
            "periods": float(time.periods),
            "residual": float(count),
        }.items()
    }
    step, periods = numbers["step"], numbers["periods"]

    def row(name: str, content: Formula) -> Formula:
        return sheet.add_row(say(f"live.time.{name}"), content, look="whole", count=count)

    number = row("number", Formula("COLUMN()-COLUMN($E$1)", np.arange(1.0, count + 1)))
    in_horizon = number <= periods
    rows = {
        "number": number,
        "operating": row("operating", (number > numbers["construction"]) * in_horizon),
        "year": row("year", downward((number - 1.0) / step) + 1.0),
        "year_begins": row("year_begins", remainder(number - 1.0, step).equals(0.0) * in_horizon),
        "year_ends": row("year_ends", any_of(remainder(number, step).equals(0.0), number.equals(periods)) * in_horizon),
        "residual": row("residual_period", number.equals(numbers["residual"]) * 1.0),
    }
    long = Clock(**rows, **{name: numbers[name] for name in ("step", "days", "periods", "construction")})  # type: ignore[arg-type]
    short = {
        one.name: replace(line, values=line.values[: time.periods])
        for one in fields(Clock)
        if len(line := getattr(long, one.name)) == count and one.name not in numbers
    }
    return replace(long, **short), long
