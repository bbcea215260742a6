"""The prices that prove a bound, as a table that names what each of them belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from tawteen.plan.model_builder import Floats, ModelBlock
from tawteen.plan.policy_plan import policy_schema
from tawteen.plan.problem import Problem
from tawteen.plan.programme_tables import SCHEMAS
from tawteen.works.training import class_terms

NAMES: Mapping[str, tuple[str, str]] = {
    "balance": ("commodity", "region"),
    "pool": ("pool", "pool_kind"),
    "seats": ("course", ""),
    "trainers": ("trainer_pool", ""),
    "fund": ("fund", ""),
    "credit": ("", ""),
    "rule": ("rule", "site"),
}
"""Blocks of rows with prices that a bound needs, and the columns of their keys that become `id` and `place`."""


def bound_prices(rows: Mapping[str, ModelBlock], row_price: Floats) -> pl.DataFrame:
    """Prices of the rows that sites share (`row_price`: worth of one more unit of each row) above 0.

    All other prices of a bound follow from these: what a limited source, route or trade earns is its margin at them.
    """
    return _priced_rows(rows, row_price, SCHEMAS["bound_prices"])


def policy_bound_prices(rows: Mapping[str, ModelBlock], row_price: Floats) -> pl.DataFrame:
    """The same of the rows of a model of policies, with the finding of its site in which alone a rule asks (null: in
    the mean over findings).
    """
    return _priced_rows(rows, row_price, policy_schema("bound_prices"))


def _priced_rows(rows: Mapping[str, ModelBlock], row_price: Floats, schema: Mapping[str, Any]) -> pl.DataFrame:
    parts = [_block(name, rows[name], row_price) for name in NAMES if name in rows]
    if not parts:
        return pl.DataFrame(schema=schema)
    return pl.concat(parts).select(pl.col(name).cast(kind) for name, kind in schema.items()).sort(list(schema)[:-1])


def _block(name: str, block: ModelBlock, row_price: Floats) -> pl.DataFrame:
    key, place = NAMES[name]
    keys = block.keys
    price = row_price[block.span]
    worth = -price if name == "balance" else np.abs(price) if name == "rule" else price
    null = pl.lit(None, pl.String)
    return keys.select(
        kind=pl.lit(name),
        id=pl.col(key) if key else pl.lit(name),
        place=pl.col(place) if place in keys.columns else null,
        finding=pl.col("finding").cast(pl.Int64) if "finding" in keys.columns else pl.lit(None, pl.Int64),
        period=pl.col("period").cast(pl.Int64) if "period" in keys.columns else pl.lit(None, pl.Int64),
        price=pl.Series(worth, dtype=pl.Float64),
    ).filter(pl.col("price") > 0)


def prices_by_seat(problem: Problem, row_price: Floats) -> Floats:
    """Prices in which seats of courses carry what places in their classes are worth.

    Whole classes need a place for each person, which the bound prices by the seat: a place takes so many seats in each
    quarter of its class.
    """
    if "class" not in problem.rows:
        return row_price
    prices, block, pools = row_price.copy(), problem.rows["class"], problem.rows["pool"]
    rows = pools.keys.with_columns(row=pools.first + pl.int_range(pl.len()))
    placed = (
        block.keys.with_columns(worth=pl.Series(row_price[block.span], dtype=pl.Float64))
        .filter(pl.col("worth") != 0)
        .join(class_terms(problem.inputs.case), on="course", maintain_order="left")
        .with_columns(step=pl.int_ranges("quarters"))
        .explode("step")
        .with_columns(period=pl.col("period") + pl.col("step"), pool_kind=pl.lit("course"))
        .join(rows, left_on=["pool_kind", "course", "period"], right_on=["pool_kind", "pool", "period"])
        .select("row", price=pl.col("worth") / (pl.col("share") * pl.col("quarters")))
    )
    np.add.at(prices, placed["row"].to_numpy(), placed["price"].to_numpy())
    return prices


def prices_without_cuts(problem: Problem, row_price: Floats, last_periods: list[int]) -> Floats:
    """Prices of the rows of `problem` from those of the model with the rows of `with_money_so_far` behind them.

    Such a row sums the rows of the funds up to its last period: its price is one of theirs.
    """
    count = problem.arrays.matrix.shape[0]
    prices = row_price[:count].copy()
    fund = problem.rows["fund"]
    period = fund.keys["period"].to_numpy()
    for last, price in zip(last_periods, row_price[count:], strict=True):
        prices[fund.span] += np.where(period <= last, max(price, 0.0), 0.0)
    return prices
