"""The bound on all policies proved again from its prices by weak duality, without solver and without the planner.

Every limit is asked for in the mean over findings alone; at prices of the limits each site is then a decision tree of
its own: survey, then for each finding the best start from the quarter on in which it is known (Hawkins 2003).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.effects import Effects
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.verify.baseline import goods_bound
from tawteen.plan.verify.bound import balance_prices
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.fields import wrong_price_rows
from tawteen.plan.verify.objective import idle_cost
from tawteen.plan.verify.policy.courses import PolicyFacts
from tawteen.plan.verify.policy.impossible import impossible_starts
from tawteen.plan.verify.rules import in_place, listed, of_kind
from tawteen.plan.verify.shared_prices import pool_rents, shared_prices
from tawteen.plan.verify.site_bounds import add_worth_at_prices, rule_rows, start_values, startable_options

Grid = NDArray[np.float64]
Mask = NDArray[np.bool_]
Row = dict[str, Any]
EXPECTED_AMOUNTS = {
    "outlays": ("amount",),
    "needs": ("amount",),
    "profile": ("capacity", "operating", "fee", "displaced"),
}
"""Amounts of an option that count with the chance of the finding under which it starts."""


def check_policy_bound(
    facts: PolicyFacts, policy: PolicyPlan, checks: Checks, *, nothing: float, in_play: float
) -> float | None:
    """The gain over doing nothing that no policy exceeds, as its prices prove it; None where they prove no finite one.

    Holds it against the one that is stated for them. `nothing`: value of doing nothing, recomputed.
    """
    prices = policy.bound_prices
    for text in _unknown(facts, prices):
        checks.report("reference", f"policy.bound_prices/{text}")
    proved = math.inf if prices.is_empty() else proved_policy_bound(facts, prices) - nothing
    return checks.proves("policy_bound", "bound_by_prices", proved, policy.bound_by_prices, in_play=in_play)


def _unknown(facts: PolicyFacts, prices: pl.DataFrame) -> Iterator[str]:
    """Rows of prices of what the case does not have."""
    yield from wrong_price_rows(facts.claim, prices)
    late = (pl.col("period") < 0) | (pl.col("period") >= facts.claim.periods)
    yield from (str(period) for period in prices.filter(late)["period"].unique().sort())
    apart = prices.filter(pl.col("finding").is_not_null())
    known = facts.findings.select("site", "finding")
    lost = apart.filter(pl.col("kind") != "rule")
    lost = pl.concat([lost, apart.join(known, left_on=["place", "finding"], right_on=["site", "finding"], how="anti")])
    yield from (f"{name}/{finding}" for name, finding in lost.select("id", "finding").unique().sort("id").iter_rows())


def proved_policy_bound(facts: PolicyFacts, prices: pl.DataFrame) -> float:
    """An upper bound on the expected value of every policy of the case of `facts`.

    `prices` has the columns of the table `bound_prices` of a policy; prices that it lacks are 0.
    """
    options = _with_chances(facts)
    claim = replace(facts.claim, effects=_expected(facts.claim.effects, options))
    goods, balance = goods_bound(claim, balance_prices(prices))
    shared = shared_prices(claim, prices)
    rents, pools = pool_rents(claim, shared)
    chance = options["odds"].to_numpy()[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        # A number without measure makes the bound infinite, which proves as little as no bound.
        worth = start_values(facts.claim, options) * chance
        can_start = np.isfinite(worth)
        lines = add_worth_at_prices(worth, claim, options, balance=balance, shared=shared, pools=pools)
        limits = shared.value + rents
        for cells, limit, price in _priced_rules(facts, options, can_start, prices):
            worth -= price * cells
            limits += price * limit
        worth[impossible_starts(facts.claim, options)] = -np.inf
        trees = sum(_best_tree(tree, worth) for tree in _trees(facts, options))
    return float(goods + limits + lines + trees - idle_cost(claim.effects, claim.prices))


def _with_chances(facts: PolicyFacts) -> pl.DataFrame:
    """Facts of the options that may start, with `finding` (null: decided without one) and `odds`, its chance or 1."""
    chances = facts.findings.select("site", "finding", odds="chance")
    numbered = startable_options(facts.claim).with_columns(
        finding=pl.col("option").str.extract(r"@(\d+)$").cast(pl.Int64)
    )
    known = numbered.join(chances, on=["site", "finding"], how="left", maintain_order="left")
    alone = pl.col("odds").is_null()
    return known.with_columns(
        finding=pl.when(alone).then(None).otherwise("finding"), odds=pl.col("odds").fill_null(1.0)
    )  # fmt: skip


def _expected(effects: Effects, options: pl.DataFrame) -> Effects:
    """Effects with amounts times the chance of their finding."""
    odds = options.select("option", "odds")

    def scaled(name: str, columns: tuple[str, ...]) -> pl.DataFrame:
        whole: pl.DataFrame = getattr(effects, name)
        weighed = whole.join(odds, on="option", how="left", maintain_order="left")
        return weighed.with_columns(pl.col(columns) * pl.col("odds").fill_null(1.0)).select(whole.columns)

    return replace(effects, **{name: scaled(name, columns) for name, columns in EXPECTED_AMOUNTS.items()})


def _priced_rules(
    facts: PolicyFacts, options: pl.DataFrame, can_start: Mask, prices: pl.DataFrame
) -> Iterator[tuple[Grid, float, float]]:
    """Coefficients of starts, limit from above and price of every priced row of a rule."""
    rows = prices.filter(pl.col("kind") == "rule").select("id", "place", "finding", "period", "price")
    priced = {key: price for *names, price in rows.iter_rows() for key in (tuple(names),)}
    chance = options["odds"].to_numpy()[:, None]
    for rule in facts.claim.case.filled("rules").filter(pl.col("active")).iter_rows(named=True):
        if rule["kind"] == "must":
            for site, finding, cells, limit in _must_rows(facts, options, can_start, rule):
                if price := priced.get((rule["id"], site, finding, None), 0.0):
                    yield cells, limit, price
            continue
        for place, period, cells, limit in rule_rows(facts.claim, options, rule):
            if price := priced.get((rule["id"], place, None, period), 0.0):
                yield cells * chance, limit, price


def _must_rows(
    facts: PolicyFacts, options: pl.DataFrame, can_start: Mask, rule: Row
) -> Iterator[tuple[str, int | None, Grid, float]]:
    """A start in each finding that allows one: (site, finding, coefficients of starts, limit from above).

    Where what is decided without a finding may depend on it all the same, by a common decision or because it is known
    from the start, a start is asked for in the mean over these findings.
    """
    claim = facts.claim
    last = claim.periods - 1 if rule["end"] is None else claim.case.calendar.period(rule["end"])
    in_time = can_start & (np.arange(claim.periods) <= last)
    among = options.select(of_kind(rule) & in_place(rule)).to_series().to_numpy() & can_start.any(axis=1)
    finding = options["finding"].fill_null(-1).to_numpy()
    chances = {(site, number): odds for site, number, odds, *_ in facts.findings.iter_rows()}
    for site in listed(rule["sites"]) or options.filter(pl.Series(among))["site"].unique().sort().to_list():
        own = among & (options["site"] == site).to_numpy()
        cells = -(own[:, None] & in_time).astype(float)
        allowing = sorted({int(number) for number in finding[own] if number >= 0})
        asked_in: list[int | None] = [*allowing] or [None]
        without = bool(cells[finding < 0].any())
        if without and (site in facts.joint or (allowing and site not in facts.surveyed)):
            least = sum(chances[site, number] for number in allowing) if allowing else 1.0
            yield site, None, cells * options["odds"].to_numpy()[:, None], -least
            continue
        for number in asked_in:
            counted = finding < 0 if number is None else (finding < 0) | (finding == number)
            yield site, number, np.where(counted[:, None], cells, 0.0), -1.0


@dataclass(frozen=True)
class _Tree:
    """Rows of the options of a site, or of one of its findings treated as a site of its own.

    `first`: that start without a finding, and for each start of a survey the period from which on its finding may be
    used (None for no survey); `later`: by finding. `share` counts what starts without a finding. `known`: findings are
    known from the start.
    """

    first: tuple[tuple[int, NDArray[np.int64] | None], ...]
    later: Mapping[int, list[int]]
    share: float = 1.0
    known: bool = False


def _trees(facts: PolicyFacts, options: pl.DataFrame) -> Iterator[_Tree]:
    """The trees of all sites.

    What is found at a site with a common decision tells of others, so that its survey may depend on what it will find:
    each of its findings is a tree of its own, whose survey counts with its chance.
    """
    periods, decides = facts.claim.periods, np.array(facts.decides)
    chances = facts.findings.rows_by_key("site", named=True)
    rows = options.with_row_index("row").select("site", "row", "finding", "kind", "quarters")
    for site, own in rows.rows_by_key("site", named=True).items():
        first: list[tuple[int, NDArray[np.int64] | None]] = []
        later: dict[int, list[int]] = {}
        for row in own:
            if row["finding"] is not None:
                later.setdefault(row["finding"], []).append(row["row"])
            elif row["kind"] == "survey" and site in chances:
                first.append((row["row"], decides[np.minimum(np.arange(periods) + row["quarters"], periods)]))
            else:
                first.append((row["row"], None))
        known = site in chances and site not in facts.surveyed
        if site in facts.joint and not known:
            for one in chances[site]:
                part = {one["finding"]: later[one["finding"]]} if one["finding"] in later else {}
                yield _Tree(tuple(first), part, share=one["chance"])
        else:
            yield _Tree(tuple(first), later, known=known)


def _best_tree(tree: _Tree, worth: Grid) -> float:
    """What the best of a tree is worth, at least 0.

    Of a site that is known from the start both the best start without a finding and the best of each finding count.
    """
    follows = np.zeros(worth.shape[1] + 1)
    for rows in tree.later.values():
        best = np.maximum(worth[rows].max(axis=0), 0.0)
        follows[:-1] += np.maximum.accumulate(best[::-1])[::-1]
    alone = 0.0
    for row, usable in tree.first:
        value = tree.share * worth[row] + (0.0 if usable is None else follows[usable])
        alone = max(alone, float(value.max(initial=0.0)))
    return alone + float(follows[0]) if tree.known else alone
