"""Money: funds with what they may pay for, and letters of credit."""

from __future__ import annotations

import polars as pl

from tawteen.case.derived import once_per_case, once_per_tables
from tawteen.case.financing import TRAITS
from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.case.spans import by_quarter
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.model_builder import ModelBuilder

PREMIUM = {"capability": "works", "course": "training"}


def add_money(
    inputs: PlanInputs, builder: ModelBuilder, starts: pl.DataFrame, throughput: pl.DataFrame, supply: pl.DataFrame
) -> None:
    """Adds draws of every outlay from eligible funds, the balances of funds and the limit on letters of credit."""
    spent = outlays_by_class(inputs).lazy()
    paid = starts.lazy().select("option", "column", start="period").join(spent, on="option").select(
        *("class", "column"), period=pl.col("start") + pl.col("quarter"), value="amount"
    )  # fmt: skip
    dearer = supply.lazy().filter(pl.col("premium") > 0).join(premium_classes(inputs).lazy(), on="pool_kind")
    premium = dearer.select("class", "column", "period", value="premium")
    paid = fused(pl.concat([paid, premium]).filter(pl.col("period") < inputs.periods)).lazy()
    due = paid.select("class", "period").unique().sort("class", "period")
    rows = builder.rows("outlay", fused(due.with_columns(lower=pl.lit(0.0), upper=pl.lit(0.0)))).lazy()
    builder.entries(paid.join(rows, on=["class", "period"]).select("row", "column", "value"))
    eligible = (
        rows.select("class", "period", fund=pl.col("class").str.split("\n"))
        .explode("fund")
        .filter(pl.col("fund") != "")
    )
    drawn = builder.columns("draw", fused(eligible))
    builder.entries(drawn.lazy().join(rows, on=["class", "period"]).with_columns(value=-1.0))
    _add_balances(inputs, builder, throughput, drawn)
    _add_credit(inputs, builder, starts, throughput)


@once_per_case
def fund_classes(inputs: PlanInputs) -> pl.DataFrame:
    """Which funds may pay what: option, category, origin, class; a class is its funds' ids, one per line.

    It depends on a few aspects alone, however many options there are.
    """
    kinds = fused(
        inputs.effects.outlays.lazy()
        .select("option", "category", "origin")
        .unique()
        .join(inputs.effects.options.lazy().select("option", "region", "authority", "field"), on="option")
    )
    outlay_kinds = fused(kinds.lazy().select(TRAITS).unique().with_row_index("wanted")).lazy()
    uses = inputs.case["fund_uses"].lazy().select("fund", *(pl.col(c).alias(f"only_{c}") for c in TRAITS))
    fits = [pl.col(f"only_{c}").is_null() | pl.col(f"only_{c}").eq_missing(pl.col(c)) for c in TRAITS]
    allowed = (
        outlay_kinds.join(uses, how="cross").filter(fits).group_by("wanted").agg(funds=pl.col("fund").unique().sort())
    )  # fmt: skip
    named = outlay_kinds.join(allowed, on="wanted", how="left").select(
        *TRAITS, pl.col("funds").list.join("\n").fill_null("").alias("class")
    )
    keys = ["option", "category", "origin"]
    return fused(kinds.lazy().join(named, on=TRAITS, how="left", nulls_equal=True).select(*keys, "class").sort(keys))


@once_per_case
def outlays_by_class(inputs: PlanInputs) -> pl.DataFrame:
    """Outlays that must be paid: option, quarter, category, origin, amount, class."""
    return inputs.effects.outlays.filter(pl.col("amount") > 0).join(
        fund_classes(inputs), on=["option", "category", "origin"], how="left", maintain_order="left"
    )


def premium_classes(inputs: PlanInputs) -> pl.DataFrame:
    """Funds for what a pool costs above its reference price: pool_kind, class."""
    uses = inputs.case["fund_uses"]
    return pl.DataFrame(
        [
            {"pool_kind": kind, "class": "\n".join(sorted(set(_funds_for(uses, category))))}
            for kind, category in PREMIUM.items()
        ],
        schema={"pool_kind": pl.String, "class": pl.String},
    )


def _funds_for(uses: pl.DataFrame, category: str) -> list[str]:
    return uses.filter(pl.col("category").is_null() | (pl.col("category") == category))["fund"].to_list()


def fund_income(inputs: PlanInputs) -> pl.DataFrame:
    """Money granted to each fund: fund, period, carry_over, refill, limit (currency of the case, official rate)."""
    return _granted(inputs.case)


@once_per_tables(lambda: ("funds", "fund_limits", "settings.money", "settings.time"))
def _granted(case: Case) -> pl.DataFrame:
    """Columns of `fund_income`."""
    funds = case.filled("funds").select("id", "currency", "carry_over", "refill")
    rates = [case.rate(currency) for currency in funds["currency"]]
    given = by_quarter(case, "fund_limits").group_by("fund", "period", maintain_order=True).agg(pl.col("amount").sum())
    periods = pl.DataFrame({"period": range(case.calendar.periods)}, schema={"period": pl.Int64})
    return (
        funds.with_columns(rate=pl.Series(rates, dtype=pl.Float64))
        .join(periods, how="cross", maintain_order="left_right")
        .join(given, left_on=["id", "period"], right_on=["fund", "period"], how="left", maintain_order="left")
        .select(*("period", "carry_over", "refill"), fund="id", limit=pl.col("amount").fill_null(0.0) / pl.col("rate"))
    )


def _add_balances(inputs: PlanInputs, builder: ModelBuilder, throughput: pl.DataFrame, drawn: pl.DataFrame) -> None:
    income = fund_income(inputs).lazy()
    key = ["fund", "period"]
    left = builder.columns("fund_left", fused(income.select(key))).lazy()
    rows = builder.rows("fund", fused(income.select("fund", "period", upper="limit"))).lazy()
    builder.entries(left.join(rows, on=key).with_columns(value=1.0))
    builder.entries(drawn.lazy().join(rows, on=key).with_columns(value=1.0))
    carried = left.join(income.select("fund", "period", "carry_over"), on=key).with_columns(pl.col("period") + 1)
    builder.entries(carried.join(rows, on=key).with_columns(value=-pl.col("carry_over")))
    refilled = income.filter(pl.col("refill") > 0).join(rows, on=key)
    builder.entries(
        throughput.lazy()
        .join(sales_per_unit(inputs).lazy(), on="option")
        .join(refilled, on="period")
        .select("row", "column", value=-pl.col("sales") * pl.col("refill"))
    )


@once_per_case
def sales_per_unit(inputs: PlanInputs) -> pl.DataFrame:
    """Market sales of one unit of throughput of the options that can be chosen: option, sales."""
    price = (
        inputs.case.filled("commodities")
        .lazy()
        .select(
            commodity="id",
            price=pl.coalesce(pl.col("cif") + pl.col("port_cost"), pl.col("fob") - pl.col("port_cost"), pl.lit(0.0)),
        )
    )
    return fused(
        inputs.effects.recipe.lazy()
        .filter(pl.col("quantity") > 0)
        .join(inputs.effects.options.lazy().filter(pl.col("kind") != "as_is").select("option"), on="option")
        .join(price, on="commodity")
        .group_by("option", maintain_order=True)
        .agg(sales=(pl.col("quantity") * pl.col("price")).sum())
    )


def _add_credit(inputs: PlanInputs, builder: ModelBuilder, starts: pl.DataFrame, throughput: pl.DataFrame) -> None:
    """Letters of credit for foreign outlays and for inputs that need one, where the case limits them."""
    limit = inputs.by_period("credit").lazy().group_by("period").agg(upper=pl.col("amount").sum()).sort("period")
    limited = builder.rows("credit", fused(limit))
    if limited.is_empty():
        return
    rows = limited.lazy()
    foreign = starts.lazy().select("option", "column", start="period").join(
        inputs.effects.outlays.lazy().filter(pl.col("origin") == "foreign"), on="option"
    )  # fmt: skip
    builder.entries(
        foreign.with_columns(period=pl.col("start") + pl.col("quarter"))
        .join(rows, on="period")
        .select("row", "column", value="amount")
    )
    builder.entries(
        throughput.lazy()
        .join(credit_per_unit(inputs).lazy(), on="option")
        .join(rows, on="period")
        .select("row", "column", value="credit")
    )


@once_per_case
def all_money(inputs: PlanInputs) -> float:
    """The most that all funds together could pay over the whole horizon, sales that refill them included."""
    funds = fund_income(inputs)
    refill = float(funds["refill"].max() or 0.0)  # type: ignore[arg-type]
    capacity = inputs.effects.profile.group_by("option").agg(pl.col("capacity").sum())
    sold = capacity.join(sales_per_unit(inputs), on="option")
    sales = float((sold["capacity"] * sold["sales"].clip(lower_bound=0.0)).sum())
    return float(funds["limit"].sum()) + refill * funds["fund"].n_unique() * sales


@once_per_case
def credit_per_unit(inputs: PlanInputs) -> pl.DataFrame:
    """Letters of credit that one unit of throughput takes: option, credit."""
    bought = inputs.case.filled("commodities").lazy().filter("credit").drop_nulls("cif").select("cif", commodity="id")
    return fused(
        inputs.effects.recipe.lazy()
        .filter(pl.col("quantity") < 0)
        .join(bought, on="commodity")
        .group_by("option", maintain_order=True)
        .agg(credit=(-pl.col("quantity") * pl.col("cif")).sum())
    )
