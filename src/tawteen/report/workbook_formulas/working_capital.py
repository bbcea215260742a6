"""Working capital by days of coverage as formulas, as `appraise.statements.working_capital` has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tawteen.appraise.statements.working_capital import NOT_FACTORY, OFF_PRODUCT
from tawteen.appraise.study import ORIGINS, Cost, Investment, Origin
from tawteen.report.workbook_formulas.assets import AssetRows, growth_lines
from tawteen.report.workbook_formulas.book import Line
from tawteen.report.workbook_formulas.formula import Formula, either, largest, ratio, total, wide
from tawteen.report.workbook_formulas.model import StudyModel
from tawteen.report.workbook_formulas.operations import CostRows, OperationRows


@dataclass(frozen=True)
class WorkingCapitalRows:
    """One item of working capital; payables are negative."""

    item: str
    origin: Origin
    values: Line


def held_of(model: StudyModel, running: OperationRows, assets: list[AssetRows]) -> list[WorkingCapitalRows]:
    """Every item that the study covers by days, and net working capital."""
    model.inputs.section("statements.statement.working_capital")
    model.schedules.section("statements.statement.working_capital")
    activity = {c.cost.id: c.activity for c in running.costs}
    finished = None
    if days := model.study.working_capital.finished_days:
        finished = _days(model, "working_capital", "finished_days", model.study, days)
        if model.profile.activity == "produced":
            by_use = {used.text: _produced(model, used, finished) for used in activity.values()}
            activity = {name: by_use[used.text] for name, used in activity.items()}
    holdings = [
        *_stocks(model, running, activity),
        *_in_work(model, running, activity, finished),
        *_receivables(model, running),
        *_cash(model, running, activity),
        *_payables(model, running, activity),
        *_tax_credit(model, running, assets),
    ]
    for item in dict.fromkeys(one.item for one in holdings):
        model.line(model.schedules, "working_capital", item, held_sum(model, holdings, item))
    net: dict[Origin | None, Line] = {}
    for origin in (None, *ORIGINS):
        total = model.sum([(one.origin, one.values) for one in holdings], origin)
        net[origin] = model.line(
            model.schedules, "working_capital", "net_working_capital", total, part=origin or "total",
            look="money" if origin else "sum",
        )  # fmt: skip
    growth_lines(model, net)
    return holdings


def held_sum(model: StudyModel, held: list[WorkingCapitalRows], *items: str) -> Formula:
    """Sum of these items."""
    return model.sum([(one.origin, one.values) for one in held if one.item in items])


def _days(model: StudyModel, key: str, input_name: str, item: object, days: float) -> Formula:
    return model.number(key, input_name, item, days, model.say("live.days")) / model.clock.days


def _produced(model: StudyModel, used: Formula, finished: Formula) -> Formula:
    """Activity of a year of production: what is sold and the growth of the stock of finished products."""
    whole = wide(used, model.time.periods)
    label = model.say("live.finished_stock")
    stock = model.schedules.add_row(label, whole * finished, look="factor")
    return model.schedules.add_row(model.say("live.produced"), whole + (stock - model.before(stock)), look="factor")


def _held(
    model: StudyModel, item: str, one: CostRows, values: Formula, origin: Origin | None = None
) -> WorkingCapitalRows:
    where = origin or one.cost.origin
    label = model.called(one.cost)
    line = model.line(model.schedules, "working_capital", item, values, name=one.cost.id, part=where, label=label)
    return WorkingCapitalRows(item, where, line)


def _stocks(model: StudyModel, running: OperationRows, activity: dict[str, Formula]) -> Iterator[WorkingCapitalRows]:
    for one in running.costs:
        cost, key = one.cost, f"costs.{one.cost.id}"
        yearly = one.yearly(activity[cost.id])
        stock = []
        if cost.stock_days:
            stock.append(yearly * _days(model, key, "stock_days", cost, cost.stock_days))
        if cost.extra_stock:
            extra = model.ask(
                key, "extra_stock", cost, cost.extra_stock, "every", unit=cost.currency or model.study.currency
            )
            stock.append(extra * model.rate(cost.currency, cost.rate))
        if stock:
            yield _held(model, "stock", one, total(stock))
        if cost.credit_days and cost.credit_cover:
            days = _days(model, key, "credit_days", cost, cost.credit_days)
            yield _held(
                model, "credit_margin", one, yearly * days * model.number(key, "credit_cover", cost, cost.credit_cover)
            )


def _in_work(
    model: StudyModel, running: OperationRows, activity: dict[str, Formula], finished: Formula | None
) -> Iterator[WorkingCapitalRows]:
    if in_work := model.study.working_capital.work_in_progress_days:
        days = _days(model, "working_capital", "work_in_progress_days", model.study, in_work)
        for one in running.costs:
            if one.cost.category not in NOT_FACTORY:
                yield _held(model, "work_in_progress", one, one.yearly(activity[one.cost.id]) * days)
    if finished is not None:
        for one in running.costs:
            if one.cost.category not in OFF_PRODUCT | {"care"}:
                yield _held(model, "finished", one, one.yearly() * finished)


def _receivables(model: StudyModel, running: OperationRows) -> Iterator[WorkingCapitalRows]:
    buyers = {buyer.id: buyer for buyer in model.study.buyers}
    cost = model.known("production", "operating_costs") + model.known("production", "marketing_costs")
    for one in running.sales:
        sale = one.sale
        buyer = buyers.get(sale.buyer)
        if buyer is None or not buyer.days + buyer.late_days:
            continue
        key = f"buyers.{buyer.id}"
        days = model.number(key, "days", buyer, buyer.days, model.say("live.days"))
        late = model.number(key, "late_days", buyer, buyer.late_days, model.say("live.days"))
        label = f"{model.called(sale)}: {model.say('live.share_of_year_owed')}"
        share = model.schedules.single(label, (days + late) / model.clock.days * model.clock.step, look="factor")
        base = (
            ratio(one.values, running.revenue, 0.0) * cost if model.profile.receivables == "cost" else
            one.values + one.tax if sale.sales_tax else one.values
        )  # fmt: skip
        owed = {"receivables": share * base}
        if model.profile.receivables == "sales" and sale.sales_tax:
            owed["tax_payable"] = -(share * one.tax)
        for item, values in owed.items():
            line = model.line(model.schedules, "working_capital", item, values, name=sale.id, part=sale.origin,
                              label=model.called(sale))  # fmt: skip
            yield WorkingCapitalRows(item, sale.origin, line)


def _cash(model: StudyModel, running: OperationRows, activity: dict[str, Formula]) -> Iterator[WorkingCapitalRows]:
    if not model.study.working_capital.cash_days:
        return
    days = _days(model, "working_capital", "cash_days", model.study, model.study.working_capital.cash_days)
    left_out = model.profile.cash_without | {"marketing"}
    for one in running.costs:
        if one.cost.origin == "local" and one.cost.category not in left_out:
            yield _held(model, "cash_in_hand", one, one.yearly(activity[one.cost.id]) * days, "local")


def _payables(model: StudyModel, running: OperationRows, activity: dict[str, Formula]) -> Iterator[WorkingCapitalRows]:
    for one in running.costs:
        if one.cost.payable_days:
            days = _days(model, f"costs.{one.cost.id}", "payable_days", one.cost, one.cost.payable_days)
            yield _held(model, "payables", one, -(one.yearly(activity[one.cost.id]) * days))


def _tax_credit(model: StudyModel, running: OperationRows, assets: list[AssetRows]) -> Iterator[WorkingCapitalRows]:
    """Tax on inputs that is not yet set against the tax on sales."""
    paid = {asset.item: asset.paid for asset in assets}
    taxed: list[tuple[str, Cost | Investment, Formula]] = [
        (f"costs.{c.cost.id}", c.cost, c.values) for c in running.costs
    ]
    taxed += [(f"investments.{one.id}", one, paid[one.id]) for one in model.study.investments if one.id in paid]
    parts = [
        values * model.number(key, "input_tax", item, item.input_tax) for key, item, values in taxed if item.input_tax
    ]
    if not parts:
        return
    sheet, due = model.schedules, model.known("sales", "sales_tax")
    tax = sheet.add_row(model.say("live.tax_on_inputs"), total(parts), model.money)
    label = model.line_label("tax_credit", part="local")
    credit, left = [], 0.0
    for put_in, owed in zip(tax.values, due.values, strict=True):
        left = max(0.0, left + put_in - owed)
        credit.append(left)
    before = either(model.clock.number.equals(1.0), 0.0, Formula(sheet.next_row_cell(-1), np.array(credit)))
    content = Formula(largest(before + tax - due, 0.0).text, np.array(credit))
    line = model.keep("working_capital", "tax_credit", "local", sheet.add_row(label, content, model.money))
    yield WorkingCapitalRows("tax_credit", "local", line)
