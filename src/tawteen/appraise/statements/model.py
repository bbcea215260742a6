"""Result of the statements of a study."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from tawteen.appraise.profile import ProfileName
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.discounted import Indicator
from tawteen.appraise.statements.schedules import NO_BASE, StatementLine
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


@dataclass(frozen=True)
class Statements:
    """Statements of a study under a named profile.

    Frames:
    - `lines`: statement, item, name (of the item of the study, else empty), part (total, local, foreign), period,
      label, value (the study's currency, or a ratio; null with `reason` where it cannot be calculated), reason.
    - `indicators`: basis, indicator, value, reason; rates a year, paybacks in years.
    `without`: the statements without the project; `incremental`: lines and indicators of the difference. With a company
    without the project, the debt cover among the ratios is that of what the project adds.
    """

    profile: ProfileName
    accounts: Accounts
    lines: pl.DataFrame
    indicators: pl.DataFrame
    findings: tuple[Finding, ...]
    without: Statements | None = None
    incremental: IncrementalStatements | None = None

    def line(self, statement: str, item: str, *, name: str = "", part: str = "total") -> list[float | None]:
        """Returns the values of one line by period. Raises KeyError for an unknown line."""
        values = self._by_key.get((statement, item, name, part))
        if values is None:
            raise KeyError((statement, item, name, part))
        return values

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

    @cached_property
    def _by_key(self) -> dict[tuple[str, ...], list[float | None]]:
        grouped = self.lines.group_by("statement", "item", "name", "part", maintain_order=True).agg("value")
        return {tuple(row[:4]): row[4] for row in grouped.iter_rows()}


def indicator_label(name: str, words: Words) -> str:
    """Returns the label of an indicator; `irr_1`, `irr_2` … are the roots of a flow with several."""
    base, _, root = name.rpartition("_")
    if base == "irr" and root.isdigit():
        return words.say("statements.indicator.irr_several", {"n": words.number(int(root))})
    return words.say(f"statements.indicator.{name}")


@dataclass(frozen=True)
class IncrementalStatements:
    """Statements with the project less those without it: lines in the columns of `Statements`, and indicators.

    Its ratios are the debt cover: of the cash and the debt service that the project adds.
    """

    lines: pl.DataFrame
    indicators: pl.DataFrame


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
    # Adding zero turns −0 into 0.
    value = pl.Series("value", np.asarray(values, dtype=np.float64) + 0.0).fill_nan(None)
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
