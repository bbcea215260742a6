"""Sales and production costs as formulas, line by line as `appraise.statements.operations` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tawteen.appraise.study import ORIGINS, Cost, Product, Sale
from tawteen.report.workbook_formulas.formula import Formula, formula, total
from tawteen.report.workbook_formulas.model import StudyModel


@dataclass(frozen=True)
class SalesRows:
    """A line of sales; `values` by period, without sales tax and subsidy."""

    sale: Sale
    values: Formula
    tax: Formula
    subsidy: Formula


@dataclass(frozen=True)
class CostRows:
    """A cost: a year at full utilisation, its activity, what does not depend on it a year."""

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
    """Everything that is sold and what it costs."""

    sales: list[SalesRows]
    costs: list[CostRows]
    revenue: Formula
    sold: Formula


def running_of(model: StudyModel) -> OperationRows:
    """Sales programme and production costs."""
    model.inputs.section("live.section.products")
    used = {product.id: _used(model, product) for product in model.study.products}
    mean = _mean(model, list(used.values()))
    sales = _sales(model, used)
    revenue = model.line(model.schedules, "sales", "sales", model.sum([(s.sale.origin, s.values) for s in sales]),
                         look="sum")  # fmt: skip
    model.line(model.schedules, "sales", "sales_tax", total([s.tax for s in sales if s.sale.sales_tax]))
    model.line(model.schedules, "sales", "subsidies", total([s.subsidy for s in sales if s.sale.subsidy]))
    costs = _costs(model, used, mean)
    return OperationRows(sales, costs, revenue, mean)


def _used(model: StudyModel, product: Product) -> Formula:
    """Utilisation of a product under the scenario that is switched on."""
    stated = model.ask(f"products.{product.id}", "utilisation", product, product.utilisation, "production")
    label = f"{model.called(product)}: {model.say('live.utilisation')}"
    return model.schedules.add_row(label, model.scaled(stated, "quantity"), look="factor")


def _mean(model: StudyModel, used: list[Formula]) -> Formula:
    """Mean utilisation of the products, in a row of its own where there are several."""
    if not used:
        return model.clock.operating
    if len(used) == 1:
        return used[0]
    label = model.say("live.mean_utilisation")
    whole = model.schedules.add_row(f"{label} ({model.say('statements.part.total')})", total(used), look="factor")
    return model.schedules.add_row(label, whole / float(len(used)), look="factor")


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
        worth = model.scaled(quantity * price, "price") * used[sale.product] * model.price(sale, key)
        values = model.line(
            model.schedules, "sales", "sale", worth / model.clock.step, name=sale.id, part=sale.origin,
            label=model.called(sale),
        )  # fmt: skip
        tax = values * model.number(key, "sales_tax", sale, sale.sales_tax) if sale.sales_tax else formula(0.0)
        subsidy = values * model.number(key, "subsidy", sale, sale.subsidy) if sale.subsidy else formula(0.0)
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
        name = model.called(cost)
        activity = used.get(cost.product, mean)
        if cost.variable:
            stated = model.ask(key, "variable", cost, cost.variable, "every", unit=unit)
            label = f"{name}: {model.say('live.variable_at_capacity')}"
            variable = model.schedules.add_row(label, model.scaled(stated * price, "variable_costs"), model.money)
        if cost.fixed:
            stated = model.ask(key, "fixed", cost, cost.fixed, "production", unit=unit)
            label = f"{name}: {model.say('live.fixed_a_year')}"
            fixed = model.schedules.add_row(label, model.scaled(stated * price, "fixed_costs"), model.money)
        yearly = variable * activity + fixed if cost.variable else fixed
        values = model.line(
            model.schedules, "production", "cost", yearly / model.clock.step, name=cost.id, part=cost.origin,
            label=name,
        )  # fmt: skip
        costs.append(CostRows(cost, variable, activity, fixed, values))
    _totals(model, costs)
    return costs


def _totals(model: StudyModel, costs: list[CostRows]) -> None:
    sheet, step = model.schedules, model.clock.step
    variable = [c.unit * c.activity for c in costs if c.cost.variable]
    fixed = [c.fixed_yearly for c in costs if c.cost.fixed]
    for item, parts in (("variable_costs", variable), ("fixed_costs", fixed)):
        yearly = sheet.add_row(f"{model.say(f'statements.item.{item}')} ({model.say('live.a_year')})", total(parts),
                           model.money)  # fmt: skip
        model.line(sheet, "production", item, yearly / step, look="sum")
    for item, marketing in (("operating_costs", False), ("marketing_costs", True)):
        owned = [(c.cost.origin, c.values) for c in costs if (c.cost.category == "marketing") == marketing]
        model.line(sheet, "production", item, model.sum(owned))
        for origin in ORIGINS:
            model.line(sheet, "production", item, model.sum(owned, origin), part=origin)
