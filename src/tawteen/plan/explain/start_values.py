"""The worth of every start at once, by arrays: the same arithmetic as `value_parts.parts`, in sum.

Source of the closed form: a site's subproblem at given prices (Dantzig and Wolfe 1960),
as in `plan/decomposition/pricing`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.value import credit, discounts
from tawteen.effects.model import Effects
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.pricing import earnings_by_start, prices_ahead, takeover_loss
from tawteen.plan.decomposition.sites import Producers, SiteArrays
from tawteen.plan.explain.shadow_prices import ShadowPrices
from tawteen.plan.model_builder import Floats

COUNTED = {"at_most": 1.0, "one_of": 1.0, "at_least": -1.0, "share": -1.0}


@dataclass(frozen=True)
class StartValues:
    """`worth[option, start]` and what is `spent` before it runs, scarcity included; discounted currency.

    Rows as in `sites.options`. `may` marks the starts that dates allow; a worth of −∞ there means that nobody can
    supply or pay for it.
    """

    sites: SiteArrays
    may: NDArray[np.bool_]
    worth: Floats
    spent: Floats


def start_values(shadow: ShadowPrices, market: Market, sites: SiteArrays) -> StartValues:
    """Every start of `sites` at the shadow prices."""
    scarce = _scarcity_cost(shadow, market, sites)
    worth = (
        sites.value
        + earnings_by_start(sites.capacity, np.maximum(_margins(shadow, market, sites.producers), 0.0))
        - scarce
        + _added_worth(shadow, market, sites)
    )
    if sites.rules.shape[0]:
        counted = _rule_prices(shadow, market)
        worth = worth - (sites.rules.T @ counted).reshape(worth.shape)
    worth = worth - takeover_loss(sites, sites.line_capacity * np.maximum(_margins(shadow, market, sites.running), 0.0))
    may = _allowed_starts(shadow.effects, sites)
    return StartValues(sites, may, np.where(may, worth, -np.inf), _spent_before_running(shadow, sites) + scarce)


def _allowed_starts(effects: Effects, sites: SiteArrays) -> NDArray[np.bool_]:
    dates = sites.options.join(
        effects.options.select("option", "earliest", "latest"), on="option", maintain_order="left"
    )
    periods = np.arange(sites.shape[1])
    first, last = (dates[name].to_numpy()[:, None] for name in ("earliest", "latest"))
    return np.asarray((periods >= first) & (periods <= last))


def _price_table(market: Market, block: str, priced: pl.DataFrame, column: str, missing: float) -> Floats:
    """Prices of a block as (series, period), nothing outside the block; `priced` has the block's keys and period."""
    table = np.zeros(market.places.shape)
    if block not in market.series:
        return table
    names = market.series[block]
    keys = [key for key in names.columns if key not in ("series", "only")]
    table[names["series"].to_numpy()] = missing
    rows = priced.join(names, on=keys) if keys else priced.with_columns(series=pl.lit(names["series"][0]))
    table[rows["series"].to_numpy(), rows["period"].to_numpy()] = rows[column].to_numpy()
    return table


def _margins(shadow: ShadowPrices, market: Market, producers: Producers) -> Floats:
    """Margin of one unit of throughput by maker and period: what is made sells, what is taken is bought."""
    sold = _price_table(market, "balance", shadow.goods, "price", 0.0)
    bought = _price_table(market, "balance", shadow.goods, "buying", 0.0)
    money = _price_table(market, "fund", shadow.funds, "price", 0.0) + _price_table(
        market, "credit", shadow.credit, "credit_price", 0.0
    )
    products = producers.recipe.maximum(0.0)
    purchases = producers.recipe - products
    return np.asarray(products @ sold + purchases @ bought - producers.recipe @ money - producers.cost)


def _scarcity_cost(shadow: ShadowPrices, market: Market, sites: SiteArrays) -> Floats:
    """What a start takes of pools, funds and credit, at their prices."""
    table = _price_table(market, "pool", shadow.pools, "price", np.inf)
    table += _price_table(market, "outlay", _class_prices(shadow, market), "price", 0.0)
    table += _price_table(market, "credit", shadow.credit, "credit_price", 0.0)
    return np.asarray(sites.needs @ prices_ahead(table, sites.quarters))


def _added_worth(shadow: ShadowPrices, market: Market, sites: SiteArrays) -> Floats:
    """What the seats and trainers that a start adds are worth at their prices."""
    table = np.zeros(market.places.shape)
    for kind, block, key in (("course", "seats", "course"), ("trainers", "trainers", "trainer_pool")):
        added = shadow.added.filter(pl.col("pool_kind") == kind).rename({"pool": key})
        table += _price_table(market, block, added, "price", 0.0)
    return np.asarray(-(sites.needs @ prices_ahead(table, sites.quarters)))


def _class_prices(shadow: ShadowPrices, market: Market) -> pl.DataFrame:
    """The cheapest fund of each class of outlays, by period."""
    classes = market.series["outlay"].select("class", fund=pl.col("class").str.split("\n")).explode("fund")
    return classes.join(shadow.funds, on="fund").group_by("class", "period").agg(pl.col("price").min())


def _rule_prices(shadow: ShadowPrices, market: Market) -> Floats:
    """Prices of the rows of rules on a measure; those of others are not charged to a start."""
    priced = shadow.rules.filter(pl.col("kind").is_in(list(COUNTED))).select(
        rule="id", price=pl.col("rule_price") * pl.col("kind").replace_strict(COUNTED, return_dtype=pl.Float64)
    )
    rows = market.rows["rule"].keys.select("rule").join(priced, on="rule", how="left", maintain_order="left")
    return rows["price"].fill_null(0.0).to_numpy()


def _spent_before_running(shadow: ShadowPrices, sites: SiteArrays) -> Floats:
    """Outlays that are not pooled less the capital left at the end (docs/method.md, Value of an option)."""
    flows, periods = shadow.flows, sites.shape[1]
    place = sites.options.join(flows.options.select("option", "place"), on="option", maintain_order="left")["place"]
    factors = discounts(shadow.prices, periods)
    paid = earnings_by_start(-(flows.local + flows.foreign), np.tile(factors, (flows.options.height, 1)))
    return np.asarray((paid - credit(flows, shadow.prices, periods) * factors[-1])[place.to_numpy()])
