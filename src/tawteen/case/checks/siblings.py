"""Rules about numbers whose magnitude differs from those of their column: probably in another unit."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.params import PLAUSIBILITY
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.ranges import OWN_RANGES
from tawteen.case.tables import TABLES

CLOSER = {
    ("options", "wage"): PLAUSIBILITY.wage_ratio,
    ("options", "jobs"): PLAUSIBILITY.jobs_ratio,
    ("sites", "idle_wage"): PLAUSIBILITY.wage_ratio,
    ("offers", "price"): PLAUSIBILITY.price_ratio,
}
"""Factors of columns whose numbers differ less from row to row."""

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
    ("evidence", "low", "value"),
    ("evidence", "high", "value"),
    *((table, end, value) for table, value, *ends in OWN_RANGES for end in ends),
)
"""Table, column, and the column of the same row that has the same unit."""

ELSEWHERE = {("costs", "amount"), *((table, column) for table, column, _ in PAIRS if column in {"low", "high"})}
SMALL_IS_MEANT = {("fund_limits", "amount"), ("credit", "amount")}
"""Amounts of single quarters, which may be next to none: only a large one is told."""

SHARE_UNITS = ("share", "deg", "ratio", "times", "as the column", "1-")


def magnitudes_of_columns(case: Case) -> list[Finding]:
    """A number lies within a factor of 10,000, or of `CLOSER`, of the median of its column or of its group in it."""
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
    factor = CLOSER.get((table, column), PLAUSIBILITY.unit_ratio)
    if _within(case.filled(table)[column], factor):
        return []
    group = GROUPED.get((table, column))
    key = pl.lit(0) if group is None else pl.col(group)
    value = pl.col(column)
    rows = rows_of(case, table).with_columns(_group=key).filter(value > 0)
    usual = rows.with_columns(usual=value.median().over("_group"), count=pl.len().over("_group"))
    large, small = value > factor * pl.col("usual"), value * factor < pl.col("usual")
    apart = large if (table, column) in SMALL_IS_MEANT else large | small
    unlike_rows = usual.filter((pl.col("count") >= PLAUSIBILITY.fewest_rows) & apart).select(
        "at", "usual", value=column
    )
    return tell(case, "warning", "check.unlike_siblings", table, unlike_rows, column)


def _within(values: pl.Series, factor: float) -> bool:
    """Whether all positive numbers lie within a factor of each other, and so of any median of some of them."""
    positive = values.filter(values > 0)
    least, most = positive.min(), positive.max()
    return not (isinstance(least, float) and isinstance(most, float)) or most <= factor * least


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


def magnitudes_beside_works(case: Case) -> list[Finding]:
    """Capacities of lines, and single sums that have no siblings, are of the magnitude of the options they belong to.

    What a line was built for lies within a factor of 10,000 of the capacity of the options of its site; a fee or a cost
    of closing is at most 100 times the investment of its option, and letters of credit 10,000 times all investment.
    """
    rates = {rate.currency: rate.official for rate in case.settings.money.rates}
    rate = pl.col("currency").replace_strict(rates, default=1.0, return_dtype=pl.Float64)
    money = case["costs"].select("option", cost=pl.col("amount") / rate)
    costs = money.group_by("option").agg(usual=pl.col("cost").sum())
    capacity = case["options"].group_by("site").agg(usual=pl.col("capacity").max())
    lines, fees = rows_of(case, "lines"), rows_of(case, "transfers")
    options, credit = rows_of(case, "options"), rows_of(case, "credit")
    unit_ratio, cost_ratio = PLAUSIBILITY.unit_ratio, PLAUSIBILITY.cost_ratio
    subjects = (
        ("lines", "nominal", "options.capacity", lines.join(capacity, on="site"), unit_ratio),
        ("transfers", "fee", "costs.amount", fees.join(costs, on="option"), cost_ratio),
        ("options", "closing_cost", "costs.amount", options.join(costs, left_on="id", right_on="option"), cost_ratio),
        ("credit", "amount", "costs.amount", credit.with_columns(usual=pl.lit(money["cost"].sum())), unit_ratio),
    )
    findings = []
    for table, column, other, rows, factor in subjects:
        value, usual = pl.col(column), pl.col("usual")
        apart = (value > factor * usual) | ((value * factor < usual) if table == "lines" else False)
        unlike = rows.filter((value > 0) & (usual > 0) & apart)
        listed = unlike.select("at", "usual", value=column, other=pl.lit(other))
        findings += tell(case, "warning", "check.unlike_other", table, listed, column)
    return findings
