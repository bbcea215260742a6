"""Goods: balances per region and period, routes, trade and the market's uptake."""

from __future__ import annotations

import polars as pl

from tawteen.case.derived import once_per_tables
from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.case.spans import by_quarter
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.model_builder import ModelBuilder

MARKET_KEY = ["commodity", "region", "period"]


def add_goods(inputs: PlanInputs, builder: ModelBuilder, throughput: pl.DataFrame) -> None:
    """Adds flows of every commodity that is demanded, produced or used, with their balances and limits."""
    used = _commodities(inputs)
    if used.is_empty():
        return
    balance = builder.rows("balance", fused(_demand_by_cell(inputs, _cells(inputs, used)))).lazy()
    _add_making(inputs, builder, throughput, balance)
    trade = _add_trade(inputs, builder, used, balance)
    _add_routes(inputs, builder, used, balance)
    _add_stock(inputs, builder, used, balance)
    unmet = _add_unmet(inputs, builder, balance)
    supplied = _add_supply(inputs, builder, balance)
    _add_trade_limits(builder, used, trade)
    _add_uptake(builder, fused(_import_floor(inputs, used.lazy(), supplied)), trade["import"], unmet)


def _commodities(inputs: PlanInputs) -> pl.DataFrame:
    """Commodities with a demand, a recipe, or a supply that could be sold abroad."""
    case = inputs.case
    in_use = [case["demands"]["commodity"], inputs.effects.recipe["commodity"]]
    return case.filled("commodities").filter(
        pl.col("id").is_in(pl.concat(in_use).to_list())
        | (pl.col("id").is_in(case["supplies"]["commodity"].to_list()) & pl.col("fob").is_not_null())
    )


def _cells(inputs: PlanInputs, used: pl.DataFrame) -> pl.LazyFrame:
    """commodity, region, period: everywhere for what can be traded or moved, else where it occurs."""
    case = inputs.case
    everywhere = used.lazy().select(commodity="id").join(case["regions"].lazy().select(region="id"), how="cross")
    sites = inputs.effects.options.lazy().select("option", "region").join(inputs.effects.recipe.lazy(), on="option")
    occurs = pl.concat(
        [
            case["demands"].lazy().select("commodity", "region"),
            case["supplies"].lazy().select("commodity", "region"),
            sites.select("commodity", "region"),
        ]
    ).unique()
    tied = used.filter(
        pl.col("carries").is_null() & pl.col("cif").is_null() & pl.col("fob").is_null()
    )["id"].to_list()  # fmt: skip
    return pl.concat(
        [
            everywhere.filter(~pl.col("commodity").is_in(tied)),
            everywhere.filter(pl.col("commodity").is_in(tied)).join(occurs, on=["commodity", "region"], how="semi"),
        ]
    ).join(inputs.discount_factors().lazy().select("period"), how="cross")


def demand_by_row(inputs: PlanInputs) -> pl.DataFrame:
    """Every demand in every period it holds: id, commodity, region, period, quantity, penalty."""
    return _demand_by_row(inputs.case)


@once_per_tables(lambda: ("demands", "settings.time"))
def _demand_by_row(case: Case) -> pl.DataFrame:
    """Columns of `demand_by_row`."""
    spread = by_quarter(case, "demands")
    growth = (1 + pl.col("growth")) ** ((pl.col("period") / 4).cast(pl.Float64))
    return spread.select(
        "id", "commodity", "region", "period", "penalty", quantity=pl.col("quantity") * growth
    ).filter(pl.col("quantity") > 0)  # fmt: skip


def _demand_by_cell(inputs: PlanInputs, cells: pl.LazyFrame) -> pl.LazyFrame:
    total = demand_by_row(inputs).lazy().group_by(MARKET_KEY).agg(lower=pl.col("quantity").sum())
    return cells.join(total, on=MARKET_KEY, how="left", maintain_order="left").with_columns(
        pl.col("lower").fill_null(0.0)
    )


def _enter(builder: ModelBuilder, columns: pl.LazyFrame, balance: pl.LazyFrame, sign: float) -> None:
    """A flow that adds to (or takes from) the balance of its own commodity, region and period."""
    builder.entries(columns.join(balance, on=MARKET_KEY).with_columns(value=sign))


def _add_making(inputs: PlanInputs, builder: ModelBuilder, throughput: pl.DataFrame, balance: pl.LazyFrame) -> None:
    output = (
        throughput.lazy()
        .join(inputs.effects.options.lazy().select("option", "region"), on="option")
        .join(inputs.effects.recipe.lazy(), on="option")
        .join(balance, on=MARKET_KEY)
    )
    builder.entries(output.select("row", "column", value="quantity"))


def _add_trade(
    inputs: PlanInputs, builder: ModelBuilder, used: pl.DataFrame, balance: pl.LazyFrame
) -> dict[str, pl.LazyFrame]:
    """Imports and exports at parity. Exports that pay more than the import they could be are left out."""
    parity = inputs.prices.parity
    prices = {
        "import": parity.lazy().drop_nulls("import_price").select("commodity", "region", value=-pl.col("import_price")),
        "export": _honest_exports(inputs, used),
    }
    trade = {}
    for kind, sign in (("import", 1.0), ("export", -1.0)):
        cells = (
            balance.select(MARKET_KEY)
            .join(prices[kind], on=["commodity", "region"], how="inner", maintain_order="left")
            .join(inputs.discount_factors().lazy(), on="period", maintain_order="left")
            .with_columns(value=pl.col("value") * pl.col("discount"))
            .drop("discount")
        )
        trade[kind] = builder.columns(kind, fused(cells)).lazy()
        _enter(builder, trade[kind], balance, sign)
    return trade


def _honest_exports(inputs: PlanInputs, used: pl.DataFrame) -> pl.LazyFrame:
    """Exports worth something, and less than what importing the same to the same region costs.

    Selling what was just imported would be worth any amount; a case that allows it has a wrong price, not a trade.
    """
    parity = inputs.prices.parity.lazy().filter(pl.col("export_price") > 0)
    reach = _delivered_imports(inputs, used)
    return (
        parity.join(reach.lazy(), on=["commodity", "region"], how="left", maintain_order="left")
        .filter(pl.col("least").is_null() | (pl.col("export_price") <= pl.col("least")))
        .select("commodity", "region", value="export_price")
    )


def _delivered_imports(inputs: PlanInputs, used: pl.DataFrame) -> pl.DataFrame:
    """commodity, region, least: what importing it anywhere and bringing it there costs at least.

    Costs settle after as many rounds as the longest chain of routes that makes one cheaper has routes.
    """
    routes = inputs.case["routes"].lazy().select("carries", pl.col("from_region", "to_region"), step="cost")
    goods = used.lazy().select(commodity="id", carries="carries", mass="mass")
    reach = inputs.prices.parity.drop_nulls("import_price").select("commodity", "region", least="import_price")
    for _ in range(inputs.case["regions"].height):
        onward = (
            reach.lazy()
            .join(goods, on="commodity")
            .join(routes, on="carries")
            .filter(pl.col("region") == pl.col("from_region"))
            .select("commodity", region="to_region", least=pl.col("least") + pl.col("step") * pl.col("mass"))
        )
        either = pl.concat([reach.lazy(), onward]).group_by("commodity", "region").agg(pl.col("least").min())
        shorter = fused(either.sort("commodity", "region"))
        if shorter.equals(reach):
            break
        reach = shorter
    return reach


def _add_routes(inputs: PlanInputs, builder: ModelBuilder, used: pl.DataFrame, balance: pl.LazyFrame) -> None:
    moves = (
        inputs.case["routes"]
        .lazy()
        .select("carries", "cost", "capacity", pl.col("from_region", "to_region"), route="id")
        .join(used.lazy().select(commodity="id", carries="carries", mass="mass"), on="carries", maintain_order="left")
        .join(inputs.discount_factors().lazy(), how="cross")
        .with_columns(value=-pl.col("cost") * pl.col("mass") * pl.col("discount"))
    )
    transport = builder.columns("transport", fused(moves.drop("carries", "cost", "discount"))).lazy()
    for end, sign in (("from_region", -1.0), ("to_region", 1.0)):
        _enter(builder, transport.drop("capacity").with_columns(region=end), balance, sign)
    limited = transport.filter(pl.col("capacity").is_not_null(), pl.col("mass") > 0)
    limits = limited.select("route", "period", upper="capacity").unique(["route", "period"], maintain_order=True)
    rows = builder.rows("route", fused(limits)).lazy()
    builder.entries(limited.join(rows, on=["route", "period"]).with_columns(value="mass"))


def _add_stock(inputs: PlanInputs, builder: ModelBuilder, used: pl.DataFrame, balance: pl.LazyFrame) -> None:
    stored = (
        balance.select(MARKET_KEY)
        .join(
            used.lazy().filter("storable").select("holding_cost", commodity="id"),
            on="commodity", maintain_order="left",
        )
        .join(inputs.discount_factors().lazy(), on="period", maintain_order="left")
        .with_columns(value=-pl.col("holding_cost") * pl.col("discount"))
    )  # fmt: skip
    stock = builder.columns("stock", fused(stored.drop("holding_cost", "discount"))).lazy()
    _enter(builder, stock, balance, -1.0)
    _enter(builder, stock.with_columns(pl.col("period") + 1), balance, 1.0)


def _add_unmet(inputs: PlanInputs, builder: ModelBuilder, balance: pl.LazyFrame) -> pl.LazyFrame:
    missing = (
        demand_by_row(inputs)
        .lazy()
        .join(inputs.discount_factors().lazy(), on="period", maintain_order="left")
        .with_columns(value=-pl.col("penalty") * pl.col("discount"))
        .rename({"quantity": "upper"})
        .drop("penalty", "discount")
    )
    unmet = builder.columns("unmet", fused(missing)).lazy()
    _enter(builder, unmet, balance, 1.0)
    return unmet


def _add_supply(inputs: PlanInputs, builder: ModelBuilder, balance: pl.LazyFrame) -> pl.LazyFrame:
    """Existing supply up to its quantity. Returns commodity, period, quantity (of the whole country)."""
    premium = inputs.prices.premium
    offered = fused(
        inputs.by_period("supplies")
        .lazy()
        .join(balance.select(MARKET_KEY), on=MARKET_KEY, how="semi", maintain_order="left")
        .join(inputs.discount_factors().lazy(), on="period", maintain_order="left")
        .select(
            *("id", "commodity", "region", "period"),
            value=-pl.col("variable_cost") * (1 + premium * pl.col("foreign_share")) * pl.col("discount"),
            upper="quantity",
        )
    )
    _enter(builder, builder.columns("supply", offered).lazy(), balance, 1.0)
    return offered.lazy().group_by("commodity", "period").agg(supplied=pl.col("upper").sum())


def _add_trade_limits(builder: ModelBuilder, used: pl.DataFrame, trade: dict[str, pl.LazyFrame]) -> None:
    for kind, flows in trade.items():
        limit = used.lazy().select(commodity="id", upper=f"{kind}_limit").drop_nulls()
        limited = flows.select("commodity", "period").unique(maintain_order=True).join(
            limit, on="commodity", maintain_order="left"
        )  # fmt: skip
        rows = builder.rows(f"{kind}_limit", fused(limited)).lazy()
        builder.entries(flows.join(rows, on=["commodity", "period"]).with_columns(value=1.0))


def _running_output(inputs: PlanInputs) -> pl.LazyFrame:
    """Output that the lines running today can make unchanged: commodity, period, running."""
    effects = inputs.effects
    return (
        effects.options.lazy()
        .filter(pl.col("kind") == "as_is")
        .select("option")
        .join(effects.profile.lazy(), on="option")
        .join(effects.recipe.lazy().filter(pl.col("quantity") > 0), on="option")
        .group_by("commodity", period=pl.col("quarter").cast(pl.Int64))
        .agg(running=(pl.col("capacity") * pl.col("quantity")).sum())
    )


def _import_floor(inputs: PlanInputs, used: pl.LazyFrame, supplied: pl.LazyFrame) -> pl.LazyFrame:
    """Least import or unmet demand of each commodity: commodity, period, lower.

    Domestic output may replace only a growing share of today's imports.
    """
    share = (pl.col("uptake") * (pl.col("period") // 4 + 1)).clip(upper_bound=1.0)
    at_home = pl.col("supplied").fill_null(0.0) + pl.col("running").fill_null(0.0)
    gap = (pl.col("quantity") - at_home).clip(lower_bound=0.0)
    return (
        demand_by_row(inputs)
        .lazy()
        .group_by("commodity", "period", maintain_order=True)
        .agg(pl.col("quantity").sum())
        .join(used.select("uptake", "cif", "import_limit", commodity="id"), on="commodity", maintain_order="left")
        .filter(pl.col("cif").is_not_null())
        .join(supplied, on=["commodity", "period"], how="left", maintain_order="left")
        .join(_running_output(inputs), on=["commodity", "period"], how="left", maintain_order="left")
        .select("commodity", "period", lower=pl.min_horizontal((1 - share) * gap, "import_limit"))
        .filter(pl.col("lower") > 0)
    )


def _add_uptake(builder: ModelBuilder, floor: pl.DataFrame, imports: pl.LazyFrame, unmet: pl.LazyFrame) -> None:
    rows = builder.rows("uptake", floor).lazy()
    for flows in (imports, unmet):
        builder.entries(flows.join(rows, on=["commodity", "period"]).with_columns(value=1.0))
