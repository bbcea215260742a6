"""What limits are worth: the stored prices prove that the flows of the programme are the best for its starts.

With the starts given, throughput, flows, sources and draws are a linear programme. Prices are right where the bound
that they prove on it is the value of the programme (strong duality), and where those of routes and trade are the
margin that is earned there, and those of goods no higher than any flow without limit allows.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.plan.verify.baseline import goods_bound, trade_rents
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.classes import empty_seats, taught_courses
from tawteen.plan.verify.objective import idle_cost
from tawteen.plan.verify.shared_prices import (
    PREMIUM_CATEGORY,
    Offer,
    SharedPrices,
    outlay_price,
    pool_offers,
    shared_prices,
    trainers_left,
)
from tawteen.plan.verify.site_bounds import start_bounds
from tawteen.plan.verify.solution import ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES


def check_limit_prices(
    claim: ClaimedSolution, limits: pl.DataFrame, value: float, in_play: float, checks: Checks
) -> None:
    """Reports prices of limits at which the programme's flows would not be the best, and those of no use."""
    rows = limits.select("kind", "id", "period", "price", place="region")
    balance = rows.filter(pl.col("kind") == "balance").select(
        commodity="id", region="place", period="period", price="price"
    )
    goods, settled = goods_bound(claim, balance)
    shared = shared_prices(claim, rows)
    starts = start_bounds(claim, settled, shared, {}, rows.clear())
    trainers = sum(float((price * trainers_left(claim, pool)).sum()) for pool, price in shared.trainers.items())
    worth = goods + shared.value + trainers + starts.lines + starts.of_starts(claim.picks)
    worth -= _supply_cost(claim, shared) + idle_cost(claim.effects, claim.prices)
    if not abs(worth - value) <= CHECK_TOLERANCES.limit_value * in_play:
        checks.report("limit_prices", "–", None, worth, value)
    _check_balances(rows, settled, checks)
    _check_margins(claim, rows, settled, checks)
    _check_unused(claim, limits, in_play, checks)
    _check_sources(claim, limits, shared, checks)
    for row in rows.filter((pl.col("kind") == "rule") & (pl.col("price") != 0)).iter_rows(named=True):
        checks.report("limit_prices", f"rule/{row['id']}", row["period"], row["price"], 0.0)


def _check_margins(claim: ClaimedSolution, rows: pl.DataFrame, balance: pl.DataFrame, checks: Checks) -> None:
    """A limited route, import or export is worth the margin that it earns at the prices of goods."""
    rents = trade_rents(claim, balance)
    stored = rows.filter(pl.col("kind").is_in(["route", "import", "export"]))
    joined = stored.join(rents, on=["kind", "id", "period"], how="inner")
    wrong = joined.filter((pl.col("price") - pl.col("margin")).abs() > CHECK_TOLERANCES.margin * pl.col("scale"))
    for row in wrong.sort("kind", "id", "period").iter_rows(named=True):
        checks.report("limit_prices", f"{row['kind']}/{row['id']}", row["period"], row["price"], row["margin"])


def _check_unused(claim: ClaimedSolution, limits: pl.DataFrame, in_play: float, checks: Checks) -> None:
    """What a limit leaves over is worth nothing (complementary slackness), or what it is worth once it is carried over.

    Money that a fund saves for the next quarter has a price there, so that its price now is no use of its own.
    """
    rows = _with_carried_price(claim, limits).drop_nulls(["used", "limit", "price"])
    unused = (pl.col("limit") - pl.col("used")).abs()
    size = pl.max_horizontal(pl.col("limit").abs(), pl.col("used").abs(), pl.lit(CHECK_TOLERANCES.least_size))
    wasted = unused * (pl.col("price") - pl.col("carried_price")).abs()
    priced = (unused > CHECK_TOLERANCES.limit * size) & (wasted > CHECK_TOLERANCES.limit_value * in_play)
    for row in rows.filter(priced).iter_rows(named=True):
        checks.report("limit_prices", f"{row['kind']}/{row['id']}", row["period"], row["price"], row["carried_price"])


def _with_carried_price(claim: ClaimedSolution, limits: pl.DataFrame) -> pl.DataFrame:
    """Limits with the price in the next quarter of what is carried over to it: of funds alone, 0 for all others."""
    shares = claim.case.filled("funds").select("id", "carry_over").with_columns(kind=pl.lit("fund"))
    later = limits.select("kind", "id", pl.col("period") - 1, later_price="price").filter(pl.col("kind") == "fund")
    carried = pl.col("carry_over") * pl.col("later_price")
    return (
        limits.join(shares, on=["kind", "id"], how="left", maintain_order="left")
        .join(later, on=["kind", "id", "period"], how="left", maintain_order="left")
        .with_columns(carried_price=carried.fill_null(0.0))
    )


def _supply_cost(claim: ClaimedSolution, shared: SharedPrices) -> float:
    """The least that the needs of the picks cost at the prices of money and trainers: the cheapest sources first.

    Courses with classes cost what their classes and third parties cost: how many there are is no linear decision.
    """
    needs = claim.shifted(claim.effects.needs).group_by("pool_kind", "pool", "period").agg(pl.col("amount").sum())
    by_pool: dict[tuple[str, str], list[Offer]] = {}
    for offer in pool_offers(claim, shared, with_picks=True):
        by_pool.setdefault(offer.pool, []).append(offer)
    total, in_classes = _class_cost(claim, shared, by_pool), _class_pools(claim)
    for kind, pool, period, amount in needs.iter_rows():
        if (kind, pool) in in_classes:
            continue
        left = amount
        for offer in sorted(by_pool.get((kind, pool), []), key=lambda offer: float(offer.cost[period])):
            if offer.present[period] and np.isfinite(offer.cost[period]):
                taken = min(left, float(offer.capacity[period]))
                total += taken * float(offer.cost[period])
                left -= taken
    return total


def _class_pools(claim: ClaimedSolution) -> set[tuple[str, str]]:
    return {("course", taught.course) for taught in taught_courses(claim)}


def _class_cost(claim: ClaimedSolution, shared: SharedPrices, by_pool: dict[tuple[str, str], list[Offer]]) -> float:
    """What the stated supply of courses with classes costs at these prices, empty seats included."""
    total = 0.0
    for pool in _class_pools(claim):
        costs = {offer.source: offer.cost for offer in by_pool.get(pool, [])}
        rows = claim.supply.filter((pl.col("pool_kind") == pool[0]) & (pl.col("pool") == pool[1]))
        for source, period, amount in rows.select("source", "period", "amount").iter_rows():
            total += amount * float(costs[source][period])
    unpaid = outlay_price(claim, shared, {"category": PREMIUM_CATEGORY["course"]})
    reference = claim.match.pools.select("pool_kind", "pool", "reference_price")
    empty = empty_seats(claim).join(reference, on=["pool_kind", "pool"], how="left")
    for period, amount, price in empty.select("period", "amount", "reference_price").iter_rows():
        total += amount * price * float(unpaid[period]) if amount * price > 0 else 0.0
    return total


def _check_balances(rows: pl.DataFrame, settled: pl.DataFrame, checks: Checks) -> None:
    """A good is worth no more than what it costs to import, move or keep it: a higher price is that of no programme.

    `settled`: the prices of balances moved so far that no flow without limit would grow for ever.
    """
    key = ["commodity", "region", "period"]
    stored = rows.filter(pl.col("kind") == "balance").rename({"id": "commodity", "place": "region"})
    scale = pl.col("settled").max().over("commodity", "period")
    joined = stored.join(settled.rename({"price": "settled"}), on=key, how="inner")
    dearer = joined.filter(pl.col("price") > pl.col("settled") + CHECK_TOLERANCES.margin * scale)
    for row in dearer.iter_rows(named=True):
        checks.report(
            "limit_prices", f"balance/{row['commodity']}/{row['region']}", row["period"], row["price"], row["settled"]
        )


def _check_sources(claim: ClaimedSolution, limits: pl.DataFrame, shared: SharedPrices, checks: Checks) -> None:
    """A source is worth what it saves against the next dearer one that is used, and no less than 0."""
    stored = {(row["id"], row["period"]): row for row in
              limits.filter(pl.col("kind") == "source").iter_rows(named=True)}  # fmt: skip
    by_pool: dict[tuple[str, str], list[Offer]] = {}
    for offer in pool_offers(claim, shared, with_picks=True):
        by_pool.setdefault(offer.pool, []).append(offer)
    in_classes = _class_pools(claim)
    for pool, offers in by_pool.items():
        if pool not in in_classes:
            for period in range(claim.periods):
                _check_pool(offers, period, stored, checks)


def _check_pool(
    offers: list[Offer], period: int, stored: dict[tuple[str, int], dict[str, object]], checks: Checks
) -> None:
    """All used sources of a pool in a period are worth their price and cost together, the same for each."""
    present = [offer for offer in offers if offer.present[period] and np.isfinite(offer.cost[period])]
    cells = [
        (offer, row)
        for offer in present
        if (row := stored.get((f"{offer.source}/{offer.pool[1]}", period))) is not None
    ]
    near = CHECK_TOLERANCES.relative
    used = [(offer, row) for offer, row in cells if _number(row, "used") > near * max(_limit(row), near)]
    if not used:
        return
    sums = [float(offer.cost[period]) + _number(row, "price") for offer, row in used]
    miss = CHECK_TOLERANCES.margin * max(abs(total) for total in sums)
    for (offer, row), total in zip(used, sums, strict=True):
        partly = _number(row, "used") < _limit(row) * (1 - near)
        if total < max(sums) - miss or (partly and _number(row, "price") > miss):
            checks.report("limit_prices", f"source/{offer.source}/{offer.pool[1]}", period, _number(row, "price"), 0.0)


def _number(row: dict[str, object], column: str) -> float:
    value = row[column]
    return float(value) if isinstance(value, int | float) else 0.0


def _limit(row: dict[str, object]) -> float:
    return np.inf if row["limit"] is None else _number(row, "limit")
