"""The shadow prices of a programme's limits, and what goods and crews cost at these prices.

Sign convention: prices are what one more unit of a limit is worth, discounted and never negative. With
`margin[o,t] = Σ recipe·balance price − discounted cost of throughput − credit price·CIF of inputs under letters of
credit + sales·Σ refill·fund price`, and a pool's price the least over its sources of the discounted economic price, the
prices of the source and its trainers, and the premium above the reference price at the cheapest fund's price.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from tawteen.appraise.flows import OptionFlows, flows_of, unit_price
from tawteen.appraise.prices import Prices
from tawteen.appraise.value import discounts, throughput_cost
from tawteen.case.financing import TRAITS
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.match.pools import POOL, cheapest_sources
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.pools import own_seats
from tawteen.plan.programme import Programme

MARKET_KEY = ["commodity", "region", "period"]
PREMIUM_CATEGORY = {"capability": "works", "course": "training"}


@dataclass(frozen=True)
class ShadowPrices:
    """The prices of a programme's limits beside the inputs that they apply to.

    `goods`: commodity, region, period, price (of one more unit made), buying (of one more unit taken), usual (its cost
    if no limit bound). `funds`: fund, period, price. `pools`: pool_kind, pool, period, price, usual. `credit`: period,
    credit_price. `rules`: active rows of the table with rule_price. `added`: pool_kind (course, trainers), pool,
    period, price of a seat or trainer that an option adds. Prices in discounted currency per unit.
    """

    case: Case
    effects: Effects
    match: Match
    prices: Prices
    goods: pl.DataFrame
    funds: pl.DataFrame
    pools: pl.DataFrame
    credit: pl.DataFrame
    rules: pl.DataFrame
    added: pl.DataFrame

    @cached_property
    def flows(self) -> OptionFlows:
        """Outlays, costs and capacity of every option by quarters from its start."""
        return flows_of(self.case, self.effects, self.prices)

    @cached_property
    def margins(self) -> pl.DataFrame:
        """Margin of one unit of throughput of every option and period, see `_margins`."""
        return _margins(self)

    @cached_property
    def payers(self) -> pl.DataFrame:
        """The cheapest fund for every kind of outlay and period, see `_payers`."""
        return _payers(self)


def shadow_prices(inputs: PlanInputs, programme: Programme) -> ShadowPrices:
    """Prices of the limits of `programme`; `inputs` has the case with the programme's scenario applied."""
    case, effects, match, prices = inputs.case, inputs.effects, inputs.match, inputs.prices
    limits = programme.limits.filter(pl.col("price").is_not_null())

    def of_kind(kind: str) -> pl.DataFrame:
        return limits.filter(pl.col("kind") == kind)

    periods = discount_factors(prices)
    priced = of_kind("fund").select("period", "price", fund="id")
    funds = case["funds"].select(fund="id").join(periods.select("period"), how="cross")
    funds = funds.join(priced, on=["fund", "period"], how="left").with_columns(pl.col("price").fill_null(0.0))
    credit_prices = of_kind("credit").select("period", credit_price="price")
    credit = periods.select("period").join(credit_prices, on="period", how="left")
    rules = case.filled("rules").join(
        of_kind("rule").group_by("id").agg(rule_price=pl.col("price").sum()), on="id"
    )  # fmt: skip
    return ShadowPrices(
        case, effects, match, prices,
        goods=goods_prices(
            inputs, of_kind("balance").rename({"id": "commodity"}), produced_cells(programme.throughput, effects)
        ),
        funds=funds,
        pools=_pool_prices(inputs, _premium_charges(case, funds), of_kind("source"), of_kind("trainers")),
        added=_added_prices(inputs, of_kind("source"), of_kind("trainers")),
        credit=credit.with_columns(pl.col("credit_price").fill_null(0.0)),
        rules=rules.filter(pl.col("active") & (pl.col("rule_price") > 0)),
    )  # fmt: skip


def _added_prices(inputs: PlanInputs, sources: pl.DataFrame, trainers: pl.DataFrame) -> pl.DataFrame:
    """What a seat of a course and a trainer are worth beside those that are there: `ShadowPrices.added`."""
    own = own_seats(inputs).select("pool", id=pl.format("{}/{}", "source", "pool"))
    seats = sources.join(own, on="id").select("pool", "period", "price", pool_kind=pl.lit("course"))
    heads = trainers.select("period", "price", pool="id", pool_kind=pl.lit("trainers"))
    key = ["pool_kind", "pool", "period"]
    return pl.concat([part.select(*key, "price") for part in (seats, heads)]).unique(key)


def goods_prices(inputs: PlanInputs, balances: pl.DataFrame, produced: pl.DataFrame) -> pl.DataFrame:
    """The frame `ShadowPrices.goods` from balance prices (commodity, region, period, price) and cells of production.

    The price of a balance without any use is not unique; there one more unit costs what it costs to import, to take
    from existing supply, or to bring from another region. Goods that are produced and not used cost nothing.
    """
    case, prices = inputs.case, inputs.prices
    d = discount_factors(prices)
    cost = pl.col("variable_cost") * (1 + prices.premium * pl.col("foreign_share"))
    supplies = inputs.by_period("supplies")
    at_home = supplies.group_by(MARKET_KEY).agg(supply_cost=cost.min())
    anywhere = supplies.group_by("commodity", "period").agg(cheapest=cost.min())
    cells = case["commodities"].select(commodity="id").join(case["regions"].select(region="id"), how="cross")
    plain = (
        cells.join(d, how="cross")
        .join(balances.select(*MARKET_KEY, "price"), on=MARKET_KEY, how="left")
        .join(produced.select(*MARKET_KEY, produced=pl.lit(True)).unique(), on=MARKET_KEY, how="left")
        .join(prices.parity.select("commodity", "region", "import_price"), on=["commodity", "region"], how="left")
        .join(at_home, on=MARKET_KEY, how="left")
        .join(anywhere, on=["commodity", "period"], how="left")
        .with_columns(pl.col("price").fill_null(0.0), pl.col("produced").fill_null(False))
    )
    offered = pl.min_horizontal("import_price", "supply_cost").fill_null(float("inf")) * pl.col("d")
    known = pl.when((pl.col("price") > 0) | pl.col("produced")).then("price").otherwise(offered)
    reached = _delivered_prices(case, plain.select(*MARKET_KEY, "price", "produced", "d", buying=known))
    usual = pl.coalesce(pl.col("import_price"), pl.col("cheapest")) * pl.col("d")
    return plain.join(reached, on=MARKET_KEY).select(
        *MARKET_KEY, "price", "buying", usual=pl.coalesce(usual, pl.col("buying"))
    )


def _delivered_prices(case: Case, goods: pl.DataFrame) -> pl.DataFrame:
    """The cells with `buying` lowered to the cost of transport from another region, where the good has no use yet."""
    carried = case.filled("commodities").select("carries", "mass", commodity="id")
    steps = case["routes"].select("carries", "cost", "from_region", "to_region").join(carried, on="carries")
    steps = steps.select("commodity", "from_region", "to_region", step=pl.col("cost") * pl.col("mass"))
    open_cell = (pl.col("price") <= 0) & ~pl.col("produced")
    for _ in range(case["regions"].height - 1):
        onward = (
            goods.join(steps, left_on=["commodity", "region"], right_on=["commodity", "from_region"])
            .group_by("commodity", "period", region="to_region")
            .agg(onward=(pl.col("buying") + pl.col("step") * pl.col("d")).min())
        )
        lower = pl.when(open_cell).then(pl.min_horizontal("buying", "onward")).otherwise("buying")
        goods = goods.join(onward, on=MARKET_KEY, how="left").with_columns(buying=lower).drop("onward")
    return goods.select(*MARKET_KEY, "buying")


def produced_cells(throughput: pl.DataFrame, effects: Effects) -> pl.DataFrame:
    """Where and when each good is produced: commodity, region, period."""
    products = throughput.filter(pl.col("amount") > 0).join(effects.recipe.filter(pl.col("quantity") > 0), on="option")
    return products.join(effects.options.select("option", "region"), on="option").select(MARKET_KEY).unique()


def discount_factors(prices: Prices) -> pl.DataFrame:
    """Discount factors: period, d."""
    factors = discounts(prices, prices.case.settings.time.periods)
    return pl.DataFrame({"period": range(len(factors)), "d": factors}, schema={"period": pl.Int64, "d": pl.Float64})


def _premium_charges(case: Case, funds: pl.DataFrame) -> pl.DataFrame:
    """Price of the cheapest fund that may pay for a pool above its reference price: pool_kind, period, charge."""
    uses = case["fund_uses"]
    charges = []
    for kind, category in PREMIUM_CATEGORY.items():
        payers = uses.filter(pl.col("category").is_null() | (pl.col("category") == category))["fund"]
        charge = (
            funds.filter(pl.col("fund").is_in(payers.implode())).group_by("period").agg(charge=pl.col("price").min())
        )
        charges.append(charge.with_columns(pool_kind=pl.lit(kind)))
    return pl.concat(charges)


def _pool_prices(
    inputs: PlanInputs, charge: pl.DataFrame, sources: pl.DataFrame, trainers: pl.DataFrame
) -> pl.DataFrame:
    """Least cost of one unit of each pool in each period, with the prices of sources, trainers and funds."""
    match, prices = inputs.match, inputs.prices
    d = discount_factors(prices)
    cheapest = cheapest_sources(match.sources).select(
        *POOL, reference_price="price", reference_unit_price=unit_price(prices)
    )
    scarce = sources.select("period", source_price="price", named="id")
    busy = trainers.select("period", trainer_price="price", trainer_pool="id")
    economic = unit_price(prices) * pl.col("d")
    above = pl.max_horizontal(pl.lit(0.0), pl.col("price") - pl.col("reference_price"))
    paid = pl.when(above > 0).then(above * pl.col("charge")).otherwise(0.0)
    extended = (pl.col("pool_kind") == "course") & pl.col("pool").is_in(inputs.case["added_seats"]["course"].implode())
    offered = (
        inputs.sources_by_period()
        .join(cheapest, on=POOL)
        .join(d, on="period")
        .filter(pl.col("capacity").is_null() | (pl.col("capacity") > 0) | extended)
        .with_columns(named=pl.format("{}/{}", "source", "pool"))
        .join(scarce, on=["named", "period"], how="left")
        .join(busy, on=["trainer_pool", "period"], how="left")
        .join(charge, on=["pool_kind", "period"], how="left")
        .with_columns(
            total=economic
            + pl.col("source_price").fill_null(0.0)
            + pl.col("trainer_price").fill_null(0.0) * pl.col("trainer_ratio").fill_null(0.0)
            + paid,
            usual=pl.col("reference_unit_price") * pl.col("d"),
        )
        .filter(pl.col("total").is_not_null())
    )
    return offered.group_by("pool_kind", "pool", "period").agg(price=pl.col("total").min(), usual=pl.col("usual").min())


def _margins(shadow: ShadowPrices) -> pl.DataFrame:
    """Margin of one unit of throughput: option, period, margin, plain (were nothing scarce), income (sales at π)."""
    quantity, cif = pl.col("quantity"), pl.col("cif").fill_null(0.0)
    goods = shadow.case.filled("commodities").select("cif", "fob", "port_cost", "credit", commodity="id")
    opened = pl.when(pl.col("credit") & (quantity < 0)).then(-quantity * cif).otherwise(0.0)
    at_port = pl.coalesce(pl.col("cif") + pl.col("port_cost"), pl.col("fob") - pl.col("port_cost"), pl.lit(0.0))
    refill = (
        shadow.funds.join(shadow.case.filled("funds").select(fund="id", refill="refill"), on="fund")
        .group_by("period")
        .agg(refilled=(pl.col("price") * pl.col("refill")).sum())
    )
    unit = (
        shadow.effects.recipe.join(shadow.effects.options.select("option", "region", "kind"), on="option")
        .join(shadow.goods, on=["commodity", "region"])
        .join(goods, on="commodity")
        .group_by("option", "kind", "period")
        .agg(
            at_prices=(quantity * price_paid(quantity)).sum(),
            plain=(quantity * pl.col("usual")).sum(),
            opened=opened.sum(),
            sold=(at_port * quantity).filter(quantity > 0).sum(),
        )
    )
    chosen = pl.when(pl.col("kind") == "as_is").then(0.0).otherwise(pl.col("sold") * pl.col("refilled"))
    cost = pl.col("cost") * pl.col("d")
    return (
        unit.join(throughput_cost(shadow.case, shadow.effects, shadow.prices), on="option")
        .join(discount_factors(shadow.prices), on="period")
        .join(refill, on="period", how="left")
        .join(shadow.credit, on="period")
        .select(
            "option",
            "period",
            margin=pl.col("at_prices") - cost - pl.col("opened") * pl.col("credit_price") + chosen.fill_null(0.0),
            plain=pl.col("plain") - cost,
        )
    )


def price_paid(quantity: pl.Expr) -> pl.Expr:
    """The price that a quantity meets: what is made (+) sells, what is taken (−) is bought."""
    return pl.when(quantity > 0).then("price").otherwise("buying")


def _payers(shadow: ShadowPrices) -> pl.DataFrame:
    """The fund that is cheapest in each period among those that may pay: the aspects of an outlay, period, fund, price.

    What may pay depends on these aspects alone, and there are few of them however many options there are.
    """
    facts = shadow.effects.options.select("option", "region", "authority", "field")
    outlays = shadow.effects.outlays.select("option", "category", "origin").unique().join(facts, on="option")
    traits = outlays.select(TRAITS).unique().with_row_index("wanted")
    uses = shadow.case["fund_uses"].select("fund", *(pl.col(a).alias(f"{a}_use") for a in TRAITS))
    fits = pl.all_horizontal(
        pl.col(f"{a}_use").is_null() | (pl.col(f"{a}_use") == pl.col(a)).fill_null(False) for a in TRAITS
    )
    may = traits.join(uses, how="cross").filter(fits).select("wanted", "fund").unique()
    cheapest = (
        may.join(shadow.funds, on="fund")
        .sort("wanted", "period", "price", "fund")
        .group_by("wanted", "period", maintain_order=True)
        .agg(pl.col("fund", "price").first())
    )
    return traits.join(cheapest, on="wanted").drop("wanted")
