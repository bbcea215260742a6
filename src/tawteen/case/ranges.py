"""Ranges of values and the means that are computed with: one definition for plan, robustness, appraisal and check.

A value with a low and a high end is the most likely one of a triangular or a PERT distribution (the setting
`uncertainty.distribution`), and what is computed with is the mean of that distribution. A value that a reference class
corrects is planned with as stated times the mean ratio of the class: its own range is then only its spread, moved so
that its mean is the stated value, and is not used at all where the precedents tell the spread themselves.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from tawteen.case.derived import once_per_case
from tawteen.case.estimate_class import ACCURACY, estimates
from tawteen.case.evidence import SITE_OF, key_of, observed_ranges
from tawteen.case.model import Case
from tawteen.case.params import ESTIMATE
from tawteen.case.precedents import CORRECTED, stated_ratios
from tawteen.case.tables import TABLES

UNDRAWN = {
    ("works", "crew"), ("routes", "distance"), ("innovations", "readiness"),
    *(("transfer_paths", term) for term in ("fee", "royalty", "local_share")), ("parts", "quantity"),
    ("content_rules", "least"), ("correlations", "rank"), ("transfers", "local_share"),
    ("sites", "idle_wage"), ("cadres", "returning"),
    *(("funds", term) for term in ("rate", "grace_quarters", "years", "target_dscr", "capitalised", "fee")),
    ("finance", "share"), ("finance", "amount"),
    ("buyers", "share"), ("buyers", "days"), ("buyers", "late_days"),
    *(("precedents", term) for term in ("cost_ratio", "duration_ratio", "output_reached", "years_stopped", "months")),
}  # fmt: skip
"""Numbers that no plan reads, or that only hold together as stated (shares that make up 1): computed with as stated."""

CHANCES = {("blockers", "chance"), ("options", "chance")}
"""Chances: their mean is the chance of what happens, and what is drawn is whether it does."""

OWN_RANGES = (("works", "weeks", "weeks_low", "weeks_high"), ("costs", "amount", "low", "high"))
"""Columns that state their range in the same row: table, value, low, high."""

CELL = ["table", "column", "place"]


def mean_of(distribution: str, low: pl.Expr, mode: pl.Expr, high: pl.Expr) -> pl.Expr:
    """Mean of the distribution: (low + mode + high)/3 if triangular, (low + 4·mode + high)/6 if PERT."""
    weight = 1.0 if distribution == "triangular" else ESTIMATE.pert_weight
    return (low + weight * mode + high) / (weight + 2.0)


@once_per_case
def ranged_cells(case: Case) -> pl.DataFrame:
    """Every number of `case` (as stated) that has a range, one row each.

    Columns: table, column, place (row of the table), row (its key), subject (site, commodity or key that it is about),
    site, source (table, evidence, estimate_class), corrected (a reference class corrects it), low, mode, high
    (of its distribution), mean (what is computed with). The range is that of its own row, else of the strongest
    observation that states both ends, else of a cost that of its estimate class (AACE 18R-97). Without a stated class
    the spread is that of class 5 around the amount. A value outside of its range wins over it, and is computed with as
    it stands (a check tells). Chances are among them; `UNDRAWN` numbers are not.
    """
    cells = pl.concat([_own(case), _observed(case), _estimated(case)], how="diagonal")
    held = (pl.col("low") < pl.col("high")) & pl.col("mode").is_between("low", "high").fill_null(False)
    cells = cells.unique(CELL, keep="first", maintain_order=True).filter(held)
    past = _of_the_past(case)
    cells = cells.join(past, on=CELL, how="left", maintain_order="left").filter(~pl.col("spread_told").fill_null(False))
    distribution = case.settings.uncertainty.distribution
    own_mean = mean_of(distribution, pl.col("low"), pl.col("mode"), pl.col("high"))
    fixed = pl.col("corrected").fill_null(False) | pl.col("keeps_amount").fill_null(False)
    moved = pl.when(fixed & (own_mean != 0)).then(pl.col("mode") / own_mean).otherwise(1.0)
    return (
        cells.with_columns(pl.col("corrected").fill_null(False), moved=moved)
        .with_columns(pl.col("low", "mode", "high") * pl.col("moved"))
        .with_columns(mean=mean_of(distribution, pl.col("low"), pl.col("mode"), pl.col("high")))
        .select(*CELL, "row", "subject", "site", "source", "corrected", "low", "mode", "high", "mean")
        .sort(CELL)
    )


@once_per_case
def expected_case(case: Case) -> Case:
    """The case to compute with: every ranged number is its mean. It keeps the case as stated in `Case.stated`.

    A case whose numbers are computed with as they stand (already expected, or drawn) is returned as it is.
    """
    if case.computed:
        return case
    cells = ranged_cells(case)
    tables = dict(case.tables)
    for (table, column), rows in cells.group_by("table", "column", maintain_order=True):
        frame = tables[str(table)]
        new = frame[str(column)].clone().scatter(rows["place"].to_numpy(), rows["mean"])
        tables[str(table)] = frame.with_columns(new)
    return replace(case, tables=tables, computed=True, stated=case)


def premium_range(case: Case) -> tuple[float, float, float]:
    """Ends and mode of the premium on foreign exchange: none … that of the parallel market where it is known.

    The mode is such that the mean is the premium as planned; where no mode gives it, the farther end comes nearer.
    """
    planned = case.settings.value.fx_premium
    parallel = [r.parallel / r.official - 1.0 for r in case.settings.money.rates if r.parallel is not None]
    if not parallel or planned == 0:
        return planned, planned, planned
    weight = 1.0 if case.settings.uncertainty.distribution == "triangular" else ESTIMATE.pert_weight
    high, total = max([planned, *parallel]), (weight + 2.0) * planned
    mode = (total - high) / weight
    if mode < 0:
        return 0.0, 0.0, total
    return (0.0, mode, high) if mode <= high else (total - (weight + 1.0) * high, high, high)


def _own(case: Case) -> pl.DataFrame:
    """Cells with a range in their own row."""
    parts = []
    for table, column, low, high in OWN_RANGES:
        ranged = placed(case, table, column).with_columns(low=case[table][low], high=case[table][high])
        parts.append(ranged.drop_nulls(["low", "high"]).with_columns(source=pl.lit("table")))
    return pl.concat(parts)


def _observed(case: Case) -> pl.DataFrame:
    """Cells with a range in the evidence."""
    observed = observed_ranges(case).drop_nulls(["low", "high"])
    parts = [placed(case, "works", "weeks").clear().with_columns(low=pl.lit(0.0), high=pl.lit(0.0), source=pl.lit(""))]
    for (table, column), rows in observed.group_by("table", "column", maintain_order=True):
        spec = TABLES[str(table)].columns().get(str(column)) if str(table) in TABLES else None
        if spec is not None and spec.dtype.is_float() and (table, column) not in UNDRAWN:
            ranged = placed(case, str(table), str(column)).join(rows.select("row", "low", "high"), on="row")
            parts.append(ranged.with_columns(source=pl.lit("evidence")))
    return pl.concat(parts)


def _estimated(case: Case) -> pl.DataFrame:
    """Investment items by the estimate class of their option; of an option without a stated class only the spread."""
    classes = [(option, *ACCURACY[estimate.borne]) for option, estimate in estimates(case).items()]
    accuracy = pl.DataFrame(
        classes, schema={"option": pl.String, "below": pl.Float64, "above": pl.Float64}, orient="row"
    ).join(case["options"].select(option="id", keeps_amount=pl.col("estimate_class").is_null()), on="option")
    items = placed(case, "costs", "amount").with_columns(case["costs"]["option"], case["costs"]["category"])
    return (
        items.filter(pl.col("category") != "working_capital")
        .join(accuracy, on="option", maintain_order="left")
        .with_columns(
            low=pl.col("mode") * pl.col("below"), high=pl.col("mode") * pl.col("above"), source=pl.lit("estimate_class")
        )
        .drop("option", "category", "below", "above")
    )


def placed(case: Case, table: str, column: str) -> pl.DataFrame:
    """Every row of a table: row (its key), mode (the stated value), table, column, place, site and subject."""
    frame = case.filled(table)
    if table in SITE_OF:
        site = frame[SITE_OF[table]]
    elif "option" in frame.columns:
        owner = dict(case["options"].select("id", "site").iter_rows())
        site = frame["option"].replace_strict(owner, default=None, return_dtype=pl.String)
    else:
        site = pl.Series([None] * frame.height, dtype=pl.String)
    good = pl.col("commodity") if table in ("demands", "supplies") else pl.col("row")
    commodity = pl.col("commodity") if "commodity" in frame.columns else pl.lit(None, pl.String)
    return (
        frame.select(row=key_of(table), mode=pl.col(column).cast(pl.Float64), commodity=commodity)
        .with_columns(site=site.alias("site"), table=pl.lit(table), column=pl.lit(column))
        .with_row_index("place")
        .with_columns(subject=pl.coalesce("site", good))
        .drop("commodity")
    )


def _of_the_past(case: Case) -> pl.DataFrame:
    """Cells that a reference class corrects: table, column, place, corrected, spread_told (by the precedents)."""
    stated = stated_ratios(case)
    items, works = (case[table].with_row_index("place") for table in ("costs", "works"))
    options = case["options"].with_row_index("place").rename({"id": "option"})
    parts = [
        ("costs", "amount", "cost_ratio", items.filter(pl.col("category").is_in(CORRECTED))),
        ("works", "effort", "cost_ratio", works),
        ("works", "weeks", "duration_ratio", works),
        ("options", "capacity", "output_reached", options),
    ]
    return pl.concat(
        rows.select("place", "option", table=pl.lit(table), column=pl.lit(column))
        .join(stated.select("option", corrected=ratio, spread_told=f"{ratio}_spread"), on="option")
        .filter("corrected")
        .select(*CELL, "corrected", "spread_told")
        for table, column, ratio, rows in parts
    )
