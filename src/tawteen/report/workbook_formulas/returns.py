"""Discounted cash flows, indicators and ratios as formulas, as `appraise.statements` has them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.report.workbook_formulas.assets import invested
from tawteen.report.workbook_formulas.book import FormulaSheet, Line
from tawteen.report.workbook_formulas.company import Company
from tawteen.report.workbook_formulas.formula import Formula, formula, largest, ratio, row, smallest, total, wide
from tawteen.report.workbook_formulas.model import StudyModel, running

RESIDUAL = ("residual_assets", "residual_working_capital", "closing", "debt_left", "cash_and_debt_left")


@dataclass(frozen=True)
class CashFlowRows:
    """A discounted cash flow: its lines, its net, and its net without residual values."""

    basis: str
    net: Line
    lines: dict[str, Line]

    @property
    def before_end(self) -> Formula:
        """Without residual values."""
        return total([line for item, line in self.lines.items() if item not in RESIDUAL])


def cash_flows(company: Company, sheet: FormulaSheet) -> list[CashFlowRows]:
    """Cash flow of total capital, of equity and of shareholders."""
    model = company.model
    capital = {
        "sales": company.running.revenue,
        "subsidies": company.subsidies,
        "disposals": company.proceeds(),
        "fixed_investment": -invested(model, company.owned, None, pre_production=False),
        "pre_production": -invested(model, company.owned, None, pre_production=True),
        "working_capital_growth": -model.known("working_capital", "working_capital_growth"),
        "operating_costs": -company.marketing(None, of_marketing=False),
        "marketing_costs": -company.marketing(None, of_marketing=True),
        "income_tax": -model.known("income", "income_tax"),
    }
    whole = {**_widened(model, capital), **_residuals(company)}
    loans = {
        "grants": total([wide(paid, model.time.periods) for _, paid in company.sources.grants]),
        "loans_drawn": company.loan_total("drawn"),
        "loans_repaid": -company.loan_total("repaid"),
        "interest_and_fees": -company.loan_total("paid"),
    }
    debt, cash = company.loan_total("balance"), model.known("cash_plan", "cash")
    left = {"debt_left": _at_end(model, -debt[-1])}
    owners = {
        "equity_paid": -model.sum([(e.equity.origin, e.paid) for e in company.sources.equity]),
        "equity_refunded": model.sum([(e.equity.origin, e.refunded) for e in company.sources.equity]),
        "dividends": model.known("income", "dividends"),
    }
    ended = {"cash_and_debt_left": _at_end(model, cash[-1] - debt[-1])}
    return [
        _write_cash_flow(model, sheet, "total_capital", whole),
        _write_cash_flow(model, sheet, "equity", {**whole, **_widened(model, loans), **left}),
        _write_cash_flow(model, sheet, "shareholders", {**_widened(model, owners), **_residuals(company), **ended}),
    ]


def _widened(model: StudyModel, lines: dict[str, Formula]) -> dict[str, Formula]:
    """With a column for what comes after the last period, where the profile has one."""
    widened = {item: wide(values, model.time.periods) for item, values in lines.items()}
    return (
        {item: row([*(values[t] for t in range(len(values))), 0.0]) for item, values in widened.items()}
        if model.after
        else widened
    )


def _at_end(model: StudyModel, amount: Formula) -> Formula:
    count = model.time.periods + model.after
    return row([*[0.0] * (count - 1), amount])


def _residuals(company: Company) -> dict[str, Formula]:
    model = company.model
    worth = total([a.residual for a in company.owned])
    closing = total(
        [
            model.number(f"closing.{one.id}", "closing", one, one.amount, one.currency or model.study.currency)
            * wide(model.price(one, f"closing.{one.id}"), model.time.periods)[-1]
            for one in model.study.closing
        ]
    )
    held = model.known("working_capital", "net_working_capital")
    return {
        "residual_assets": _at_end(model, worth),
        "residual_working_capital": _at_end(model, held[-1]),
        "closing": _at_end(model, -closing),
    }


def _write_cash_flow(model: StudyModel, sheet: FormulaSheet, basis: str, lines: dict[str, Formula]) -> CashFlowRows:
    sheet.section(f"statements.statement.{basis}")
    item_lines = {item: model.line(sheet, basis, item, content) for item, content in lines.items()}
    net = model.line(sheet, basis, "net_cash_flow", total(list(item_lines.values())), look="sum")
    model.line(sheet, basis, "net_cash_flow_cumulated", running(sheet, net))
    return CashFlowRows(basis, net, item_lines)


def indicators(
    sheet: FormulaSheet, model: StudyModel, flow: CashFlowRows, rate: Line, known: dict[str, float | None]
) -> dict[str, Line]:
    """Present value, rates of return and paybacks of a cash flow; `known` are those of the engine, to start from."""
    step, ahead = float(model.step), model.profile.ahead
    sheet.section(f"statements.statement.{flow.basis}")
    count = len(flow.net)
    when = sheet.across(model.say("live.period_number"), row([float(t) for t in range(count)]), "number")
    factor = sheet.across(model.say("live.discount_factor"), (1.0 + rate) ** (-(when + float(ahead)) / step), "factor")
    worth = sheet.across(model.say("live.present_values"), flow.net * factor)
    item_lines: dict[str, Line] = {}
    item_lines["npv"] = sheet.single(model.say("statements.indicator.npv"), _sum(worth), model.study.currency)
    spent = sheet.across(model.say("live.outlays_discounted"), smallest(flow.net, 0.0) * factor)
    item_lines["npv_ratio"] = sheet.single(model.say("statements.indicator.npv_ratio"),
                                    ratio(item_lines["npv"], -_sum(spent)), look="number")  # fmt: skip
    item_lines["irr"] = sheet.single(model.say("statements.indicator.irr"), _irr(flow.net, step, known.get("irr")),
                              look="share")  # fmt: skip
    turns = Formula((f"SUMPRODUCT(({flow.net.span(1)}*{flow.net.span(0, count - 2)}<0)*1)",),
                    np.array([float((flow.net.values[1:] * flow.net.values[:-1] < 0).sum())]))  # fmt: skip
    if count > 1:
        sheet.single(model.say("live.sign_changes"), turns, look="number")
    if model.profile.mirr:
        item_lines["mirr"] = sheet.single(
            model.say("statements.indicator.mirr"), _mirr(flow.net, rate, model), look="share"
        )
    ended = sheet.across(model.say("live.without_residuals"), flow.before_end)
    item_lines["payback_years"] = _payback(sheet, model, "payback_years", ended)
    discounted = sheet.across(model.say("live.discounted_without_residuals"), ended * factor)
    item_lines["discounted_payback_years"] = _payback(sheet, model, "discounted_payback_years", discounted)
    return item_lines


def _sum(line: Line) -> Formula:
    return Formula((f"SUM({line.span()})",), np.array([line.values.sum()]))


def _irr(net: Line, step: float, known: float | None) -> Formula:
    """Internal rate of return per year; the spreadsheet's search starts from the engine's rate if there is one."""
    guess = 0.02 if known is None else (1.0 + known) ** (1.0 / step) - 1.0
    text = f'IFERROR((1+IRR({net.span()},{guess:.6f}))^{step:g}-1,"")'
    return Formula((text,), np.array([np.nan if known is None else known]))


def _mirr(net: Line, rate: Line, model: StudyModel) -> Formula:
    """Outlays discounted and returns carried to the end at the discount rate."""
    step, years = float(model.step), (len(net) - 1) / model.step
    factors = (1.0 + float(rate.values[0])) ** (-np.arange(len(net)) / step)
    spent = -(np.minimum(net.values, 0.0) * factors).sum()
    gained = (np.maximum(net.values, 0.0) * factors).sum()
    none = f"OR(MAX({net.span()})<=0,MIN({net.span()})>=0)"
    each = f"(1+{rate.texts[0]})^(1/{step:g})-1"
    text = f'IF({none},"",IFERROR((1+MIRR({net.span()},{each},{each}))^{step:g}-1,""))'
    value = (
        np.nan
        if spent <= 0 or gained <= 0 or not years
        else (gained / spent) ** (1 / years) * (1 + float(rate.values[0])) - 1
    )
    return Formula((text,), np.array([value]))


def _payback(sheet: FormulaSheet, model: StudyModel, name: str, flows: Line) -> Line:
    """Years until what came in covers what went out and stays so, inside a period by its share."""
    say, count = model.say, len(flows)
    cumulated = sheet.across(say("statements.item.net_cash_flow_cumulated"), running(sheet, flows))
    values = cumulated.values
    least = f"-0.000000001*MAX(MAX({cumulated.span()}),-MIN({cumulated.span()}))"
    numbers = f"(COLUMN({cumulated.span()})-COLUMN({cumulated.texts[0]})+1)"
    last = Formula((f"SUMPRODUCT(MAX(({cumulated.span()}<{least})*{numbers}))",), np.array([float(_last(values))]))
    short = sheet.single(say("live.last_short"), last, look="number")
    last_short = short.texts[0]
    owed, came = f"INDEX({cumulated.span()},{last_short})", f"INDEX({flows.span()},{last_short}+1)"
    text = f'IF({last_short}=0,0,IF({last_short}={count},"",({last_short}-{owed}/{came})/{model.step}))'
    place = _last(values)
    if place == 0:
        value = 0.0
    elif place == count:
        value = np.nan
    else:
        value = (place - values[place - 1] / flows.values[place]) / model.step
    return sheet.single(say(f"statements.indicator.{name}"), Formula((text,), np.array([value])), look="number")


def _last(values: np.ndarray) -> int:
    """Number (from 1) of the last period in which something is owed; 0 when never."""
    short = np.flatnonzero(values < -1e-9 * np.abs(values).max(initial=0.0))
    return int(short[-1]) + 1 if len(short) else 0


def ratios(company: Company, sheet: FormulaSheet) -> None:
    """Return, structure, liquidity and debt cover by period; empty for a zero denominator."""
    model, known = company.model, company.model.known
    net, revenue = known("income", "net_profit"), known("sales", "sales")
    own, debt = known("balance", "equity_capital"), known("balance", "debt")
    capital = own + debt
    current = [known("balance", item) for item in
               ("stock", "credit_margin", "work_in_progress", "finished", "receivables", "cash_in_hand")]  # fmt: skip
    lines = {
        "return_on_capital": ratio(net + known("income", "finance_cost"), capital),
        "return_on_equity": ratio(net, own),
        "net_margin": ratio(net, revenue),
        "operating_margin": ratio(known("income", "operating_profit"), revenue),
        "debt_share": ratio(debt, capital),
        "current_ratio": ratio(
            total(list(current)) + known("balance", "cash_surplus"),
            known("balance", "payables") + known("balance", "deficit_uncovered"),
        ),
    }
    for item, content in lines.items():
        model.line(sheet, "ratios", item, content, look="number")
    _cover(company, sheet)


def _cover(company: Company, sheet: FormulaSheet) -> None:
    """DSCR, LLCR and PLCR."""
    model = company.model
    spent = model.sum([(c.cost.origin, c.values) for c in company.running.costs])
    spent = spent + model.known("income", "income_tax")
    spent = spent + model.known("working_capital", "working_capital_growth")
    for pre in (False, True):
        spent = spent + invested(model, company.owned, None, pre_production=pre)
    came = company.running.revenue + company.subsidies + company.proceeds()
    available = model.line(sheet, "debt", "available", (came - spent) * model.operating)
    service = model.line(sheet, "debt", "debt_service", company.loan_total("service") * model.operating)
    model.line(sheet, "ratios", "dscr", ratio(available, service), look="number")
    if not company.sources.loans:
        return
    owed, rates = _owed(company, sheet)
    numbers = f"(COLUMN({service.span()})-COLUMN({service.texts[0]})+1)"
    paying = np.flatnonzero(service.values > 0)
    last = Formula((f"SUMPRODUCT(MAX(({service.span()}>0)*{numbers}))",),
                   np.array([float(paying[-1] + 1 if len(paying) else 0)]))  # fmt: skip
    until = sheet.single(model.say("live.last_paying"), last, look="number")
    due = wide(owed * model.operating, model.time.periods)
    for item, whole in (("llcr", False), ("plcr", True)):
        place = row([float(t + 1) for t in range(model.time.periods)])
        cash = available if whole else sheet.add_row(model.say("live.cash_until_last"), _until(available, place, until))
        worth = _worth(sheet, model.say(f"live.worth_{item}"), cash, rates)
        model.line(sheet, "ratios", item, ratio(worth, due), look="number")


def _until(cash: Line, place: Formula, until: Line) -> Formula:
    return cash * (place <= until)


def _owed(company: Company, sheet: FormulaSheet) -> tuple[Line, Line]:
    """Owed at the start of each period, and mean interest a period on it."""
    model = company.model
    parts, weighted = [], []
    for one in company.sources.loans:
        start = row([one.opening, *(one.balance[t] for t in range(model.time.periods - 1))])
        parts.append(start)
        weighted.append(start * model.inputs.input_lines[f"loans.{one.loan.id}.interest"] / float(model.step))
    owed = sheet.add_row(model.say("live.owed_at_start"), total(parts), model.study.currency)
    mean = ratio(total(weighted), owed, 0.0)
    texts, values = [mean.texts[0]], [mean.values[0]]
    for t in range(1, len(mean)):
        # After the last loan its rate goes on.
        texts.append(f"{mean.texts[t].removesuffix(',0)')},{sheet.next_row_cell(t - 1)})")
        values.append(mean.values[t] if owed.values[t] > 1e-9 else values[t - 1])
    return owed, sheet.add_row(model.say("live.mean_interest"), Formula(tuple(texts), np.array(values)), look="factor")


def _worth(sheet: FormulaSheet, label: str, cash: Line, rates: Line) -> Line:
    """Present value at the start of each period of the cash from it on; each cell looks at the next."""
    count = len(cash)
    texts, values, after = [""] * count, np.zeros(count), formula(0.0)
    for t in range(count - 1, -1, -1):
        later = "" if t == count - 1 else f"+{sheet.next_row_cell(t + 1)}"
        texts[t] = f"({cash.texts[t]}{later})/(1+{rates.texts[t]})"
        values[t] = (float(after.values[0]) + cash.values[t]) / (1.0 + rates.values[t])
        after = formula(float(values[t]))
    return sheet.add_row(label, Formula(tuple(texts), values))


def break_even(company: Company, sheet: FormulaSheet) -> None:
    """Sales at which fixed costs are earned, without and with the cost of finance."""
    model, known = company.model, company.model.known
    sheet.section("statements.statement.break_even")
    revenue, working = known("sales", "sales"), model.operating

    def line(item: str, content: Formula, look: str = "money") -> Line:
        return model.line(sheet, "break_even", item, wide(content, model.time.periods), look=look)

    margin = line("variable_margin", (revenue + company.subsidies - known("income", "variable_costs")) * working)
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
    return Formula((f'IF(COUNT({line.span()})=0,"",MIN({line.span()}))',), np.array([value]))
