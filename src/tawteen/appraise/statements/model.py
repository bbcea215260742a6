"""Result of the statements of a study."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from tawteen.appraise.profile import ProfileName
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.discounted import (
    CashFlow,
    Indicator,
    equity,
    indicators,
    shareholders,
    total_capital,
)
from tawteen.appraise.statements.engine import statement_findings
from tawteen.appraise.statements.schedules import COVERS, NO_BASE, StatementLine, cover_rows, rows
from tawteen.appraise.statements.timing import Array
from tawteen.case.findings import Finding
from tawteen.words import Words

LINES = {
    "statement": pl.String,
    "item": pl.String,
    "name": pl.String,
    "part": pl.String,
    "period": pl.Int64,
    "label": pl.String,
    "value": pl.Float64,
    "reason": pl.String,
}


DIFFERENT = (
    "total_capital", "equity", "income", "cash_plan", "balance", "production", "investment", "sales", "working_capital",
    "debt",
)  # fmt: skip
"""Schedules with lines that can be subtracted from each other; ratios cannot."""


class StatementLines(ABC):
    """Lines of schedules by period, as arrays (`schedule_lines`) and as a frame, which is made when it is asked for."""

    @property
    @abstractmethod
    def schedule_lines(self) -> tuple[StatementLine, ...]:
        """Every line, in the order of the schedules."""

    @property
    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """Labels of the periods, and of the one after the last."""

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The lines as a frame: see `Statements`."""
        return table(list(self.schedule_lines), self.labels)

    def line(self, statement: str, item: str, *, name: str = "", part: str = "total") -> list[float | None]:
        """Returns the values of one line by period. Raises KeyError for an unknown line."""
        values = self._by_key[statement, item, name, part].tolist()
        return [None if np.isnan(value) else value for value in values]

    @cached_property
    def _by_key(self) -> dict[tuple[str, ...], Array]:
        return {line.key: without_minus_zero(line.values) for line in self.schedule_lines}


@dataclass(frozen=True)
class Statements(StatementLines):
    """Statements of a study under a named profile.

    Frames:
    - `lines`: statement, item, name (of the item of the study, else empty), part (total, local, foreign), period,
      label, value (the study's currency, or a ratio; null with `reason` where it cannot be calculated), reason.
    - `indicators`: basis, indicator, value, reason; rates a year, paybacks in years.
    `without`: the statements without the project; `incremental`: lines and indicators of the difference. With a company
    without the project, the debt cover among the ratios is that of what the project adds.
    """

    accounts: Accounts
    without: Statements | None = None

    @property
    def profile(self) -> ProfileName:
        """The conventions that the statements follow."""
        return self.accounts.profile.name

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the periods, and of the one after the last."""
        return self.accounts.time.labels

    @cached_property
    def schedule_lines(self) -> tuple[StatementLine, ...]:
        """Every line, in the order of the schedules, and then the debt cover."""
        without = [] if self.without is None else [self.without.accounts]
        return (*rows(self.accounts), *cover_rows([self.accounts], without))

    @cached_property
    def indicators(self) -> pl.DataFrame:
        """The indicators of all cash flows."""
        accounts = self.accounts
        return _indicators([total_capital(accounts), equity(accounts), shareholders(accounts)], accounts)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, or worth knowing, about the study as its statements show it."""
        return statement_findings(self.accounts)

    @cached_property
    def incremental(self) -> IncrementalStatements | None:
        """What the project adds; None where the study states nothing of the time without it."""
        return None if self.without is None else IncrementalStatements(self, self.without)

    def indicator(self, basis: str, name: str) -> float | None:
        """Returns one indicator, None if not calculable. Raises KeyError for an unknown name."""
        rows = self.indicators.filter((pl.col("basis") == basis) & (pl.col("indicator") == name))
        if rows.is_empty():
            raise KeyError((basis, name))
        value: float | None = rows["value"][0]
        return value

    def wide(self, statement: str, words: Words | None = None) -> pl.DataFrame:
        """Returns a schedule in wide form: one row a line, one column a period; with `words`, labels for codes."""
        lines = self.lines.filter(pl.col("statement") == statement)
        keys = ["item", "name", "part"]
        wide = lines.pivot("label", index=keys, values="value", maintain_order=True)
        if words is None:
            return wide
        labels = [words.say(f"statements.item.{item}") for item in wide["item"]]
        parts = [words.say(f"statements.part.{part}") for part in wide["part"]]
        return wide.with_columns(pl.Series("item", labels, pl.String), pl.Series("part", parts, pl.String))


@dataclass(frozen=True)
class IncrementalStatements(StatementLines):
    """Statements with the project less those without it: lines in the columns of `Statements`, and indicators.

    Its ratios are the debt cover: of the cash and the debt service that the project adds.
    """

    with_project: Statements
    without: Statements

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the periods, and of the one after the last."""
        return self.with_project.labels

    @cached_property
    def schedule_lines(self) -> tuple[StatementLine, ...]:
        """The difference of every line that can be subtracted, in the order of the schedules, and the debt cover."""
        covers = (
            line for line in self.with_project.schedule_lines if line.statement == "ratios" and line.item in COVERS
        )
        return (*differences(self.with_project.schedule_lines, self.without.schedule_lines), *covers)

    @cached_property
    def indicators(self) -> pl.DataFrame:
        """The indicators of the differences of the cash flows to total capital and to equity."""
        accounts, other = self.with_project.accounts, self.without.accounts
        return _indicators([basis(accounts).less(basis(other)) for basis in (total_capital, equity)], other)


def differences(lines: Iterable[StatementLine], minus: Iterable[StatementLine]) -> Iterator[StatementLine]:
    """Yields lines less those of the same key, of schedules whose lines can be subtracted; a missing line is 0."""
    less = {line.key: known_or_zero(line.values) for line in minus if line.statement in DIFFERENT}
    for line in lines:
        if line.statement in DIFFERENT:
            values = known_or_zero(line.values) - less.pop(line.key, np.zeros(()))
            yield replace(line, values=np.asarray(values), reason=None)
    for (statement, item, name, part), values in less.items():
        yield StatementLine(statement, item, 0.0 - values, name, part)


def _indicators(flows: list[CashFlow], accounts: Accounts) -> pl.DataFrame:
    return figures([one for flow in flows for one in indicators(flow, accounts.profile, accounts.time.step)])


def indicator_label(name: str, words: Words) -> str:
    """Returns the label of an indicator; `irr_1`, `irr_2` … are the roots of a flow with several."""
    base, _, root = name.rpartition("_")
    if base == "irr" and root.isdigit():
        return words.say("statements.indicator.irr_several", {"n": words.number(int(root))})
    return words.say(f"statements.indicator.{name}")


def known_or_zero(values: Array) -> Array:
    """Returns the values, 0 where one cannot be calculated."""
    return np.where(np.isnan(values), 0.0, values)


def without_minus_zero(values: Array) -> Array:
    """Returns the values, −0 as 0."""
    return np.asarray(values, dtype=np.float64) + 0.0


def table(rows: list[StatementLine], labels: tuple[str, ...]) -> pl.DataFrame:
    """Returns statement lines in the columns of `Statements.lines`."""
    counts = [len(row.values) for row in rows]
    heads = pl.DataFrame(
        {
            "statement": [row.statement for row in rows],
            "item": [row.item for row in rows],
            "name": [row.name for row in rows],
            "part": [row.part for row in rows],
            "unknown": [row.reason or NO_BASE for row in rows],
        },
        schema=dict.fromkeys(("statement", "item", "name", "part", "unknown"), pl.String),
    )
    periods = np.concatenate([np.arange(count) for count in counts]) if rows else np.zeros(0, dtype=np.int64)
    values = np.concatenate([row.values for row in rows]) if rows else np.zeros(0)
    value = pl.Series("value", without_minus_zero(values)).fill_nan(None)
    spread = heads[np.repeat(np.arange(len(rows)), counts)].with_columns(
        value, period=pl.Series(periods, dtype=pl.Int64), label=pl.Series(labels, dtype=pl.String).gather(periods)
    )
    return spread.with_columns(reason=pl.when(pl.col("value").is_null()).then("unknown")).select(*LINES)


def figures(indicators: list[Indicator]) -> pl.DataFrame:
    """Returns indicators in the columns of `Statements.indicators`."""
    return pl.DataFrame(
        {
            "basis": [indicator.basis for indicator in indicators],
            "indicator": [indicator.name for indicator in indicators],
            "value": [indicator.value for indicator in indicators],
            "reason": [indicator.reason for indicator in indicators],
        },
        schema={"basis": pl.String, "indicator": pl.String, "value": pl.Float64, "reason": pl.String},
    )
