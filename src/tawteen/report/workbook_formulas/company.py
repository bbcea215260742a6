"""Income, tax, cash and balance of a company as formulas, as `appraise.statements.accounts` has them."""

from __future__ import annotations

from dataclasses import dataclass

from tawteen.appraise.study import Origin
from tawteen.report.workbook_formulas.assets import AssetRows, invested
from tawteen.report.workbook_formulas.book import FormulaSheet, Line
from tawteen.report.workbook_formulas.formula import (
    Formula,
    all_true,
    either,
    largest,
    row,
    size,
    smallest,
    total,
    wide,
)
from tawteen.report.workbook_formulas.loans import FinancingRows
from tawteen.report.workbook_formulas.model import ORIGINS, StudyModel, running, summed
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

    @property
    def subsidies(self) -> Formula:
        """Subsidies on sales."""
        return self.model.known("sales", "subsidies")

    def marketing(self, origin: Origin | None, *, of_marketing: bool) -> Formula:
        """Costs of, or without, marketing."""
        costs = self.running.costs
        chosen = [cost for cost in costs if (cost.cost.category == "marketing") == of_marketing]
        return self.model.sum([(cost.cost.origin, cost.values) for cost in chosen], origin)

    def proceeds(self) -> Formula:
        """Money from assets sold."""
        return self.model.sum([(a.origin, a.proceeds) for a in self.owned])


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
    exchange = line("exchange_loss", company.loan_total("exchange"))
    gains = line("disposal_gain", company.proceeds() - model.sum([(a.origin, a.book_sold) for a in company.owned]))
    gross = line("gross_profit", operating - finance - exchange + gains, "sum")
    tax = model.study.tax
    share = model.inputs.number("tax.investment_allowance", model.say("live.input.investment_allowance"),
                                tax.investment_allowance)  # fmt: skip
    stated = model.inputs.amounts("tax.allowance", model.say("statements.item.allowances"), tax.allowance,
                                  "production", model.study.currency)  # fmt: skip
    fixed_investment = invested(model, company.owned, None, pre_production=False)
    allowances = line("allowances", stated + share * fixed_investment)
    due_tax, used, taxable = _tax(company, years, gross, allowances)
    line("losses_used", used)
    line("taxable_profit", taxable)
    charged = line("income_tax", due_tax)
    net = line("net_profit", gross - charged, "sum")
    dividends = _dividends(company, sheet, net)
    line("retained_profit", net - dividends)


def production_totals(company: Company) -> None:
    """Costs of production, with depreciation and finance."""
    model, known = company.model, company.model.known
    sheet = model.schedules
    sheet.section("statements.item.total_production_cost")
    written = model.line(sheet, "production", "depreciation", known("investment", "depreciation"))
    finance = model.line(sheet, "production", "finance_cost", known("income", "finance_cost"))
    costs = known("production", "operating_costs") + known("production", "marketing_costs")
    model.line(sheet, "production", "total_production_cost", costs + written + finance, look="sum")


def _tax(company: Company, years: FormulaSheet, gross: Line, allowances: Line) -> tuple[Formula, Formula, Formula]:
    """Tax, losses used and taxable profit in the last period of each year."""
    model = company.model
    time, tax = model.time, model.study.tax
    starts = list(range(0, time.periods, time.step))
    ends = [min(start + time.step, time.periods) - 1 for start in starts]
    cells = [summed(gross, a, b) - summed(allowances, a, b) for a, b in zip(starts, ends, strict=True)]
    profit = years.across(model.say("live.year_profit"), row(cells))
    used = _losses(model, years, profit)
    taxable = years.across(model.say("statements.item.taxable_profit"), profit - used)
    holiday = model.inputs.number("tax.holiday", model.say("live.input.holiday"), tax.holiday, model.say("live.years"))
    first = time.begins // time.step
    due: Formula = wide(0.0, len(starts))
    ordered = sorted(tax.brackets, key=lambda one: one.above)
    for n, bracket in enumerate(ordered):
        name = f"{model.say('live.input.bracket')} {n + 1}"
        above = model.inputs.number(f"tax.brackets.{n}.above", f"{name}: {model.say('live.input.above')}",
                                    bracket.above, model.study.currency)  # fmt: skip
        rate = model.inputs.number(f"tax.brackets.{n}.rate", f"{name}: {model.say('live.input.rate')}", bracket.rate)
        base = largest(taxable, 0.0)
        part = largest(base - above, 0.0)
        if n + 1 < len(ordered):
            top = model.inputs.number(f"tax.brackets.{n + 1}.above", "", ordered[n + 1].above)
            part = smallest(part, top - above)
        due = due + rate * part
    index = row([float(y) for y in range(len(starts))])
    free = all_true(index > first - 1.0, index < holiday + float(first))
    charged = years.across(model.say("statements.item.income_tax"), either(free, 0.0, due))

    def at_ends(yearly: Formula) -> Formula:
        return row([yearly[ends.index(t)] if t in ends else 0.0 for t in range(time.periods)])

    return at_ends(charged), at_ends(used), at_ends(taxable)


def _losses(model: StudyModel, years: FormulaSheet, profit: Line) -> Line:
    """Losses carried forward that each year takes: a row for each year that made one, the oldest first."""
    count, span = len(profit), model.study.tax.carry_forward
    first = years.rows(count) if span else 0
    taken: dict[tuple[int, int], Formula] = {}
    for before in range(count if span else 0):
        years.label(first + before, f"{model.say('live.loss_of')} {before + 1}")
        for year in range(before + 1, min(count, before + span + 1)):
            room = largest(profit[year], 0.0) - total(
                [taken[other, year] for other in range(before) if (other, year) in taken]
            )
            left = largest(-profit[before], 0.0) - total(
                [taken[before, other] for other in range(year) if (before, other) in taken]
            )
            taken[before, year] = years.cell(first + before, year, smallest(room, left))
    cells = [total([one for (_, profit_year), one in taken.items() if profit_year == year]) for year in range(count)]
    return years.across(model.say("statements.item.losses_used"), row(cells))


def _dividends(company: Company, sheet: FormulaSheet, net: Line) -> Line:
    """Preferred dividends, then ordinary ones by share; one line for each class."""
    model, rules = company.model, company.model.study.distribution
    payout = model.inputs.amounts("distribution.payout", model.say("live.input.payout"), rules.payout, "production")
    fixed = model.inputs.amounts("distribution.fixed", model.say("live.input.fixed_dividend"), rules.fixed,
                                 "production", model.study.currency)  # fmt: skip
    ordinary = payout * largest(net, 0.0) + fixed
    classes = company.sources.equity
    weights = [
        e.capital[-1] if e.equity.share is None else
        model.inputs.number(f"equity.{e.equity.id}.share", f"{model.called(e.equity)}: "
                            f"{model.say('live.input.share')}", e.equity.share)
        for e in classes
    ]  # fmt: skip
    whole = total(weights)
    each: list[tuple[Origin, Formula]] = []
    for one, weight in zip(classes, weights, strict=True):
        share = either(size(whole) > 0.0, weight / whole, 0.0)
        paid = ordinary * share
        if one.equity.preferred:
            rate = model.number(f"equity.{one.equity.id}", "preferred", one.equity, one.equity.preferred)
            paid = paid + rate * one.capital * model.operating / float(model.step)
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
    income_of = line("sources", total(list(came)), "sum")
    growth = model.known("working_capital", "working_capital_growth", part=part)
    went = [
        line("fixed_investment", invested(model, company.owned, origin, pre_production=False)),
        line("pre_production", invested(model, company.owned, origin, pre_production=True)),
        line("working_capital_growth", growth),
        line("operating_costs", company.marketing(origin, of_marketing=False)),
        line("marketing_costs", company.marketing(origin, of_marketing=True)),
        line("income_tax", model.known("income", "income_tax") if is_local else nothing),
        line("interest_and_fees", each([(one.loan.origin, one.paid) for one in sources.loans])),
        line("loans_repaid", each([(one.loan.origin, one.repaid) for one in sources.loans])),
        line("equity_refunded", each([(e.equity.origin, e.refunded) for e in sources.equity])),
        line("dividends", model.known("income", "dividends", part=part)),
    ]
    spent = line("uses", total(list(went)), "sum")
    surplus = line("surplus", income_of - spent, "sum")
    opening = 0.0
    if is_local:
        opening = model.study.opening.cash
    stood = model.inputs.number("opening.cash", model.say("live.input.opening_cash"), opening, model.study.currency)
    line("cash", running(sheet, surplus, stood if is_local else 0.0))
    if origin is None:
        line("deficit", smallest(model.known("cash_plan", "cash"), 0.0))


def balance(company: Company, sheet: FormulaSheet) -> None:
    """The balance sheet; a deficit without a lender is listed among the claims."""
    model, study = company.model, company.model.study
    cash = model.known("cash_plan", "cash")

    def write_section(lines: dict[str, Formula], whole: str) -> Line:
        parts = [model.line(sheet, "balance", item, wide(values, model.time.periods)) for item, values in lines.items()]
        return model.line(sheet, "balance", whole, total(list(parts)), look="sum")

    current = ("cash_in_hand", "receivables", "stock", "work_in_progress", "finished", "credit_margin")
    assets = write_section(
        {
            "fixed_assets": model.sum([(a.origin, a.book) for a in company.owned]),
            **{item: held_sum(model, company.held, item) for item in current},
            "cash_surplus": largest(cash, 0.0),
        },
        "total_assets",
    )
    granted = wide(total([paid for _, paid in company.sources.grants]), model.time.periods)
    own = model.inputs.number("opening.equity", model.say("live.input.opening_equity"), study.opening.equity,
                              study.currency)  # fmt: skip
    kept = model.inputs.number("opening.retained", model.say("live.input.opening_retained"), study.opening.retained,
                               study.currency)  # fmt: skip
    capital = own + model.sum([(e.equity.origin, e.capital) for e in company.sources.equity])
    granted_so_far = sheet.add_row(model.say("live.grants_received"), running(sheet, granted), study.currency)
    profit = model.known("income", "net_profit") - model.known("income", "dividends")
    kept_so_far = sheet.add_row(model.say("live.profits_so_far"), running(sheet, profit, kept), study.currency)
    claims = write_section(
        {
            "payables": -held_sum(model, company.held, "payables"),
            "deficit_uncovered": largest(-cash, 0.0),
            "debt": company.loan_total("balance"),
            "equity_capital": capital,
            "grants": granted_so_far,
            "profits_kept": kept_so_far,
        },
        "total_claims",
    )
    sheet.add_row(model.say("live.balance_check"), assets - claims, study.currency, "number")
