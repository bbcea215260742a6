"""The prices of all rows of the market from those that a programme states with its bound."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from tawteen.plan.bound_prices import NAMES
from tawteen.plan.decomposition.dual import price_bounds
from tawteen.plan.decomposition.market import Market
from tawteen.plan.model_builder import Floats, ModelBlock

DERIVED = (
    ("outlay", ("draw",)),
    ("route", ("transport",)),
    ("import_limit", ("import",)),
    ("export_limit", ("export",)),
    ("uptake", ("import", "unmet")),
)
"""Blocks of rows whose prices follow from the others, and the blocks of columns whose margins they take away."""


def market_prices(market: Market, table: pl.DataFrame) -> Floats:
    """Prices of the market's rows (worth of one more unit, discounted currency) from a table `bound_prices`.

    Any prices prove a bound (weak duality). Rows of `DERIVED` take the prices that their columns pay at the others;
    further rows that the table does not name have price 0.
    """
    prices = np.zeros(len(market.arrays.row_lower))
    for kind, (key, place) in NAMES.items():
        if kind in market.rows:
            block = market.rows[kind]
            price = _stated(block.keys, table.filter(pl.col("kind") == kind), key, place)
            limited = np.isfinite(market.arrays.row_upper[block.span])
            negative = (kind == "balance") | ((kind == "rule") & ~limited)
            prices[block.span] = np.where(negative, -price, price)
    return _completed(market, prices)


def prices_around(market: Market, known: Floats, rows: Mapping[str, ModelBlock], row_price: Floats) -> Floats:
    """Prices of the market's rows from those of a model around one site, `known` where that has none (NaN)."""
    prices = known.copy()
    for kind, (key, place) in NAMES.items():
        if kind not in market.rows or kind not in rows:
            continue
        keys, span = market.rows[kind].keys, market.rows[kind].span
        on = [name for name in (key, place, "period") if name and name in keys.columns]
        priced = rows[kind].keys.select(*on, around=pl.Series(row_price[rows[kind].span], nan_to_null=True))
        joined = keys.join(priced.drop_nulls("around"), on=on, how="left", nulls_equal=True, maintain_order="left")
        prices[span] = joined["around"].fill_null(pl.Series(prices[span])).to_numpy()
    return _completed(market, prices)


def _completed(market: Market, prices: Floats) -> Floats:
    """The prices with those of the rows that follow from others, with the signs of their rows."""
    for rows, columns in DERIVED:
        if rows in market.rows:
            _derive(market, prices, rows, columns)
    return np.clip(prices, *price_bounds(market))


def _stated(keys: pl.DataFrame, stated: pl.DataFrame, key: str, place: str) -> Floats:
    """The price that the table states for each row of a block, 0 where it states none."""
    on = {"id": key, "place": place if place in keys.columns else "", "period": "period" * ("period" in keys.columns)}
    used = {name: column for name, column in on.items() if column}
    if not used:
        return np.full(keys.height, stated["price"].sum())
    priced = stated.select(*(pl.col(name).alias(column) for name, column in used.items()), stated_price="price")
    rows = keys.join(priced, on=list(used.values()), how="left", nulls_equal=True, maintain_order="left")
    return rows["stated_price"].fill_null(0.0).to_numpy()


def _derive(market: Market, prices: Floats, rows: str, columns: tuple[str, ...]) -> None:
    """Sets the prices of a block of rows so that no column of the blocks `columns` has a margin there."""
    arrays, span = market.arrays, market.rows[rows].span
    margin = arrays.value - arrays.matrix.T @ prices
    chosen = np.zeros(len(margin), dtype=bool)
    for name in columns:
        if name in market.columns:
            chosen[market.columns[name].span] = True
    entries = arrays.matrix[span].tocoo()
    mine = chosen[entries.col]
    row, ratio = entries.row[mine], margin[entries.col[mine]] / entries.data[mine]
    gives = entries.data[mine] < 0
    count = span.stop - span.start
    least, most = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(least, row[gives], ratio[gives])
    np.maximum.at(most, row[~gives], ratio[~gives])
    price = np.where(np.isfinite(least), least, np.where(np.isfinite(most), most, 0.0))
    low, high = price_bounds(market)
    prices[span] = np.clip(price, low[span], high[span])


__all__ = ["market_prices", "prices_around"]
