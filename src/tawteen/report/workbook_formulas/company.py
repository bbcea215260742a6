"""Income, tax, cash and balance of a company as formulas, as `appraise.statements.accounts` has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tawteen.appraise.study import ORIGINS, Origin
from tawteen.report.workbook_formulas.assets import AssetRows
from tawteen.report.workbook_formulas.book import FormulaSheet, Line
from tawteen.report.workbook_formulas.formula import (
    Formula,
    all_true,
    column,
    downward,
    either,
    formula,
    largest,
    ratio,
    smallest,
    total,
    wide,
)  # fmt: skip
from tawteen.report.workbook_formulas.loans import FinancingRows
from tawteen.report.workbook_formulas.model import StudyModel
from tawteen.report.workbook_formulas.operations import OperationRows
from tawteen.report.workbook_formulas.working_capital import WorkingCapitalRows, held_sum


@dataclass
class Company:
    """All parts of a scenario that its statements are made of."""

    model: StudyModel
    running: OperationRows
    owned: list[AssetRows]
    held: list[WorkingCapitalRows]
    sources: FinancingRows

    def loan_total(self, name: str) -> Formula:
        """Sum over all loans of one of their lines."""
        return self.model.sum([(one.loan.origin, getattr(one, name)) for one in self.sources.loans])

    def reserve_total(self, name: str, origin: Origin | None = None) -> Formula:
        """Sum over all reserve accounts of one of their lines, optionally of one origin."""
        parts = [(reserve.one.loan.origin, getattr(reserve, name)) for reserve in self.sources.reserves]
        return self.model.sum(parts, origin)

    @property
    def subsidies(self) -> Formula:
        """Subsidies on sales."""
        return self.model.known("sales", "subsidies")

    def invested(self, item: str, part: str = "total") -> Line:
        """Fixed investment or pre-production, by origin."""
        return self.model.known("investment", item, part=part)

    def costs(self, *, of_marketing: bool, part: str = "total") -> Line:
        """Costs of, or without, marketing."""
        return self.model.known("production", "marketing_costs" if of_marketing else "operating_costs", part=part)

    def proceeds(self) -> Formula:
        """Money from assets sold."""
        return self.model.sum([(a.origin, a.proceeds) for a in self.owned if a.proceeds.text != "0"])


def income(company: Company, sheet: FormulaSheet, years: FormulaSheet) -> None:
    """The income statement, and the tax of each year on its own sheet."""
    model, known = company.model, company.model.known

    def line(item: str, content: Formula, look: str = "money") -> Line:
        return model.line(sheet, "income", item, content, look=look)

    sales, subsidies = line("sales", known("sales", "sales")), line("subsidies", company.subsidies)
    variable = line("variable_costs", known("production", "variable_costs"))
    fixed = line("fixed_costs", known("production", "fixed_costs"))
    written = line("depreciation", known("investment", "depreciation"))
    operating = line("operating_profit", sales + subsidies - (variable + fixed + written), "sum")
    due = company.loan_total("interest") + company.loan_total("fees")
    finance = line("finance_cost", due - known("investment", "construction_interest"))
    earned: Formula = formula(0.0)
    if company.sources.reserves:
        earned = line("reserve_interest", company.reserve_total("interest"))
    exchange = line("exchange_loss", company.loan_total("exchange"))
    gone = [(a.origin, a.book_sold) for a in company.owned if a.book_sold.text != "0"]
    gains = line("disposal_gain", company.proceeds() - model.sum(gone) if gone else company.proceeds())
    gross = line("gross_profit", operating - finance + earned - exchange + gains, "sum")
    tax = model.study.tax
    share = model.inputs.number("tax.investment_allowance", model.say("live.input.investment_allowance"),
                                tax.investment_allowance)  # fmt: skip
    stated = model.inputs.amounts("tax.allowance", model.say("statements.item.allowances"), tax.allowance,
                                  "production", model.money)  # fmt: skip
    allowances = line("allowances", stated + share * company.invested("fixed_investment"))
    due_tax, used, taxable = _tax(company, years, gross, allowances)
    line("losses_used", used)
    line("taxable_profit", taxable)
    charged = line("income_tax", due_tax)
    net = line("net_profit", gross - charged, "sum")
    dividends = _dividends(company, sheet, net)
    line("retained_profit", net - dividends)


def production_totals(company: Company) -> None:
    """What production costs with depreciation and finance."""
    model, known = company.model, company.model.known
    sheet = model.schedules
    sheet.section("statements.item.total_production_cost")
    written = model.line(sheet, "production", "depreciation", known("investment", "depreciation"))
    finance = model.line(sheet, "production", "finance_cost", known("income", "finance_cost"))
    costs = known("production", "operating_costs") + known("production", "marketing_costs")
    model.line(sheet, "production", "total_production_cost", costs + written + finance, look="sum")


def _tax(company: Company, years: FormulaSheet, gross: Line, allowances: Line) -> tuple[Formula, Formula, Formula]:
    """Tax, losses used and taxable profit in the last period of each year."""
    model, clock = company.model, company.model.clock
    time, tax, say = model.time, model.study.tax, model.say
    profit_now = years.add_row(say("live.period_profit"), gross - allowances, model.money)
    so_far = of_year(model, years, say("live.profit_of_year_so_far"), profit_now)
    profit = years.add_row(say("live.year_profit"), so_far * clock.year_ends, model.money)
    used = _losses(model, years, profit)
    taxable = years.add_row(say("statements.item.taxable_profit"), profit - used, model.money)
    base = years.add_row(say("live.taxed"), largest(taxable, 0.0), model.money)
    holiday = model.inputs.number("tax.holiday", say("live.input.holiday"), float(tax.holiday), say("live.years"))
    ordered = sorted(tax.brackets, key=lambda one: one.above)
    limits = [
        model.inputs.number(
            f"tax.brackets.{n}.above",
            f"{say('live.input.bracket')} {n + 1}: {say('live.input.above')}",
            bracket.above,
            model.money,
        )
        for n, bracket in enumerate(ordered)
    ]
    parts: list[Formula] = []
    for n, bracket in enumerate(ordered):
        name = f"{say('live.input.bracket')} {n + 1}"
        rate = model.inputs.number(f"tax.brackets.{n}.rate", f"{name}: {say('live.input.rate')}", bracket.rate)
        part = largest(base - limits[n], 0.0)
        if n + 1 < len(ordered):
            part = smallest(part, limits[n + 1] - limits[n])
        parts.append(years.add_row(name, rate * part, model.money))
    first = downward(clock.construction / clock.step)
    free = all_true(clock.year - 1.0 >= first, clock.year - 1.0 < first + holiday)
    whole = years.add_row(say("live.tax_before_holiday"), total(parts), model.money)
    charged = years.add_row(say("statements.item.income_tax"), either(free, 0.0, whole), model.money)
    periods = time.periods
    return wide(charged, periods), wide(used, periods), wide(taxable, periods)


def of_year(model: StudyModel, sheet: FormulaSheet, label: str, values: Formula) -> Line:
    """What has come together since the year began."""
    starts = model.clock.year_begins
    stood = either(starts.equals(1.0), 0.0, Formula(sheet.next_row_cell(-1), values.values))
    sums, whole = [], 0.0
    for begins, value in zip(starts.values, wide(values, model.time.periods).values, strict=True):
        whole = value + (0.0 if begins else whole)
        sums.append(whole)
    return sheet.add_row(label, Formula(f"{stood.text}+{values.text}", np.array(sums)), model.money)


def _losses(model: StudyModel, years: FormulaSheet, profit: Line) -> Formula:
    """Losses carried forward that each year takes, the oldest first: a row for the losses of each age in years.

    A row looks at the losses a year younger one period before, so that no cell looks ahead.
    """
    clock, say = model.clock, model.say
    count, span = -(-model.time.periods // model.step), model.study.tax.carry_forward
    ages = min(span, count - 1)
    if not ages:
        return formula(0.0)
    carried = model.inputs.number("tax.carry_forward", say("live.input.carry_forward"), float(span), say("live.years"))
    values = _ages(model, profit.values, ages)
    first, top = years.next + 1, years.next + ages + 1
    # Rows from here: losses of 1, 2 … years, then what is taken of each.
    for age in range(1, ages + 1):
        stood, taken = years.next_row_cell(-1), f"{years.name}!⟦-1⟧{top + age - 1}"
        if age == 1:
            younger = f"MAX(-{profit.moved(0.0).text},0)"
        else:
            younger = f"{years.name}!⟦-1⟧{first + age - 2}-{years.name}!⟦-1⟧{top + age - 2}"
        text = f"IF({clock.number.text}=1,0,IF({clock.year_begins.text}=1,{younger},{stood}-{taken}))"
        years.add_row(f"{say('live.loss_of')} {age}", Formula(text, values[0][age - 1]), model.money)
    rows: list[Line] = []
    for age in range(1, ages + 1):
        older = f"SUM({years.name}!{column()}{top + age}:{column()}{top + ages - 1})" if age < ages else "0"
        room = f"MAX({profit.text},0)-{older}"
        text = (
            f"IF({carried.text}>={age},MIN({years.name}!{column()}{first + age - 1},{room})*{clock.year_ends.text},0)"
        )
        rows.append(years.add_row(f"{say('live.loss_taken_of')} {age}", Formula(text, values[1][age - 1]), model.money))
    return years.add_row(say("statements.item.losses_used"), total(list(rows)), model.money)


def _ages(model: StudyModel, profit: np.ndarray, ages: int) -> tuple[np.ndarray, np.ndarray]:
    """Losses that are left by age and period, and what is taken of them."""
    clock, periods = model.clock, model.time.periods
    left, taken = np.zeros((ages, periods)), np.zeros((ages, periods))
    for t in range(periods):
        for age in range(ages):
            if t and not clock.year_begins.values[t]:
                left[age, t] = left[age, t - 1] - taken[age, t - 1]
            elif t:
                left[age, t] = max(-profit[t - 1], 0.0) if not age else left[age - 1, t - 1] - taken[age - 1, t - 1]
        room = max(profit[t], 0.0) * clock.year_ends.values[t]
        for age in reversed(range(ages)):
            taken[age, t] = min(left[age, t], room) * clock.year_ends.values[t]
            room -= taken[age, t]
    return left, taken


def _dividends(company: Company, sheet: FormulaSheet, net: Line) -> Line:
    """Preferred dividends, then ordinary ones by share; one line for each class."""
    model, rules = company.model, company.model.study.distribution
    payout = model.inputs.amounts("distribution.payout", model.say("live.input.payout"), rules.payout, "production")
    fixed = model.inputs.amounts("distribution.fixed", model.say("live.input.fixed_dividend"), rules.fixed,
                                 "production", model.money)  # fmt: skip
    ordinary = sheet.add_row(model.say("live.ordinary_dividends"), payout * largest(net, 0.0) + fixed, model.money)
    classes, stated = company.sources.equity, {}
    for one in classes:
        if one.equity.share is not None:
            stated[one.equity.id] = model.number(f"equity.{one.equity.id}", "share", one.equity, one.equity.share)
    rest = sheet.single(model.say("live.share_by_capital"), 1.0 - total(list(stated.values())), look="factor")
    by_capital = [one.paid.sum() for one in classes if one.equity.share is None]
    capital = sheet.single(model.say("live.capital_without_share"), total(by_capital), model.money)
    each: list[tuple[Origin, Formula]] = []
    for one in classes:
        share = stated.get(one.equity.id, rest * ratio(one.paid.sum(), capital, 0.0))
        paid = ordinary * share
        if one.equity.preferred:
            rate = model.number(f"equity.{one.equity.id}", "preferred", one.equity, one.equity.preferred)
            paid = paid + rate * one.capital * model.clock.operating / model.clock.step
        put = model.line(sheet, "income", "dividends", wide(paid, model.time.periods), name=one.equity.id,
                         label=model.called(one.equity))  # fmt: skip
        each.append((one.equity.origin, put))
    for origin in ORIGINS:
        model.line(sheet, "income", "dividends", model.sum(each, origin), part=origin)
    return model.line(sheet, "income", "dividends", model.sum(each), look="sum")


def cash_plan(company: Company, sheet: FormulaSheet) -> None:
    """Cash flow for financial planning: total, local, foreign."""
    for origin in (None, *ORIGINS):
        _cash_plan(company, sheet, origin)


def _cash_plan(company: Company, sheet: FormulaSheet, origin: Origin | None) -> None:
    model, sources = company.model, company.sources
    part, is_local = origin or "total", origin != "foreign"
    nothing = wide(0.0, model.time.periods)
    if origin is not None:
        sheet.next += 1

    def line(item: str, content: Formula, look: str = "money") -> Line:
        return model.line(sheet, "cash_plan", item, content, part=part, look=look)

    def each(parts: list[tuple[Origin, Formula]]) -> Formula:
        return model.sum(parts, origin)

    came = [
        line("equity_paid", each([(e.equity.origin, e.paid) for e in sources.equity])),
        line("grants", each([(grant.origin, paid) for grant, paid in sources.grants])),
        line("loans_drawn", each([(one.loan.origin, one.drawn) for one in sources.loans])),
        line("sales", each([(s.sale.origin, s.values) for s in company.running.sales])),
        line("subsidies", company.subsidies if is_local else nothing),
        line("disposals", company.proceeds() if is_local else nothing),
    ]
    if sources.reserves:
        came.append(line("reserve_interest", company.reserve_total("interest", origin)))
    income_of = line("sources", total(list(came)), "sum")
    growth = model.known("working_capital", "working_capital_growth", part=part)
    went = [
        line("fixed_investment", company.invested("fixed_investment", part)),
        line("pre_production", company.invested("pre_production", part)),
        line("working_capital_growth", growth),
        line("operating_costs", company.costs(of_marketing=False, part=part)),
        line("marketing_costs", company.costs(of_marketing=True, part=part)),
        line("income_tax", model.known("income", "income_tax") if is_local else nothing),
        line("interest_and_fees", each([(one.loan.origin, one.paid) for one in sources.loans])),
        line("loans_repaid", each([(one.loan.origin, one.repaid) for one in sources.loans])),
        *_early(company, origin, line),
        line("equity_refunded", each([(e.equity.origin, e.refunded) for e in sources.equity])),
        line("dividends", model.known("income", "dividends", part=part)),
    ]
    spent = line("uses", total(list(went)), "sum")
    surplus = line("surplus", income_of - spent, "sum")
    opening = 0.0
    if is_local:
        opening = model.study.opening.cash
    stood = model.inputs.number("opening.cash", model.say("live.input.opening_cash"), opening, model.money)
    label = model.line_label("cash", part=part)
    model.keep("cash_plan", "cash", part, sheet.running(label, surplus, stood if is_local else 0.0))
    if origin is None:
        line("deficit", smallest(model.known("cash_plan", "cash"), 0.0))


def _early(company: Company, origin: Origin | None, line: Callable[[str, Formula], Line]) -> Iterator[Line]:
    """What is swept and paid into reserves, where loans have either."""
    swept = [(one.loan.origin, one.swept) for one in company.sources.loans if one.swept is not None]
    if swept:
        yield line("loans_swept", company.model.sum(swept, origin))
    if company.sources.reserves:
        yield line("reserve_growth", company.reserve_total("growth", origin))


def balance(company: Company, sheet: FormulaSheet) -> None:
    """The balance sheet; a deficit that nobody covers stands among the claims."""
    model, study = company.model, company.model.study
    cash = model.known("cash_plan", "cash")

    def write_section(lines: dict[str, Formula], whole: str) -> Line:
        parts = [model.line(sheet, "balance", item, wide(values, model.time.periods)) for item, values in lines.items()]
        return model.line(sheet, "balance", whole, total(list(parts)), look="sum")

    current = (
        "cash_in_hand", "receivables", "tax_credit", "stock", "work_in_progress", "finished", "credit_margin"
    )  # fmt: skip
    assets = write_section(
        {
            "fixed_assets": model.sum([(a.origin, a.book) for a in company.owned]),
            **{item: held_sum(model, company.held, item) for item in current},
            **({"reserve": company.reserve_total("balance")} if company.sources.reserves else {}),
            "cash_surplus": largest(cash, 0.0),
        },
        "total_assets",
    )
    granted = total([paid for _, paid in company.sources.grants])
    own = model.inputs.number("opening.equity", model.say("live.input.opening_equity"), study.opening.equity,
                              model.money)  # fmt: skip
    kept = model.inputs.number("opening.retained", model.say("live.input.opening_retained"), study.opening.retained,
                               model.money)  # fmt: skip
    capital = own + model.sum([(e.equity.origin, e.capital) for e in company.sources.equity])
    granted_so_far = sheet.running(model.say("live.grants_received"), granted)
    profit = model.known("income", "net_profit") - model.known("income", "dividends")
    kept_so_far = sheet.running(model.say("live.profits_so_far"), profit, kept)
    claims = write_section(
        {
            "payables": -held_sum(model, company.held, "payables"),
            "tax_payable": -held_sum(model, company.held, "tax_payable"),
            "deficit_uncovered": largest(-cash, 0.0),
            "debt": company.loan_total("balance"),
            "equity_capital": capital,
            "grants": granted_so_far,
            "profits_kept": kept_so_far,
        },
        "total_claims",
    )
    gap = sheet.add_row(model.say("live.balance_check"), assets - claims, model.money, "number")
    model.checks["live.check.balance"] = [gap]
