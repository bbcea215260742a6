"""Goods: throughput, balances, routes, trade, market uptake, stocks and unmet demand."""

from __future__ import annotations

import polars as pl

from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.line_stops import displaced_lines
from tawteen.plan.verify.solution import ClaimedSolution, demanded, supplied
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

PLACE = ("commodity", "region", "period")
KINDS = ("import", "export", "transport", "stock", "unmet", "supply")


def check_goods(claim: ClaimedSolution, checks: Checks) -> None:
    """Every limit on what is made and what flows."""
    _check_rows(claim, checks)
    _check_throughput(claim, checks)
    _check_balance(claim, checks)
    _check_named(claim, checks)
    _check_routes(claim, checks)
    _check_trade(claim, checks)
    _check_uptake(claim, checks)


def capacity(claim: ClaimedSolution) -> pl.DataFrame:
    """Expected capacity by option and period, after what works stop and a takeover ends: option, period, capacity."""
    picked = claim.shifted(claim.effects.profile).select("option", "period", "capacity")
    running = claim.effects.options.filter(pl.col("kind") == "as_is").select("option", "site")
    taken = displaced_lines(claim).group_by("site", "period").agg(pl.col("lost").sum().clip(upper_bound=1.0))
    kept = (
        claim.effects.profile.join(running, on="option")
        .select("option", "site", "capacity", period=pl.col("quarter").cast(pl.Int64))
        .join(taken, on=["site", "period"], how="left")
        .select("option", "period", capacity=pl.col("capacity") * (1 - pl.col("lost").fill_null(0.0)))
    )
    return pl.concat([picked, kept]).filter(pl.col("period") < claim.periods)


def _check_rows(claim: ClaimedSolution, checks: Checks) -> None:
    """Amounts are not negative, periods are in the horizon, kinds are known."""
    named = pl.concat(
        [
            claim.flows.select(pl.col("id"), "period", "amount"),
            claim.throughput.select(pl.col("option").alias("id"), "period", "amount"),
            claim.supply.select(pl.format("{}/{}", "pool", "source").alias("id"), "period", "amount"),
            claim.draws.select(pl.col("fund").alias("id"), "period", "amount"),
        ]
    )
    size = pl.col("amount").abs().max().over("id")
    near = CHECK_TOLERANCES.relative * pl.max_horizontal(size, pl.lit(CHECK_TOLERANCES.least_size))
    below = named.filter((pl.col("amount") < -near) | pl.col("amount").is_nan())
    checks.none_of("negative", below)
    checks.none_of("period", named.filter((pl.col("period") < 0) | (pl.col("period") >= claim.periods)).select("id"))
    checks.none_of("kind", claim.flows.filter(~pl.col("kind").is_in(KINDS)).select("id", "period"))


def _check_throughput(claim: ClaimedSolution, checks: Checks) -> None:
    used = claim.throughput.group_by("option", "period").agg(used=pl.col("amount").sum())
    rows = used.join(capacity(claim), on=["option", "period"], how="left").with_columns(
        pl.col("capacity").fill_null(0.0)
    )
    nominal = claim.effects.options.select("option", size=pl.col("capacity").fill_null(0.0))
    rows = rows.join(nominal, on="option", how="left").with_columns(pl.col("size").fill_null(0.0))
    checks.at_most("throughput", rows.select("period", "used", "size", id="option", allowed="capacity"))


def made_and_taken(claim: ClaimedSolution) -> pl.DataFrame:
    """Output (+) and inputs (−) of every throughput: option, kind, commodity, region, period, amount."""
    options = claim.effects.options.select("option", "kind", "region")
    rows = claim.throughput.join(claim.effects.recipe, on="option").join(options, on="option")
    return rows.select("option", "kind", "commodity", "region", "period", amount=pl.col("amount") * pl.col("quantity"))


def _terms(claim: ClaimedSolution) -> pl.DataFrame:
    """What enters (+) and leaves (−) each balance: commodity, region, period, amount."""
    flows, amount = claim.flows, pl.col("amount")

    def of_kind(kind: str) -> pl.DataFrame:
        return flows.filter(pl.col("kind") == kind)

    routes = claim.case["routes"].select(id="id", to_region="to_region", from_region="from_region")
    moved = of_kind("transport").join(routes, on="id")
    unmet = (
        of_kind("unmet")
        .select("id", "period", "amount")
        .join(claim.case["demands"].select("id", "commodity", "region"), on="id")
    )
    used = of_kind("supply").select("id", "period", "amount").join(
        claim.case["supplies"].select("id", "commodity", "region"), on="id"
    )  # fmt: skip
    parts = [
        made_and_taken(claim).select(*PLACE, "amount"),
        used.select(*PLACE, "amount"),
        unmet.select(*PLACE, "amount"),
        of_kind("import").select(*PLACE, "amount"),
        of_kind("export").select(*PLACE, -amount),
        moved.select("commodity", pl.col("to_region").alias("region"), "period", "amount"),
        moved.select("commodity", pl.col("from_region").alias("region"), "period", -amount),
        of_kind("stock").select(*PLACE, -amount),
        of_kind("stock").select("commodity", "region", pl.col("period") + 1, "amount"),
        demanded(claim.case).select(*PLACE, amount=-pl.col("quantity")),
    ]
    return pl.concat([part.with_columns(pl.col("amount").cast(pl.Float64)) for part in parts])


def _check_balance(claim: ClaimedSolution, checks: Checks) -> None:
    amount = pl.col("amount")
    rows = (
        _terms(claim)
        .filter(pl.col("period") < claim.periods)
        .group_by(*PLACE)
        .agg(used=-amount.filter(amount < 0).sum(), allowed=amount.filter(amount > 0).sum())
        .with_columns(id=pl.format("{}/{}", "commodity", "region"))
    )
    checks.at_most("balance", rows)


def _check_named(claim: ClaimedSolution, checks: Checks) -> None:
    """Unmet demand within demand, use of existing supply within what there is, stocks of what can be stored."""
    for kind, known in (("unmet", demanded(claim.case)), ("supply", supplied(claim.case))):
        flows = claim.flows.filter(pl.col("kind") == kind).group_by("id", "period").agg(used=pl.col("amount").sum())
        offered = known.select("id", "period", allowed="quantity")
        rows = flows.join(offered, on=["id", "period"], how="left").with_columns(pl.col("allowed").fill_null(0.0))
        checks.at_most(kind, rows)
    goods = claim.case.filled("commodities").select("id", "storable")
    stocks = claim.flows.filter((pl.col("kind") == "stock") & (pl.col("amount") > 0)).join(
        goods, left_on="commodity", right_on="id", how="left"
    )
    rows = stocks.filter(~pl.col("storable").fill_null(False)).select(
        "period", id="commodity", used="amount", allowed=pl.lit(0.0)
    )
    checks.at_most("stock", rows)


def _check_routes(claim: ClaimedSolution, checks: Checks) -> None:
    goods = claim.case.filled("commodities").select(commodity="id", mass="mass", moves="carries")
    routes = claim.case["routes"].select("id", "from_region", "carries", "capacity")
    moved = claim.flows.filter(pl.col("kind") == "transport").join(goods, on="commodity", how="left")
    moved = moved.join(routes, on="id", how="left")
    fits = (pl.col("moves") == pl.col("carries")).fill_null(False) & (pl.col("region") == pl.col("from_region"))
    lost = moved.filter(~fits.fill_null(False) & (pl.col("amount") > CHECK_TOLERANCES.relative))
    checks.none_of("carrier", lost.select(pl.format("{}/{}", "id", "commodity").alias("id"), "period"))
    loads = moved.group_by("id", "period").agg(
        used=(pl.col("amount") * pl.col("mass")).sum(), allowed=pl.col("capacity").first()
    )
    checks.at_most("route", loads)


def _check_trade(claim: ClaimedSolution, checks: Checks) -> None:
    goods = claim.case["commodities"]
    for kind, price, limit in (("import", "cif", "import_limit"), ("export", "fob", "export_limit")):
        traded = (
            claim.flows.filter(pl.col("kind") == kind)
            .group_by("commodity", "period")
            .agg(used=pl.col("amount").sum())
            .join(goods.select("id", price, limit), left_on="commodity", right_on="id", how="left")
        )
        bound = pl.when(pl.col(price).is_null()).then(0.0).otherwise(limit)
        checks.at_most(kind, traded.select("period", "used", id="commodity", allowed=bound))


def uptake_floors(claim: ClaimedSolution) -> pl.DataFrame:
    """What imports and unmet demand together may not fall below: commodity, period, floor (0 left out)."""
    goods = claim.case.filled("commodities").filter(pl.col("cif").is_not_null()).select("id", "uptake", "import_limit")
    keys = ["commodity", "period"]
    demand = demanded(claim.case).group_by(keys).agg(demand=pl.col("quantity").sum())
    products = claim.effects.recipe.filter(pl.col("quantity") > 0)
    as_is = claim.effects.options.filter(pl.col("kind") == "as_is").select("option").join(products, on="option")
    runs = claim.effects.profile.join(as_is, on="option").select(
        "commodity", pl.col("quarter").cast(pl.Int64).alias("period"), quantity=pl.col("capacity") * pl.col("quantity")
    )
    supply = pl.concat([supplied(claim.case).select(*keys, "quantity"), runs.select(*keys, "quantity")])
    supply = supply.group_by(keys).agg(supply=pl.col("quantity").sum())
    kept = 1 - pl.min_horizontal(pl.lit(1.0), pl.col("uptake") * (pl.col("period") // 4 + 1))
    open_part = pl.max_horizontal(pl.lit(0.0), pl.col("demand") - pl.col("supply").fill_null(0.0))
    return (
        demand.join(supply, on=keys, how="left")
        .join(goods, left_on="commodity", right_on="id")
        .select(*keys, floor=pl.min_horizontal(kept * open_part, "import_limit"))
        .filter(pl.col("floor") > 0)
    )


def _check_uptake(claim: ClaimedSolution, checks: Checks) -> None:
    met = claim.flows.filter(pl.col("kind").is_in(["import", "unmet"])).group_by("commodity", "period").agg(
        got=pl.col("amount").sum()
    )  # fmt: skip
    rows = uptake_floors(claim).join(met, on=["commodity", "period"], how="left")
    got = pl.col("got").fill_null(0.0)
    checks.at_most("uptake", rows.select("period", id="commodity", used=-got, allowed=-pl.col("floor")))
