"""What options and flows are worth, from the definitions of docs/method.md."""

from __future__ import annotations

import polars as pl

from tawteen.appraise.prices import Prices
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.plan.verify.selection import standing
from tawteen.plan.verify.solution import ClaimedSolution, demanded, supplied

TERM = ("option", "start", "term", "amount")
DEPRECIABLE = ("civil", "equipment", "works")


def option_terms(pairs: pl.DataFrame, effects: Effects, match: Match, prices: Prices) -> pl.DataFrame:
    """The parts of `c[o,s]` (docs/method.md, Value of an option).

    `pairs` has option and start (period). Returns option, start, term (outlays, running, fees, care, working_capital,
    residual, closing, refund, saved), amount: currency discounted to the start of period 0, costs negative.
    """
    case = prices.case
    last = case.settings.time.periods - 1
    factor = discounts(prices)
    facts = pairs.select("option", "start").join(effects.options, on="option")
    labour = [
        prices.labour(wage or 0.0, region) * (new or 0.0)
        for wage, region, new in facts.select("wage", "region", "new_jobs").iter_rows()
    ]
    facts = facts.with_columns(labour=pl.Series(labour, dtype=pl.Float64)).with_columns(
        upkeep=pl.col("fixed_cost") * (1 + prices.premium * pl.col("foreign_share")) + pl.col("labour"),
        stands=pl.col("site").is_in(standing(case)["site"].implode()),
    )
    timed, d = _timed(facts, effects.profile).join(factor, on="period"), pl.col("d")
    parts = [
        _outlays(facts, effects, prices, factor),
        timed.select("option", "start", term=pl.lit("running"), amount=-d * pl.col("operating") * pl.col("upkeep")),
        timed.select("option", "start", term=pl.lit("fees"), amount=-d * pl.col("fee") * (1 + prices.premium)),
        _care(facts, timed, factor, last),
        _working_capital(facts, effects, factor, last),
        _residual(facts, effects, prices),
        facts.select(
            "option", "start", term=pl.lit("closing"),
            amount=-pl.col("closing_cost") * pl.col("chance") * prices.discount(last),
        ),
        _refund(facts, effects, match, prices, factor),
        _saved(facts, effects, prices, factor),
    ]  # fmt: skip
    terms = pl.concat([part.select(*TERM).cast({"amount": pl.Float64}) for part in parts])
    return terms.group_by("option", "start", "term", maintain_order=True).agg(pl.col("amount").sum())


def discounts(prices: Prices) -> pl.DataFrame:
    """Discount factors: period, d."""
    periods = prices.case.settings.time.periods
    return pl.DataFrame(
        {"period": range(periods), "d": [prices.discount(t) for t in range(periods)]},
        schema={"period": pl.Int64, "d": pl.Float64},
    )


def _timed(facts: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows by relative quarter as rows by period, of every pair."""
    return facts.join(rows, on="option").with_columns(period=pl.col("start") + pl.col("quarter"))


def _multiplier(prices: Prices) -> pl.Expr:
    return pl.when(pl.col("origin") == "local").then(1.0).otherwise(1.0 + prices.premium)


def _outlays(facts: pl.DataFrame, effects: Effects, prices: Prices, factor: pl.DataFrame) -> pl.DataFrame:
    apart = ["working_capital"] if prices.view == "financial" else ["working_capital", "severance"]
    paid = effects.outlays.filter(~pl.col("pooled") & ~pl.col("category").is_in(apart))
    odds = pl.when(pl.col("sure")).then(1.0).otherwise(pl.col("chance"))
    return _timed(facts, paid).join(factor, on="period").select(
        "option", "start", term=pl.lit("outlays"), amount=-pl.col("d") * pl.col("amount") * _multiplier(prices) * odds
    )  # fmt: skip


def _care(facts: pl.DataFrame, timed: pl.DataFrame, factor: pl.DataFrame, last: int) -> pl.DataFrame:
    """Care saved while it operates, or for good once it is closed."""
    care = pl.col("d") * pl.col("care_cost")
    runs = timed.filter(pl.col("stands") & (pl.col("kind") != "close")).select(
        "option", "start", term=pl.lit("care"), amount=care * pl.col("operating")
    )
    closed = (
        facts.filter(pl.col("stands") & (pl.col("kind") == "close"))
        .with_columns(period=pl.int_ranges(pl.col("start") + pl.col("quarters"), last + 1))
        .explode("period")
        .join(factor, on="period")
        .select("option", "start", term=pl.lit("care"), amount=care)
    )
    return pl.concat([runs, closed])


def _working_capital(facts: pl.DataFrame, effects: Effects, factor: pl.DataFrame, last: int) -> pl.DataFrame:
    paid = effects.outlays.filter(pl.col("category") == "working_capital").select("option", "quarter", "amount")
    back = factor.filter(pl.col("period") == last)["d"][0]
    return _timed(facts, paid).join(factor, on="period").select(
        "option", "start", term=pl.lit("working_capital"),
        amount=-pl.col("amount") * (pl.col("d") - back) * pl.col("chance"),
    )  # fmt: skip


def _residual(facts: pl.DataFrame, effects: Effects, prices: Prices) -> pl.DataFrame:
    """The annuities of capital that remain at the end of the horizon."""
    capital = (
        effects.outlays.filter(pl.col("category").is_in(DEPRECIABLE))
        .group_by("option")
        .agg(capital=(pl.col("amount") * _multiplier(prices)).sum())
    )
    periods = prices.case.settings.time.periods
    q = (1 + prices.rate) ** 0.25 - 1
    life, first = pl.col("life") * 4, pl.col("start") + pl.col("operating_from")
    remains = pl.max_horizontal(pl.lit(0.0), life - (periods - first))
    if abs(q) < 1e-15:
        share = remains / life
    else:
        share = (1 - (1 + q) ** (-remains)) / (1 - (1 + q) ** (-life)) * (1 + q) ** (-periods)
    runs = facts.filter(first < periods).join(capital, on="option")
    return runs.select("option", "start", term=pl.lit("residual"), amount=pl.col("capital") * pl.col("chance") * share)


def reference_cost(match: Match, prices: Prices) -> pl.DataFrame:
    """The cheapest source of each pool at market prices: pool_kind, pool, reference_price, m (its multiplier)."""
    keys = ["pool_kind", "pool"]
    cheapest = match.sources.sort("price", "multiplier_foreign", "source").unique(
        keys, keep="first", maintain_order=True
    )
    return match.pools.select(*keys, "reference_price").join(
        cheapest.select(*keys, m=1 + prices.premium * pl.col("multiplier_foreign")), on=keys
    )


def _refund(facts: pl.DataFrame, effects: Effects, match: Match, prices: Prices, factor: pl.DataFrame) -> pl.DataFrame:
    """A conditional option reserves in full but pays only with its chance."""
    needs = _timed(facts, effects.needs).join(factor, on="period")
    priced = needs.join(reference_cost(match, prices), on=["pool_kind", "pool"])
    worth = pl.col("d") * pl.col("amount") * pl.col("reference_price") * pl.col("m")
    unpaid = pl.when(pl.col("sure")).then(0.0).otherwise(1 - pl.col("chance"))
    return priced.select("option", "start", term=pl.lit("refund"), amount=unpaid * worth)


def running_cost(effects: Effects, prices: Prices) -> pl.DataFrame:
    """Fixed cost and labour of lines that run: option, site, period, amount (not discounted)."""
    lines = effects.options.filter(pl.col("kind") == "as_is")
    labour = [
        prices.labour(wage or 0.0, region) * (new or 0.0)
        for wage, region, new in lines.select("wage", "region", "new_jobs").iter_rows()
    ]
    upkeep = pl.col("fixed_cost") * (1 + prices.premium * pl.col("foreign_share")) + pl.Series(labour, dtype=pl.Float64)
    return (
        lines.select("option", "site", upkeep=upkeep)
        .join(effects.profile, on="option")
        .filter(pl.col("quarter") < prices.case.settings.time.periods)
        .select("option", "site", period="quarter", amount=pl.col("operating") * pl.col("upkeep"))
    )


def _saved(facts: pl.DataFrame, effects: Effects, prices: Prices, factor: pl.DataFrame) -> pl.DataFrame:
    """Fixed cost and labour of the line that runs today, from the takeover on."""
    lines = running_cost(effects, prices).select("site", "period", "amount").join(factor, on="period")
    taken = facts.filter(pl.col("takeover").is_not_null() & (pl.col("kind") != "as_is")).join(lines, on="site")
    taken = taken.filter(pl.col("period") >= pl.col("start") + pl.col("takeover"))
    return taken.select(
        "option", "start", term=pl.lit("saved"), amount=pl.col("d") * pl.col("amount") * pl.col("chance")
    )


def flow_costs(claim: ClaimedSolution) -> pl.DataFrame:
    """Discounted costs (exports negative) of all that is made, bought, moved, kept and missed: term, amount."""
    prices, amount = claim.prices, pl.col("amount")
    flows = claim.flows

    def of_kind(kind: str) -> pl.DataFrame:
        return flows.filter(pl.col("kind") == kind)

    parity = prices.parity
    goods = claim.case.filled("commodities").select(commodity="id", mass="mass", holding_cost="holding_cost")
    routes = claim.case["routes"].select("id", "cost")
    supplies = supplied(claim.case).select("id", "period", "variable_cost", "foreign_share")
    penalties = demanded(claim.case).select("id", "period", "penalty")
    output = claim.throughput.join(throughput_cost(claim.effects, prices), on="option")
    cells = ["commodity", "region"]
    sources = claim.supply.join(claim.match.sources, on=["pool_kind", "pool", "source"])
    terms = {
        "throughput": output.select("period", cost=amount * pl.col("cost")),
        "import": of_kind("import").join(parity, on=cells).select("period", cost=amount * pl.col("import_price")),
        "export": of_kind("export").join(parity, on=cells).select("period", cost=-amount * pl.col("export_price")),
        "transport": of_kind("transport").join(goods, on="commodity").join(routes, on="id").select(
            "period", cost=amount * pl.col("cost") * pl.col("mass")
        ),
        "stock": of_kind("stock").join(goods, on="commodity").select("period", cost=amount * pl.col("holding_cost")),
        "unmet": of_kind("unmet")
        .join(penalties, on=["id", "period"])
        .select("period", cost=amount * pl.col("penalty")),
        "supply": of_kind("supply").join(supplies, on=["id", "period"]).select(
            "period", cost=amount * pl.col("variable_cost") * (1 + prices.premium * pl.col("foreign_share"))
        ),
        "pools": sources.select(
            "period", cost=amount * pl.col("price") * (1 + prices.premium * pl.col("multiplier_foreign"))
        ),
    }  # fmt: skip
    rows = pl.concat([frame.select("period", "cost", term=pl.lit(term)) for term, frame in terms.items()])
    return rows.join(discounts(prices), on="period").group_by("term").agg(amount=(pl.col("cost") * pl.col("d")).sum())


def throughput_cost(effects: Effects, prices: Prices) -> pl.DataFrame:
    """Cost of one unit of throughput beside its inputs: option, cost."""
    emission = prices.case.filled("commodities").select(commodity="id", emission="emission")
    burnt = (
        effects.recipe.filter(pl.col("quantity") < 0)
        .join(emission, on="commodity")
        .group_by("option")
        .agg(burnt=-(pl.col("quantity") * pl.col("emission")).sum())
    )
    carbon = prices.carbon * (pl.col("process_emission").fill_null(0.0) + pl.col("burnt").fill_null(0.0))
    running = pl.col("variable_cost") * (1 + prices.premium * pl.col("foreign_share"))
    return effects.options.join(burnt, on="option", how="left").select("option", cost=running + carbon)


def idle_cost(effects: Effects, prices: Prices) -> float:
    """Discounted care of standing sites and fixed cost and labour of running ones, were nothing done."""
    factor = discounts(prices)
    sites = prices.case.filled("sites").join(standing(prices.case), left_on="id", right_on="site", how="semi")
    care = float(sites["care_cost"].sum()) * float(factor["d"].sum())
    running = running_cost(effects, prices).join(factor, on="period")
    return care + float((running["amount"] * running["d"]).sum())


def objective(claim: ClaimedSolution) -> float:
    """The value of a world: docs/method.md, Objective."""
    terms = option_terms(claim.picks, claim.effects, claim.match, claim.prices)
    chosen = float(terms["amount"].sum())
    return chosen - float(flow_costs(claim)["amount"].sum()) - idle_cost(claim.effects, claim.prices)
