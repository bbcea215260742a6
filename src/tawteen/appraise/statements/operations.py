"""Sales programme and production costs, in the study's currency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tawteen.appraise.statements.timing import Array, CurrencyConversion, Timeline
from tawteen.appraise.study import Cost, Sale, Study


@dataclass(frozen=True)
class SaleFlow:
    """A line of sales without tax and subsidy: `yearly` at an annual rate, `values` by period."""

    sale: Sale
    yearly: Array
    step: int

    @property
    def values(self) -> Array:
        """Sales of each period."""
        return np.asarray(self.yearly / self.step)

    @property
    def tax(self) -> Array:
        """Sales tax, paid by buyers on top of the price."""
        return np.asarray(self.values * self.sale.sales_tax)

    @property
    def subsidy(self) -> Array:
        """Subsidy, paid by the state on top of the price."""
        return np.asarray(self.values * self.sale.subsidy)


@dataclass(frozen=True)
class CostFlow:
    """A cost: `unit` a year at full utilisation, `activity` (utilisation), `fixed_yearly` a year."""

    cost: Cost
    unit: Array
    activity: Array
    fixed_yearly: Array
    step: int

    @property
    def yearly(self) -> Array:
        """Cost at the rate of a year."""
        return np.asarray(self.unit * self.activity + self.fixed_yearly)

    @property
    def variable(self) -> Array:
        """Variable cost of each period."""
        return np.asarray(self.unit * self.activity / self.step)

    @property
    def fixed(self) -> Array:
        """Fixed cost of each period."""
        return np.asarray(self.fixed_yearly / self.step)

    @property
    def values(self) -> Array:
        """Cost of each period."""
        return np.asarray(self.yearly / self.step)

    def with_activity(self, activity: Array) -> CostFlow:
        """Returns the cost at another activity."""
        return replace(self, activity=activity)


@dataclass(frozen=True)
class Operations:
    """Sales and costs of a study; `sold` is the mean utilisation of the products."""

    sales: tuple[SaleFlow, ...]
    costs: tuple[CostFlow, ...]
    money: CurrencyConversion
    sold: Array
    periods: int

    @cached_property
    def revenue(self) -> Array:
        """Sales of each period, without sales tax and subsidy."""
        return sum((flow.values for flow in self.sales), np.zeros(self.periods))


def operations(study: Study, time: Timeline) -> Operations:
    """Returns sales and costs of every period."""
    money = CurrencyConversion(study, time)
    used = {product.id: time.spread(product.utilisation, "production") for product in study.products}
    mean = np.mean(list(used.values()), axis=0) if used else time.operating
    sales = []
    for sale in study.sales:
        worth = time.spread(sale.quantity, "production") * time.spread(sale.price) * used[sale.product]
        worth = worth * money.level(sale.currency, sale.escalation) * money.rate(sale.currency, sale.rate)
        sales.append(SaleFlow(sale, np.asarray(worth), time.step))
    costs = []
    for cost in study.costs:
        price = money.level(cost.currency, cost.escalation) * money.rate(cost.currency, cost.rate)
        costs.append(
            CostFlow(
                cost=cost,
                unit=np.asarray(time.spread(cost.variable) * price),
                activity=used.get(cost.product, mean),
                fixed_yearly=np.asarray(time.spread(cost.fixed, "production") * price),
                step=time.step,
            )
        )
    return Operations(tuple(sales), tuple(costs), money, mean, time.periods)
