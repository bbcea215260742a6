"""Levers: limits of which a little more would let a site in, in the units in which somebody could give it.

What an option takes of a limit is known; a share of it, given beside what is there, takes as large a share of what the
limit costs the option at today's prices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.fused import fused
from tawteen.plan.decomposition.sites import SiteArrays
from tawteen.plan.explain.shadow_prices import ShadowPrices
from tawteen.plan.explain.slack import Slack
from tawteen.plan.limits.pools import own_seats
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.problem import Problem
from tawteen.works.periods import WEEKS_PER_QUARTER

TRADE = {"import": ("import_limit", "commodity"), "export": ("export_limit", "commodity"),
         "uptake": ("uptake", "commodity"), "route": ("route", "route")}  # fmt: skip
"""Rows of the model by kind of limit, and what names them."""
Amounts = list[tuple[int, float]]


@dataclass(frozen=True)
class Lever:
    """A limit: `kind` (capability, course, seats, trainers, fund, balance, supply, credit, import, export, uptake,
    route, rule), `id`, `region` (balance and supply only), `start` (period from which more is needed).

    `amount` is what the option itself takes of it, `per` quarter, or once (a fund that carries over), or people (of a
    course, in all). `rows` is the same in the units of the model's rows per quarter. With `output_side` the option
    makes the good, and it lacks demand.
    Of a rule `per` is what is loosened: its measure (sites, investment, jobs), of which `amount` is what the option
    counts for, or all that is asked for (with `output_side` the rule asks for less); a `share`; an `exception` for
    `site`; or that `site` is `released` from what is asked of it.
    """

    kind: str
    id: str
    region: str | None
    start: int
    amount: float
    per: str
    rows: float
    output_side: bool = False
    site: str | None = None


class Levers:
    """The levers of one programme. `slack` holds the needs of options and the funds that may pay them."""

    def __init__(self, shadow: ShadowPrices, slack: Slack, sites: SiteArrays) -> None:
        self.shadow, self.slack = shadow, slack
        self.weeks = dict(shadow.case.filled("courses").select("id", "weeks").iter_rows())
        self.recipe: dict[str, dict[str, float]] = {}
        for option, good, quantity in shadow.effects.recipe.select("option", "commodity", "quantity").iter_rows():
            self.recipe.setdefault(option, {})[good] = quantity
        self.row = {option: row for row, option in enumerate(sites.options["option"])}
        self.capacity = sites.capacity
        self.periods = shadow.case.settings.time.periods
        self.goods = {row["id"]: row for row in shadow.case.filled("commodities").iter_rows(named=True)}
        self.routes = shadow.case["routes"].drop_nulls("capacity").to_dicts()

    def lever(self, option: str, start: int, kind: str, id_: str) -> Lever | None:
        """The lever on a limit for an option that starts in a period; None if the limit cannot simply be raised."""
        match kind:
            case "capability" | "course":
                return self._pool(option, start, kind, id_)
            case "fund":
                return self._fund(option, start, id_)
            case "credit":
                paid = [(t, a) for t, a, row in self._paid(option, start) if row["origin"] == "foreign"]
                return _lever(kind, id_, _by_period(paid), "quarter")
            case "balance":
                return self._good(option, start, id_)
        return None

    def _pool(self, option: str, start: int, kind: str, id_: str) -> Lever | None:
        needs = [need for need in self.slack.needs(option) if (need["pool_kind"], need["pool"]) == (kind, id_)]
        pool_lever = _lever(
            kind, id_, _by_period((start + need["quarter"], need["amount"]) for need in needs), "quarter"
        )
        if pool_lever is None or kind == "capability":
            return pool_lever
        trained = sum(need["amount"] for need in needs) * WEEKS_PER_QUARTER / max(self.weeks.get(id_) or 0.0, 1.0)
        return replace(pool_lever, amount=trained, per="people")

    def _fund(self, option: str, start: int, id_: str) -> Lever | None:
        paid = _by_period((t, a) for t, a, row in self._paid(option, start) if id_ in self.slack.payers(option, row))
        fund_lever = _lever("fund", id_, paid, "quarter")
        if fund_lever is None or not self.slack.carried(id_):
            return fund_lever
        total = sum(amount for _, amount in paid)
        return replace(fund_lever, amount=total, rows=total, per="once")

    def _paid(self, option: str, start: int) -> list[tuple[int, float, dict[str, object]]]:
        due = [(start + row["quarter"], row["amount"], row) for row in self.slack.outlays(option)]
        return [(t, amount, row) for t, amount, row in due if t < self.periods and amount > 0]

    def _good(self, option: str, start: int, id_: str) -> Lever | None:
        quantity = self.recipe.get(option, {}).get(id_, 0.0)
        by_quarter = self.capacity[self.row[option]] if option in self.row else np.zeros(0)
        runs = [(start + quarter, float(amount)) for quarter, amount in enumerate(by_quarter * abs(quantity))]
        good_lever = _lever(
            "balance", id_, [(t, amount) for t, amount in runs if t < self.periods and amount > 0], "quarter"
        )
        if good_lever is None:
            return None
        return replace(good_lever, region=self.slack.region(option), output_side=quantity > 0)

    def timing(self, option: str, start: int) -> list[Lever]:
        """The limits on crews, seats, trainers, money, credit and goods that one start takes something of."""
        pools = dict.fromkeys((need["pool_kind"], need["pool"]) for need in self.slack.needs(option))
        funds = dict.fromkeys(
            fund for outlay in self.slack.outlays(option) for fund in self.slack.payers(option, outlay)
        )
        levers = [self.lever(option, start, kind, pool) for kind, pool in pools if kind == "capability"]
        for kind, pool in pools:
            if kind == "course":
                levers += self._course(option, start, pool)
        levers += [self.lever(option, start, "fund", fund) for fund in funds]
        levers.append(self.lever(option, start, "credit", "credit"))
        levers += [self._supply(option, start, good) for good in self.recipe.get(option, {})]
        return [lever for lever in [*levers, *self._trade(option, start)] if lever is not None]

    def _course(self, option: str, start: int, course: str) -> list[Lever | None]:
        """Seats of a course alone, each stock of its trainers alone, and both together."""
        course_lever = self._pool(option, start, "course", course)
        if course_lever is None:
            return []
        seats = replace(course_lever, kind="seats", per="quarter", amount=course_lever.rows)
        ratios = self.slack.trainer_ratios(course)
        heads = [
            replace(seats, kind="trainers", id=pool, amount=course_lever.rows * ratio, rows=course_lever.rows * ratio)
            for pool, ratio in ratios.items()
        ]
        return [seats, *heads, course_lever]

    def _supply(self, option: str, start: int, good: str) -> Lever | None:
        """The lever on the existing supply of an input that cannot be imported."""
        flow = self._good(option, start, good)
        imported = self.goods[good]["cif"] is not None
        if flow is None or flow.output_side or imported or good not in self._supplied:
            return None
        return replace(flow, kind="supply")

    @cached_property
    def _supplied(self) -> frozenset[str]:
        return frozenset(self.shadow.case["supplies"]["commodity"])

    def trade(self, pairs: list[tuple[str, int]]) -> list[Lever]:
        """Limits of trade, and routes out of or into their region, of what some starts of a site make and take.

        They stand behind the prices of these goods: a start itself takes nothing of them. Each limit comes once, with
        the most that any start makes of it, from the first on.
        """
        levers: dict[tuple[str, str], Lever] = {}
        for option, start in pairs:
            for lever in self._trade(option, start):
                known = levers.setdefault((lever.kind, lever.id), lever)
                more, first = max(known.rows, lever.rows), min(known.start, lever.start)
                levers[lever.kind, lever.id] = replace(known, amount=more, rows=more, start=first)
        return list(levers.values())

    def _trade(self, option: str, start: int) -> list[Lever]:
        levers = []
        for good in self.recipe.get(option, {}):
            flow = self._good(option, start, good)
            if flow is None:
                continue
            end = "from_region" if flow.output_side else "to_region"
            carries, mass = self.goods[good]["carries"], self.goods[good]["mass"] or 0.0
            roads = [road["id"] for road in self.routes if road["carries"] == carries and road[end] == flow.region]
            load = replace(
                flow, kind="route", region=None, output_side=False, amount=flow.amount * mass, rows=flow.rows * mass
            )
            levers += [replace(load, id=road) for road in roads if mass > 0]
            kinds = ("export", "uptake") if flow.output_side else ("import",)
            levers += [replace(flow, kind=kind, region=None, output_side=False) for kind in kinds]
        return levers


def _lever(kind: str, id_: str, amounts: Amounts, per: str) -> Lever | None:
    if not amounts:
        return None
    most = max(amount for _, amount in amounts)
    return Lever(kind, id_, None, min(t for t, _ in amounts), most, per, most)


def _by_period(amounts: Iterable[tuple[int, float]]) -> Amounts:
    sums: dict[int, float] = {}
    for period, amount in amounts:
        sums[period] = sums.get(period, 0.0) + amount
    return sorted(sums.items())


def widen_limit(lever: Lever, share: float) -> Callable[[Problem, MilpArrays], MilpArrays]:
    """The model with `share` of the lever's amount more of its limit, from its first period on (a fund once)."""

    def change(problem: Problem, arrays: MilpArrays) -> MilpArrays:
        more = lever.rows * share
        match lever.kind:
            case "fund" | "credit":
                keys = problem.rows[lever.kind].keys
                named = keys["fund"] == lever.id if lever.kind == "fund" else pl.repeat(True, keys.height, eager=True)
                when = keys["period"] == lever.start if lever.per == "once" else keys["period"] >= lever.start
                return replace(
                    arrays, row_upper=_raise_limit(arrays.row_upper, problem, lever.kind, named & when, more)
                )
            case "balance":
                keys = problem.rows["balance"].keys
                lever_rows = (keys["commodity"] == lever.id) & (keys["region"] == lever.region)
                lever_rows &= keys["period"] >= lever.start
                given = more if lever.output_side else -more
                return replace(arrays, row_lower=_raise_limit(arrays.row_lower, problem, "balance", lever_rows, given))
            case "route" | "import" | "export" | "uptake":
                return _raise_trade_limit(lever, problem, arrays, more)
            case "supply":
                return _raise_supply(lever, problem, arrays, more)
            case "trainers":
                keys = problem.rows["trainers"].keys
                named = (keys["trainer_pool"] == lever.id) & (keys["period"] >= lever.start)
                return replace(arrays, row_upper=_raise_limit(arrays.row_upper, problem, "trainers", named, more))
            case _:
                return _raise_pool_limit(lever, problem, arrays, more)

    return change


def _raise_trade_limit(lever: Lever, problem: Problem, arrays: MilpArrays, more: float) -> MilpArrays:
    """A larger limit of trade or of a route; less that the market must take from abroad."""
    block, key = TRADE[lever.kind]
    if block not in problem.rows:
        return arrays
    keys = problem.rows[block].keys
    where = (keys[key] == lever.id) & (keys["period"] >= lever.start)
    if lever.kind != "uptake":
        return replace(arrays, row_upper=_raise_limit(arrays.row_upper, problem, block, where, more))
    row_lower = _raise_limit(arrays.row_lower, problem, block, where, -more)
    span = problem.rows[block].span
    row_lower[span] = np.maximum(row_lower[span], 0.0)
    return replace(arrays, row_lower=row_lower)


def _raise_limit(limits: Floats, problem: Problem, block: str, where: pl.Series, more: float) -> Floats:
    raised = limits.copy()
    raised[problem.rows[block].first + np.flatnonzero(where.to_numpy())] += more
    return raised


def _raise_supply(lever: Lever, problem: Problem, arrays: MilpArrays, more: float) -> MilpArrays:
    """More of the dearest existing supply in each quarter: of the lever's region, else of those that have any."""
    if "supply" not in problem.columns:
        return arrays
    place = problem.columns["supply"]
    keys = place.keys.with_columns(column=pl.int_range(pl.len()), earns=pl.Series(arrays.value[place.span]))
    rows = keys.filter((pl.col("commodity") == lever.id) & (pl.col("period") >= lever.start))
    local = rows.filter(pl.col("region") == lever.region)
    dearest = (local if local.height else rows).sort("period", "earns", "id").unique("period", keep="first")
    raised = arrays.upper.copy()
    raised[place.first + dearest["column"].to_numpy()] += more
    return replace(arrays, upper=raised)


def _raise_pool_limit(lever: Lever, problem: Problem, arrays: MilpArrays, more: float) -> MilpArrays:
    """More of the cheapest source that has a limit in each quarter; with trainers enough to teach, except for seats."""
    kind = "course" if lever.kind == "seats" else lever.kind
    place = problem.columns["pool_supply"]
    upper = arrays.upper[place.span]
    mine = fused(
        place.keys.lazy()
        .with_columns(
            at=pl.int_range(pl.len()), earns=pl.Series(arrays.value[place.span]), limited=pl.Series(np.isfinite(upper))
        )
        .filter(
            (pl.col("pool_kind") == kind) & (pl.col("pool") == lever.id) & pl.col("limited")
            & (pl.col("period") >= lever.start)
        )
        .sort("period", "earns", "source", descending=[False, True, False])
        .unique("period", keep="first", maintain_order=True)
    )  # fmt: skip
    raised, row_upper = arrays.upper.copy(), arrays.row_upper.copy()
    raised[place.first + mine["at"].to_numpy()] += more
    if kind != "course":
        return replace(arrays, upper=raised)
    seats = problem.rows["seats"].keys.with_row_index("row").join(
        mine.join(own_seats(problem.inputs), on=["pool", "source"]),
        left_on=["course", "period"], right_on=["pool", "period"],
    )  # fmt: skip
    row_upper[problem.rows["seats"].first + seats["row"].to_numpy()] += more
    if lever.kind == "seats":
        return replace(arrays, upper=raised, row_upper=row_upper)
    taught = mine.drop_nulls("trainer_pool")
    rows = problem.rows["trainers"].keys.with_row_index("row").join(taught, on=["trainer_pool", "period"])
    row_upper[problem.rows["trainers"].first + rows["row"].to_numpy()] += (rows["trainer_ratio"] * more).to_numpy()
    return replace(arrays, upper=raised, row_upper=row_upper)


def lever_value(lever: Lever, share: float, prices: NDArray[np.float64]) -> float:
    """Value of the lever's amount at today's prices (by period) of the limit, discounted."""
    span = prices[lever.start : lever.start + 1] if lever.per == "once" else prices[lever.start :]
    return float(lever.rows * share * span.sum())
