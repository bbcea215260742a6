"""Goods: balances per region and period, routes, trade and the market's uptake."""

from __future__ import annotations

import polars as pl

from tawteen.plan.limits.ground import Ground

CELL = ["commodity", "region", "period"]


def add_goods(ground: Ground, throughput: pl.DataFrame) -> None:
    """Flows of every commodity that is wanted, made or taken, and the limits between them."""
    used = _commodities(ground)
    if used.is_empty():
        return
    balance = ground.draft.rows("balance", _demand_by_cell(ground, _cells(ground, used)))
    _add_making(ground, throughput, balance)
    trade = _add_trade(ground, used, balance)
    _add_routes(ground, used, balance)
    _add_stock(ground, used, balance)
    unmet = _add_unmet(ground, balance)
    supplied = _add_supply(ground, balance)
    _add_trade_limits(ground, used, trade)
    _add_uptake(ground, used, trade["import"], unmet, supplied)


def _commodities(ground: Ground) -> pl.DataFrame:
    """Commodities with a demand, a recipe, or a supply that could be sold abroad."""
    case = ground.case
    wanted = [case["demands"]["commodity"], ground.effects.recipe["commodity"]]
    return case.filled("commodities").filter(
        pl.col("id").is_in(pl.concat(wanted).to_list())
        | (pl.col("id").is_in(case["supplies"]["commodity"].to_list()) & pl.col("fob").is_not_null())
    )


def _cells(ground: Ground, used: pl.DataFrame) -> pl.DataFrame:
    """commodity, region, period: everywhere for what can be traded or moved, else where it occurs."""
    case = ground.case
    everywhere = used.select(commodity="id").join(case["regions"].select(region="id"), how="cross")
    sites = ground.effects.options.select("option", "region").join(ground.effects.recipe, on="option")
    occurs = pl.concat(
        [
            case["demands"].select("commodity", "region"),
            case["supplies"].select("commodity", "region"),
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
    ).join(pl.DataFrame({"period": range(ground.periods)}, schema={"period": pl.Int64}), how="cross")


def demand_by_row(ground: Ground) -> pl.DataFrame:
    """Every demand in every period it holds: id, commodity, region, period, quantity, penalty."""
    spread = ground.by_period(ground.case.filled("demands"))
    growth = (1 + pl.col("growth")) ** ((pl.col("period") / 4).cast(pl.Float64))
    return spread.select(
        "id", "commodity", "region", "period", "penalty", quantity=pl.col("quantity") * growth
    ).filter(pl.col("quantity") > 0)  # fmt: skip


def _demand_by_cell(ground: Ground, cells: pl.DataFrame) -> pl.DataFrame:
    total = demand_by_row(ground).group_by(CELL).agg(lower=pl.col("quantity").sum())
    return cells.join(total, on=CELL, how="left", maintain_order="left").with_columns(pl.col("lower").fill_null(0.0))


def _enter(ground: Ground, columns: pl.DataFrame, balance: pl.DataFrame, sign: float) -> None:
    """A flow that adds to (or takes from) the balance of its own commodity, region and period."""
    ground.draft.entries(columns.join(balance, on=CELL).with_columns(value=sign))


def _add_making(ground: Ground, throughput: pl.DataFrame, balance: pl.DataFrame) -> None:
    made = (
        throughput.join(ground.effects.options.select("option", "region"), on="option")
        .join(ground.effects.recipe, on="option")
        .join(balance, on=CELL)
    )
    ground.draft.entries(made.select("row", "column", value="quantity"))


def _add_trade(ground: Ground, used: pl.DataFrame, balance: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Imports and exports at parity. Exports that pay more than the import they could be are left out."""
    parity = ground.prices.parity
    prices = {
        "import": parity.drop_nulls("import_price").select("commodity", "region", value=-pl.col("import_price")),
        "export": _honest_exports(ground, used),
    }
    trade = {}
    for kind, sign in (("import", 1.0), ("export", -1.0)):
        cells = (
            balance.select(CELL)
            .join(prices[kind], on=["commodity", "region"], how="inner", maintain_order="left")
            .join(ground.discount(), on="period", maintain_order="left")
            .with_columns(value=pl.col("value") * pl.col("discount"))
            .drop("discount")
        )
        trade[kind] = ground.draft.columns(kind, cells)
        _enter(ground, trade[kind], balance, sign)
    return trade


def _honest_exports(ground: Ground, used: pl.DataFrame) -> pl.DataFrame:
    """Exports worth something, and less than what importing the same to the same region costs.

    Selling what was just imported would be worth any amount; a case that allows it has a wrong price, not a trade.
    """
    parity = ground.prices.parity.filter(pl.col("export_price") > 0)
    routes = ground.case["routes"].select("carries", pl.col("from_region", "to_region"), step="cost")
    goods = used.select(commodity="id", carries="carries", mass="mass")
    reach = ground.prices.parity.drop_nulls("import_price").select("commodity", "region", least="import_price")
    for _ in range(ground.case["regions"].height):
        onward = (
            reach.join(goods, on="commodity")
            .join(routes, on="carries")
            .filter(pl.col("region") == pl.col("from_region"))
            .select("commodity", region="to_region", least=pl.col("least") + pl.col("step") * pl.col("mass"))
        )
        reach = pl.concat([reach, onward]).group_by("commodity", "region").agg(pl.col("least").min())
    return (
        parity.join(reach, on=["commodity", "region"], how="left", maintain_order="left")
        .filter(pl.col("least").is_null() | (pl.col("export_price") <= pl.col("least")))
        .select("commodity", "region", value="export_price")
    )


def _add_routes(ground: Ground, used: pl.DataFrame, balance: pl.DataFrame) -> None:
    draft = ground.draft
    moves = (
        ground.case["routes"]
        .select("carries", "cost", "capacity", pl.col("from_region", "to_region"), route="id")
        .join(used.select(commodity="id", carries="carries", mass="mass"), on="carries", maintain_order="left")
        .join(ground.discount(), how="cross")
        .with_columns(value=-pl.col("cost") * pl.col("mass") * pl.col("discount"))
    )
    transport = draft.columns("transport", moves.drop("carries", "cost", "discount"))
    for end, sign in (("from_region", -1.0), ("to_region", 1.0)):
        _enter(ground, transport.drop("capacity").with_columns(region=end), balance, sign)
    limited = transport.filter(pl.col("capacity").is_not_null(), pl.col("mass") > 0)
    rows = draft.rows(
        "route", limited.select("route", "period", upper="capacity").unique(["route", "period"], maintain_order=True)
    )
    draft.entries(limited.join(rows, on=["route", "period"]).with_columns(value="mass"))


def _add_stock(ground: Ground, used: pl.DataFrame, balance: pl.DataFrame) -> None:
    stored = (
        balance.select(CELL)
        .join(
            used.filter("storable").select("holding_cost", commodity="id"), on="commodity", maintain_order="left"
        )
        .join(ground.discount(), on="period", maintain_order="left")
        .with_columns(value=-pl.col("holding_cost") * pl.col("discount"))
    )  # fmt: skip
    stock = ground.draft.columns("stock", stored.drop("holding_cost", "discount"))
    _enter(ground, stock, balance, -1.0)
    _enter(ground, stock.with_columns(pl.col("period") + 1), balance, 1.0)


def _add_unmet(ground: Ground, balance: pl.DataFrame) -> pl.DataFrame:
    missing = (
        demand_by_row(ground)
        .join(ground.discount(), on="period", maintain_order="left")
        .with_columns(value=-pl.col("penalty") * pl.col("discount"))
        .rename({"quantity": "upper"})
        .drop("penalty", "discount")
    )
    unmet = ground.draft.columns("unmet", missing)
    _enter(ground, unmet, balance, 1.0)
    return unmet


def _add_supply(ground: Ground, balance: pl.DataFrame) -> pl.DataFrame:
    """Existing supply up to its quantity. Returns commodity, period, quantity (of the whole country)."""
    premium = ground.prices.premium
    offered = (
        ground.by_period(ground.case.filled("supplies"))
        .join(balance.select(CELL), on=CELL, how="semi", maintain_order="left")
        .join(ground.discount(), on="period", maintain_order="left")
        .select(
            *("id", "commodity", "region", "period"),
            value=-pl.col("variable_cost") * (1 + premium * pl.col("foreign_share")) * pl.col("discount"),
            upper="quantity",
        )
    )
    _enter(ground, ground.draft.columns("supply", offered), balance, 1.0)
    return offered.group_by("commodity", "period").agg(supplied=pl.col("upper").sum())


def _add_trade_limits(ground: Ground, used: pl.DataFrame, trade: dict[str, pl.DataFrame]) -> None:
    for kind, flows in trade.items():
        limit = used.select(commodity="id", upper=f"{kind}_limit").drop_nulls()
        rows = ground.draft.rows(
            f"{kind}_limit",
            flows.select("commodity", "period").unique(maintain_order=True).join(
                limit, on="commodity", maintain_order="left"
            ),
        )  # fmt: skip
        ground.draft.entries(flows.join(rows, on=["commodity", "period"]).with_columns(value=1.0))


def _running_output(ground: Ground) -> pl.DataFrame:
    """What the lines that run today can make, as they are: commodity, period, running."""
    effects = ground.effects
    return (
        effects.options.filter(pl.col("kind") == "as_is")
        .select("option")
        .join(effects.profile, on="option")
        .join(effects.recipe.filter(pl.col("quantity") > 0), on="option")
        .group_by("commodity", period=pl.col("quarter").cast(pl.Int64))
        .agg(running=(pl.col("capacity") * pl.col("quantity")).sum())
    )


def _add_uptake(
    ground: Ground, used: pl.DataFrame, imports: pl.DataFrame, unmet: pl.DataFrame, supplied: pl.DataFrame
) -> None:
    """Home output may replace only a growing share of today's imports; the rest still comes from abroad."""
    share = (pl.col("uptake") * (pl.col("period") // 4 + 1)).clip(upper_bound=1.0)
    at_home = pl.col("supplied").fill_null(0.0) + pl.col("running").fill_null(0.0)
    gap = (pl.col("quantity") - at_home).clip(lower_bound=0.0)
    floor = (
        demand_by_row(ground)
        .group_by("commodity", "period", maintain_order=True)
        .agg(pl.col("quantity").sum())
        .join(used.select("uptake", "cif", "import_limit", commodity="id"), on="commodity", maintain_order="left")
        .filter(pl.col("cif").is_not_null())
        .join(supplied, on=["commodity", "period"], how="left", maintain_order="left")
        .join(_running_output(ground), on=["commodity", "period"], how="left", maintain_order="left")
        .select("commodity", "period", lower=pl.min_horizontal((1 - share) * gap, "import_limit"))
        .filter(pl.col("lower") > 0)
    )
    rows = ground.draft.rows("uptake", floor)
    for flows in (imports, unmet):
        ground.draft.entries(flows.join(rows, on=["commodity", "period"]).with_columns(value=1.0))
