"""Starts that no limit could ever carry are left out: their numbers would spoil the arithmetic of the solver.

A coefficient a million times larger than its limit lets a solver take the start by a millionth, which its tolerances
call zero, and hides all smaller numbers of the row. Starts that miss a limit by less stay: what more money or more
crews would be worth is asked of them.
"""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.effects.additions import additions, most_added
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.money import all_money
from tawteen.plan.tolerances import TOLERANCES

START_KEY = ["option", "period"]


def possible_starts(inputs: PlanInputs, starts: pl.DataFrame) -> pl.DataFrame:
    """The rows of `starts` (option, period, value and more) that have a finite value and are within reach of limits."""
    kept = starts.filter(pl.col("value").is_finite())
    for needs in (_pool_needs(inputs), _outlays(inputs), _credit(inputs)):
        beyond = fused(_out_of_reach(inputs, kept.lazy(), needs))
        if beyond.height:
            kept = kept.join(beyond, on=START_KEY, how="anti", maintain_order="left")
    return kept


def _out_of_reach(inputs: PlanInputs, starts: pl.LazyFrame, needs: pl.LazyFrame) -> pl.LazyFrame:
    """Starts (option, period) that need more than `TOLERANCES.impossible_need` times what there is.

    `needs`: option, quarter, limit_id, amount, limits (what there is by period, null without limit), usual.
    """
    return (
        starts.select("option", "period")
        .join(needs.filter(~(pl.col("amount") <= TOLERANCES.impossible_need * pl.col("usual"))), on="option")
        .with_columns(at=(pl.col("period") + pl.col("quarter")).cast(pl.Int64))
        .filter(pl.col("at") < inputs.periods)
        .with_columns(there=pl.col("limits").list.get(pl.col("at")))
        .filter(~(pl.col("amount") <= TOLERANCES.impossible_need * pl.col("there").fill_null(float("inf"))))
        .select("option", "period")
        .unique()
    )


def _with_usual(needs: pl.LazyFrame) -> pl.LazyFrame:
    """`usual`: the median of what options take of the limit at a time."""
    return needs.with_columns(usual=pl.col("amount").median().over("limit_id"))


def _pool_needs(inputs: PlanInputs) -> pl.LazyFrame:
    """Needs of pools against the capacity of all sources together, with the seats that options could add."""
    pool = ["pool_kind", "pool"]
    needed, periods = inputs.effects.needs.lazy(), inputs.discount_factors().lazy().select("period")
    capacity = (
        inputs.sources_by_period()
        .lazy()
        .group_by(*pool, "period")
        .agg(capacity=pl.col("capacity").fill_null(float("inf")).sum())
    )
    every = needed.select(pool).unique().join(periods, how="cross")
    limits = (
        every.join(capacity, on=[*pool, "period"], how="left")
        .join(most_added(additions(inputs.case, inputs.effects)).lazy(), on=pool, how="left")
        .sort(*pool, "period")
        .group_by(pool, maintain_order=True)
        .agg(limits=pl.col("capacity").fill_null(0.0) + pl.col("most").fill_null(0.0))
    )
    needs = needed.filter(~(pl.col("amount") <= 0)).join(limits, on=pool)
    return _with_usual(
        needs.select("option", "quarter", pl.concat_str(pool, separator="\n").alias("limit_id"), "amount", "limits")
    )


def _outlays(inputs: PlanInputs) -> pl.LazyFrame:
    """Outlays against the money of all funds over the whole horizon, sales that refill them included."""
    return _money(inputs.effects.outlays.lazy(), "fund", [all_money(inputs)] * inputs.periods)


def _credit(inputs: PlanInputs) -> pl.LazyFrame:
    """Foreign outlays against the letters of credit of their period."""
    given = inputs.by_period("credit").group_by("period").agg(pl.col("amount").sum())
    open_credit = dict(given.select("period", "amount").iter_rows())
    foreign = inputs.effects.outlays.lazy().filter(pl.col("origin") == "foreign")
    return _money(foreign, "credit", [open_credit.get(t, float("inf")) for t in range(inputs.periods)])


def _money(outlays: pl.LazyFrame, name: str, limits: list[float]) -> pl.LazyFrame:
    rows = outlays.filter(~(pl.col("amount") <= 0)).group_by("option", "quarter").agg(pl.col("amount").sum())
    each = pl.DataFrame({"limit_id": [name], "limits": [limits]}, schema_overrides={"limits": pl.List(pl.Float64)})
    return _with_usual(rows.join(each.lazy(), how="cross"))
