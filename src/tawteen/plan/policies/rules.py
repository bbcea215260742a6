"""Rules of the parties: in expectation over findings, and in one future."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.rules import Row, add_rule_rows, in_place, listed, of_kind, rule_rows
from tawteen.plan.model_builder import Floats, ModelBuilder
from tawteen.plan.tolerances import TOLERANCES


def add_expected_rules(
    inputs: PlanInputs, builder: ModelBuilder, starts: pl.DataFrame, dependent: Collection[str] = ()
) -> None:
    """Rows of every active rule, in which a start counts with the chance of its finding.

    A rule holds in every future, so it holds in the mean. `must` asks for a start in every finding of the site that
    allows one: where nothing can start, nothing is asked. Of the sites `dependent` on decisions about others too, what
    is decided without a finding may depend on what was found elsewhere and so on their own: it is asked in the mean.
    """
    chance = starts.select("column", "chance")
    written: list[tuple[Row, pl.DataFrame]] = []
    for row, finding, entries in _rows(inputs, starts, dependent):
        weighed = entries.join(chance, on="column").with_columns(value=pl.col("value") * pl.col("chance"))
        key = {name: cell for name, cell in row.items() if name != "must"}
        written.append(({**key, "finding": finding}, entries if row["must"] else weighed))
    add_rule_rows(builder, written, {"finding": pl.Int64})


def _rows(
    inputs: PlanInputs, starts: pl.DataFrame, dependent: Collection[str] = ()
) -> list[tuple[Row, int | None, pl.DataFrame]]:
    """Keys and limits of each row, the finding of its site in which alone it holds (None: always), and its entries."""
    rows: list[tuple[Row, int | None, pl.DataFrame]] = []
    for rule in inputs.case.filled("rules").filter("active").iter_rows(named=True):
        if rule["kind"] == "must":
            must = _must(inputs, rule, starts, dependent)
            rows += [({"rule": rule["id"], "must": True, **row}, finding, entries) for row, finding, entries in must]
        else:
            rows += [({"rule": rule["id"], "must": False, **r}, None, e) for r, e in rule_rows(inputs, rule, starts)]
    return rows


def _must(
    inputs: PlanInputs, rule: Row, starts: pl.DataFrame, dependent: Collection[str]
) -> list[tuple[Row, int | None, pl.DataFrame]]:
    """A row for each listed site and each of its findings in which a start that counts is possible."""
    chosen = starts.filter(of_kind(rule) & in_place(rule))
    last = inputs.periods - 1 if rule["end"] is None else inputs.case.calendar.period(rule["end"])
    in_time = chosen.filter(pl.col("period") <= last).with_columns(value=1.0)
    rows: list[tuple[Row, int | None, pl.DataFrame]] = []
    for site in listed(rule["sites"]) or chosen["site"].unique(maintain_order=True).to_list():
        known = chosen.filter(pl.col("site") == site, pl.col("finding").is_not_null())
        mine = in_time.filter(pl.col("site") == site)
        if site in dependent and mine["finding"].null_count():
            in_the_mean, counted = _must_in_the_mean(site, known, mine)
            rows.append((in_the_mean, None, counted))
            continue
        for finding in known["finding"].unique(maintain_order=True).to_list() or [None]:
            counted = mine.filter(pl.col("finding").is_null() | pl.col("finding").eq_missing(pl.lit(finding, pl.Int64)))
            rows.append(({"site": site, "lower": 1.0}, finding, counted))
    return rows


def _must_in_the_mean(site: str, known: pl.DataFrame, mine: pl.DataFrame) -> tuple[Row, pl.DataFrame]:
    """A start with at least the chance of the findings that allow one; with none of them, a start for sure."""
    chances = known.unique("finding")["chance"]
    least_chance = float(chances.sum()) if chances.len() else 1.0
    return {"site": site, "lower": least_chance}, mine.with_columns(value=pl.col("value") * pl.col("chance"))


@dataclass(frozen=True)
class FutureRules:
    """Rules of one future as rows over the starts: `matrix` (rows × starts), `lower`, `upper`.

    `rule`, `site` and `finding` of each row: it holds where the site has the finding (None: always).
    """

    rule: tuple[str, ...]
    site: tuple[str | None, ...]
    finding: tuple[int | None, ...]
    matrix: sparse.csr_matrix
    lower: Floats
    upper: Floats

    @property
    def required_rows(self) -> tuple[int, ...]:
        """Rows that ask for starts: nothing else fulfils them."""
        return tuple(np.flatnonzero(self.lower > 0.0).tolist())

    def allow(self, starts: Floats) -> bool:
        """Whether no start breaks a rule; those that ask for starts may be fulfilled later."""
        return self.broken(starts) is None

    def broken(self, starts: Floats) -> str | None:
        """The first rule that these starts break; None where they keep all, those that ask for starts aside."""
        count = self.matrix @ starts
        lower = np.where(self.lower > 0.0, -np.inf, self.lower)
        kept = (count <= self.upper + TOLERANCES.feasibility) & (count >= lower - TOLERANCES.feasibility)
        return None if kept.all() else self.rule[int(np.argmin(kept))]

    def missing(self, starts: Floats) -> Floats:
        """What each row that asks for starts still lacks."""
        return np.maximum(np.where(self.lower > 0.0, self.lower - self.matrix @ starts, 0.0), 0.0)


def future_rules(inputs: PlanInputs, starts: pl.DataFrame) -> FutureRules:
    """The rules of `inputs` in one future; `starts` are keys of the start columns of a model of policies, in order."""
    rows = _rows(inputs, starts.drop("column", strict=False).with_row_index("column").cast({"column": pl.Int64}))
    places, columns, values = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for number, (_, _, entries) in enumerate(rows):
        places.append(np.full(entries.height, number))
        columns.append(entries["column"].to_numpy())
        values.append(entries["value"].cast(pl.Float64).to_numpy())
    matrix = sparse.csr_matrix(
        (np.concatenate(values), (np.concatenate(places), np.concatenate(columns))), shape=(len(rows), starts.height)
    )
    return FutureRules(
        rule=tuple(row["rule"] for row, _, _ in rows),
        site=tuple(row.get("site") for row, _, _ in rows),
        finding=tuple(finding for _, finding, _ in rows),
        matrix=matrix,
        lower=np.array([row.get("lower", -np.inf) for row, _, _ in rows], dtype=float),
        upper=np.array([row.get("upper", np.inf) for row, _, _ in rows], dtype=float),
    )
