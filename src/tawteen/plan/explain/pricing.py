"""What every option and start is worth at the prices of a programme's limits.

Sign convention: a part that is worth something to the country is positive, a cost negative; prices are what one more
unit of a limit is worth, discounted and never negative. The worth of option `o` started in `s`, against leaving its
site as it is, is

    c[o,s] + Σ_t capacity·max(0, margin[o,t]) − Σ_t chance·capacity of the running line·max(0, its margin)
    − Σ need·pool price − Σ outlay·(cheapest fund's price) − Σ foreign outlay·credit price − Σ measure·rule price

with `margin[o,t] = Σ recipe·balance price − discounted cost of throughput − credit price·CIF of inputs under letters of
credit + sales·Σ refill·fund price`, and a pool's price the least over its sources of the discounted economic price, the
prices of the source and its trainers, and the premium above the reference price at the cheapest fund's price.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from tawteen.appraise.prices import Prices
from tawteen.case.financing import TRAITS
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.plan.programme import Programme
from tawteen.plan.verify.objective import discounts, option_terms, reference_cost, throughput_cost
from tawteen.plan.verify.rules import in_place, of_kind
from tawteen.plan.verify.solution import supplied

PAIR = ["option", "start"]
CELL = ["commodity", "region", "period"]
PART = ("option", "start", "part", "term", "kind", "id", "amount", "rent")
PREMIUM = {"capability": "works", "course": "training"}


@dataclass(frozen=True)
class Market:
    """The prices of a programme's limits beside the facts that they apply to.

    `goods`: commodity, region, period, price (of one more unit made), buying (of one more unit taken), usual (what it
    would cost were nothing scarce). `funds`: fund, period,
    price. `pools`: pool_kind, pool, period, price, usual. `credit`: period, credit_price. `rules`: rows of the table
    with rule_price.
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

    @cached_property
    def margins(self) -> pl.DataFrame:
        """Margin of one unit of throughput of every option and period, see `_margins`."""
        return _margins(self)

    @cached_property
    def payers(self) -> pl.DataFrame:
        """The cheapest fund for every kind of outlay and period, see `_payers`."""
        return _payers(self)


def market(case: Case, programme: Programme, effects: Effects, match: Match, prices: Prices) -> Market:
    """Prices of `programme` on `case` (its scenario applied)."""
    limits = programme.limits.filter(pl.col("price").is_not_null())

    def of(kind: str) -> pl.DataFrame:
        return limits.filter(pl.col("kind") == kind)

    periods = discounts(prices)
    priced = of("fund").select("period", "price", fund="id")
    funds = case["funds"].select(fund="id").join(periods.select("period"), how="cross")
    funds = funds.join(priced, on=["fund", "period"], how="left").with_columns(pl.col("price").fill_null(0.0))
    credit = periods.select("period").join(of("credit").select("period", credit_price="price"), on="period", how="left")
    rules = case.filled("rules").join(
        of("rule").group_by("id").agg(rule_price=pl.col("price").sum()), on="id"
    )  # fmt: skip
    return Market(
        case, effects, match, prices,
        goods=goods_of(
            case, of("balance").rename({"id": "commodity"}), outputs(programme.throughput, effects), prices
        ),
        funds=funds,
        pools=_pools(match, prices, _premium_charges(case, funds), of("source"), of("trainers")),
        credit=credit.with_columns(pl.col("credit_price").fill_null(0.0)),
        rules=rules.filter(pl.col("active") & (pl.col("rule_price") > 0)),
    )  # fmt: skip


def goods_of(case: Case, balances: pl.DataFrame, made: pl.DataFrame, prices: Prices) -> pl.DataFrame:
    """Prices of `Market.goods` from balance prices (commodity, region, period, price) and what is made (same cells).

    A balance that nothing is taken from has no price, or any; what one more unit costs there is then what it costs to
    import, to take from existing supply, or to bring from another region. What is made and not used costs nothing.
    """
    d = discounts(prices)
    cost = pl.col("variable_cost") * (1 + prices.premium * pl.col("foreign_share"))
    at_home = supplied(case).group_by(CELL).agg(supply_cost=cost.min())
    anywhere = supplied(case).group_by("commodity", "period").agg(cheapest=cost.min())
    cells = case["commodities"].select(commodity="id").join(case["regions"].select(region="id"), how="cross")
    plain = (
        cells.join(d, how="cross")
        .join(balances.select(*CELL, "price"), on=CELL, how="left")
        .join(made.select(*CELL, made=pl.lit(True)).unique(), on=CELL, how="left")
        .join(prices.parity.select("commodity", "region", "import_price"), on=["commodity", "region"], how="left")
        .join(at_home, on=CELL, how="left")
        .join(anywhere, on=["commodity", "period"], how="left")
        .with_columns(pl.col("price").fill_null(0.0), pl.col("made").fill_null(False))
    )
    offered = pl.min_horizontal("import_price", "supply_cost").fill_null(float("inf")) * pl.col("d")
    known = pl.when((pl.col("price") > 0) | pl.col("made")).then("price").otherwise(offered)
    reached = _brought(case, plain.select(*CELL, "price", "made", "d", buying=known))
    usual = pl.coalesce(pl.col("import_price"), pl.col("cheapest")) * pl.col("d")
    return plain.join(reached, on=CELL).select(*CELL, "price", "buying", usual=pl.coalesce(usual, pl.col("buying")))


def _brought(case: Case, goods: pl.DataFrame) -> pl.DataFrame:
    """The cells with `buying` lowered to what bringing it from another region costs, where nothing is used yet."""
    carried = case.filled("commodities").select("carries", "mass", commodity="id")
    steps = case["routes"].select("carries", "cost", "from_region", "to_region").join(carried, on="carries")
    steps = steps.select("commodity", "from_region", "to_region", step=pl.col("cost") * pl.col("mass"))
    open_cell = (pl.col("price") <= 0) & ~pl.col("made")
    for _ in range(case["regions"].height - 1):
        onward = (
            goods.join(steps, left_on=["commodity", "region"], right_on=["commodity", "from_region"])
            .group_by("commodity", "period", region="to_region")
            .agg(onward=(pl.col("buying") + pl.col("step") * pl.col("d")).min())
        )
        lower = pl.when(open_cell).then(pl.min_horizontal("buying", "onward")).otherwise("buying")
        goods = goods.join(onward, on=CELL, how="left").with_columns(buying=lower).drop("onward")
    return goods.select(*CELL, "buying")


def outputs(throughput: pl.DataFrame, effects: Effects) -> pl.DataFrame:
    """Where something is made: commodity, region, period."""
    made = throughput.filter(pl.col("amount") > 0).join(effects.recipe.filter(pl.col("quantity") > 0), on="option")
    return made.join(effects.options.select("option", "region"), on="option").select(CELL).unique()


def _premium_charges(case: Case, funds: pl.DataFrame) -> pl.DataFrame:
    """What a unit of money costs that pays for a pool above its reference price: pool_kind, period, charge."""
    uses = case["fund_uses"]
    charges = []
    for kind, category in PREMIUM.items():
        payers = uses.filter(pl.col("category").is_null() | (pl.col("category") == category))["fund"]
        charge = (
            funds.filter(pl.col("fund").is_in(payers.implode())).group_by("period").agg(charge=pl.col("price").min())
        )
        charges.append(charge.with_columns(pool_kind=pl.lit(kind)))
    return pl.concat(charges)


def _pools(
    match: Match, prices: Prices, charge: pl.DataFrame, sources: pl.DataFrame, trainers: pl.DataFrame
) -> pl.DataFrame:
    """Cheapest way to one unit of each pool in each period, all scarce things included."""
    d = discounts(prices)
    reference = reference_cost(match, prices)
    scarce = sources.select("period", source_price="price", named="id")
    busy = trainers.select("period", trainer_price="price", trainer_pool="id")
    economic = pl.col("price") * (1 + prices.premium * pl.col("multiplier_foreign")) * pl.col("d")
    above = pl.max_horizontal(pl.lit(0.0), pl.col("price") - pl.col("reference_price"))
    paid = pl.when(above > 0).then(above * pl.col("charge")).otherwise(0.0)
    offered = (
        match.sources.join(reference, on=["pool_kind", "pool"])
        .join(d, how="cross")
        .filter(
            (pl.col("period") >= pl.max_horizontal("first_period", "start"))
            & (pl.col("period") <= pl.col("end"))
            & (pl.col("capacity").is_null() | (pl.col("capacity") > 0))
        )
        .with_columns(named=pl.format("{}/{}", "source", "pool"))
        .join(scarce, on=["named", "period"], how="left")
        .join(busy, on=["trainer_pool", "period"], how="left")
        .join(charge, on=["pool_kind", "period"], how="left")
        .with_columns(
            total=economic
            + pl.col("source_price").fill_null(0.0)
            + pl.col("trainer_price").fill_null(0.0) * pl.col("trainer_ratio").fill_null(0.0)
            + paid,
            usual=pl.col("reference_price") * pl.col("m") * pl.col("d"),
        )
        .filter(pl.col("total").is_not_null())
    )
    return offered.group_by("pool_kind", "pool", "period").agg(price=pl.col("total").min(), usual=pl.col("usual").min())


def parts(pairs: pl.DataFrame, at: Market) -> pl.DataFrame:
    """What makes up the worth of each pair: option, start, part, term, kind, id, amount, rent.

    `part` is term (one of those of `c[o,s]`, named by `term`), goods, line, pool, fund, credit or rule. `kind` and `id`
    name the limit whose price it rests on (null for terms of `c[o,s]`). `rent` (≥ 0) is what it owes to scarcity.
    A pair that nobody can supply or pay for has an amount of −∞ in its part.
    """
    terms = option_terms(pairs, at.effects, at.match, at.prices).with_columns(
        part=pl.lit("term"), kind=pl.lit(None, pl.String), id=pl.lit(None, pl.String), rent=pl.lit(0.0)
    )
    frames = [terms, _goods_parts(pairs, at), _line_parts(pairs, at), _pool_parts(pairs, at)]
    frames += [_fund_parts(pairs, at), _credit_parts(pairs, at), _rule_parts(pairs, at)]
    return pl.concat(
        [
            frame.with_columns(term="term" if "term" in frame.columns else pl.lit(None, pl.String)).select(PART)
            for frame in frames
        ]
    )


def _margins(at: Market) -> pl.DataFrame:
    """Margin of one unit of throughput: option, period, margin, plain (were nothing scarce), income (sales at π)."""
    quantity, cif = pl.col("quantity"), pl.col("cif").fill_null(0.0)
    goods = at.case.filled("commodities").select("cif", "fob", "port_cost", "credit", commodity="id")
    opened = pl.when(pl.col("credit") & (quantity < 0)).then(-quantity * cif).otherwise(0.0)
    at_port = pl.coalesce(pl.col("cif") + pl.col("port_cost"), pl.col("fob") - pl.col("port_cost"), pl.lit(0.0))
    refill = (
        at.funds.join(at.case.filled("funds").select(fund="id", refill="refill"), on="fund")
        .group_by("period")
        .agg(refilled=(pl.col("price") * pl.col("refill")).sum())
    )
    unit = (
        at.effects.recipe.join(at.effects.options.select("option", "region", "kind"), on="option")
        .join(at.goods, on=["commodity", "region"])
        .join(goods, on="commodity")
        .group_by("option", "kind", "period")
        .agg(
            at_prices=(quantity * _paid(quantity)).sum(),
            plain=(quantity * pl.col("usual")).sum(),
            opened=opened.sum(),
            sold=(at_port * quantity).filter(quantity > 0).sum(),
        )
    )
    chosen = pl.when(pl.col("kind") == "as_is").then(0.0).otherwise(pl.col("sold") * pl.col("refilled"))
    cost = pl.col("cost") * pl.col("d")
    return (
        unit.join(throughput_cost(at.effects, at.prices), on="option")
        .join(discounts(at.prices), on="period")
        .join(refill, on="period", how="left")
        .join(at.credit, on="period")
        .select(
            "option",
            "period",
            margin=pl.col("at_prices") - cost - pl.col("opened") * pl.col("credit_price") + chosen.fill_null(0.0),
            plain=pl.col("plain") - cost,
        )
    )


def _paid(quantity: pl.Expr) -> pl.Expr:
    """The price that a quantity meets: what is made (+) sells, what is taken (−) is bought."""
    return pl.when(quantity > 0).then("price").otherwise("buying")


def _running(pairs: pl.DataFrame, at: Market) -> pl.DataFrame:
    """Quarters in which a pair could run: option, start, period, capacity, margin, plain."""
    return (
        pairs.select(PAIR)
        .join(at.effects.profile.filter(pl.col("capacity") > 0), on="option")
        .with_columns(period=pl.col("start") + pl.col("quarter"))
        .join(at.margins, on=["option", "period"])
    )


def _goods_parts(pairs: pl.DataFrame, at: Market) -> pl.DataFrame:
    """What it earns when it runs; the rent is shared among the goods whose prices took it, by how much each took."""
    running = _running(pairs, at)
    lost = pl.max_horizontal(pl.lit(0.0), "plain") - pl.max_horizontal(pl.lit(0.0), "margin")
    earned = running.group_by(PAIR).agg(
        amount=(pl.col("capacity") * pl.max_horizontal(pl.lit(0.0), "margin")).sum(),
        lost=pl.max_horizontal(pl.lit(0.0), (pl.col("capacity") * lost).sum()),
    )
    worse = pl.max_horizontal(pl.lit(0.0), pl.col("quantity") * (pl.col("usual") - _paid(pl.col("quantity"))))
    took = (
        running.filter(pl.col("plain") > 0)
        .join(at.effects.options.select("option", "region"), on="option")
        .join(at.effects.recipe, on="option")
        .join(at.goods, on=["commodity", "region", "period"])
        .group_by(*PAIR, id="commodity")
        .agg(took=(pl.col("capacity") * worse).sum())
        .filter(pl.col("took") > 0)
    )
    share = pl.col("took") / pl.max_horizontal(pl.col("took").sum().over(PAIR), "lost")
    shared = took.join(earned, on=PAIR).with_columns(rent=pl.col("lost") * share, amount=pl.lit(0.0))
    return pl.concat(
        [
            earned.select(*PAIR, *_of("goods"), "amount", rent=pl.lit(0.0)),
            shared.select(*PAIR, *_of("goods", "balance", "id"), "amount", "rent"),
        ]
    )


def _of(part: str, kind: str | None = None, name: str | None = None) -> list[pl.Expr]:
    """The columns part, kind, id; `name` is the column that holds the id."""
    named = pl.lit(None, pl.String) if name is None else pl.col(name)
    return [pl.lit(part).alias("part"), pl.lit(kind, pl.String).alias("kind"), named.alias("id")]


def _line_parts(pairs: pl.DataFrame, at: Market) -> pl.DataFrame:
    """What the line that runs today earned, and earns no more."""
    lines = at.effects.options.filter(pl.col("kind") == "as_is").select("site", line="option")
    takers = at.effects.options.select("option", "site", "takeover", "chance").filter(pl.col("takeover").is_not_null())
    stopped = pairs.select(PAIR).join(takers, on="option").join(lines, on="site")
    earned = at.effects.profile.select("quarter", "capacity", line="option").join(
        at.margins.select("period", "margin", line="option"), left_on=["line", "quarter"], right_on=["line", "period"]
    )
    lost = stopped.join(earned, on="line").filter(pl.col("quarter") >= pl.col("start") + pl.col("takeover"))
    amount = -pl.col("chance") * pl.col("capacity") * pl.max_horizontal(pl.lit(0.0), "margin")
    return lost.group_by(PAIR).agg(amount=amount.sum()).select(*PAIR, *_of("line"), "amount", rent=pl.lit(0.0))


def _pool_parts(pairs: pl.DataFrame, at: Market) -> pl.DataFrame:
    needs = at.effects.needs.filter(pl.col("amount") > 0)
    wanted = pairs.select(PAIR).join(needs, on="option").with_columns(period=pl.col("start") + pl.col("quarter"))
    priced = wanted.join(at.pools, on=["pool_kind", "pool", "period"], how="left")
    price = pl.col("price").fill_null(float("inf"))
    return (
        priced.group_by(*PAIR, "pool_kind", "pool")
        .agg(
            amount=-(pl.col("amount") * price).sum(),
            rent=(pl.col("amount") * pl.max_horizontal(pl.lit(0.0), price - pl.col("usual").fill_null(0.0))).sum(),
        )
        .select(
            *PAIR,
            pl.lit("pool").alias("part"),
            pl.col("pool_kind").alias("kind"),
            pl.col("pool").alias("id"),
            "amount",
            "rent",
        )
    )


def _payers(at: Market) -> pl.DataFrame:
    """The fund that is cheapest in each period among those that may pay: the aspects of an outlay, period, fund, price.

    What may pay depends on these aspects alone, and there are few of them however many options there are.
    """
    facts = at.effects.options.select("option", "region", "authority", "field")
    outlays = at.effects.outlays.select("option", "category", "origin").unique().join(facts, on="option")
    wanted = outlays.select(TRAITS).unique().with_row_index("wanted")
    uses = at.case["fund_uses"].select("fund", *(pl.col(a).alias(f"{a}_use") for a in TRAITS))
    fits = pl.all_horizontal(
        pl.col(f"{a}_use").is_null() | (pl.col(f"{a}_use") == pl.col(a)).fill_null(False) for a in TRAITS
    )
    may = wanted.join(uses, how="cross").filter(fits).select("wanted", "fund").unique()
    cheapest = (
        may.join(at.funds, on="fund")
        .sort("wanted", "period", "price", "fund")
        .group_by("wanted", "period", maintain_order=True)
        .agg(pl.col("fund", "price").first())
    )
    return wanted.join(cheapest, on="wanted").drop("wanted")


def _fund_parts(pairs: pl.DataFrame, at: Market) -> pl.DataFrame:
    """Each outlay charged at the price of the fund that is cheapest then among those that may pay it."""
    facts = at.effects.options.select("option", "region", "authority", "field")
    due = pairs.select(PAIR).join(at.effects.outlays, on="option").join(facts, on="option")
    due = due.with_columns(period=pl.col("start") + pl.col("quarter")).filter(pl.col("period") < _periods(at))
    charged = due.join(at.payers, on=[*TRAITS, "period"], how="left", nulls_equal=True).with_columns(
        cost=pl.col("amount") * pl.col("price").fill_null(float("inf")),
        id=pl.coalesce("fund", "category"),
        kind=pl.when(pl.col("fund").is_null()).then(pl.lit("no_fund")).otherwise(pl.lit("fund")),
    )
    sums = charged.group_by(*PAIR, "kind", "id").agg(amount=-pl.col("cost").sum(), rent=pl.col("cost").sum())
    return sums.select(*PAIR, pl.lit("fund").alias("part"), "kind", "id", "amount", "rent")


def _periods(at: Market) -> int:
    return at.case.settings.time.periods


def _credit_parts(pairs: pl.DataFrame, at: Market) -> pl.DataFrame:
    foreign = at.effects.outlays.filter(pl.col("origin") == "foreign")
    due = pairs.select(PAIR).join(foreign, on="option").with_columns(period=pl.col("start") + pl.col("quarter"))
    cost = (pl.col("amount") * pl.col("credit_price")).sum()
    charged = due.join(at.credit, on="period").group_by(PAIR).agg(rent=cost)
    named = charged.with_columns(id=pl.lit("credit"), amount=-pl.col("rent"))
    return named.select(*PAIR, *_of("credit", "credit", "id"), "amount", "rent")


def _rule_parts(pairs: pl.DataFrame, at: Market) -> pl.DataFrame:
    """What limits on a measure charge or pay a pair: at_most and one_of charge, at_least and share pay."""
    facts = at.effects.options.select("option", "site", "region", "authority", "kind", "jobs", "investment")
    counted = pairs.select(PAIR).join(facts, on="option").with_columns(sites=pl.lit(1.0))
    frames = []
    for rule in at.rules.iter_rows(named=True):
        amount = pl.col(rule["measure"] or "sites").fill_null(0.0) * rule["rule_price"]
        among = counted.with_columns(named=pl.lit(rule["id"])).filter(of_kind(rule))
        match rule["kind"]:
            case "at_most" | "one_of":
                rows = among.filter(in_place(rule)).with_columns(amount=-amount)
            case "at_least":
                rows = among.filter(in_place(rule)).with_columns(amount=amount)
            case "share":
                rows = among.with_columns(amount=amount * (in_place(rule).cast(pl.Float64) - rule["value"]))
            case _:
                continue
        rent = pl.max_horizontal(pl.lit(0.0), -pl.col("amount"))
        frames.append(rows.select(*PAIR, *_of("rule", "rule", "named"), "amount", rent=rent))
    blank = pl.DataFrame(schema={"option": pl.String, "start": pl.Int64, "part": pl.String, "kind": pl.String,
                                 "id": pl.String, "amount": pl.Float64, "rent": pl.Float64})  # fmt: skip
    return pl.concat([blank, *(f.cast({"start": pl.Int64}) for f in frames)])
