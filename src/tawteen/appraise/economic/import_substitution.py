"""Value to the country of making imported inputs and spare parts at home, and the options that could make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tawteen.appraise.cash import cash_of
from tawteen.appraise.economic.output import output_of
from tawteen.appraise.params import CASH_ROUNDING
from tawteen.appraise.prices import Prices, View, prices
from tawteen.appraise.value import discounts
from tawteen.case.codes import NO_WORKS
from tawteen.case.model import Case
from tawteen.case.spans import by_quarter
from tawteen.effects.model import Effects
from tawteen.works.periods import QUARTERS_PER_YEAR

NO_MAKER = "home.no_maker"
CANNOT_START = "home.cannot_start"
OTHER_CHOSEN = "home.other_chosen"
ADDS_NOTHING = "home.adds_nothing"
NO_WAY = "home.no_way"
NOT_LISTED = "home.not_listed"
SUBSTITUTION_COLUMNS = {
    "kind": pl.String, "item": pl.String, "used_by": pl.Int64, "quantity": pl.Float64, "import_price": pl.Float64,
    "most": pl.Float64, "foreign": pl.Float64, "maker": pl.String, "home_price": pl.Float64, "made": pl.Float64,
    "worth": pl.Float64, "reason": pl.String, "blocked_by": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class YearlyOperation:
    """Options that operate in a year, and the imports of the country in that year.

    `throughput`: option, amount (units a year). `imports`: commodity, amount (units a year in the whole country); None
    if imports are demand less the country's own supplies and today's output. `chosen_sites`: sites whose option is
    chosen, so that no other option of them may start.
    """

    throughput: pl.DataFrame
    imports: pl.DataFrame | None = None
    chosen_sites: frozenset[str] = frozenset()


def best_alone(case: Case, effects: Effects, view: View = "economic") -> YearlyOperation:
    """Returns the last year of the horizon if each site takes its option of largest positive value on its own.

    Sites without such an option keep the line that runs today. Options produce their full expected output.
    """
    priced = prices(case, view)
    cash = cash_of(case, effects, priced)
    worth = cash.gain @ discounts(priced, case.settings.time.periods)
    ranked = cash.options.select("option", "site").with_columns(worth=pl.Series(worth, dtype=pl.Float64))
    best = (
        ranked.filter(pl.col("worth") > 0).sort("worth", "option", descending=[True, False])
        .group_by("site", maintain_order=True).agg(pl.col("option").first())
    )  # fmt: skip
    yearly_output = output_of(case, effects, priced, cash).throughput[:, -QUARTERS_PER_YEAR:].sum(axis=1)
    amount = cash.options.select("option").with_columns(amount=pl.Series(yearly_output, dtype=pl.Float64))
    stays = effects.options.filter(pl.col("kind") == "as_is").join(best, on="site", how="anti").select(
        "option", amount=QUARTERS_PER_YEAR * pl.col("capacity") * pl.col("output_reached")
    )  # fmt: skip
    return YearlyOperation(pl.concat([amount.join(best.select("option"), on="option", how="semi"), stays]))


def as_planned(throughput: pl.DataFrame, flows: pl.DataFrame, chosen: frozenset[str], periods: int) -> YearlyOperation:
    """Returns the last year of a programme (`throughput` and `flows` have the columns of `Programme`)."""
    late = pl.col("period") >= periods - QUARTERS_PER_YEAR
    used = throughput.filter(late).group_by("option").agg(pl.col("amount").sum())
    bought = flows.filter(late & (pl.col("kind") == "import")).group_by("commodity").agg(pl.col("amount").sum())
    return YearlyOperation(used, bought, chosen)


def makers(case: Case, effects: Effects, running: YearlyOperation, view: View = "economic") -> pl.DataFrame:
    """Returns the options that could make more of a commodity than their site makes today.

    Columns: commodity, option, site, region, price (break-even price in the view, currency a
    unit at the gate, its other products at their own prices), made (expected units in the last year), reason
    (why it cannot, or null), blocked_by (the gate that keeps it from starting).

    The price is the import parity of its region less its present value per discounted unit: one arithmetic with the
    appraisal (the levelised cost of what it adds, with the capital credited that outlives the horizon).
    """
    priced = prices(case, view)
    periods = case.settings.time.periods
    cash = cash_of(case, effects, priced)
    factors = discounts(priced, periods)
    output = output_of(case, effects, priced, cash)
    value = cash.gain @ factors
    row_of = {option: n for n, option in enumerate(cash.options["option"])}
    parity_prices = {(c, r): p for c, r, p in priced.parity.select("commodity", "region", "import_price").iter_rows()}
    recipe = effects.recipe.filter(pl.col("quantity") > 0).join(
        effects.options.filter(~pl.col("kind").is_in(NO_WORKS)), on="option"
    )
    today = _today(effects)
    rows = []
    for product in recipe.iter_rows(named=True):
        option, commodity = product["option"], product["commodity"]
        if parity_prices[commodity, product["region"]] is None:
            continue
        reason: str | None = CANNOT_START
        price, year = None, None
        if (n := row_of.get(option)) is not None:
            added = (
                product["quantity"] * output.throughput[n]
                - today.get((product["site"], commodity), 0.0) * output.taken_over[n]
            )
            discounted, reason = float(added @ factors), ADDS_NOTHING
            if discounted > CASH_ROUNDING.dust * max(1.0, float(np.abs(added).max())):
                reason, year = None, float(added[-QUARTERS_PER_YEAR:].sum())
                price = parity_prices[commodity, product["region"]] - float(value[n]) / discounted
        if product["site"] in running.chosen_sites:
            reason = OTHER_CHOSEN
        rows.append((commodity, option, product["site"], product["region"], price, year, reason, product["blocked_by"]))
    schema = {"commodity": pl.String, "option": pl.String, "site": pl.String, "region": pl.String,
              "price": pl.Float64, "made": pl.Float64, "reason": pl.String, "blocked_by": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _today(effects: Effects) -> dict[tuple[str, str], float]:
    """Returns units a quarter that the line running today makes, by site and commodity."""
    lines = effects.options.filter(pl.col("kind") == "as_is").select(
        "option", "site", output=pl.col("capacity") * pl.col("output_reached")
    )
    products = effects.recipe.filter(pl.col("quantity") > 0).join(lines, on="option")
    summed = products.group_by("site", "commodity").agg(amount=(pl.col("quantity") * pl.col("output")).sum())
    return {(site, commodity): amount for site, commodity, amount in summed.iter_rows()}


def freight(case: Case) -> dict[tuple[str, str, str], float]:
    """Returns the cheapest freight by carrier and pair of regions, currency per tonne (MWh, m3), ignoring capacity.

    Source: Floyd (1962), Algorithm 97, Shortest path. Pairs without a route are missing.
    """
    regions = case["regions"]["id"].to_list()
    cheapest: dict[tuple[str, str, str], float] = {}
    for carrier in case["routes"]["carries"].unique().sort():
        cost = {(a, b): 0.0 if a == b else np.inf for a in regions for b in regions}
        for row in case.filled("routes").filter(pl.col("carries") == carrier).iter_rows(named=True):
            pair = row["from_region"], row["to_region"]
            cost[pair] = min(cost[pair], row["cost"])
        for over in regions:
            for a in regions:
                for b in regions:
                    cost[a, b] = min(cost[a, b], cost[a, over] + cost[over, b])
        cheapest |= {(carrier, a, b): way for (a, b), way in cost.items() if np.isfinite(way)}
    return cheapest


def worth_of_making(case: Case, effects: Effects, running: YearlyOperation, view: View = "economic") -> pl.DataFrame:
    """Returns imported inputs, spare parts and demanded goods, ranked by the yearly value of making them at home.

    Columns: kind (input of what runs, spares, spares_lump, demand of regions), item (commodity; the option of a lump),
    used_by (how many options or demands),
    quantity (imported units a year; null for a lump), import_price (delivered to where the maker serves it, else to
    where it is used, currency a unit in the view: CIF with the premium, port, inland), most (the import bill: all of it
    delivered, what making it may cost before the country is worse off), foreign (of it at CIF, in foreign money), maker
    (the option of most worth), home_price (its price delivered, see `makers`), made (units a year it can deliver),
    worth (what the country is better off a year; below 0 where importing is cheaper), reason (why that cannot be said;
    code of a sentence) and blocked_by.

    Spares are an outlay once: a year of them is their sum over the economic life of the option. A lump that nobody
    listed part by part cannot be compared.
    """
    uses = _uses(case, effects, running)
    maker_table = makers(case, effects, running, view)
    priced = prices(case, view)
    market = _ImportMarket(
        goods={row["id"]: row for row in case.filled("commodities").iter_rows(named=True)},
        parity={(c, r): p for c, r, p in priced.parity.select("commodity", "region", "import_price").iter_rows()},
        ways=freight(case),
    )
    rows = []
    for (kind, commodity), own in uses.group_by("kind", "commodity", maintain_order=True):
        wanted_by_region = dict(own.group_by("region").agg(pl.col("quantity").sum()).iter_rows())
        quantity = sum(wanted_by_region.values())
        import_bill = sum(amount * market.parity[str(commodity), region] for region, amount in wanted_by_region.items())
        able_makers = maker_table.filter(pl.col("commodity") == commodity)
        best = _best(able_makers, str(commodity), wanted_by_region, market)
        rows.append({
            "kind": kind, "item": commodity, "used_by": own["user"].n_unique(), "quantity": quantity,
            "import_price": import_bill / quantity, "most": import_bill,
            "foreign": quantity * market.goods[str(commodity)]["cif"], **best,
        })  # fmt: skip
    rows += _lumps(case, effects, running, priced)
    table = pl.DataFrame(rows, schema=SUBSTITUTION_COLUMNS, orient="row")
    return table.sort("worth", "most", "item", descending=[True, True, False], nulls_last=True)


@dataclass(frozen=True)
class _ImportMarket:
    """Goods by id, import parity price by commodity and region, and freight by carrier and pair of regions."""

    goods: Mapping[str, Mapping[str, Any]]
    parity: Mapping[tuple[str, str], float]
    ways: Mapping[tuple[str, str, str], float]

    def moving(self, commodity: str, start: str, end: str) -> float:
        """Returns freight between two regions, currency a unit; infinite if no route connects them."""
        good = self.goods[commodity]
        return 0.0 if start == end else self.ways.get((good["carries"], start, end), np.inf) * float(good["mass"])


def _best(
    able_makers: pl.DataFrame, commodity: str, wanted_by_region: Mapping[str, float], market: _ImportMarket
) -> dict[str, Any]:
    """Returns the maker of largest value with its terms, or the reason why there is none."""
    candidates: list[tuple[tuple[bool, float], dict[str, Any]]] = []
    reasons = able_makers["reason"].to_list()
    for maker in able_makers.filter(pl.col("reason").is_null()).iter_rows(named=True):
        gains = {
            region: market.parity[commodity, region]
            - maker["price"]
            - market.moving(commodity, maker["region"], region)
            for region in wanted_by_region
        }
        served = _served(gains, wanted_by_region, maker["made"])
        if not served:
            reasons.append(NO_WAY)
            continue
        delivered = sum(served.values())
        worth = sum(amount * gains[region] for region, amount in served.items())
        price = sum(amount * (market.parity[commodity, r] - gains[r]) for r, amount in served.items()) / delivered
        terms = {"maker": maker["option"], "home_price": price, "made": delivered, "worth": worth,
                "import_price": price + worth / delivered}  # fmt: skip
        candidates.append(((worth > 0, worth if worth > 0 else worth / delivered), terms))
    if candidates:
        return max(candidates, key=lambda each: each[0])[1]
    for reason in (NO_WAY, OTHER_CHOSEN, ADDS_NOTHING, CANNOT_START):
        if reason in reasons:
            hindered = able_makers.filter(pl.col("reason") == reason).head(1)
            terms = hindered.row(0, named=True) if hindered.height else {"option": None, "blocked_by": None}
            return {"reason": reason, "maker": terms["option"], "blocked_by": terms["blocked_by"]}
    return {"reason": NO_MAKER}


def _served(gains: Mapping[str, float], wanted_by_region: Mapping[str, float], deliverable: float) -> dict[str, float]:
    """Returns units by region out of `deliverable`, by falling gain; if no region gains, the one that loses least."""
    reached = sorted(
        (region for region in wanted_by_region if np.isfinite(gains[region])), key=lambda region: -gains[region]
    )
    served: dict[str, float] = {}
    for region in [r for r in reached if gains[r] > 0] or reached[:1]:
        served[region] = min(wanted_by_region[region], deliverable - sum(served.values()))
    return {region: amount for region, amount in served.items() if amount > 0}


def _uses(case: Case, effects: Effects, running: YearlyOperation) -> pl.DataFrame:
    """Returns imports: kind (input, demand, spares), commodity, region, user (option or demand), quantity a year."""
    traded = case["commodities"].filter(pl.col("cif").is_not_null()).select(commodity="id")
    locations = effects.options.select("option", "region", "life")
    inputs = (
        effects.recipe.filter(pl.col("quantity") < 0)
        .join(running.throughput, on="option").join(locations, on="option")
        .select(kind=pl.lit("input"), commodity="commodity", region="region", user="option",
                quantity=-pl.col("quantity") * pl.col("amount"))
    )  # fmt: skip
    all_uses = pl.concat([inputs, _demand(case)]).join(traded, on="commodity", how="semi")
    share = _imported(case, effects, running, all_uses)
    bought = all_uses.join(share, on="commodity").with_columns(pl.col("quantity") * pl.col("share")).drop("share")
    listed = (
        case["parts"].join(running.throughput, on="option", how="semi").join(traded, on="commodity", how="semi")
        .join(locations, on="option")
        .select(kind=pl.lit("spares"), commodity="commodity", region="region", user="option",
                quantity=pl.col("quantity") / pl.col("life"))
    )  # fmt: skip
    return pl.concat([bought, listed]).filter(pl.col("quantity") > 1e-9).sort("kind", "commodity", "user")


def _demand(case: Case) -> pl.DataFrame:
    """Returns demand of regions in the last year of the horizon, in the columns of `_uses`."""
    grown = pl.col("quantity") * (1 + pl.col("growth")) ** (pl.col("period") / QUARTERS_PER_YEAR)
    demanded = _last_year(case, "demands").group_by("id", maintain_order=True).agg(grown.sum().alias("wanted"))
    return case["demands"].join(demanded, on="id", how="left", maintain_order="left").select(
        "commodity", "region", kind=pl.lit("demand"), user="id", quantity=pl.col("wanted").fill_null(0.0)
    ).select("kind", "commodity", "region", "user", "quantity")  # fmt: skip


def _last_year(case: Case, table: str) -> pl.DataFrame:
    """Returns the rows of demands or supplies for each `period` of the last year in which they hold."""
    return by_quarter(case, table).filter(pl.col("period") >= case.settings.time.periods - QUARTERS_PER_YEAR)


def _imported(case: Case, effects: Effects, running: YearlyOperation, all_uses: pl.DataFrame) -> pl.DataFrame:
    """Returns commodity and share: the part of its use that is imported.

    Imports are those of the programme; without a programme, use less domestic supplies and the output of today.
    """
    used = all_uses.group_by("commodity").agg(used=pl.col("quantity").sum()).filter(pl.col("used") > 0)
    if running.imports is not None:
        bought = used.join(running.imports, on="commodity", how="left")
        return bought.select("commodity", share=(pl.col("amount").fill_null(0.0) / pl.col("used")).clip(0.0, 1.0))
    at_home = (pl.col("foreign_share") < 1) & ~pl.col("partner")
    supplies = _last_year(case, "supplies").filter(at_home)
    today = [(commodity, QUARTERS_PER_YEAR * amount) for (_, commodity), amount in _today(effects).items()]
    own = pl.concat([
        supplies.select("commodity", amount="quantity"),
        pl.DataFrame(today, schema={"commodity": pl.String, "amount": pl.Float64}, orient="row"),
    ]).group_by("commodity").agg(pl.col("amount").sum())  # fmt: skip
    lacking = pl.col("used") - pl.col("amount").fill_null(0.0)
    return used.join(own, on="commodity", how="left").select(
        "commodity", share=(lacking / pl.col("used")).clip(0.0, 1.0)
    )


def _lumps(case: Case, effects: Effects, running: YearlyOperation, priced: Prices) -> list[dict[str, Any]]:
    """Returns rows of foreign spare parts that the case states as one amount, by option."""
    listed = (
        case["parts"].join(case.filled("commodities").select("cif", commodity="id"), on="commodity")
        .group_by("option").agg(listed=(pl.col("quantity") * pl.col("cif").fill_null(0.0)).sum())
    )  # fmt: skip
    lumps = (
        effects.outlays.filter((pl.col("category") == "spares") & (pl.col("origin") != "local"))
        .join(running.throughput, on="option", how="semi")
        .group_by("option").agg(pl.col("amount").sum())
        .join(listed, on="option", how="left")
        .join(effects.options.select("option", "life"), on="option")
        .select("option", yearly=(pl.col("amount") - pl.col("listed").fill_null(0.0)) / pl.col("life"))
        .filter(pl.col("yearly") > 1e-6)
    )  # fmt: skip
    return [
        {"kind": "spares_lump", "item": option, "used_by": 1, "most": yearly * (1 + priced.premium), "foreign": yearly,
         "reason": NOT_LISTED}
        for option, yearly in lumps.iter_rows()
    ]  # fmt: skip
