"""What every option and start is worth at the shadow prices of a programme's limits, part by part.

Sign convention: a part that is worth something to the country is positive, a cost negative. The worth of option `o`
started in `s`, against leaving its site as it is, is

    c[o,s] + Σ_t capacity·max(0, margin[o,t]) − Σ_t chance·capacity of the running line·max(0, its margin)
    − Σ need·pool price − Σ outlay·(cheapest fund's price) − Σ foreign outlay·credit price − Σ measure·rule price
    + Σ seats and trainers added·their price

with margins and prices as in `shadow_prices`.
"""

from __future__ import annotations

import polars as pl

from tawteen.case.financing import TRAITS
from tawteen.effects.additions import additions
from tawteen.plan.explain.shadow_prices import ShadowPrices, price_paid
from tawteen.plan.explain.value_terms import value_terms
from tawteen.plan.limits.rules import in_place, of_kind

PAIR = ["option", "start"]
PART = ("option", "start", "part", "term", "kind", "id", "amount", "rent")


def parts(pairs: pl.DataFrame, shadow: ShadowPrices) -> pl.DataFrame:
    """What makes up the worth of each pair: option, start, part, term, kind, id, amount, rent.

    `part` is term (one of those of `c[o,s]`, named by `term`), goods, line, pool, added (seats and trainers), fund,
    credit or rule. `kind` and `id` name the limit whose price it rests on (null for terms of `c[o,s]` and what is
    added). `rent` (≥ 0) is what it owes to scarcity. A pair that nobody can supply or pay for has an amount of −∞ in
    its part.
    """
    terms = value_terms(pairs, shadow.flows, shadow.prices).with_columns(
        part=pl.lit("term"), kind=pl.lit(None, pl.String), id=pl.lit(None, pl.String), rent=pl.lit(0.0)
    )
    frames = [terms, _goods_parts(pairs, shadow), _line_parts(pairs, shadow), _pool_parts(pairs, shadow)]
    frames += [_fund_parts(pairs, shadow), _credit_parts(pairs, shadow), _rule_parts(pairs, shadow)]
    frames.append(_added_parts(pairs, shadow))
    return pl.concat(
        [
            frame.with_columns(term="term" if "term" in frame.columns else pl.lit(None, pl.String)).select(PART)
            for frame in frames
        ]
    )


def _running(pairs: pl.DataFrame, shadow: ShadowPrices) -> pl.DataFrame:
    """Quarters in which a pair could run: option, start, period, capacity, margin, plain."""
    return (
        pairs.select(PAIR)
        .join(shadow.effects.profile.filter(pl.col("capacity") > 0), on="option")
        .with_columns(period=pl.col("start") + pl.col("quarter"))
        .join(shadow.margins, on=["option", "period"])
    )


def _goods_parts(pairs: pl.DataFrame, shadow: ShadowPrices) -> pl.DataFrame:
    """What it earns when it runs; the rent is shared among the goods whose prices took it, by how much each took."""
    running = _running(pairs, shadow)
    lost = pl.max_horizontal(pl.lit(0.0), "plain") - pl.max_horizontal(pl.lit(0.0), "margin")
    earned = running.group_by(PAIR).agg(
        amount=(pl.col("capacity") * pl.max_horizontal(pl.lit(0.0), "margin")).sum(),
        lost=pl.max_horizontal(pl.lit(0.0), (pl.col("capacity") * lost).sum()),
    )
    worse = pl.max_horizontal(pl.lit(0.0), pl.col("quantity") * (pl.col("usual") - price_paid(pl.col("quantity"))))
    took = (
        running.filter(pl.col("plain") > 0)
        .join(shadow.effects.options.select("option", "region"), on="option")
        .join(shadow.effects.recipe, on="option")
        .join(shadow.goods, on=["commodity", "region", "period"])
        .group_by(*PAIR, id="commodity")
        .agg(took=(pl.col("capacity") * worse).sum())
        .filter(pl.col("took") > 0)
    )
    share = pl.col("took") / pl.max_horizontal(pl.col("took").sum().over(PAIR), "lost")
    shared = took.join(earned, on=PAIR).with_columns(rent=pl.col("lost") * share, amount=pl.lit(0.0))
    return pl.concat(
        [
            earned.select(*PAIR, *_limit_columns("goods"), "amount", rent=pl.lit(0.0)),
            shared.select(*PAIR, *_limit_columns("goods", "balance", "id"), "amount", "rent"),
        ]
    )


def _limit_columns(part: str, kind: str | None = None, name: str | None = None) -> list[pl.Expr]:
    """The columns part, kind, id; `name` is the column that holds the id."""
    named = pl.lit(None, pl.String) if name is None else pl.col(name)
    return [pl.lit(part).alias("part"), pl.lit(kind, pl.String).alias("kind"), named.alias("id")]


def _line_parts(pairs: pl.DataFrame, shadow: ShadowPrices) -> pl.DataFrame:
    """What the line that runs today earned, and earns no more."""
    lines = shadow.effects.options.filter(pl.col("kind") == "as_is").select("site", line="option")
    taken = shadow.effects.profile.filter(pl.col("displaced") > 0).select("option", "quarter", "displaced")
    sites = shadow.effects.options.select("option", "site")
    stopped = (
        pairs.select(PAIR)
        .join(sites, on="option")
        .join(lines, on="site")
        .join(taken, on="option")
        .with_columns(period=pl.col("start") + pl.col("quarter"))
    )
    earned = shadow.effects.profile.select("capacity", line="option", period="quarter").join(
        shadow.margins.select("period", "margin", line="option"), on=["line", "period"]
    )
    lost = stopped.join(earned, on=["line", "period"])
    amount = -pl.col("displaced") * pl.col("capacity") * pl.max_horizontal(pl.lit(0.0), "margin")
    return (
        lost.group_by(PAIR).agg(amount=amount.sum()).select(*PAIR, *_limit_columns("line"), "amount", rent=pl.lit(0.0))
    )


def _pool_parts(pairs: pl.DataFrame, shadow: ShadowPrices) -> pl.DataFrame:
    needs = shadow.effects.needs.filter(pl.col("amount") > 0)
    pool_needs = pairs.select(PAIR).join(needs, on="option").with_columns(period=pl.col("start") + pl.col("quarter"))
    priced = pool_needs.join(shadow.pools, on=["pool_kind", "pool", "period"], how="left")
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


def _added_parts(pairs: pl.DataFrame, shadow: ShadowPrices) -> pl.DataFrame:
    """What the seats and trainers that it adds are worth to others."""
    added = pairs.select(PAIR).join(additions(shadow.case, shadow.effects), on="option")
    priced = added.with_columns(period=pl.col("start") + pl.col("quarter")).join(
        shadow.added, on=["pool_kind", "pool", "period"]
    )
    return (
        priced.group_by(PAIR)
        .agg(amount=(pl.col("amount") * pl.col("price")).sum())
        .select(*PAIR, *_limit_columns("added"), "amount", rent=pl.lit(0.0))
    )


def _fund_parts(pairs: pl.DataFrame, shadow: ShadowPrices) -> pl.DataFrame:
    """Each outlay charged at the price of the fund that is cheapest then among those that may pay it."""
    facts = shadow.effects.options.select("option", "region", "authority", "field")
    due = pairs.select(PAIR).join(shadow.effects.outlays, on="option").join(facts, on="option")
    due = due.with_columns(period=pl.col("start") + pl.col("quarter")).filter(pl.col("period") < _periods(shadow))
    charged = due.join(shadow.payers, on=[*TRAITS, "period"], how="left", nulls_equal=True).with_columns(
        cost=pl.col("amount") * pl.col("price").fill_null(float("inf")),
        id=pl.coalesce("fund", "category"),
        kind=pl.when(pl.col("fund").is_null()).then(pl.lit("no_fund")).otherwise(pl.lit("fund")),
    )
    sums = charged.group_by(*PAIR, "kind", "id").agg(amount=-pl.col("cost").sum(), rent=pl.col("cost").sum())
    return sums.select(*PAIR, pl.lit("fund").alias("part"), "kind", "id", "amount", "rent")


def _periods(shadow: ShadowPrices) -> int:
    return shadow.case.settings.time.periods


def _credit_parts(pairs: pl.DataFrame, shadow: ShadowPrices) -> pl.DataFrame:
    foreign = shadow.effects.outlays.filter(pl.col("origin") == "foreign")
    due = pairs.select(PAIR).join(foreign, on="option").with_columns(period=pl.col("start") + pl.col("quarter"))
    cost = (pl.col("amount") * pl.col("credit_price")).sum()
    charged = due.join(shadow.credit, on="period").group_by(PAIR).agg(rent=cost)
    named = charged.with_columns(id=pl.lit("credit"), amount=-pl.col("rent"))
    return named.select(*PAIR, *_limit_columns("credit", "credit", "id"), "amount", "rent")


def _rule_parts(pairs: pl.DataFrame, shadow: ShadowPrices) -> pl.DataFrame:
    """What limits on a measure charge or pay a pair: at_most and one_of charge, at_least and share pay."""
    facts = shadow.effects.options.select("option", "site", "region", "authority", "kind", "jobs", "investment")
    counted = pairs.select(PAIR).join(facts, on="option").with_columns(sites=pl.lit(1.0))
    frames = []
    for rule in shadow.rules.iter_rows(named=True):
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
        frames.append(rows.select(*PAIR, *_limit_columns("rule", "rule", "named"), "amount", rent=rent))
    blank = pl.DataFrame(schema={"option": pl.String, "start": pl.Int64, "part": pl.String, "kind": pl.String,
                                 "id": pl.String, "amount": pl.Float64, "rent": pl.Float64})  # fmt: skip
    return pl.concat([blank, *(f.cast({"start": pl.Int64}) for f in frames)])
