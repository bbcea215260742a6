"""Sales and production costs as formulas, line by line as `appraise.statements.operations` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tawteen.appraise.study import Cost, Sale
from tawteen.report.workbook_formulas.formula import Formula, formula, total, wide
from tawteen.report.workbook_formulas.model import ORIGINS, StudyModel


@dataclass(frozen=True)
class SalesRows:
    """A line of sales; `values` by period, without sales tax and subsidy."""

    sale: Sale
    values: Formula
    tax: Formula
    subsidy: Formula


@dataclass(frozen=True)
class CostRows:
    """A cost: amount per year at full utilisation, its activity, and its fixed part per year."""

    cost: Cost
    unit: Formula
    activity: Formula
    fixed_yearly: Formula
    values: Formula

    def yearly(self, activity: Formula | None = None) -> Formula:
        """Cost at the rate of a year, at its own or another activity."""
        return self.unit * (self.activity if activity is None else activity) + self.fixed_yearly


@dataclass(frozen=True)
class OperationRows:
    """All sales and operating costs."""

    sales: list[SalesRows]
    costs: list[CostRows]
    revenue: Formula
    sold: Formula


def running_of(model: StudyModel) -> OperationRows:
    """Sales programme and production costs."""
    model.inputs.section("live.section.products")
    used = {
        product.id: model.ask(f"products.{product.id}", "utilisation", product, product.utilisation, "production")
        for product in model.study.products
    }
    mean = total(list(used.values())) / float(len(used)) if used else model.operating
    sales = _sales(model, used)
    revenue = model.line(model.schedules, "sales", "sales", model.sum([(s.sale.origin, s.values) for s in sales]),
                         look="sum")  # fmt: skip
    nothing = wide(0.0, model.time.periods)
    model.line(model.schedules, "sales", "sales_tax", total([s.tax for s in sales]) if sales else nothing)
    model.line(model.schedules, "sales", "subsidies", total([s.subsidy for s in sales]) if sales else nothing)
    costs = _costs(model, used, mean)
    return OperationRows(sales, costs, revenue, wide(mean, model.time.periods))


def _sales(model: StudyModel, used: Mapping[str, Formula]) -> list[SalesRows]:
    model.inputs.section("live.section.sales")
    model.schedules.section("statements.statement.sales")
    units = {product.id: product.unit for product in model.study.products}
    sales = []
    for sale in model.study.sales:
        key, unit = f"sales.{sale.id}", units[sale.product]
        currency = sale.currency or model.study.currency
        quantity = model.ask(
            key, "quantity", sale, sale.quantity, "production", unit=f"{unit}/{model.say('live.year')}"
        )
        price = model.ask(key, "price", sale, sale.price, "every", unit=f"{currency}/{unit}" if unit else currency)
        worth = quantity * price * used[sale.product]
        worth = worth * model.price(sale, key)
        values = model.line(
            model.schedules, "sales", "sale", worth / float(model.step), name=sale.id, part=sale.origin,
            label=model.called(sale),
        )  # fmt: skip
        tax = values * model.number(key, "sales_tax", sale, sale.sales_tax) if sale.sales_tax else values * 0.0
        subsidy = values * model.number(key, "subsidy", sale, sale.subsidy) if sale.subsidy else values * 0.0
        sales.append(SalesRows(sale, values, tax, subsidy))
    return sales


def _costs(model: StudyModel, used: Mapping[str, Formula], mean: Formula) -> list[CostRows]:
    model.inputs.section("live.section.costs")
    model.schedules.section("statements.statement.production")
    costs = []
    nothing = formula(0.0)
    for cost in model.study.costs:
        key, currency = f"costs.{cost.id}", cost.currency or model.study.currency
        price = model.price(cost, key)
        unit = f"{currency}/{model.say('live.year')}"
        variable: Formula = nothing
        fixed: Formula = nothing
        if cost.variable:
            variable = model.ask(key, "variable", cost, cost.variable, "every", unit=unit) * price
        if cost.fixed:
            fixed = model.ask(key, "fixed", cost, cost.fixed, "production", unit=unit) * price
        activity = used.get(cost.product, mean)
        yearly = variable * activity + fixed if cost.variable else fixed
        values = model.line(
            model.schedules, "production", "cost", yearly / float(model.step), name=cost.id, part=cost.origin,
            label=model.called(cost),
        )  # fmt: skip
        costs.append(CostRows(cost, variable, activity, fixed, values))
    _totals(model, costs)
    return costs


def _totals(model: StudyModel, costs: list[CostRows]) -> None:
    step, nothing = float(model.step), wide(0.0, model.time.periods)
    variable = [c.unit * c.activity / step for c in costs if c.cost.variable]
    fixed = [c.fixed_yearly / step for c in costs if c.cost.fixed]
    sheet = model.schedules
    model.line(sheet, "production", "variable_costs", total(variable) if variable else nothing, look="sum")
    model.line(sheet, "production", "fixed_costs", total(fixed) if fixed else nothing, look="sum")
    for item, marketing in (("operating_costs", False), ("marketing_costs", True)):
        parts = [(c.cost.origin, c.values) for c in costs if (c.cost.category == "marketing") == marketing]
        model.line(sheet, "production", item, model.sum(parts))
        for origin in ORIGINS:
            model.line(sheet, "production", item, model.sum(parts, origin), part=origin)


def step_of(values: Formula, growth_from: Formula | float = 0.0) -> Formula:
    """Growth from one period to the next."""
    first = formula(growth_from)
    texts = [f"{values.texts[0]}-{first.texts[0]}"]
    texts += [f"{values.texts[t]}-{values.texts[t - 1]}" for t in range(1, len(values))]
    return Formula(tuple(texts), np.diff(values.values, prepend=first.values[0]), 1)
