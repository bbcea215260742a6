"""Study of an option that a bank can recompute, built from the same flows as the appraisal.

The study holds expected values at market prices (the financial view): flows of a conditional option are
weighted by its chance, as in `docs/method.md`, Effects. Its money is constant unless the case states inflation; prices
do not move against each other, as in the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from tawteen.appraise.flows import DEPRECIABLE, OptionFlows, flows_of
from tawteen.appraise.option_buyers import buyers_of, sales_by_buyer
from tawteen.appraise.option_country import StudyBasis, country_of
from tawteen.appraise.option_finance import OptionFunding, funding_of, funding_sources, tax_of
from tawteen.appraise.option_names import commodity_names, cost_names, investment_names
from tawteen.appraise.option_periods import Period, StudyPeriods
from tawteen.appraise.option_stocks import STOCKS_ID, with_stocks
from tawteen.appraise.prices import Prices, prices
from tawteen.appraise.profile import PROFILES, ProfileName
from tawteen.appraise.risk.option import IS_ENERGY
from tawteen.appraise.single_option import narrowed, startable
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import (
    ClosingCost,
    Cost,
    CostCategory,
    Depreciation,
    DividendPolicy,
    Horizon,
    Investment,
    InvestmentGroup,
    Origin,
    Product,
    Sale,
    Study,
    WithoutProject,
)
from tawteen.appraise.value import share_left
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.effects.parity import worth

GROUPS: dict[str, InvestmentGroup] = {
    "civil": "buildings",
    "works": "machinery",
    "equipment": "machinery",
    "spares": "auxiliary_equipment",
}
"""Investment group by category of outlay; all others are pre-production items."""
NOW = "as_is"
"""Prefix of the ids of sales and costs of the line of today."""


def study_of(
    case: Case,
    effects: Effects,
    option: str,
    start: int | None = None,
    throughput: pl.DataFrame | None = None,
    *,
    without: pl.DataFrame | None = None,
    draws: pl.DataFrame | None = None,
    period: Period = "quarter",
    profile: ProfileName = "excel",
) -> Study:
    """The option as a study, with and without it, from the first to the last quarter of the case's horizon.

    It starts in period `start`, by default as early as it may, at full expected throughput. After a plan `throughput`
    says what it and the line of today make with the programme, `without` what they make without (option, period,
    amount; what is not named makes nothing), `draws` what it draws on which fund. Under the profile `excel`, by
    quarters and without inflation, the incremental present value of total capital before tax is that of `appraise`.
    Without draws the table `finance` says who pays; money that nobody has promised is not made up.
    Raises CaseError for an option that is unknown, runs already, or cannot start.
    """
    builder = _study_builder(case, effects, option, start, throughput, without, period)
    money = funding_sources(case, builder.funding(draws), builder.periods, PROFILES[profile])
    about = case.settings.about
    place = case["sites"].row(by_predicate=pl.col("id") == builder.option["site"], named=True)
    row, owners = builder.option, case.settings.discount.equity
    study = Study(
        id=option,
        name_en=f"{place['name_en']}: {row['name_en'] or option}",
        name_ar=f"{place['name_ar']}: {row['name_ar'] or option}",
        notice_en=about.notice_en,
        notice_ar=about.notice_ar,
        currency=case.settings.money.currency,
        profile=profile,
        inflation=case.settings.money.inflation,
        discount=builder.periods.nominal(builder.prices.rate),
        discount_equity=None if owners is None else builder.periods.nominal(owners),
        horizon=builder.horizon,
        currencies=money.currencies,
        buyers=buyers_of(case),
        products=builder.products,
        sales=builder.sales,
        investments=builder.investments,
        costs=builder.costs,
        equity=money.equity,
        grants=money.grants,
        loans=money.loans,
        construction_interest=builder.construction_interest if money.loans else None,
        distribution=DividendPolicy(payout=case.settings.dividends.payout),
        tax=tax_of(case),
        closing=builder.closing,
        without=WithoutProject(
            products=builder.products_without, sales=builder.sales_without, costs=builder.costs_without
        ),
    )
    parts = StudyBasis(builder.effects, builder.option, builder.line, builder.recipe, builder.periods)
    study = study.model_copy(
        update={"country": country_of(case, study, parts, builder.throughputs, builder.throughputs_without)}
    )
    return with_stocks(study, builder.stated_working_capital, builder.periods)


def option_funding(
    case: Case, effects: Effects, option: str, start: int | None = None, draws: pl.DataFrame | None = None
) -> OptionFunding:
    """Returns the funding of the option. Raises CaseError like `study_of`."""
    return _study_builder(case, effects, option, start, None, None, "quarter").funding(draws)


def _study_builder(  # noqa: PLR0917 — what `study_of` was asked
    case: Case,
    effects: Effects,
    option: str,
    start: int | None,
    throughput: pl.DataFrame | None,
    without: pl.DataFrame | None,
    period: Period,
) -> _StudyBuilder:
    startable(effects, option)
    alone = narrowed(effects, [option])
    market_prices = prices(case, "financial")
    flows = flows_of(case, alone, market_prices)
    begins = flows.options["earliest"][0] if start is None else start
    return _StudyBuilder(case, alone, market_prices, flows, begins, throughput, without, StudyPeriods(case, period))


@dataclass(frozen=True)
class _StudyBuilder:
    """Builds the parts of the study of one option from its flows (the only row of `flows`)."""

    case: Case
    effects: Effects
    prices: Prices
    flows: OptionFlows
    start: int
    throughput: pl.DataFrame | None
    before: pl.DataFrame | None
    periods: StudyPeriods

    @cached_property
    def option(self) -> dict[str, Any]:
        return self.flows.options.row(0, named=True)

    @cached_property
    def line(self) -> dict[str, Any] | None:
        """The line that runs today."""
        lines = self.effects.options.filter(pl.col("kind") == "as_is")
        return lines.row(0, named=True) if lines.height else None

    def shift(self, quarters: Array) -> Array:
        """Returns values by quarter from the start as values by quarter of the horizon."""
        row = quarters.reshape(-1)
        return np.concatenate([np.zeros(self.start), row[: len(row) - self.start]])

    @property
    def first(self) -> int | None:
        """Quarter of the horizon in which operation starts; none where it never does."""
        began = self.option["operating_from"]
        return None if began is None or self.start + began >= self.periods.quarters else self.start + began

    @property
    def horizon(self) -> Horizon:
        """Construction until operation; a site that runs, or never will, has none."""
        waits = 0 if self.line or self.first is None else self.first // self.periods.quarters_per_period
        count = self.periods.count
        return Horizon(
            start=self.periods.labels[0], period=self.periods.period, construction=waits, production=count - waits
        )

    # Production

    @cached_property
    def output(self) -> Array:
        """Throughput of the option by quarter."""
        if self.throughput is None:
            return self.shift(self.flows.capacity)
        return self._given(self.throughput, self.option["option"])

    @cached_property
    def operating(self) -> Array:
        """Expected share of its people who work, by quarter."""
        own = self.effects.profile.filter(pl.col("option") == self.option["option"]).sort("quarter")
        return self.shift(own["operating"].to_numpy())

    @property
    def throughputs(self) -> dict[str, Array]:
        """Throughput by option and quarter, of the option and of the line of today beside it."""
        line = {} if self.line is None else {self.line["option"]: self.line_output(self.throughput, self.stays)}
        return {self.option["option"]: self.output, **line}

    @property
    def throughputs_without(self) -> dict[str, Array]:
        """Throughput of the line of today by quarter without the option; empty without a line."""
        if self.line is None:
            return {}
        return {self.line["option"]: self.line_output(self.before, np.ones(self.periods.quarters))}

    def funding(self, draws: pl.DataFrame | None) -> OptionFunding:
        """Returns the funding of the option."""
        return funding_of(self.case, self.effects, self.option, self.start, draws)

    @cached_property
    def stays(self) -> Array:
        """Share of the line of today that is not taken over, by quarter."""
        return 1.0 - self.shift(self.flows.taken_over)

    def _given(self, throughput: pl.DataFrame, option: str) -> Array:
        values = np.zeros(self.periods.quarters)
        for period, amount in throughput.filter(pl.col("option") == option).select("period", "amount").iter_rows():
            values[period] += amount
        return values

    def line_output(self, throughput: pl.DataFrame | None, share: Array) -> Array:
        """Returns throughput of the line of today by quarter: from `throughput`, else `share` of its full output."""
        if self.line is None:
            return np.zeros(self.periods.quarters)
        if throughput is None:
            return np.asarray(share * self.line["capacity"] * self.line["output_reached"])
        return self._given(throughput, self.line["option"])

    @cached_property
    def recipe(self) -> dict[str, list[dict[str, Any]]]:
        """By option, its commodities with quantity, price (money per unit), foreign, energy, names and unit."""
        region = self.option["region"]
        priced = (
            self.effects.recipe.join(
                worth(self.case, self.prices.premium).filter(pl.col("region") == region), on="commodity"
            )
            .join(self.case["commodities"].rename({"id": "commodity"}), on="commodity")
            .with_columns(
                price=pl.when(pl.col("quantity") > 0).then("selling").otherwise("buying"),
                energy=IS_ENERGY,
                foreign=pl.when(pl.col("quantity") > 0)
                .then(pl.col("cif").is_null() & pl.col("fob").is_not_null())
                .otherwise(pl.col("cif").is_not_null()),
            )
        )
        rows_by_option: dict[str, list[dict[str, Any]]] = {}
        for row in priced.iter_rows(named=True):
            rows_by_option.setdefault(row["option"], []).append(row)
        return rows_by_option

    def product(self, row: Mapping[str, Any], output: Array) -> Product:
        """The option's or the line's throughput as a product of its nominal capacity."""
        outputs = [output_row for output_row in self.recipe.get(row["option"], []) if output_row["quantity"] > 0]
        main = next((output_row for output_row in outputs if output_row["commodity"] == row["commodity"]), None)
        used = np.divide(self.periods.yearly(output), full) if (full := 4.0 * row["capacity"]) else np.zeros(0)
        return Product(
            id=row["option"],
            name_en=row["name_en"] or row["option"],
            name_ar=row["name_ar"] or row["option"],
            unit=main["unit"] if main else "",
            capacity=4.0 * row["capacity"],
            utilisation=self.periods.amounts(used) if full else 0.0,
        )

    def sold(self, row: Mapping[str, Any], prefix: str = "") -> Iterator[Sale]:
        """Yields a sale for each product; the products of the option by buyer."""
        for product in self.recipe.get(row["option"], []):
            if product["quantity"] > 0:
                en, ar = commodity_names(product, today=bool(prefix))
                sale = Sale(
                    id=prefix + product["commodity"],
                    name_en=en,
                    name_ar=ar,
                    product=row["option"],
                    quantity=4.0 * row["capacity"] * product["quantity"],
                    price=product["price"],
                    origin=_origin(product["foreign"]),
                )
                # The line of today sells to the same buyers: what they owe already is no cost of the option.
                yield from sales_by_buyer(self.case, product["commodity"], sale)

    def used(self, row: Mapping[str, Any], prefix: str = "") -> Iterator[Cost]:
        """Yields a cost for each input, and the running cost per unit of throughput by origin."""
        full = 4.0 * row["capacity"]
        for input_row in self.recipe.get(row["option"], []):
            if input_row["quantity"] < 0:
                en, ar = commodity_names(input_row, today=bool(prefix))
                yield Cost(
                    id=prefix + input_row["commodity"],
                    name_en=en,
                    name_ar=ar,
                    category="energy" if input_row["energy"] else "raw_materials",
                    product=row["option"],
                    variable=-full * input_row["quantity"] * input_row["price"],
                    origin=_origin(input_row["foreign"]),
                )
        for origin, share in _split(row["foreign_share"]):
            if amount := full * row["variable_cost"] * share:
                en, ar = cost_names("supplies", origin=origin, today=bool(prefix))
                yield Cost(
                    id=f"{prefix}supplies:{origin}",
                    name_en=en,
                    name_ar=ar,
                    category="factory_supplies",
                    product=row["option"],
                    variable=amount,
                    origin=origin,
                )

    def by_period(
        self,
        item: str,
        category: CostCategory,
        quarterly: Array,
        origin: Origin = "local",
        persons: Array | None = None,
    ) -> Iterator[Cost]:
        """Yields a cost that does not depend on output, with the persons who work for it by quarter."""
        if quarterly.any():
            amounts = self.periods.amounts(self.periods.yearly(quarterly))
            working = {} if persons is None else self.periods.amounts(self.periods.yearly(persons) / 4.0)
            parts = item.split(":")
            today = parts[0] == NOW
            name, *origins = parts[1:] if today else parts
            en, ar = cost_names(name, origin=origins[0] if origins else "", today=today)
            yield Cost(
                id=item, name_en=en, name_ar=ar, category=category, fixed=amounts, origin=origin, persons=working
            )

    @property
    def products(self) -> tuple[Product, ...]:
        own = self.product(self.option, self.output)
        if self.line is None:
            return (own,)
        return (own, self.product(self.line, self.line_output(self.throughput, self.stays)))

    @property
    def products_without(self) -> tuple[Product, ...]:
        if self.line is None:
            return ()
        return (self.product(self.line, self.throughputs_without[self.line["option"]]),)

    @property
    def sales(self) -> tuple[Sale, ...]:
        return (*self.sold(self.option), *self.sales_without)

    @property
    def sales_without(self) -> tuple[Sale, ...]:
        return tuple(self.sold(self.line, f"{NOW}:")) if self.line else ()

    @property
    def costs(self) -> tuple[Cost, ...]:
        called_back = (self.option["jobs"] - self.option["new_jobs"]) * self.operating
        site = self._site_costs(self.shift(self.flows.care), called_back)
        staffed = 1.0 - self.shift(self.flows.replaced)
        return (*self._own_costs(), *self._line_costs(staffed), *site)

    @property
    def costs_without(self) -> tuple[Cost, ...]:
        full_share, zero = np.ones(self.periods.quarters), np.zeros(self.periods.quarters)
        return (*self._line_costs(full_share), *self._site_costs(zero, zero))

    def _own_costs(self) -> Iterator[Cost]:
        yield from self.used(self.option)
        fixed = -self.shift(self.flows.fixed)
        for origin, share in _split(self.option["foreign_share"]):
            yield from self.by_period(f"fixed:{origin}", "factory_overheads", fixed * share, origin)
        persons = self.option["new_jobs"] * self.operating
        yield from self.by_period("wages", "labour", -self.shift(self.flows.labour), persons=persons)
        yield from self.by_period("fees", "royalties", -self.shift(self.flows.fees), "foreign")
        if self.stated_working_capital.any():
            en, ar = cost_names("working_capital")
            stock_amounts = self.periods.amounts(self.periods.lasts(self.stated_working_capital) * self.periods.level)
            yield Cost(id=STOCKS_ID, name_en=en, name_ar=ar, category="factory_supplies", extra_stock=stock_amounts)

    @cached_property
    def stated_working_capital(self) -> Array:
        """Working capital from the quarter before operation on."""
        working_capital_held = np.zeros(self.periods.quarters)
        began = self.option["operating_from"]
        first = self.start + (1 if began is None else began) - 1
        working_capital_held[first:] = self.option["working_capital"] * self.option["chance"]
        return working_capital_held

    def _line_costs(self, staffed: Array) -> Iterator[Cost]:
        if self.line is None:
            return
        yield from self.used(self.line, f"{NOW}:")
        for origin, share in _split(self.line["foreign_share"]):
            fixed = self.option["as_is_fixed"] * share * staffed
            yield from self.by_period(f"{NOW}:fixed:{origin}", "factory_overheads", fixed, origin)
        persons = self.line["new_jobs"] * staffed
        yield from self.by_period(f"{NOW}:wages", "labour", self.option["as_is_labour"] * staffed, persons=persons)

    def _site_costs(self, saved: Array, persons: Array) -> Iterator[Cost]:
        """Yields care and maintenance less `saved`, and the idle payroll, with the persons of it who work again."""
        site = self.case.filled("sites").row(by_predicate=pl.col("id") == self.option["site"], named=True)
        care = 0.0 if self.option["runs"] else self.option["care_cost"]
        yield from self.by_period("care", "care", care - saved)
        payroll = np.full(self.periods.quarters, float(site["idle_wage"]))
        yield from self.by_period("idle_wages", "care", payroll, persons=persons)

    # Investment

    @property
    def investments(self) -> tuple[Investment, ...]:
        """Expected outlays by category and origin; residual values as in `value.credit`."""
        chance = self.option["chance"]
        rows = self.effects.outlays.filter(
            (pl.col("option") == self.option["option"]) & (pl.col("category") != "working_capital")
        ).with_columns(amount=pl.col("amount") * pl.when("sure").then(1.0).otherwise(chance))
        life = float(self.option["life"])
        items = []
        for (category, origin), part in rows.group_by("category", "origin", maintain_order=True):
            quarterly = np.zeros(self.periods.quarters)
            np.add.at(quarterly, part["quarter"].to_numpy() + self.start, part["amount"].to_numpy())
            en, ar = investment_names(str(category), str(origin))
            items.append(
                Investment(
                    id=f"{category}:{origin}",
                    name_en=en,
                    name_ar=ar,
                    group=GROUPS.get(str(category), "pre_production"),
                    amount=self.periods.amounts(self.periods.sums(quarterly)),
                    origin="local" if origin == "local" else "foreign",
                    depreciation=Depreciation(life=life),
                    residual=self._residual_share() if category in DEPRECIABLE else 0.0,
                )
            )
        return tuple(items)

    @property
    def construction_interest(self) -> Depreciation:
        """Interest of the construction phase is written off over production; its residual value is 0."""
        return Depreciation(life=max(self.horizon.production * self.periods.quarters_per_period / 4.0, 0.25))

    def _residual_share(self) -> float:
        q = (1.0 + self.prices.rate) ** 0.25 - 1.0
        first = np.array([np.inf if self.first is None else float(self.first)])
        return float(share_left(first, 4.0 * self.option["life"], self.periods.quarters, q)[0])

    @property
    def closing(self) -> tuple[ClosingCost, ...]:
        amount = self.option["closing_cost"] * self.option["chance"]
        en, ar = cost_names("closing")
        return (ClosingCost(id="closing", name_en=en, name_ar=ar, amount=amount),) if amount else ()


def _origin(foreign: bool) -> Origin:
    return "foreign" if foreign else "local"


def _split(foreign: float) -> tuple[tuple[Origin, float], ...]:
    return (("local", 1.0 - foreign), ("foreign", foreign))
