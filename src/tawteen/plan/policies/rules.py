"""Rules of the parties in expectation over findings."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.rules import Row, add_rule_rows, in_place, listed, of_kind, rule_rows
from tawteen.plan.model_builder import ModelBuilder


def add_expected_rules(
    inputs: PlanInputs, builder: ModelBuilder, starts: pl.DataFrame, dependent: Collection[str] = ()
) -> None:
    """Rows of every active rule, in which a start counts with the chance of its finding.

    A rule holds in every future, so it holds in the mean. `must` asks for a start in every finding of the site that
    allows one: where nothing can start, nothing is asked. Of the sites `dependent` on decisions about others too, what
    is decided without a finding may hang on what was found elsewhere and so on their own: it is asked in the mean.
    """
    chance = starts.select("column", "chance")
    written: list[tuple[Row, pl.DataFrame]] = []
    for rule in inputs.case.filled("rules").filter("active").iter_rows(named=True):
        if rule["kind"] == "must":
            rows = _must(inputs, rule, starts, dependent)
        else:
            rows = [
                (row, entries.join(chance, on="column").with_columns(value=pl.col("value") * pl.col("chance")))
                for row, entries in rule_rows(inputs, rule, starts)
            ]
        written += [({"rule": rule["id"], **row}, entries) for row, entries in rows]
    add_rule_rows(builder, written)


def _must(
    inputs: PlanInputs, rule: Row, starts: pl.DataFrame, dependent: Collection[str]
) -> list[tuple[Row, pl.DataFrame]]:
    """A row for each listed site and each of its findings in which a start that counts is possible."""
    chosen = starts.filter(of_kind(rule) & in_place(rule))
    last = inputs.periods - 1 if rule["end"] is None else inputs.case.calendar.period(rule["end"])
    in_time = chosen.filter(pl.col("period") <= last).with_columns(value=1.0)
    rows: list[tuple[Row, pl.DataFrame]] = []
    for site in listed(rule["sites"]) or chosen["site"].unique(maintain_order=True).to_list():
        known = chosen.filter(pl.col("site") == site, pl.col("finding").is_not_null())
        mine = in_time.filter(pl.col("site") == site)
        if site in dependent and mine["finding"].null_count():
            rows.append(_must_in_the_mean(site, known, mine))
            continue
        for finding in known["finding"].unique(maintain_order=True).to_list() or [None]:
            counted = mine.filter(pl.col("finding").is_null() | pl.col("finding").eq_missing(pl.lit(finding, pl.Int64)))
            rows.append(({"site": site, "lower": 1.0}, counted))
    return rows


def _must_in_the_mean(site: str, known: pl.DataFrame, mine: pl.DataFrame) -> tuple[Row, pl.DataFrame]:
    """A start with at least the chance of the findings that allow one; with none of them, a start for sure."""
    chances = known.unique("finding")["chance"]
    least_chance = float(chances.sum()) if chances.len() else 1.0
    return {"site": site, "lower": least_chance}, mine.with_columns(value=pl.col("value") * pl.col("chance"))
