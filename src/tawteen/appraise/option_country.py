"""Economic inputs of the study of an option, from the case: shadow prices, carbon, tax on dividends.

The prices are those of the economic view (`docs/method.md`, Views): the premium once on what is foreign, labour at its
shadow wage or with the worth of a job. Loans and income tax are no cost to the country in the plan; the cost-benefit
schedule shows tax as its source does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import polars as pl

from tawteen.appraise.flows import per_quarter
from tawteen.appraise.option_periods import StudyPeriods
from tawteen.appraise.prices import prices
from tawteen.appraise.statements.timing import Array, Timeline
from tawteen.appraise.study import Carbon, Cost, CostBenefit, CountryInputs, Sale, ShadowPrice, Study, WithoutProject
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.effects.parity import worth
from tawteen.match.pools import POOL, cheapest_sources
from tawteen.match.sources import sources_of

Item = TypeVar("Item", Sale, Cost)
TODAY = "as_is:"
_POOLED = {"capability": "works", "course": "training"}


@dataclass(frozen=True)
class StudyBasis:
    """Inputs of a study: effects, rows and recipes of the option and of the line of today, and the periods."""

    effects: Effects
    option: Mapping[str, Any]
    line: Mapping[str, Any] | None
    recipe: Mapping[str, list[dict[str, Any]]]
    periods: StudyPeriods


def country_of(
    case: Case, study: Study, parts: StudyBasis, throughputs: Mapping[str, Array], without: Mapping[str, Array]
) -> CountryInputs:
    """Returns the economic inputs of a study; `throughputs`: units by option and quarter, `without` the project too."""
    settings = case.settings
    premium = settings.value.fx_premium
    tied = tuple(loan.id for loan in study.loans if loan.origin == "foreign")
    benefit = CostBenefit(conversion=1.0 / (1.0 + premium), shadows=tuple(_shadows(case, study, parts)), loans=tied)
    return CountryInputs(
        discount=parts.periods.nominal(settings.discount.economic),
        dividend_tax_home=settings.tax.dividends_home,
        dividend_tax_abroad=settings.tax.dividends_abroad,
        cost_benefit=benefit,
        carbon=_carbon(case, study, parts, throughputs, without),
    )


def _shadows(case: Case, study: Study, parts: StudyBasis) -> Iterator[ShadowPrice]:
    """Yields the shadow price of each item whose economic price differs from its market price."""
    premium = case.settings.value.fx_premium
    selling_ratios, buying_ratios = _goods(case, parts.option["region"])
    work = _labour(case, parts)
    pooled = _pools(case, parts.effects)
    without = study.without or WithoutProject()
    for sale in _by_id(study.sales, without.sales):
        yield from _shadow(sale.id, _ratio_of_item(selling_ratios, sale.id), premium)
    for cost in _by_id(study.costs, without.costs):
        bare = cost.id.removeprefix(TODAY)
        if cost.category in ("raw_materials", "energy"):
            yield from _shadow(cost.id, _ratio_of_item(buying_ratios, cost.id), premium)
        elif bare == "wages":
            yield from _shadow(cost.id, work["line" if bare != cost.id else "option"], premium)
        elif cost.origin == "foreign":
            yield from _shadow(cost.id, 1.0 + premium, premium)
    for item in study.investments:
        category, origin = item.id.split(":")
        if category == "severance":
            # Severance is a transfer to those dismissed: no resources are used.
            yield ShadowPrice(item=item.id, factor=0.0)
        else:
            plain = 1.0 if origin == "local" else 1.0 + premium
            yield from _shadow(item.id, 1.0 + premium * pooled[category, origin] if (category, origin) in pooled
                               else plain, premium)  # fmt: skip


def _by_id(*parts: tuple[Item, ...]) -> list[Item]:
    """Returns items, each once, of the company with and without the project."""
    return list({item.id: item for part in parts for item in part}.values())


def _shadow(item: str, ratio: float, premium: float) -> Iterator[ShadowPrice]:
    """Yields a ratio of economic to market price as foreign-exchange share if it fits the premium, else as a factor."""
    if premium and 1.0 <= ratio <= (1.0 + premium) * (1.0 + 1e-12):
        yield ShadowPrice(item=item, exposure=min((ratio - 1.0) / premium, 1.0))
    elif ratio != 1.0:
        yield ShadowPrice(item=item, factor=ratio)


def _ratio_of_item(ratios: Mapping[str, float], item: str) -> float:
    """Returns the ratio of the commodity of an item: `flour`, `as_is:flour` or `flour:buyer`; 1 if unknown."""
    bare = item.removeprefix(TODAY)
    return ratios.get(bare, ratios.get(bare.rpartition(":")[0], 1.0))


def _goods(case: Case, region: str) -> tuple[dict[str, float], dict[str, float]]:
    """Returns economic over market price by commodity in the region, for sales and for purchases."""
    market = worth(case).filter(pl.col("region") == region)
    country = worth(case, case.settings.value.fx_premium).filter(pl.col("region") == region)
    joined = market.join(country, on=["commodity", "region"], suffix="_country")

    def ratio(side: str) -> dict[str, float]:
        priced = joined.filter(pl.col(side).abs() > 1e-12)
        return dict(zip(priced["commodity"], priced[f"{side}_country"] / priced[side], strict=True))

    return ratio("selling"), ratio("buying")


def _labour(case: Case, parts: StudyBasis) -> dict[str, float]:
    """Returns economic over market cost of labour, for the option and for the line of today."""
    cost = {
        view: per_quarter(parts.effects, prices(case, view)).select("option", "labour")
        for view in ("financial", "economic")
    }  # fmt: skip
    joined = cost["financial"].join(cost["economic"], on="option", suffix="_country")
    ratio = {o: (c / m if m else 1.0) for o, m, c in joined.iter_rows()}
    line = 1.0 if parts.line is None else ratio[parts.line["option"]]
    return {"option": ratio[parts.option["option"]], "line": line}


def _pools(case: Case, effects: Effects) -> dict[tuple[str, str], float]:
    """Returns the foreign share of surveys, works and training that are bought at a reference price, by category and
    origin. What else the same origin is paid in the category counts with it: a study has one item for both.
    """
    cheapest = cheapest_sources(sources_of(case)).select(*POOL, "origin", "price", "multiplier_foreign")
    category = pl.when("sure").then(pl.lit("survey")).otherwise(pl.col("pool_kind").replace_strict(_POOLED))
    money = pl.col("amount") * pl.col("price")
    bought = effects.needs.join(cheapest, on=list(POOL)).select(
        "origin", category=category, money=money, foreign=money * pl.col("multiplier_foreign")
    )
    whole = pl.when(pl.col("origin") == "local").then(0.0).otherwise(1.0)
    other = effects.outlays.filter(~pl.col("pooled")).select(
        "origin", "category", money="amount", foreign=pl.col("amount") * whole
    )
    item = ["category", "origin"]
    paid = pl.concat([bought, other.join(bought, on=item, how="semi")], how="diagonal").group_by(item).agg(
        pl.col("money", "foreign").sum()
    )  # fmt: skip
    columns = paid.select(*item, "money", "foreign")
    return {(category, origin): foreign / money for category, origin, money, foreign in columns.iter_rows() if money}


def _carbon(
    case: Case, study: Study, parts: StudyBasis, throughputs: Mapping[str, Array], without: Mapping[str, Array]
) -> Carbon | None:
    """Returns emissions with the option less those of the line of today without it, in tonnes a year at full use.

    What is saved in periods in which the site makes nothing is left out: emissions go by its use.
    """
    emission = dict(case.filled("commodities").select("id", "emission").iter_rows())
    rows = {row["option"]: row for row in (parts.option, parts.line) if row is not None}
    tonnes = np.zeros(parts.periods.quarters)
    for sign, outputs in ((1.0, throughputs), (-1.0, without)):
        for option, output in outputs.items():
            used = [row for row in parts.recipe.get(option, []) if row["quantity"] < 0]
            inputs = sum(-row["quantity"] * emission[row["commodity"]] for row in used)
            tonnes = tonnes + sign * output * (rows[option]["process_emission"] + inputs)
    if not tonnes.any():
        return None
    time = Timeline(study.horizon)
    sold = np.mean([time.spread(recipe_row.utilisation, "production") for recipe_row in study.products], axis=0)
    yearly = np.divide(parts.periods.yearly(tonnes), sold, out=np.zeros_like(sold), where=sold > 0)
    return Carbon(emission=parts.periods.amounts(yearly), price=case.settings.value.carbon_price)
