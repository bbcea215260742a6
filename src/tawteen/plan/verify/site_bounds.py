"""What the starts of sites are worth at most at given prices, each site for itself and in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.codes import NO_WORKS
from tawteen.plan.verify.added import added_by_options
from tawteen.plan.verify.objective import option_terms, throughput_cost
from tawteen.plan.verify.rules import in_place, listed, of_kind
from tawteen.plan.verify.shared_prices import ASPECTS, SharedPrices, outlay_price
from tawteen.plan.verify.solution import ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

Grid = NDArray[np.float64]
Row = dict[str, Any]


@dataclass(frozen=True)
class StartBounds:
    """`worth[option, start]`: what a start earns at most beyond the site as it is, −inf where it cannot be.

    `options` are facts of the rows in their order; `lines` is what running lines earn without any start.
    """

    options: pl.DataFrame
    worth: Grid
    lines: float

    def best_per_site(self) -> float:
        """The sum over the sites of their best start, or of none."""
        best = self.options.select("site").with_columns(worth=pl.Series(self.worth.max(axis=1, initial=-np.inf)))
        return float(best.group_by("site").agg(pl.col("worth").max().clip(lower_bound=0.0))["worth"].sum())

    def of_starts(self, picks: pl.DataFrame) -> float:
        """The sum over the starts that are picked (option, start)."""
        row = {option: i for i, option in enumerate(self.options["option"])}
        return float(sum(self.worth[row[o], s] for o, s in picks.select("option", "start").iter_rows()))


def start_bounds(
    claim: ClaimedSolution,
    balance: pl.DataFrame,
    shared: SharedPrices,
    pools: Mapping[tuple[str, str], Grid],
    rules: pl.DataFrame,
) -> StartBounds:
    """What every start earns at the prices `balance` (commodity, region, period, price), of money, pools and rules."""
    facts = startable_options(claim)
    worth = start_values(claim, facts)
    lines = add_worth_at_prices(worth, claim, facts, balance=balance, shared=shared, pools=pools)
    for cells, price in _rule_cells(claim, facts, rules):
        worth -= price * cells
    return StartBounds(facts, worth, lines)


def startable_options(claim: ClaimedSolution) -> pl.DataFrame:
    """Facts of all options but of running lines as they are, in the order of the rows of `StartBounds.worth`."""
    return claim.effects.options.filter(~pl.col("kind").eq("as_is")).sort("site", "option")


def add_worth_at_prices(
    worth: Grid,
    claim: ClaimedSolution,
    facts: pl.DataFrame,
    *,
    balance: pl.DataFrame,
    shared: SharedPrices,
    pools: Mapping[tuple[str, str], Grid],
) -> float:
    """Adds to the values of starts (`worth`) what they make, less what they take, at the prices of `start_bounds`.

    Returns what running lines earn without any start.
    """
    margin = _margins(claim, balance, shared)
    lines, line_worth = _line_earnings(claim, margin)
    names = {option: i for i, option in enumerate(facts["option"])}
    _charge(worth, claim.effects.needs, names, lambda row: pools.get((row["pool_kind"], row["pool"])), -1.0)
    _charge(worth, added_by_options(claim), names, lambda row: _added_price(shared, row), 1.0)
    _charge_outlays(claim, shared, facts, worth, names)
    _add_earnings(claim, margin, worth, names)
    _forgo_lines(claim, facts, line_worth, worth)
    return lines


def _added_price(shared: SharedPrices, row: Row) -> Grid | None:
    """What a seat or a trainer is worth that an option adds, by period."""
    return (shared.seats if row["pool_kind"] == "course" else shared.trainers).get(row["pool"])


def start_values(claim: ClaimedSolution, facts: pl.DataFrame) -> Grid:
    """Values of starts before prices, −inf where an option may not start."""
    worth = np.full((facts.height, claim.periods), -np.inf)
    rows = facts.with_row_index("row").filter(pl.col("available") & (pl.col("latest") >= pl.col("earliest")))
    rows = rows.with_columns(
        first=pl.max_horizontal("earliest", pl.lit(0)),
        last=pl.min_horizontal("latest", claim.periods - pl.col("quarters")),
    ).filter(pl.col("last") >= pl.col("first"))
    for part in rows.iter_slices(CHECK_TOLERANCES.options_at_once):
        pairs = (
            part.select("row", "option", start=pl.int_ranges("first", pl.col("last") + 1))
            .explode("start")
            .cast({"start": pl.Int64})
        )
        terms = option_terms(pairs, claim.effects, claim.match, claim.prices)
        total = terms.group_by("option", "start").agg(pl.col("amount").sum())
        valued = pairs.join(total, on=["option", "start"], how="left", maintain_order="left")
        worth[valued["row"].to_numpy(), valued["start"].to_numpy()] = valued["amount"].fill_null(0.0).to_numpy()
    return worth


def _charge(
    worth: Grid, amounts: pl.DataFrame, names: Mapping[str, int], price_of: Callable[[Row], Grid | None], sign: float
) -> None:
    """Adds `sign` times amounts by quarter from the start (option, quarter, amount) at the price of their period."""
    periods = worth.shape[1]
    for row in amounts.iter_rows(named=True):
        place, quarter = names.get(row["option"]), int(row["quarter"])
        price = None if place is None or quarter >= periods or row["amount"] == 0 else price_of(row)
        if price is not None and place is not None:
            with np.errstate(invalid="ignore"):
                worth[place, : periods - quarter] += sign * row["amount"] * price[quarter:]


def _charge_outlays(
    claim: ClaimedSolution, shared: SharedPrices, facts: pl.DataFrame, worth: Grid, names: Mapping[str, int]
) -> None:
    """Charges what funds must pay, and letters of credit for what is paid abroad."""
    cells = {row["option"]: row for row in facts.select("option", "region", "authority", "field").iter_rows(named=True)}
    known: dict[tuple[Any, ...], Grid] = {}

    def paid(row: Row) -> Grid:
        facts_of_row = {**cells[row["option"]], "category": row["category"], "origin": row["origin"]}
        key = tuple(facts_of_row[aspect] for aspect in ASPECTS)
        if key not in known:
            known[key] = outlay_price(claim, shared, facts_of_row)
        return known[key]

    outlays = claim.effects.outlays
    _charge(worth, outlays.filter(pl.col("amount") > 0), names, paid, -1.0)
    _charge(worth, outlays.filter(pl.col("origin") == "foreign"), names, lambda _: shared.credit, -1.0)


def _margins(claim: ClaimedSolution, balance: pl.DataFrame, shared: SharedPrices) -> dict[str, Grid]:
    """What a unit of throughput earns by period: goods at their prices, sales that refill funds, letters of credit."""
    goods = {row["id"]: row for row in claim.case.filled("commodities").iter_rows(named=True)}
    price: dict[tuple[str, str], Grid] = {}
    for commodity, region, period, amount in balance.select("commodity", "region", "period", "price").iter_rows():
        price.setdefault((commodity, region), np.zeros(claim.periods))[period] = amount
    discount = np.array([claim.prices.discount(t) for t in range(claim.periods)])
    refill = np.zeros(claim.periods)
    for fund, share in claim.case.filled("funds").select("id", "refill").iter_rows():
        refill = refill + share * shared.funds[fund]
    place = {
        o: (region, kind) for o, region, kind in claim.effects.options.select("option", "region", "kind").iter_rows()
    }
    margin = {
        option: -cost * discount for option, cost in throughput_cost(claim.effects, claim.prices).iter_rows()
    }  # fmt: skip
    for option, commodity, quantity in claim.effects.recipe.select("option", "commodity", "quantity").iter_rows():
        region, kind = place[option]
        good = goods[commodity]
        margin[option] = margin[option] + quantity * price.get((commodity, region), np.zeros(claim.periods))
        if quantity < 0 and good["credit"] and good["cif"] is not None:
            margin[option] = margin[option] + quantity * good["cif"] * shared.credit
        if quantity > 0 and kind != "as_is":
            margin[option] = margin[option] + quantity * price_at_port(good) * refill
    return margin


def price_at_port(good: Row) -> float:
    """Sales price of a good at the port, 0 for what is not traded."""
    if good["cif"] is not None:
        return float(good["cif"] + good["port_cost"])
    return 0.0 if good["fob"] is None else float(good["fob"] - good["port_cost"])


def _add_earnings(claim: ClaimedSolution, margin: Mapping[str, Grid], worth: Grid, names: Mapping[str, int]) -> None:
    """Adds what capacity earns from its quarter on, where it earns anything."""
    profile = claim.effects.profile.filter(pl.col("capacity") > 0).select("option", "quarter", amount="capacity")
    gains = {option: np.maximum(earned, 0.0) for option, earned in margin.items()}
    _charge(worth, profile, names, lambda row: gains[row["option"]], 1.0)


def _line_earnings(claim: ClaimedSolution, margin: Mapping[str, Grid]) -> tuple[float, dict[str, Grid]]:
    """What running lines earn as they are: in all, and by site and period."""
    running = claim.effects.options.filter(pl.col("kind") == "as_is").select("option", "site")
    by_site: dict[str, Grid] = {}
    for option, site, quarter, capacity in (
        running.join(claim.effects.profile, on="option").select("option", "site", "quarter", "capacity").iter_rows()
    ):
        if quarter < claim.periods:
            earned = by_site.setdefault(site, np.zeros(claim.periods))
            earned[quarter] += capacity * max(float(margin[option][quarter]), 0.0)
    return float(sum(earned.sum() for earned in by_site.values())), by_site


def _forgo_lines(claim: ClaimedSolution, facts: pl.DataFrame, line_worth: Mapping[str, Grid], worth: Grid) -> None:
    """Subtracts what the line that runs at a site would earn while works stop it and after it is taken over."""
    taken: dict[str, list[tuple[int, float]]] = {}
    for option, quarter, share in (
        claim.effects.profile.filter(pl.col("displaced") > 0).select("option", "quarter", "displaced").iter_rows()
    ):
        taken.setdefault(option, []).append((quarter, share))
    for place, (option, site) in enumerate(facts.select("option", "site").iter_rows()):
        if site not in line_worth:
            continue
        for quarter, share in taken.get(option, []):
            if quarter < claim.periods:
                worth[place, : claim.periods - quarter] -= share * line_worth[site][quarter:]


def _rule_cells(claim: ClaimedSolution, facts: pl.DataFrame, prices: pl.DataFrame) -> Iterator[tuple[Grid, float]]:
    """Of every priced row of a rule: what each start adds to the side that is limited from above, and its price."""
    priced = {(name, place, period): price for name, place, period, price in
              prices.select("id", "place", "period", "price").iter_rows()}  # fmt: skip
    for rule in claim.case.filled("rules").filter(pl.col("active")).iter_rows(named=True):
        for place, period, cells, _ in rule_rows(claim, facts, rule):
            if price := priced.get((rule["id"], place, period), 0.0):
                yield cells, price


def rule_limits(claim: ClaimedSolution, facts: pl.DataFrame, prices: pl.DataFrame) -> float:
    """What the limits of rules are worth at their prices."""
    priced = {(name, place, period): price for name, place, period, price in
              prices.select("id", "place", "period", "price").iter_rows()}  # fmt: skip
    return math.fsum(
        limit * priced.get((rule["id"], place, period), 0.0)
        for rule in claim.case.filled("rules").filter(pl.col("active")).iter_rows(named=True)
        for place, period, _, limit in rule_rows(claim, facts, rule)
    )


def rule_rows(
    claim: ClaimedSolution, facts: pl.DataFrame, rule: Row
) -> Iterator[tuple[str | None, int | None, Grid, float]]:
    """(site, period, coefficients of starts, limit) of everything that a rule asks, each as a limit from above."""
    among = facts.select(of_kind(rule) & in_place(rule)).to_series().to_numpy()
    measure = rule["measure"] or "sites"
    counted = np.ones(facts.height) if measure == "sites" else facts[measure].fill_null(0.0).to_numpy()
    every = np.ones((1, claim.periods))
    value = 0.0 if rule["value"] is None else rule["value"]
    match rule["kind"]:
        case "must":
            yield from _must_rows(claim, facts, rule, among)
        case "after":
            yield from _after_rows(claim, facts, rule, among)
        case "never":
            yield None, None, among[:, None] * every, 0.0
        case "one_of":
            yield None, None, among[:, None] * every, 1.0 if rule["value"] is None else value
        case "at_most":
            yield None, None, (among * counted)[:, None] * every, value
        case "at_least":
            yield None, None, -(among * counted)[:, None] * every, -value
        case "share":
            everything = facts.select(of_kind(rule)).to_series().to_numpy() * counted
            yield None, None, (value * everything - among * counted)[:, None] * every, 0.0


def _must_rows(
    claim: ClaimedSolution, facts: pl.DataFrame, rule: Row, among: NDArray[np.bool_]
) -> Iterator[tuple[str | None, int | None, Grid, float]]:
    last = claim.periods - 1 if rule["end"] is None else claim.case.calendar.period(rule["end"])
    in_time = np.arange(claim.periods) <= last
    can = among & (facts["latest"] >= facts["earliest"]).to_numpy()
    sites = listed(rule["sites"]) or facts.filter(pl.Series(can))["site"].unique().sort().to_list()
    for site in sites:
        own = among & (facts["site"] == site).to_numpy()
        yield site, None, -(own[:, None] * in_time[None, :]).astype(float), -1.0


def _after_rows(
    claim: ClaimedSolution, facts: pl.DataFrame, rule: Row, among: NDArray[np.bool_]
) -> Iterator[tuple[str | None, int | None, Grid, float]]:
    periods = np.arange(claim.periods)
    before = (facts["site"] == rule["before"]).to_numpy() & (~facts["kind"].is_in(NO_WORKS)).to_numpy()
    ends = periods[None, :] + facts["quarters"].to_numpy()[:, None]
    for site in facts.filter(pl.Series(among))["site"].unique().sort():
        if site == rule["before"]:
            continue
        own = among & (facts["site"] == site).to_numpy()
        for period in range(claim.periods):
            begun = own[:, None] * (periods <= period)[None, :]
            finished = before[:, None] * (ends <= period)
            yield site, period, begun.astype(float) - finished, 0.0
