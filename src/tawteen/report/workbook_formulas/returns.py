"""Discounted cash flows, indicators and ratios as formulas, as `appraise.statements` has them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.appraise.params import CASH_ROUNDING
from tawteen.appraise.statements.discounted import AT_END, OUTLAYS, OWNERS_OUTLAYS
from tawteen.appraise.statements.model import indicator_label
from tawteen.report.workbook_formulas.book import Clock, FormulaSheet, Line
from tawteen.report.workbook_formulas.company import Company, of_year
from tawteen.report.workbook_formulas.formula import (
    EMPTY,
    Formula,
    all_true,
    either,
    formula,
    largest,
    ratio,
    size,
    total,
    wide,
)  # fmt: skip
from tawteen.report.workbook_formulas.model import StudyModel

YEARLY_DSCR = ("ratios", "yearly_dscr", "", "total")
"""Key of the row of debt service cover by year."""


@dataclass(frozen=True)
class CashFlowRows:
    """A discounted cash flow: its lines, its net, and the same without what is left at the end."""

    basis: str
    net: Line
    lines: dict[str, Line]

    @property
    def invested(self) -> Formula:
        """Investments: of owners, what their own money pays."""
        items = OWNERS_OUTLAYS.get(self.basis, OUTLAYS)
        return total([-line for item, line in self.lines.items() if item in items])

    @property
    def before_end(self) -> Formula:
        """Without residual values."""
        return total([line for item, line in self.lines.items() if not item.startswith(AT_END)])


def cash_flows(company: Company, sheet: FormulaSheet, clock: Clock) -> list[CashFlowRows]:
    """Cash flow of total capital, of equity and of shareholders; `clock` has the period of residual values."""
    model = company.model
    capital = {
        "sales": model.known("sales", "sales"),
        "subsidies": company.subsidies,
        "disposals": model.known("cash_plan", "disposals"),
        "fixed_investment": -company.invested("fixed_investment"),
        "pre_production": -company.invested("pre_production"),
        "working_capital_growth": -model.known("working_capital", "working_capital_growth"),
        "operating_costs": -company.costs(of_marketing=False),
        "marketing_costs": -company.costs(of_marketing=True),
        "income_tax": -model.known("income", "income_tax"),
    }
    whole = {**_widened(model, capital), **_residuals(company, clock)}
    loans = {
        "grants": model.known("cash_plan", "grants"),
        "loans_drawn": model.known("cash_plan", "loans_drawn"),
        "loans_repaid": -model.known("cash_plan", "loans_repaid"),
        "interest_and_fees": -model.known("cash_plan", "interest_and_fees"),
    }
    debt, cash = model.known("balance", "debt"), model.known("cash_plan", "cash")
    left = {"debt_left": _at_end(clock, -debt[-1])}
    held: Formula = formula(0.0)
    if any(one.swept is not None for one in company.sources.loans):
        loans["loans_swept"] = -model.known("cash_plan", "loans_swept")
    if company.sources.reserves:
        loans["reserve_growth"] = -model.known("cash_plan", "reserve_growth")
        loans["reserve_interest"] = model.known("cash_plan", "reserve_interest")
        held = model.known("balance", "reserve")[-1]
        left["reserve_left"] = _at_end(clock, held)
    owners = {
        "equity_paid": -model.known("cash_plan", "equity_paid"),
        "equity_refunded": model.known("cash_plan", "equity_refunded"),
        "dividends": model.known("income", "dividends"),
    }
    ended = {"cash_and_debt_left": _at_end(clock, cash[-1] + held - debt[-1])}
    return [
        _write_cash_flow(model, sheet, "total_capital", whole),
        _write_cash_flow(model, sheet, "equity", {**whole, **_widened(model, loans), **left}),
        _write_cash_flow(
            model, sheet, "shareholders", {**_widened(model, owners), **_residuals(company, clock), **ended}
        ),
    ]


def _widened(model: StudyModel, lines: dict[str, Formula]) -> dict[str, Formula]:
    """With a column for what comes after the last period, where the profile has one."""
    widened = {item: wide(values, model.time.periods) for item, values in lines.items()}
    return {item: values.one_more() for item, values in widened.items()} if model.after else widened


def _at_end(clock: Clock, amount: Formula) -> Formula:
    """An amount in the period in which residual values return."""
    values = np.zeros(len(clock.number))
    values[-1] = amount.values[0]
    return Formula(either(clock.residual.equals(1.0), amount, 0.0).text, values)


def _residuals(company: Company, clock: Clock) -> dict[str, Formula]:
    model = company.model
    sheet, say = model.schedules, model.say
    # Capitalised interest is an asset of the balance sheet that nobody buys.
    sellable = [a.residual for a in company.owned if not a.interest]
    worth = sheet.single(say("statements.item.residual_assets"), total(sellable), model.money)
    closings = [
        model.number(f"closing.{one.id}", "closing", one, one.amount, one.currency or model.money)
        * wide(model.price(one, f"closing.{one.id}"), model.time.periods)[-1]
        for one in model.study.closing
    ]
    closing = sheet.single(say("statements.item.closing"), total(closings), model.money)
    held = model.known("working_capital", "net_working_capital")
    return {
        "residual_assets": _at_end(clock, worth),
        "residual_working_capital": _at_end(clock, held[-1]),
        "closing": _at_end(clock, -closing),
    }


def _write_cash_flow(model: StudyModel, sheet: FormulaSheet, basis: str, lines: dict[str, Formula]) -> CashFlowRows:
    sheet.section(f"statements.statement.{basis}")
    count = model.time.periods + model.after
    put = {item: model.line(sheet, basis, item, wide(content, count)) for item, content in lines.items()}
    net = model.line(sheet, basis, "net_cash_flow", total(list(put.values())), look="sum")
    label = model.line_label("net_cash_flow_cumulated")
    model.keep(basis, "net_cash_flow_cumulated", "total", sheet.running(label, net, count=count))
    return CashFlowRows(basis, net, put)


def indicators(
    sheet: FormulaSheet, model: StudyModel, flow: CashFlowRows, rate: Line, known: dict[str, float | None]
) -> dict[str, Line]:
    """Present value, rates of return and paybacks of a cash flow; `known` are those of the engine, to start from."""
    clock, ahead, say = sheet.clock, float(model.profile.ahead), model.say
    sheet.section(f"statements.statement.{flow.basis}")
    count = len(flow.net)

    def across(label: str, content: Formula, look: str = "money") -> Line:
        return sheet.add_row(label, content, look=look, count=count)

    power = -(clock.number - 1.0 + ahead) / clock.step
    factor = across(say("live.discount_factor"), (1.0 + rate) ** Formula(f"({power.text})", power.values), "factor")
    worth = across(say("live.present_values"), flow.net * factor)
    put: dict[str, Line] = {}
    put["npv"] = sheet.single(say("statements.indicator.npv"), worth.sum(), model.money)
    spent = across(say("live.investments_discounted"), _bracketed(flow.invested) * factor)
    paid = sheet.single(say("live.investments_present"), spent.sum(), model.money)
    put["npv_ratio"] = sheet.single(
        say("statements.indicator.npv_ratio"),
        either(paid > CASH_ROUNDING.dust * flow.net.largest(), put["npv"] / paid, EMPTY), look="number",
    )  # fmt: skip
    step = float(model.step)
    roots = {name: value for name, value in known.items() if name.startswith("irr_") and value is not None}
    rate_found = _irr(flow.net, step, known.get("irr"), several=bool(roots))
    put["irr"] = sheet.single(say("statements.indicator.irr"), rate_found, look="share")
    for name, value in roots.items():
        put[name] = sheet.single(indicator_label(name, model.book.words), _irr(flow.net, step, value), look="share")
    if count > 1:
        product = f"{flow.net.span(1)}*{flow.net.span(0, count - 2)}"
        turns = Formula(f"SUMPRODUCT(({product}<0)*1)",
                        np.array([float((flow.net.values[1:] * flow.net.values[:-1] < 0).sum())]))  # fmt: skip
        sheet.single(say("live.sign_changes"), turns, look="whole")
    if roots:
        sheet.text(say("appraise.irr_several"), "wrong")
    if model.profile.mirr:
        each = sheet.single(
            say("live.discount_a_period"), (1.0 + rate) ** _bracketed(1.0 / clock.step) - 1.0, look="share"
        )
        dust = sheet.single(say("live.rounding"), CASH_ROUNDING.dust * flow.net.largest(), look="number")
        side = sheet.single(say("live.smaller_side"), _smaller_side(flow.net), look="number")
        modified = _mirr(flow.net, rate, each, (side, dust), model)
        put["mirr"] = sheet.single(say("statements.indicator.mirr"), modified, look="share")
    ended = across(say("live.without_residuals"), flow.before_end)
    put["payback_years"] = _payback(sheet, model, "payback_years", ended)
    discounted = across(say("live.discounted_without_residuals"), ended * factor)
    put["discounted_payback_years"] = _payback(sheet, model, "discounted_payback_years", discounted)
    return put


def _bracketed(content: Formula) -> Formula:
    return content if content.binds > 1 else Formula(f"({content.text})", content.values)


def _irr(net: Line, step: float, known: float | None, *, several: bool = False) -> Formula:
    """The rate a year; the search starts from the engine's, where there is one. Of `several` rates none is the one."""
    if several:
        return EMPTY
    guess = 0.02 if known is None else (1.0 + known) ** (1.0 / step) - 1.0
    span = net.span()
    # A spreadsheet searches near its guess: where inputs change much it must begin again from others.
    searched = f"IFERROR(IRR({span},{guess:.4f}),IFERROR(IRR({span},-0.06),IRR({span},0.4)))"
    text = f'IFERROR((1+{searched})^{step:g}-1,"")'
    return Formula(text, np.array([np.nan if known is None else known]))


def _smaller_side(net: Line) -> Formula:
    """The smaller of the largest receipt and the largest outlay of a flow; not positive where one is missing."""
    span = net.span()
    return Formula(f"MIN(MAX({span}),-MIN({span}))", np.array([min(net.values.max(), -net.values.min())]))


def _mirr(net: Line, rate: Line, each: Line, sides: tuple[Line, Line], model: StudyModel) -> Formula:
    """Outlays discounted and returns carried to the end at the discount rate.

    `sides` are the flow's smaller side and the amount up to which it is none.
    """
    side, dust = sides
    step, years = float(model.step), (len(net) - 1) / model.step
    factors = (1.0 + float(rate.values[0])) ** (-np.arange(len(net)) / step)
    flows = np.where(np.abs(net.values) > dust.values[0], net.values, 0.0)
    spent = -(np.minimum(flows, 0.0) * factors).sum()
    gained = (np.maximum(flows, 0.0) * factors).sum()
    text = f'IF({side.text}<={dust.text},"",IFERROR((1+MIRR({net.span()},{each.text},{each.text}))^{step:g}-1,""))'
    value = (
        np.nan
        if spent <= 0 or gained <= 0 or not years
        else (gained / spent) ** (1 / years) * (1 + float(rate.values[0])) - 1
    )
    return Formula(text, np.array([value]))


def _payback(sheet: FormulaSheet, model: StudyModel, name: str, flows: Line) -> Line:
    """Years until what came in covers what went out and stays so, inside a period by its share."""
    say, count = model.say, len(flows)
    cumulated = sheet.running(say("statements.item.net_cash_flow_cumulated"), flows, count=count)
    values = cumulated.values
    dust = sheet.single(say("live.rounding"), -CASH_ROUNDING.dust * cumulated.largest(), look="number")
    numbers = sheet.clock.number.span(0, count - 1)
    last = Formula(f"SUMPRODUCT(MAX(({cumulated.span()}<{dust.text})*{numbers}))", np.array([float(_last(values))]))
    short = sheet.single(say("live.last_short"), last, look="whole")
    owed, came = f"INDEX({cumulated.span()},{short.text})", f"INDEX({flows.span()},{short.text}+1)"
    years = f"({short.text}-{owed}/{came})/{sheet.clock.step.text}"
    text = f'IF({short.text}=0,0,IF({short.text}={count},"",{years}))'
    place = _last(values)
    if place == 0:
        value = 0.0
    elif place == count:
        value = np.nan
    else:
        value = (place - values[place - 1] / flows.values[place]) / model.step
    return sheet.single(say(f"statements.indicator.{name}"), Formula(text, np.array([value])), look="number")


def _last(values: np.ndarray) -> int:
    """Number (from 1) of the last period in which something is owed; 0 when never."""
    short = np.flatnonzero(values < -CASH_ROUNDING.dust * np.abs(values).max(initial=0.0))
    return int(short[-1]) + 1 if len(short) else 0


def ratios(company: Company, sheet: FormulaSheet, *, cover: bool) -> None:
    """Return, structure, liquidity and with `cover` debt cover by period; empty where nothing stands below."""
    model, known = company.model, company.model.known
    net, revenue = known("income", "net_profit"), known("sales", "sales")
    own, debt = known("balance", "equity_capital"), known("balance", "debt")
    capital = own + debt
    items = (
        "stock",
        "credit_margin",
        "work_in_progress",
        "finished",
        "receivables",
        "tax_credit",
        "cash_in_hand",
        "cash_surplus",
    )
    current = sheet.add_row(
        model.say("live.current_assets"), total([known("balance", item) for item in items]), model.money
    )
    owed = sheet.add_row(model.say("live.current_liabilities"),
                     total([known("balance", item) for item in ("payables", "tax_payable", "deficit_uncovered")]),
                     model.money)  # fmt: skip
    lines = {
        "return_on_capital": ratio(net + known("income", "finance_cost"), capital),
        "return_on_equity": ratio(net, own),
        "net_margin": ratio(net, revenue),
        "operating_margin": ratio(known("income", "operating_profit"), revenue),
        "debt_share": ratio(debt, capital),
        "current_ratio": ratio(current, owed),
    }
    for item, content in lines.items():
        model.line(sheet, "ratios", item, content, look="number")
    _debt_service(company, sheet)
    if cover:
        model.book.lines[model.scenario, YEARLY_DSCR] = _covers(
            [(1.0, company)], sheet, *_service_lines(company, sheet)
        )


def _debt_service(company: Company, sheet: FormulaSheet) -> None:
    """Cash available for debt service, and the debt service."""
    model, known, say = company.model, company.model.known, company.model.say
    received = known("sales", "sales") + known("sales", "subsidies") + known("cash_plan", "disposals")
    came = sheet.add_row(say("live.cash_before_service"), received, model.money)
    uses = ("operating_costs", "marketing_costs", "income_tax", "working_capital_growth", "fixed_investment",
            "pre_production")  # fmt: skip
    spent = sheet.add_row(
        say("live.spent_before_service"), total([known("cash_plan", item) for item in uses]), model.money
    )
    model.line(sheet, "debt", "available", (came - spent) * model.clock.operating)
    served = known("cash_plan", "loans_repaid") + known("cash_plan", "interest_and_fees")
    model.line(sheet, "debt", "debt_service", Formula(f"({served.text})", served.values) * model.clock.operating)


def _service_lines(company: Company, sheet: FormulaSheet) -> tuple[Line, Line, Line]:
    """Cash available, debt service and principal repaid in operation."""
    model = company.model
    repaid = sheet.add_row(model.say("live.repaid_in_operation"),
                           model.known("cash_plan", "loans_repaid") * model.clock.operating, model.money)  # fmt: skip
    return model.known("debt", "available"), model.known("debt", "debt_service"), repaid


def added_cover(company: Company, without: Company, sheet: FormulaSheet) -> Line:
    """Debt cover of what the project adds: the cash and the debt with it, less those without it; DSCR by year."""
    sheet.section("statements.statement.ratios")
    model = company.model

    def added(statement: str, item: str) -> Line:
        gain = model.known(statement, item) - without.model.known(statement, item)
        operating = Formula(f"({gain.text})", gain.values) * model.clock.operating
        return sheet.add_row(model.line_label(item), operating, model.money)

    lines = added("debt", "available"), added("debt", "debt_service"), added("cash_plan", "loans_repaid")
    return _covers([(1.0, company), (-1.0, without)], sheet, *lines)


def _covers(
    companies: list[tuple[float, Company]],
    sheet: FormulaSheet,
    available: Line,
    service: Line,
    repaid: Line,
) -> Line:
    """DSCR by period, LLCR and PLCR of companies with their signs; returns the DSCR by year."""
    model = companies[0][1].model
    say = model.say

    def line(item: str, content: Formula) -> None:
        model.line(sheet, "ratios", item, content, look="number")

    line("dscr", ratio(available, service))
    yearly = _yearly_cover(model, sheet, available, service, repaid)
    if not any(company.sources.loans for _, company in companies):
        return yearly
    owed, rates = _owed(companies, sheet)
    numbers, span = model.clock.number.span(), service.span()
    dust = sheet.single(say("live.rounding"), CASH_ROUNDING.dust * service.largest(), look="number")
    paying_at = np.flatnonzero(service.values > dust.values[0])
    last = Formula(f"SUMPRODUCT(MAX(({span}>{dust.text})*{numbers}))",
                   np.array([float(paying_at[-1] + 1 if len(paying_at) else 0)]))  # fmt: skip
    until = sheet.single(say("live.last_paying"), last, look="whole")
    owed_then = sheet.add_row(say("live.owed_in_operation"), owed * model.clock.operating, model.money)
    for item, whole in (("llcr", False), ("plcr", True)):
        in_time = available * (model.clock.number <= until)
        cash_line = available if whole else sheet.add_row(say("live.cash_until_last"), in_time, model.money)
        worth = _worth(sheet, say(f"live.worth_{item}"), cash_line, rates, model.money)
        line(item, ratio(worth, owed_then))
    return yearly


def _yearly_cover(model: StudyModel, sheet: FormulaSheet, available: Line, service: Line, repaid: Line) -> Line:
    """DSCR of each year in which principal is repaid, in its last period; empty in all others."""
    cash, due, back = (
        of_year(model, sheet, f"{model.line_label(item)} ({model.say('live.of_year_so_far')})", values)
        for item, values in (("available", available), ("debt_service", service), ("loans_repaid", repaid))
    )
    paying = all_true(model.clock.year_ends.equals(1.0), back > CASH_ROUNDING.zero, size(due) > CASH_ROUNDING.zero)
    return sheet.add_row(model.say("live.yearly_dscr"), either(paying, cash / due, EMPTY), look="number")


def _owed(companies: list[tuple[float, Company]], sheet: FormulaSheet) -> tuple[Line, Line]:
    """Owed at the start of each period, and mean cost a period of it: interest and the growth of exchange rates."""
    whole = companies[0][1].model
    parts: list[Formula] = []
    weighted: list[Formula] = []
    for sign, company in companies:
        starts, costs = _owed_by(company, sheet)
        parts += starts if sign > 0 else [-start for start in starts]
        weighted += costs if sign > 0 else [-cost for cost in costs]
    owed = sheet.add_row(whole.say("live.owed_at_start"), total(parts), whole.money)
    cost_of_all = sheet.add_row(whole.say("live.cost_of_debt"), total(weighted), whole.money)
    values, last = [], 0.0
    for due, debt in zip(cost_of_all.values, owed.values, strict=True):
        last = due / debt if debt > CASH_ROUNDING.zero else last
        values.append(last)
    # After the last loan its rate goes on.
    before = either(whole.clock.number.equals(1.0), 0.0, Formula(sheet.next_row_cell(-1), np.array(values)))
    mean = either(owed > CASH_ROUNDING.zero, cost_of_all / owed, before)
    return owed, sheet.add_row(whole.say("live.mean_interest"), Formula(mean.text, np.array(values)), look="factor")


def _owed_by(company: Company, sheet: FormulaSheet) -> tuple[list[Line], list[Line]]:
    """What each loan of a company owes at the start of each period, and what that costs."""
    model = company.model
    parts, weighted = [], []
    for one in company.sources.loans:
        name = model.called(one.loan)
        start = sheet.add_row(f"{name}: {model.say('live.owed_at_start')}", model.before(one.balance, one.opening),
                          model.money)  # fmt: skip
        grown: Formula = formula(1.0)
        if one.exchange_rate.text != "1":
            grown = one.exchange_rate / _bracketed(model.before(one.exchange_rate, one.exchange_rate[0]))
        cost = (1.0 + one.rate / model.clock.step) * grown - 1.0
        parts.append(start)
        label = f"{name}: {model.say('live.cost_of_debt')}"
        weighted.append(sheet.add_row(label, start * Formula(f"({cost.text})", cost.values), model.money))
    return parts, weighted


def _worth(sheet: FormulaSheet, label: str, cash: Line, rates: Line, unit: str) -> Line:
    """Present value at the start of each period of the cash from it on; each cell looks at the next."""
    values, after = np.zeros(len(cash)), 0.0
    for t in range(len(cash) - 1, -1, -1):
        values[t] = after = (after + cash.values[t]) / (1.0 + rates.values[t])
    return sheet.add_row(label, Formula(f"({cash.text}+{sheet.next_row_cell(1)})/(1+{rates.text})", values), unit)


def break_even(company: Company, sheet: FormulaSheet) -> None:
    """Sales at which fixed costs are earned, without and with the cost of finance."""
    model, known = company.model, company.model.known
    sheet.section("statements.statement.break_even")
    revenue, working = known("sales", "sales"), model.clock.operating

    def line(item: str, content: Formula, look: str = "money") -> Line:
        return model.line(sheet, "break_even", item, wide(content, model.time.periods), look=look)

    margin = line(
        "variable_margin", (revenue + known("sales", "subsidies") - known("income", "variable_costs")) * working
    )
    line("margin_share", ratio(margin, revenue), "number")
    fixed = line("fixed_costs_with_depreciation",
                 (known("income", "fixed_costs") + known("income", "depreciation")) * working)  # fmt: skip
    earned = largest(margin, 0.0)
    line("break_even_sales", ratio(fixed * revenue, earned))
    line("fixed_cost_coverage", ratio(margin, fixed), "number")
    financed = line("fixed_costs_with_finance", fixed + known("income", "finance_cost") * working)
    line("break_even_sales_with_finance", ratio(financed * revenue, earned))
    line("break_even_utilisation_with_finance", ratio(financed * company.running.sold, earned), "number")
    line("fixed_cost_coverage_with_finance", ratio(margin, financed), "number")


def least(line: Line) -> Formula:
    """The least number of a line that has any."""
    values = line.values[~np.isnan(line.values)]
    value = float(values.min()) if len(values) else np.nan
    return Formula(f'IF(COUNT({line.span()})=0,"",MIN({line.span()}))', np.array([value]))
