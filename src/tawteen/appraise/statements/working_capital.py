"""Working capital by days of coverage: stocks, receivables, cash and payables by period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.operations import CostFlow, Operations
from tawteen.appraise.statements.timing import Array, Timeline
from tawteen.appraise.study import Origin, Study

NOT_FACTORY = frozenset({"administration", "leasing", "marketing", "care"})
"""Categories of cost that are not part of work in progress."""
OFF_PRODUCT = frozenset({"marketing", "leasing"})
"""Categories of cost that are not part of finished products."""


@dataclass(frozen=True)
class WorkingCapitalItem:
    """One item of working capital by period, in the study's currency; payables are negative."""

    item: str
    study_item: str
    origin: Origin
    values: Array


def covered(days: float, yearly: Array, days_of_year: int) -> Array:
    """Returns the cost of `days` out of costs a year."""
    return np.asarray(days / days_of_year * yearly)


def produced(sold: Array, finished_days: float, days_of_year: int) -> Array:
    """Returns the activity of production: sales plus the growth of the stock of finished products."""
    stock = sold * finished_days / days_of_year
    return np.asarray(sold + np.diff(stock, axis=-1, prepend=0.0))


def working_capital(
    study: Study,
    profile: ConventionProfile,
    time: Timeline,
    operations: Operations,
    input_tax: Array | None = None,
) -> list[WorkingCapitalItem]:
    """Returns every item of working capital under the conventions of the profile; `input_tax` is paid by period."""
    costs = _as_made(study, profile, operations)
    holdings = _stocks(profile, time, operations, costs)
    holdings += _in_work(study, profile, operations, costs)
    holdings += _receivables(study, profile, operations)
    holdings += _cash(study, profile, costs)
    if input_tax is not None and input_tax.any():
        holdings.append(WorkingCapitalItem("tax_credit", "", "local", tax_credit(input_tax, operations)))
    holdings += [
        WorkingCapitalItem("payables", c.cost.id, c.cost.origin, -covered(c.cost.payable_days, c.yearly, profile.days))
        for c in costs
        if c.cost.payable_days
    ]
    return holdings


def _as_made(study: Study, profile: ConventionProfile, operations: Operations) -> list[CostFlow]:
    """Returns costs at the activity of sales, or of production if the profile counts it."""
    if profile.activity == "sold" or not study.working_capital.finished_days:
        return list(operations.costs)
    days = study.working_capital.finished_days
    return [c.with_activity(produced(c.activity, days, profile.days)) for c in operations.costs]


def _stocks(
    profile: ConventionProfile, time: Timeline, operations: Operations, costs: list[CostFlow]
) -> list[WorkingCapitalItem]:
    holdings = []
    for flow in costs:
        cost = flow.cost
        extra = time.spread(cost.extra_stock) * operations.money.rate(cost.currency, cost.rate)
        stock = covered(cost.stock_days, flow.yearly, profile.days) + extra
        margin = covered(cost.credit_days * cost.credit_cover, flow.yearly, profile.days)
        holdings += [
            WorkingCapitalItem(item, cost.id, cost.origin, values)
            for item, values in (("stock", stock), ("credit_margin", margin))
            if values.any()
        ]
    return holdings


def _in_work(
    study: Study, profile: ConventionProfile, operations: Operations, costs: list[CostFlow]
) -> list[WorkingCapitalItem]:
    """Returns work in progress at factory cost, and finished products at the cost of sales without marketing."""
    capital = study.working_capital
    holdings = []
    for flow in costs:
        if capital.work_in_progress_days and flow.cost.category not in NOT_FACTORY:
            values = covered(capital.work_in_progress_days, flow.yearly, profile.days)
            holdings.append(WorkingCapitalItem("work_in_progress", flow.cost.id, flow.cost.origin, values))
    for flow in operations.costs:
        if capital.finished_days and flow.cost.category not in OFF_PRODUCT | {"care"}:
            values = covered(capital.finished_days, flow.yearly, profile.days)
            holdings.append(WorkingCapitalItem("finished", flow.cost.id, flow.cost.origin, values))
    return holdings


def _receivables(study: Study, profile: ConventionProfile, operations: Operations) -> list[WorkingCapitalItem]:
    """Returns receivables: days of payment (late days included) of sales or of cost of sales, by profile."""
    buyers = {buyer.id: buyer.days + buyer.late_days for buyer in study.buyers}
    total = sum((sale.yearly for sale in operations.sales), np.zeros(operations.periods))
    cost = sum((flow.yearly for flow in operations.costs), np.zeros(operations.periods))
    holdings = []
    for flow in operations.sales:
        days = buyers.get(flow.sale.buyer, 0.0)
        if not days:
            continue
        part = np.divide(flow.yearly, total, out=np.zeros_like(total), where=total != 0)
        base = cost * part if profile.receivables == "cost" else flow.yearly * (1 + flow.sale.sales_tax)
        name, origin = flow.sale.id, flow.sale.origin
        holdings.append(WorkingCapitalItem("receivables", name, origin, covered(days, base, profile.days)))
        if profile.receivables == "sales" and flow.sale.sales_tax:
            # The tax that buyers still owe is owed to the state: it is passed on when they pay.
            owed = -covered(days, flow.yearly * flow.sale.sales_tax, profile.days)
            holdings.append(WorkingCapitalItem("tax_payable", name, origin, owed))
    return holdings


def tax_credit(input_tax: Array, operations: Operations) -> Array:
    """Returns tax on inputs that is not yet set against the tax on sales, at the end of each period."""
    due = sum((flow.tax for flow in operations.sales), np.zeros(operations.periods))
    credit, left = np.zeros(operations.periods), 0.0
    for t in range(operations.periods):
        credit[t] = left = max(0.0, left + input_tax[t] - due[t])
    return credit


def _cash(study: Study, profile: ConventionProfile, costs: list[CostFlow]) -> list[WorkingCapitalItem]:
    """Returns cash in hand for local costs except materials and marketing."""
    days = study.working_capital.cash_days
    left_out = profile.cash_without | {"marketing"}
    return [
        WorkingCapitalItem("cash_in_hand", flow.cost.id, "local", covered(days, flow.yearly, profile.days))
        for flow in costs
        if days and flow.cost.origin == "local" and flow.cost.category not in left_out
    ]
