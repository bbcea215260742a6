"""Rules about numbers whose magnitude differs from those of their column: probably in another unit."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.params import PLAUSIBILITY
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.tables import TABLES

GROUPED = {
    ("demands", "quantity"): "commodity",
    ("demands", "penalty"): "commodity",
    ("supplies", "quantity"): "commodity",
    ("supplies", "variable_cost"): "commodity",
    ("recipes", "quantity"): "commodity",
    ("lines", "nominal"): "commodity",
    ("offers", "capacity"): "capability",
    ("offers", "price"): "capability",
    ("works", "effort"): "capability",
    ("commodities", "cif"): "unit",
    ("commodities", "fob"): "unit",
    ("commodities", "port_cost"): "unit",
    ("commodities", "holding_cost"): "unit",
    ("capabilities", "third_party_price"): "unit",
    ("fund_limits", "amount"): "fund",
}
"""Columns whose numbers are alike only in rows of the same thing, beside the column that names it."""

PAIRS = (
    ("commodities", "fob", "cif"),
    ("costs", "low", "amount"),
    ("costs", "high", "amount"),
    ("evidence", "low", "value"),
    ("evidence", "high", "value"),
    ("works", "weeks_low", "weeks"),
    ("works", "weeks_high", "weeks"),
)
"""Table, column, and the column of the same row that has the same unit."""

ELSEWHERE = {("costs", "amount"), *((table, column) for table, column, _ in PAIRS if column in {"low", "high"})}
SMALL_IS_MEANT = {("fund_limits", "amount"), ("credit", "amount")}
"""Amounts of single quarters, which may be next to none: only a large one is told."""

SHARE_UNITS = ("share", "deg", "ratio", "times", "as the column", "1-")


def magnitudes_of_columns(case: Case) -> list[Finding]:
    """A number lies within a factor of 10,000 of the median of its column, or of its group in the column."""
    findings = []
    for table, schema in TABLES.items():
        if case[table].height < PLAUSIBILITY.fewest_rows:
            continue
        for column, spec in schema.columns().items():
            unit = (spec.metadata or {}).get("unit") or ""
            if spec.dtype == pl.Float64 and (table, column) not in ELSEWHERE and not unit.startswith(SHARE_UNITS):
                findings += _unlike_siblings(case, table, column)
    return findings


def _unlike_siblings(case: Case, table: str, column: str) -> list[Finding]:
    group = GROUPED.get((table, column))
    key = pl.lit(0) if group is None else pl.col(group)
    value = pl.col(column)
    rows = rows_of(case, table).with_columns(_group=key).filter(value > 0)
    usual = rows.with_columns(usual=value.median().over("_group"), count=pl.len().over("_group"))
    large, small = value > PLAUSIBILITY.unit_ratio * pl.col("usual"), value * PLAUSIBILITY.unit_ratio < pl.col("usual")
    apart = large if (table, column) in SMALL_IS_MEANT else large | small
    unlike_rows = usual.filter((pl.col("count") >= PLAUSIBILITY.fewest_rows) & apart).select(
        "at", "usual", value=column
    )
    return tell(case, "warning", "check.unlike_siblings", table, unlike_rows, column)


def magnitudes_in_rows(case: Case) -> list[Finding]:
    """Two numbers of one row that have the same unit lie within a factor of 10,000 of each other."""
    findings = []
    for table, column, other in PAIRS:
        value, usual = pl.col(column), pl.col(other).cast(pl.Float64, strict=False)
        rows = rows_of(case, table).with_columns(usual=usual).filter((value > 0) & (pl.col("usual") > 0))
        apart = (value > PLAUSIBILITY.unit_ratio * pl.col("usual")) | (
            value * PLAUSIBILITY.unit_ratio < pl.col("usual")
        )
        unlike_rows = rows.filter(apart).select("at", "usual", value=column, other=pl.lit(other))
        findings += tell(case, "warning", "check.unlike_row", table, unlike_rows, column)
    return findings
