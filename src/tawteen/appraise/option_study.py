"""An option as a study that a bank recomputes, and the cash of a whole programme, of the same flows as the appraisal.

The study holds expected values at market prices (the financial view): what a conditional option spends and makes is
weighed by its chance, as in `docs/method.md`, Effects. Its money is constant, so that nothing is inflated or escalated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl

from tawteen.appraise.cash import COLUMNS, Run, cash_of
from tawteen.appraise.flows import DEPRECIABLE, Flows, flows_of
from tawteen.appraise.option_names import called, goods, outlay
from tawteen.appraise.prices import Prices, View, prices
from tawteen.appraise.profile import ProfileName
from tawteen.appraise.risk.option import FUELS, HEATS
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import (
    Closing,
    Cost,
    CostCategory,
    Country,
    Depreciation,
    Horizon,
    Investment,
    InvestmentGroup,
    Origin,
    Product,
    Sale,
    Study,
    Without,
)
from tawteen.appraise.value import share_left
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.effects.parity import worth

Period = Literal["quarter", "year"]

GROUPS: dict[str, InvestmentGroup] = {
    "civil": "buildings",
    "works": "machinery",
    "equipment": "machinery",
    "spares": "auxiliary_equipment",
}
"""Where outlays stand among investments; all others are pre-production items."""
NOW = "as_is"
"""Begins the id of everything that the line of today sells and costs."""


def study_of(
    case: Case,
    effects: Effects,
    option: str,
    start: int | None = None,
    throughput: pl.DataFrame | None = None,
    *,
    without: pl.DataFrame | None = None,
    period: Period = "quarter",
    profile: ProfileName = "excel",
) -> Study:
    """The option as a study, with and without it, from the first to the last quarter of the case's horizon.

    It starts in period `start`, by default as early as it may, at full expected throughput. After a plan `throughput`
    says what it and the line of today make with the programme, `without` what they make without (option, period,
    amount; what is not named makes nothing). Under the profile `excel` and by quarters the incremental present value
    of total capital is that of `appraise`. Money that nobody has promised is not made up: equity and loans are empty.
    Raises CaseError for an option that is unknown, runs already, or cannot start.
    """
    site = _site_of(effects, option)
    alone = narrowed(effects, option, site)
    at = prices(case, "financial")
    flows = flows_of(case, alone, at)
    row = flows.options.row(0, named=True)
    begins = row["earliest"] if start is None else start
    made = _Made(case, alone, at, flows, begins, throughput, without, _Periods(case, period))
    about = case.settings.about
    place = case["sites"].row(by_predicate=pl.col("id") == site, named=True)
    return Study(
        id=option,
        name_en=f"{place['name_en']}: {row['name_en'] or option}",
        name_ar=f"{place['name_ar']}: {row['name_ar'] or option}",
        notice_en=about.notice_en,
        notice_ar=about.notice_ar,
        currency=case.settings.money.currency,
        profile=profile,
        discount=at.rate,
        horizon=made.horizon,
        products=made.products,
        sales=made.sales,
        investments=made.investments,
        costs=made.costs,
        closing=made.closing,
        without=Without(products=made.products_without, sales=made.sales_without, costs=made.costs_without),
        country=Country(discount=case.settings.discount.economic),
    )


def programme_cash(
    case: Case,
    effects: Effects,
    chosen: pl.DataFrame,
    throughput: pl.DataFrame,
    without: pl.DataFrame,
    *,
    view: View = "financial",
) -> pl.DataFrame:
    """Cash of the options a programme chose, by site, option and period, with and without the programme.

    `chosen`: option, period (of its start); `throughput` and `without`: option, period, amount, of the programme and
    of doing nothing. Columns: site, option, view, period, those of `Appraisal.cash`. Sums over options are the cash of
    the programme at reference prices: what pools cost above them is the plan's own account.
    """
    starts = dict(zip(chosen["option"], chosen["period"], strict=True))
    at = prices(case, view)
    cash = cash_of(case, effects, at, Run(starts, throughput, without))
    count, periods = cash.without.shape
    rows = np.repeat(np.arange(count), periods)
    lines = {name: cash.with_it[name].ravel() + 0.0 for name in COLUMNS}
    return pl.DataFrame(
        {
            "site": cash.options["site"].gather(rows),
            "option": cash.options["option"].gather(rows),
            "view": pl.Series([view] * len(rows), dtype=pl.String),
            "period": np.tile(np.arange(periods), count),
            **lines,
            "net": cash.net.ravel(),
            "net_without": cash.without.ravel(),
        }
    )


def narrowed(effects: Effects, option: str, site: str) -> Effects:
    """Effects of the option and of the line that runs on its site."""
    own = (pl.col("site") == site) & (pl.col("kind") == "as_is")
    kept = effects.options.filter((pl.col("option") == option) | own)
    names = kept["option"].to_list()

    def of(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("option").is_in(names))

    return Effects(kept, of(effects.outlays), of(effects.needs), of(effects.profile), of(effects.recipe))


def _site_of(effects: Effects, option: str) -> str:
    found = effects.options.filter((pl.col("option") == option) & (pl.col("kind") != "as_is"))
    if not found.height or not found["available"][0]:
        code = "risk.option_unavailable" if found.height else "risk.option_unknown"
        raise CaseError([Finding("error", code, "options", value=option, args={"option": option})])
    return str(found["site"][0])


@dataclass(frozen=True)
class _Periods:
    """Quarters of the case as periods of the study."""

    case: Case
    period: Period

    @property
    def quarters(self) -> int:
        return self.case.settings.time.periods

    @property
    def each(self) -> int:
        """Quarters of a period."""
        return 1 if self.period == "quarter" else 4

    @property
    def count(self) -> int:
        return -(-self.quarters // self.each)

    @property
    def labels(self) -> list[str]:
        if self.period == "quarter":
            return [self.case.calendar.label(t) for t in range(self.count)]
        return [str(self.case.settings.time.start.year + t) for t in range(self.count)]

    def sums(self, quarterly: Array) -> Array:
        """Sums of the quarters of each period."""
        return np.asarray(np.add.reduceat(quarterly, np.arange(0, self.quarters, self.each)))

    def yearly(self, quarterly: Array) -> Array:
        """What quarters come to at the rate of a year."""
        return self.sums(quarterly) * (4 // self.each)

    def lasts(self, quarterly: Array) -> Array:
        """Values in the last quarter of each period."""
        ends = np.minimum(np.arange(self.count) * self.each + self.each, self.quarters) - 1
        return np.asarray(quarterly[ends])

    def amounts(self, values: Array) -> dict[str, float]:
        """By label, those that are not zero."""
        return {label: float(v) for label, v in zip(self.labels, values, strict=True) if v}


@dataclass(frozen=True)
class _Made:
    """The parts of one study, out of the flows of its option (the only row of `flows`)."""

    case: Case
    effects: Effects
    prices: Prices
    flows: Flows
    start: int
    throughput: pl.DataFrame | None
    before: pl.DataFrame | None
    periods: _Periods

    @cached_property
    def option(self) -> dict[str, Any]:
        return self.flows.options.row(0, named=True)

    @cached_property
    def line(self) -> dict[str, Any] | None:
        """The line that runs today."""
        found = self.effects.options.filter(pl.col("kind") == "as_is")
        return found.row(0, named=True) if found.height else None

    def shift(self, quarters: Array) -> Array:
        """Quarters from the start as quarters of the horizon."""
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
        waits = 0 if self.line or self.first is None else self.first // self.periods.each
        count = self.periods.count
        return Horizon(
            start=self.periods.labels[0], period=self.periods.period, construction=waits, production=count - waits
        )

    # What is made

    @cached_property
    def output(self) -> Array:
        """Throughput of the option by quarter."""
        if self.throughput is None:
            return self.shift(self.flows.capacity)
        return self._given(self.throughput, self.option["option"])

    @cached_property
    def stays(self) -> Array:
        """Share of the line of today that is not taken over, by quarter."""
        return 1.0 - self.shift(self.flows.taken)

    def _given(self, throughput: pl.DataFrame, option: str) -> Array:
        values = np.zeros(self.periods.quarters)
        for at, amount in throughput.filter(pl.col("option") == option).select("period", "amount").iter_rows():
            values[at] += amount
        return values

    def line_output(self, throughput: pl.DataFrame | None, share: Array) -> Array:
        """Throughput of the line of today by quarter: what is given, else its share of full output."""
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
                energy=pl.col("unit").is_in(HEATS) | pl.col("hs").str.starts_with(FUELS).fill_null(False),
                foreign=pl.when(pl.col("quantity") > 0)
                .then(pl.col("cif").is_null() & pl.col("fob").is_not_null())
                .otherwise(pl.col("cif").is_not_null()),
            )
        )
        found: dict[str, list[dict[str, Any]]] = {}
        for row in priced.iter_rows(named=True):
            found.setdefault(row["option"], []).append(row)
        return found

    def product(self, row: Mapping[str, Any], output: Array) -> Product:
        """The option's or the line's throughput as a product of its nominal capacity."""
        outputs = [one for one in self.recipe.get(row["option"], []) if one["quantity"] > 0]
        main = next((one for one in outputs if one["commodity"] == row["commodity"]), None)
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
        """A sale for each thing that is made."""
        for one in self.recipe.get(row["option"], []):
            if one["quantity"] > 0:
                en, ar = goods(one, today=bool(prefix))
                yield Sale(
                    id=prefix + one["commodity"],
                    name_en=en,
                    name_ar=ar,
                    product=row["option"],
                    quantity=4.0 * row["capacity"] * one["quantity"],
                    price=one["price"],
                    origin=_origin(one["foreign"]),
                )

    def used(self, row: Mapping[str, Any], prefix: str = "") -> Iterator[Cost]:
        """A cost for each thing that is taken, and running cost by unit of throughput."""
        full = 4.0 * row["capacity"]
        for one in self.recipe.get(row["option"], []):
            if one["quantity"] < 0:
                en, ar = goods(one, today=bool(prefix))
                yield Cost(
                    id=prefix + one["commodity"],
                    name_en=en,
                    name_ar=ar,
                    category="energy" if one["energy"] else "raw_materials",
                    product=row["option"],
                    variable=-full * one["quantity"] * one["price"],
                    origin=_origin(one["foreign"]),
                )
        for origin, share in _split(row["foreign_share"]):
            if amount := full * row["variable_cost"] * share:
                en, ar = called("supplies", origin=origin, today=bool(prefix))
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
        self, item: str, category: CostCategory, quarterly: Array, origin: Origin = "local"
    ) -> Iterator[Cost]:
        """A cost that does not depend on what is made."""
        if quarterly.any():
            amounts = self.periods.amounts(self.periods.yearly(quarterly))
            parts = item.split(":")
            today = parts[0] == NOW
            what, *of = parts[1:] if today else parts
            en, ar = called(what, origin=of[0] if of else "", today=today)
            yield Cost(id=item, name_en=en, name_ar=ar, category=category, fixed=amounts, origin=origin)

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
        return (self.product(self.line, self.line_output(self.before, np.ones(self.periods.quarters))),)

    @property
    def sales(self) -> tuple[Sale, ...]:
        return (*self.sold(self.option), *self.sales_without)

    @property
    def sales_without(self) -> tuple[Sale, ...]:
        return tuple(self.sold(self.line, f"{NOW}:")) if self.line else ()

    @property
    def costs(self) -> tuple[Cost, ...]:
        return (*self._own_costs(), *self._line_costs(self.stays), *self._site_costs(self.shift(self.flows.care)))

    @property
    def costs_without(self) -> tuple[Cost, ...]:
        whole = np.ones(self.periods.quarters)
        return (*self._line_costs(whole), *self._site_costs(np.zeros(self.periods.quarters)))

    def _own_costs(self) -> Iterator[Cost]:
        yield from self.used(self.option)
        fixed = -self.shift(self.flows.fixed)
        for origin, share in _split(self.option["foreign_share"]):
            yield from self.by_period(f"fixed:{origin}", "factory_overheads", fixed * share, origin)
        yield from self.by_period("wages", "labour", -self.shift(self.flows.labour))
        yield from self.by_period("fees", "royalties", -self.shift(self.flows.fees), "foreign")
        if (held := self.held).any():
            amounts = self.periods.amounts(self.periods.lasts(held))
            en, ar = called("working_capital")
            yield Cost(id="working_capital", name_en=en, name_ar=ar, category="factory_supplies", extra_stock=amounts)

    @property
    def held(self) -> Array:
        """Working capital from the quarter before operation on."""
        held = np.zeros(self.periods.quarters)
        began = self.option["operating_from"]
        first = self.start + (1 if began is None else began) - 1
        held[first:] = self.option["working_capital"] * self.option["chance"]
        return held

    def _line_costs(self, stays: Array) -> Iterator[Cost]:
        if self.line is None:
            return
        yield from self.used(self.line, f"{NOW}:")
        for origin, share in _split(self.line["foreign_share"]):
            fixed = self.option["as_is_fixed"] * share * stays
            yield from self.by_period(f"{NOW}:fixed:{origin}", "factory_overheads", fixed, origin)
        yield from self.by_period(f"{NOW}:wages", "labour", self.option["as_is_labour"] * stays)

    def _site_costs(self, saved: Array) -> Iterator[Cost]:
        """Care and maintenance less what of it ends, and the payroll that is paid in both cases."""
        site = self.case.filled("sites").row(by_predicate=pl.col("id") == self.option["site"], named=True)
        care = 0.0 if self.option["runs"] else self.option["care_cost"]
        yield from self.by_period("care", "care", care - saved)
        yield from self.by_period("idle_wages", "care", np.full(self.periods.quarters, float(site["idle_wage"])))

    # What is spent once

    @property
    def investments(self) -> tuple[Investment, ...]:
        """Outlays by category and origin, with their chance; worth at the end as in `value.credit`."""
        chance = self.option["chance"]
        rows = self.effects.outlays.filter(
            (pl.col("option") == self.option["option"]) & (pl.col("category") != "working_capital")
        ).with_columns(amount=pl.col("amount") * pl.when("sure").then(1.0).otherwise(chance))
        life = float(self.option["life"])
        found = []
        for (category, origin), part in rows.group_by("category", "origin", maintain_order=True):
            quarterly = np.zeros(self.periods.quarters)
            np.add.at(quarterly, part["quarter"].to_numpy() + self.start, part["amount"].to_numpy())
            en, ar = outlay(str(category), str(origin))
            found.append(
                Investment(
                    id=f"{category}:{origin}",
                    name_en=en,
                    name_ar=ar,
                    group=GROUPS.get(str(category), "pre_production"),
                    amount=self.periods.amounts(self.periods.sums(quarterly)),
                    origin="local" if origin == "local" else "foreign",
                    depreciation=Depreciation(life=life),
                    residual=self._left() if category in DEPRECIABLE else 0.0,
                )
            )
        return tuple(found)

    def _left(self) -> float:
        q = (1.0 + self.prices.rate) ** 0.25 - 1.0
        first = np.array([np.inf if self.first is None else float(self.first)])
        return float(share_left(first, 4.0 * self.option["life"], self.periods.quarters, q)[0])

    @property
    def closing(self) -> tuple[Closing, ...]:
        amount = self.option["closing_cost"] * self.option["chance"]
        en, ar = called("closing")
        return (Closing(id="closing", name_en=en, name_ar=ar, amount=amount),) if amount else ()


def _origin(foreign: bool) -> Origin:
    return "foreign" if foreign else "local"


def _split(foreign: float) -> tuple[tuple[Origin, float], ...]:
    return (("local", 1.0 - foreign), ("foreign", foreign))
