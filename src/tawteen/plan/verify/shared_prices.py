"""Prices of what sites share, settled so that no flow of money or of a pool without limit would grow for ever."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.verify.added import added_by_picks, most_added, providers
from tawteen.plan.verify.resources import fund_income, held_capacity
from tawteen.plan.verify.solution import ClaimedSolution, in_force

Grid = NDArray[np.float64]
Row = dict[str, Any]
ASPECTS = ("category", "region", "authority", "field", "origin")
HELD_KEY = ["pool_kind", "pool", "source", "period", "held"]
PREMIUM_CATEGORY = {"capability": "works", "course": "training"}


@dataclass(frozen=True)
class SharedPrices:
    """Prices by period, discounted currency per unit, none below 0.

    `funds` and `pools` (by kind and pool) have one array per period each, `credit` one; `trainers` by trainer pool,
    `seats` by the courses to which options add seats.
    `value` is what money and letters of credit are worth at them.
    """

    funds: dict[str, Grid]
    pools: dict[tuple[str, str], Grid]
    credit: Grid
    trainers: dict[str, Grid]
    seats: dict[str, Grid]
    value: float


def shared_prices(claim: ClaimedSolution, prices: pl.DataFrame) -> SharedPrices:
    """Prices from rows of kind (pool, fund, credit, seats, trainers), id, place (kind of pool), period, price."""
    zero = np.zeros(claim.periods)
    funds: dict[str, Grid] = {}
    pools: dict[tuple[str, str], Grid] = {}
    trainers: dict[str, Grid] = {}
    seats: dict[str, Grid] = {}
    credit = zero.copy()
    for kind, name, place, period, price in prices.select("kind", "id", "place", "period", "price").iter_rows():
        if period is None or not 0 <= period < claim.periods:
            continue
        if kind == "fund":
            funds.setdefault(name, zero.copy())[period] = price
        elif kind == "pool":
            pools.setdefault((place, name), zero.copy())[period] = price
        elif kind == "trainers":
            trainers.setdefault(name, zero.copy())[period] = price
        elif kind == "seats":
            seats.setdefault(name, zero.copy())[period] = price
        elif kind == "credit":
            credit[period] = price
    return _settled(claim, SharedPrices(funds, pools, credit, trainers, seats, 0.0))


def _settled(claim: ClaimedSolution, prices: SharedPrices) -> SharedPrices:
    """Money of a quarter is worth no less than what is carried over from it; with the `value` of money and credit."""
    value, settled = 0.0, {}
    carried = dict(claim.case.filled("funds").select("id", "carry_over").iter_rows())
    income = fund_income(claim)
    for fund, share in carried.items():
        price = prices.funds.get(fund, np.zeros(claim.periods)).copy()
        for t in range(claim.periods - 2, -1, -1):
            price[t] = max(price[t], share * price[t + 1])
        settled[fund] = price
        value += sum(price[t] * income.get((fund, t), 0.0) for t in range(claim.periods))
    limits = in_force(claim.case["credit"], claim.case.calendar, "amount")
    opened = dict(limits.group_by("period").agg(pl.col("amount").sum()).iter_rows())
    credit = np.array([prices.credit[t] if t in opened else 0.0 for t in range(claim.periods)])
    value += sum(credit[t] * amount for t, amount in opened.items())
    return replace(prices, funds=settled, credit=credit, value=value)


def outlay_price(claim: ClaimedSolution, shared: SharedPrices, cells: Row) -> Grid:
    """Price of a unit of an outlay with these cells: that of the cheapest fund which may pay it, infinite without one.

    Of a pool's premium the category alone counts (the other cells are left out).
    """
    best = np.full(claim.periods, np.inf)
    for use in claim.case["fund_uses"].iter_rows(named=True):
        if use["fund"] in shared.funds and all(
            aspect not in cells or use[aspect] is None or use[aspect] == cells[aspect] for aspect in ASPECTS
        ):
            best = np.minimum(best, shared.funds[use["fund"]])
    return best


def pool_rents(claim: ClaimedSolution, shared: SharedPrices) -> tuple[float, dict[tuple[str, str], Grid]]:
    """What sources of pools earn at most at the prices, and the prices of pools after they are settled.

    A source without a limit must not earn: the price of its pool is no higher than what it costs.
    """
    offers = pool_offers(claim, shared, with_picks=False)
    settled = {pool: price.copy() for pool, price in shared.pools.items()}
    for offer in offers:
        if offer.pool in settled:
            endless = offer.present & np.isinf(offer.capacity)
            settled[offer.pool] = np.minimum(settled[offer.pool], np.where(endless, offer.cost, np.inf))
    total = 0.0
    for offer in offers:
        if offer.pool in settled:
            earned = np.where(offer.present, settled[offer.pool] - offer.cost, 0.0)
            limited = np.where(np.isfinite(offer.capacity), offer.capacity, 0.0)
            total += float((limited * np.maximum(earned, 0.0)).sum())
    for pool, price in shared.trainers.items():
        total += float((price * trainers_left(claim, pool)).sum())
    seats = dict(claim.case.filled("courses").select("id", "seats").iter_rows())
    total += sum(float(price.sum()) * seats[course] for course, price in shared.seats.items() if course in seats)
    return total, settled


@dataclass(frozen=True)
class Offer:
    """A source of a pool: what a unit costs and its capacity by period, and in which periods it is there."""

    pool: tuple[str, str]
    source: str
    cost: Grid
    capacity: Grid
    present: NDArray[np.bool_]


def pool_offers(claim: ClaimedSolution, shared: SharedPrices, *, with_picks: bool) -> list[Offer]:
    """Every source with the cost of a unit: its price, what funds pay above the reference price, seats and trainers.

    The provider of a course has the seats that the picks add to it (`with_picks`), or all that options could add.
    """
    reference = {(k, p): r for k, p, r in claim.match.pools.select("pool_kind", "pool", "reference_price").iter_rows()}
    discount = np.array([claim.prices.discount(t) for t in range(claim.periods)])
    premium_price = {
        kind: outlay_price(claim, shared, {"category": category}) for kind, category in PREMIUM_CATEGORY.items()
    }
    periods = np.arange(claim.periods)
    held = {tuple(key): amount for *key, amount in held_capacity(claim).select(HELD_KEY).iter_rows()}
    provider, added, most = providers(claim), added_by_picks(claim), most_added(claim)
    offers = []
    for row in claim.match.sources.iter_rows(named=True):
        pool = (row["pool_kind"], row["pool"])
        above = max(row["price"] - reference[pool], 0.0)
        cost = row["price"] * (1 + claim.prices.premium * row["multiplier_foreign"]) * discount
        if above > 0:
            cost = cost + above * premium_price[row["pool_kind"]]
        if row["trainer_pool"] is not None and row["trainer_pool"] in shared.trainers:
            cost = cost + row["trainer_ratio"] * shared.trainers[row["trainer_pool"]]
        present = (periods >= row["first_period"]) & (periods >= row["start"]) & (periods <= row["end"])
        capacity = np.full(claim.periods, np.inf if row["capacity"] is None else row["capacity"])
        for t in range(claim.periods):
            capacity[t] = held.get((*pool, row["source"], t), capacity[t])
        if pool in most and row["source"] == provider[row["pool"]]:
            capacity = capacity + (added.get(pool, 0.0) if with_picks else most[pool])
            cost = cost + shared.seats.get(row["pool"], 0.0)
        offers.append(Offer(pool, row["source"], cost, capacity, present))
    return offers


def trainers_left(claim: ClaimedSolution, pool: str) -> Grid:
    """Trainers of a pool by period, after those who leave; none of a pool that the case does not have."""
    rows = claim.case.filled("trainers").filter(pl.col("id") == pool)
    if rows.is_empty():
        return np.zeros(claim.periods)
    staff, attrition = rows.select("headcount", "attrition").row(0)
    return np.array([staff * (1 - attrition) ** (t / 4) for t in range(claim.periods)])
