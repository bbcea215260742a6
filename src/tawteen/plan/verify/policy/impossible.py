"""Starts that no future can carry: alone they take more people, credit or money than there can be (own arithmetic)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.verify.resources import fund_income
from tawteen.plan.verify.shared_prices import ASPECTS, pool_offers, shared_prices
from tawteen.plan.verify.site_bounds import price_at_port
from tawteen.plan.verify.solution import ClaimedSolution, in_force
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

Grid = NDArray[np.float64]
Mask = NDArray[np.bool_]
Funds = frozenset[str]
NO_PRICES = pl.DataFrame(
    schema={"kind": pl.String, "id": pl.String, "place": pl.String, "period": pl.Int64, "price": pl.Float64}
)


def impossible_starts(claim: ClaimedSolution, facts: pl.DataFrame) -> Mask:
    """Which starts, (option, period), of the options of `facts` no future can carry, whatever else starts.

    `claim`: with whole amounts, in which an option stands once by finding. Counted in favour of a start are all seats
    that options could add and all sales that could refill funds; what pools cost above their reference price is left
    out. So a start may be impossible without being among these.
    """
    impossible = np.zeros((facts.height, claim.periods), dtype=bool)
    names = {option: row for row, option in enumerate(facts["option"])}
    for option, taken, limit in (*_people(claim), *_credit(claim), *_money(claim, facts)):
        if option in names:
            _mark(impossible[names[option]], taken, limit)
    return impossible


def _mark(impossible: Mask, taken: Grid, limit: Grid) -> None:
    """Marks each start of which `taken`, by quarter from it, is above the limit of its period."""
    if taken.max() <= limit.min():
        return
    periods = len(impossible)
    for quarter in np.flatnonzero(taken[:periods] > 0):
        allowed = limit[quarter:]
        size = np.maximum(np.where(np.isfinite(allowed), allowed, 0.0), taken[quarter])
        near = CHECK_TOLERANCES.relative * np.maximum(size, CHECK_TOLERANCES.least_size)
        impossible[: periods - quarter] |= taken[quarter] > allowed + near


def _by_quarter(rows: pl.DataFrame, periods: int, *names: str) -> dict[tuple[Any, ...], Grid]:
    """Amounts by quarter from the start, of each of the `names`; of later quarters than the horizon has, none."""
    amounts: dict[tuple[Any, ...], Grid] = {}
    inside = rows.filter(pl.col("quarter") < periods).select(*names, "quarter", "amount")
    for *name, quarter, amount in inside.iter_rows():
        key = tuple(name)
        if key not in amounts:
            amounts[key] = np.zeros(periods)
        amounts[key][quarter] += amount
    return amounts


def _people(claim: ClaimedSolution) -> Iterator[tuple[str, Grid, Grid]]:
    """What each option needs of a pool, and all that the sources of the pool could supply."""
    most: dict[tuple[str, str], Grid] = {}
    for offer in pool_offers(claim, shared_prices(claim, NO_PRICES), with_picks=False):
        supply = most.setdefault(offer.pool, np.zeros(claim.periods))
        supply += np.where(offer.present, offer.capacity, 0.0)
    nobody = np.zeros(claim.periods)
    needs = _by_quarter(claim.effects.needs, claim.periods, "option", "pool_kind", "pool")
    for (option, kind, pool), amounts in needs.items():
        yield option, amounts, most.get((kind, pool), nobody)


def _credit(claim: ClaimedSolution) -> Iterator[tuple[str, Grid, Grid]]:
    """What each option pays abroad, and the letters of credit that can be opened, where they are limited."""
    limit = np.full(claim.periods, np.inf)
    opened = (
        in_force(claim.case["credit"], claim.case.calendar, "amount").group_by("period").agg(pl.col("amount").sum())
    )
    limit[opened["period"].to_numpy()] = opened["amount"].to_numpy()
    abroad = claim.effects.outlays.filter(pl.col("origin") == "foreign")
    for (option,), amounts in _by_quarter(abroad, claim.periods, "option").items():
        yield option, amounts, limit


def _money(claim: ClaimedSolution, facts: pl.DataFrame) -> Iterator[tuple[str, Grid, Grid]]:
    """What each option must pay out of some funds up to a quarter, and all that these could have by then.

    Both shrink from quarter to quarter by the largest share that one of the funds carries over: paid early, money is
    missed no less later on.
    """
    cells = {row["option"]: row for row in facts.select("option", *ASPECTS[1:4]).iter_rows(named=True)}
    carried = dict(claim.case.filled("funds").select("id", "carry_over").iter_rows())
    income, uses = _most_income(claim), list(claim.case["fund_uses"].iter_rows(named=True))
    outlays = claim.effects.outlays.filter((pl.col("amount") > 0) & pl.col("option").is_in(list(cells)))
    paid: dict[str, dict[Funds, Grid]] = {}
    for (option, category, origin), owed in _by_quarter(outlays, claim.periods, "option", "category", "origin").items():
        funds = _payers(uses, {**cells[option], "category": category, "origin": origin}) & frozenset(carried)
        by_funds = paid.setdefault(option, {})
        by_funds[funds] = by_funds.get(funds, np.zeros(claim.periods)) + owed
    for option, by_funds in paid.items():
        for funds in {*by_funds, frozenset().union(*by_funds)}:
            owed = sum((amounts for those, amounts in by_funds.items() if those <= funds), np.zeros(claim.periods))
            share = max((carried[fund] for fund in funds), default=0.0)
            given = sum((income[fund] for fund in funds), np.zeros(claim.periods))
            yield option, _carried(owed, share), _carried(given, share)


def _payers(uses: list[dict[str, Any]], cells: Mapping[str, Any]) -> Funds:
    """Funds that may pay an outlay with these cells."""
    return frozenset(
        use["fund"] for use in uses if all(use[aspect] is None or use[aspect] == cells[aspect] for aspect in ASPECTS)
    )


def _carried(amounts: Grid, share: float) -> Grid:
    """Sums up to each quarter, of which a share is carried over into the next."""
    total = amounts.copy()
    for quarter in range(1, len(total)):
        total[quarter] += share * total[quarter - 1]
    return total


def _most_income(claim: ClaimedSolution) -> dict[str, Grid]:
    """What each fund is given by period, and the most that sales could add to it: of each site its best option."""
    goods = {row["id"]: row for row in claim.case.filled("commodities").iter_rows(named=True)}
    sold: dict[str, float] = {}
    products = claim.effects.recipe.filter(pl.col("quantity") > 0)
    for option, commodity, quantity in products.select("option", "commodity", "quantity").iter_rows():
        sold[option] = sold.get(option, 0.0) + quantity * max(price_at_port(goods[commodity]), 0.0)
    capacity = dict(claim.effects.profile.group_by("option").agg(pl.col("capacity").max()).iter_rows())
    by_site: dict[str, float] = {}
    makers = claim.effects.options.filter(pl.col("kind") != "as_is").select("option", "site")
    for option, site in makers.iter_rows():
        by_site[site] = max(by_site.get(site, 0.0), capacity.get(option, 0.0) * sold.get(option, 0.0))
    sales, given = sum(by_site.values()), fund_income(claim)
    return {
        fund: np.array([given.get((fund, t), 0.0) + refill * sales for t in range(claim.periods)])
        for fund, refill in claim.case.filled("funds").select("id", "refill").iter_rows()
    }
