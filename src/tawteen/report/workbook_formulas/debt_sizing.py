"""What loans take out of the cash of the project, as formulas: sculpting, sweep, and whether their size still holds.

The cash comes after tax and the tax after the interest of these loans: their rows are left open until both stand.
"""

from __future__ import annotations

import numpy as np

from tawteen.appraise.params import CASH_ROUNDING, STATEMENT
from tawteen.appraise.statements.financing import first_repayment
from tawteen.report.workbook_formulas.book import Line
from tawteen.report.workbook_formulas.company import Company, of_year
from tawteen.report.workbook_formulas.formula import (
    EMPTY,
    Formula,
    all_true,
    either,
    largest,
    ratio,
    smallest,
    total,
    wide,
)  # fmt: skip
from tawteen.report.workbook_formulas.loans import LoanRows, UnitRows
from tawteen.report.workbook_formulas.model import StudyModel
from tawteen.report.workbook_formulas.reserves import fill_reserves

NO_LIMIT = 1e99
"""A size that limits nothing, in a cell."""


def loan_cash(company: Company, without: Company | None) -> None:
    """Fills what loans take out of the cash of the project: sculpted principal, reserves, sweeps; checks sizes."""
    loans = company.sources.loans
    if not any(
        one.loan.kind == "sculpted" or one.loan.sized or one.loan.sweep or one.loan.reserve for one in loans
    ):  # fmt: skip
        return
    model = company.model
    model.schedules.section("live.section.loan_cash")
    cash, service = (_added(company, without, item) for item in ("available", "debt_service"))
    _sculpt(model, loans, cash, without)
    left = model.schedules.add_row(model.say("live.cash_after_service"), cash - service, model.money)
    fill_reserves(model, company.sources.reserves, left)
    for reserve in company.sources.reserves:
        gap = reserve.target - reserve.worked_out
        label = f"{model.called(reserve.one.loan)}: {model.say('live.check.reserve_target')}"
        _check(model, "reserve_target", label, gap)
    _sweep(company, left)
    for one in loans:
        if one.unit is not None:
            _size(company, without, one, one.unit, cash=cash, service=service)


def _added(company: Company, without: Company | None, item: str) -> Line:
    """A line of the debt schedule that the project adds to the company without it."""
    model = company.model
    whole = model.known("debt", item)
    if without is None:
        return whole
    label = f"{model.line_label(item)} ({model.say('live.scenario.incremental')})"
    return model.schedules.add_row(label, whole - without.model.known("debt", item), model.money)


def _check(model: StudyModel, code: str, label: str, gap: Formula) -> None:
    """A row of differences that must be 0."""
    row = model.schedules.add_row(label, wide(gap, model.time.periods), model.money, "number")
    model.checks.setdefault(f"live.check.{code}", []).append(row)


def _repaying(model: StudyModel, one: LoanRows) -> Formula:
    """Whether a loan may be repaid out of the cash flow in a period."""
    key, loan = f"loans.{one.loan.id}", one.loan
    first = model.number(key, "first_period", loan, float(first_repayment(loan, model.time) + 1))
    since = model.clock.number >= first
    if not loan.last:
        return since
    last = model.number(key, "last_period", loan, float(model.time.index(loan.last) + 1))
    return all_true(since, model.clock.number <= last)


def _sculpt(model: StudyModel, loans: list[LoanRows], cash: Line, without: Company | None) -> None:
    """Principal that each sculpted loan may repay, as `statements.engine.sculpted_principal` has it."""
    sculpted = [one for one in loans if one.loan.kind == "sculpted"]
    if not sculpted:
        return
    sheet, say = model.schedules, model.say
    served = total([one.paid if one.loan.kind == "sculpted" else one.service for one in loans])
    if without is not None:
        served = served - without.model.known("debt", "debt_service")
    fixed = sheet.add_row(say("live.service_before_sculpting"), served, model.money)
    owed = []
    for one in sculpted:
        content = either(_repaying(model, one), largest(one.before_repayment, 0.0), 0.0)
        owed.append(sheet.add_row(f"{model.called(one.loan)}: {say('live.owed_before')}", content, model.money))
    together = sheet.add_row(say("live.owed_before"), total(owed), model.money)
    for one, own in zip(sculpted, owed, strict=True):
        loan, key = one.loan, f"loans.{one.loan.id}"
        target = model.number(key, "target_dscr", loan, loan.target_dscr)
        allowed = largest(cash / target - fixed, 0.0) * ratio(own, together, 0.0)
        if one.by_cover is not None and one.unit is not None:
            allowed = _kept_smaller(model, one, one.unit, one.by_cover, cash=cash / target, fixed=fixed, own=own)
        sheet.fill(model.sculpting[loan.id], allowed / model.rate(loan.currency, loan.rate))


def _kept_smaller(
    model: StudyModel, one: LoanRows, unit: UnitRows, by_cover: Line, *, cash: Formula, fixed: Line, own: Line
) -> Formula:
    """Principal of a sculpted loan that gearing keeps smaller than its cover: so much less of the cash serves it."""
    name, say = model.called(one.loan), model.say
    share = model.schedules.single(f"{name}: {say('live.share_of_cover_size')}", ratio(unit.amount, by_cover, 0.0),
                                   look="factor")  # fmt: skip
    paid = model.schedules.add_row(f"{name}: {say('statements.item.interest_and_fees')}", one.paid, model.money)
    served = largest(cash - (fixed - paid), 0.0) * share - paid
    return either(own > 0.0, largest(served, 0.0), 0.0)


def _sweep(company: Company, left: Line) -> None:
    """Cash that repays loans early, as `statements.engine.sweeps` has it."""
    model, say, sheet = company.model, company.model.say, company.model.schedules
    swept = [one for one in company.sources.loans if one.swept is not None]
    if not swept:
        return
    paid_in = total([largest(reserve.growth, 0.0) for reserve in company.sources.reserves])
    rest: Formula = sheet.add_row(say("live.cash_to_sweep"), left - paid_in, model.money)
    for one in swept:
        loan, key, name = one.loan, f"loans.{one.loan.id}", model.called(one.loan)
        above = model.ask(key, "sweep_above", loan, loan.sweep_above, unit=model.money)
        share = model.number(key, "sweep", loan, loan.sweep)
        free = sheet.add_row(f"{name}: {say('live.cash_above')}", largest(rest - above, 0.0), model.money)
        taken = either(_repaying(model, one), share * free, 0.0)
        sheet.fill(model.sweeping[loan.id], taken / model.rate(loan.currency, loan.rate))
        if one is not swept[-1] and one.swept is not None:
            rest = sheet.add_row(say("live.cash_to_sweep"), rest - one.swept, model.money)


def _size(
    company: Company, without: Company | None, one: LoanRows, unit: UnitRows, *, cash: Line, service: Line
) -> None:
    """The size of a loan at the cash of today, beside the size that it has."""
    model, name = company.model, company.model.called(one.loan)
    key, say, sheet = f"loans.{one.loan.id}", company.model.say, company.model.schedules
    target = model.number(key, "target_dscr", one.loan, one.loan.target_dscr)
    own = Formula(f"({one.service.text})", one.service.values) * model.clock.operating
    allowed = sheet.add_row(f"{name}: {say('live.service_allowed')}", cash / target - (service - own), model.money)
    limit = _sculpted_size if one.loan.kind == "sculpted" else _level_size
    by_cover = sheet.single(f"{name}: {say('live.size_by_cover')}", limit(model, one, unit, allowed), model.money)
    parts: list[Formula] = [by_cover]
    if one.loan.gearing is not None:
        parts.append(_geared_size(company, without, one, unit, one.loan.gearing))
    size = sheet.single(f"{name}: {say('live.size_now')}", largest(smallest(*parts), 0.0), model.money)
    _check(model, "sized", f"{name}: {say('live.check.sized')}", unit.amount - size)
    if one.by_cover is not None:
        _check(model, "sized", f"{name}: {say('live.input.by_cover')}", one.by_cover - by_cover)


def _level_size(model: StudyModel, one: LoanRows, unit: UnitRows, allowed: Line) -> Formula:
    """The debt whose service meets what is allowed in each year in which principal is repaid."""
    sheet, say, name = model.schedules, model.say, model.called(one.loan)
    working, rate = model.clock.operating, one.exchange_rate
    paid = unit.repaid + unit.interest - unit.added + unit.fees
    each = {
        "live.unit_service": Formula(f"({paid.text})", paid.values) * rate * working,
        "live.unit_repaid": unit.repaid * rate * working,
        "live.service_allowed": allowed * working,
    }
    sums = []
    for code, values in each.items():
        row = sheet.add_row(f"{name}: {say(code)}", values, model.money, "number")
        sums.append(of_year(model, sheet, f"{name}: {say(code)} ({say('live.of_year_so_far')})", row))
    due, back, may = sums
    paying = all_true(model.clock.year_ends.equals(1.0), back > CASH_ROUNDING.zero)
    limits = sheet.add_row(f"{name}: {say('live.size_limits')}", either(paying, largest(may, 0.0) / due, EMPTY),
                           model.money)  # fmt: skip
    return Formula(f"MIN({limits.span()})", np.array([np.nanmin(limits.values)]))


def _sculpted_size(model: StudyModel, one: LoanRows, unit: UnitRows, allowed: Line) -> Formula:
    """The present value of what is allowed at the rate of the loan, and what pays the interest of every period."""
    sheet, say, name = model.schedules, model.say, model.called(one.loan)
    repaying = _repaying(model, one)
    before = sheet.add_row(f"{name}: {say('live.owed_before')}", model.before(unit.balance), look="number")
    growth = sheet.add_row(f"{name}: {say('live.cost_of_debt')}",
                           either(repaying, ratio(unit.interest, before, 0.0), 0.0), look="factor")  # fmt: skip
    factors = np.cumprod(1.0 / (1.0 + growth.values), dtype=np.float64)
    opened = either(model.clock.number.equals(1.0), 1.0, Formula(sheet.next_row_cell(-1), np.zeros(len(growth))))
    factor = sheet.add_row(f"{name}: {say('live.discount_factor')}",
                           Formula(f"{opened.text}/(1+{growth.text})", factors), look="factor")  # fmt: skip
    paid = sheet.add_row(f"{name}: {say('live.service_allowed')}",
                         either(repaying, largest(allowed, 0.0) / one.exchange_rate, 0.0), model.money)  # fmt: skip
    worth = sheet.running(f"{name}: {say('live.present_values')}", paid * factor)
    covered = paid * model.before(factor, 1.0) / growth + worth - paid * factor
    bound = all_true(repaying, growth > STATEMENT.zero_rate)
    limits = sheet.add_row(f"{name}: {say('live.size_limits')}", either(bound, covered, NO_LIMIT), model.money)
    first = model.number(f"loans.{one.loan.id}", "first_period", one.loan, 0.0)
    begin = int(first.values[0])
    owed = Formula(f"INDEX({unit.balance.span()},{first.text}-1)", unit.balance.values[begin - 2 : begin - 1])
    at_repayment = sheet.single(f"{name}: {say('live.unit_stands')}", owed, look="factor")
    least = Formula(f"MIN({limits.span()},{worth[-1].text})", np.array([min(limits.values.min(), worth.values[-1])]))
    return least / at_repayment


def _geared_size(company: Company, without: Company | None, one: LoanRows, unit: UnitRows, gearing: float) -> Formula:
    """The debt at the limit of gearing, as `statements.debt_sizing` has it."""
    model, sheet, say = company.model, company.model.schedules, company.model.say
    name, number = model.called(one.loan), company.model.clock.number
    limit = model.number(f"loans.{one.loan.id}", "gearing", one.loan, gearing)
    drawing = np.flatnonzero(unit.drawn.values > 0)
    last = Formula(f"SUMPRODUCT(MAX(({unit.drawn.span()}>0)*{number.span()}))", np.array([float(drawing[-1] + 1)]))
    until = sheet.single(f"{name}: {say('live.drawn_until')}", largest(model.clock.construction, last), look="whole")

    def early(code: str, content: Formula) -> Formula:
        row = sheet.add_row(f"{name}: {say(code)}", either(number <= until, content, 0.0), model.money, "number")
        return row.sum()

    spent = _outlays(model)
    old = [] if without is None else without.sources.loans
    if without is not None:
        spent = sheet.add_row(say("live.outlays_added"), spent - _outlays(without.model), model.money)
    others = [other for other in company.sources.loans if other is not one]
    reserves = [reserve.growth for reserve in company.sources.reserves]
    uses = spent + total([other.interest + other.fees for other in others]) + total(reserves)
    uses = uses - total([loan.interest + loan.fees for loan in old])
    owed = total([other.drawn + other.added for other in others])
    owed = owed - total([loan.drawn + loan.added for loan in old])
    rate = one.exchange_rate
    debt_of_one = early("live.unit_debt", (unit.drawn + unit.added) * rate)
    cost_of_one = early("live.unit_cost", (unit.interest + unit.fees) * rate)
    room = limit * early("live.uses", uses) - early("live.other_debt", wide(owed, model.time.periods))
    above = sheet.single(f"{name}: {say('live.gearing_room')}", room, model.money)
    below = sheet.single(f"{name}: {say('live.gearing_of_one')}", debt_of_one - limit * cost_of_one, look="factor")
    size = either(below > 0.0, above / below, NO_LIMIT)
    return sheet.single(f"{name}: {say('live.size_by_gearing')}", size, model.money)


def _outlays(model: StudyModel) -> Line:
    """Investment, growth of working capital, and costs before operation."""
    known = model.known
    costs = known("production", "operating_costs") + known("production", "marketing_costs")
    early = Formula(f"({costs.text})", costs.values) * (1.0 - model.clock.operating)
    spent = known("investment", "fixed_investment") + known("investment", "pre_production")
    whole = spent + known("working_capital", "working_capital_growth") + early
    return model.schedules.add_row(model.say("live.outlays"), whole, model.money)
