"""Rules of the parties that a programme keeps at any cost."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import polars as pl

from tawteen.case.codes import NO_WORKS
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.model_builder import ModelBuilder

Row = dict[str, Any]


def add_rules(inputs: PlanInputs, builder: ModelBuilder, starts: pl.DataFrame) -> None:
    """One row or several of every active rule: rule, and where it has a row for each, site and period."""
    written: list[tuple[Row, pl.DataFrame]] = []
    for rule in inputs.case.filled("rules").filter("active").iter_rows(named=True):
        written += [({"rule": rule["id"], **row}, entries) for row, entries in rule_rows(inputs, rule, starts)]
    add_rule_rows(builder, written)


def add_rule_rows(
    builder: ModelBuilder, written: list[tuple[Row, pl.DataFrame]], keys: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Adds the rows `written`: keys (rule, site, period, and `keys`) with `lower` or `upper`, and entries (column,
    value).
    """
    schema = {"rule": pl.String, "site": pl.String, "period": pl.Int64, **keys, "lower": pl.Float64,
              "upper": pl.Float64}  # fmt: skip
    rows = builder.rows("rule", pl.DataFrame([row for row, _ in written], schema=schema))
    for index, (_, entries) in zip(rows["row"], written, strict=True):
        builder.entries(entries.select(pl.lit(index, pl.Int64).alias("row"), "column", "value"))


def rule_rows(inputs: PlanInputs, rule: Row, starts: pl.DataFrame) -> list[tuple[Row, pl.DataFrame]]:
    """Rows of a rule: keys with `lower` or `upper`, and the entries (column, value) of the `starts` that it counts."""
    chosen = starts.filter(of_kind(rule) & in_place(rule))
    one = chosen.with_columns(value=1.0)
    match rule["kind"]:
        case "must":
            rows = _must(inputs, rule, chosen)
        case "after":
            rows = _after(inputs, rule, chosen, starts)
        case "never":
            rows = [({"upper": 0.0}, one)]
        case "one_of":
            rows = [({"upper": 1.0 if rule["value"] is None else rule["value"]}, one)]
        case "at_least":
            rows = [({"lower": rule["value"]}, _measured(rule, chosen))]
        case "at_most":
            rows = [({"upper": rule["value"]}, _measured(rule, chosen))]
        case _:
            everything = _measured(rule, starts.filter(of_kind(rule)))
            share = everything.with_columns(pl.col("value") * -(rule["value"] or 0.0))
            rows = [({"lower": 0.0}, pl.concat([_measured(rule, chosen), share]))]
    return rows


def listed(cell: str | None) -> list[str]:
    """Parts of a cell that holds several, separated by semicolons."""
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


def of_kind(rule: Row) -> pl.Expr:
    """Whether the column `kind` (of an option) is one that the rule counts; without a list, every kind of works."""
    kinds = listed(rule["options"])
    return pl.col("kind").is_in(kinds) if kinds else ~pl.col("kind").is_in(NO_WORKS)


def in_place(rule: Row) -> pl.Expr:
    """Whether the columns `site`, `region` and `authority` are those that the rule names."""
    keep = pl.lit(True)
    if sites := listed(rule["sites"]):
        keep &= pl.col("site").is_in(sites)
    for place in ("region", "authority"):
        if rule[place] is not None:
            keep &= pl.col(place).eq_missing(pl.lit(rule[place]))
    return keep


def _measured(rule: Row, chosen: pl.DataFrame) -> pl.DataFrame:
    """Coefficient of each start in the measure of a rule (sites, investment, jobs)."""
    measure = rule["measure"] or "sites"
    value = pl.lit(1.0) if measure == "sites" else pl.col(measure).fill_null(0.0)
    return chosen.select("column", value=value)


def _must(inputs: PlanInputs, rule: Row, chosen: pl.DataFrame) -> list[tuple[Row, pl.DataFrame]]:
    """Each listed site starts by the date; a site that cannot makes the rule impossible, not void."""
    last = inputs.periods - 1 if rule["end"] is None else inputs.case.calendar.period(rule["end"])
    sites = listed(rule["sites"]) or chosen["site"].unique(maintain_order=True).to_list()
    in_time = chosen.filter(pl.col("period") <= last).with_columns(value=1.0)
    return [({"site": site, "lower": 1.0}, in_time.filter(pl.col("site") == site)) for site in sites]


def _after(inputs: PlanInputs, rule: Row, chosen: pl.DataFrame, starts: pl.DataFrame) -> list[tuple[Row, pl.DataFrame]]:
    """Up to each period no more starts of a site than completed works of the one that comes before it."""
    first = starts.filter(pl.col("site") == rule["before"], ~pl.col("kind").is_in(NO_WORKS))
    done = first.select("column", end=pl.col("period") + pl.col("quarters"), value=-1.0)
    rows: list[tuple[Row, pl.DataFrame]] = []
    for site in chosen["site"].unique(maintain_order=True):
        mine = chosen.filter(pl.col("site") == site, pl.col("site") != rule["before"]).with_columns(value=1.0)
        for period in range(inputs.periods) if mine.height else ():
            begun = mine.filter(pl.col("period") <= period).select("column", "value")
            if begun.height:
                finished = done.filter(pl.col("end") <= period).select("column", "value")
                rows.append(({"site": site, "period": period, "upper": 0.0}, pl.concat([begun, finished])))
    return rows
