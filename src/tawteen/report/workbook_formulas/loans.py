"""Equity, grants and loans as formulas; a loan runs month by month on a sheet of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.appraise.finance import annuity_share, month_shares
from tawteen.appraise.study import Equity, Grant, Loan
from tawteen.report.workbook_formulas.assets import AssetRows, owned, written_off
from tawteen.report.workbook_formulas.book import FormulaSheet, Line
from tawteen.report.workbook_formulas.formula import Formula, before, formula, largest, row, smallest, total, wide
from tawteen.report.workbook_formulas.model import StudyModel, running


@dataclass(frozen=True)
class LoanRows:
    """A loan in the study's currency by period, as `appraise.statements.financing.LoanFlow`."""

    loan: Loan
    drawn: Line
    added: Line
    repaid: Line
    interest: Line
    fees: Line
    balance: Line
    exchange: Line
    opening: Formula

    @property
    def paid(self) -> Formula:
        """Interest and fees paid in money."""
        return self.interest - self.added + self.fees

    @property
    def service(self) -> Formula:
        """Repayment, paid interest and fees."""
        return self.repaid + self.paid


@dataclass(frozen=True)
class Shares:
    """A class of shares: paid in, refunded, and outstanding capital."""

    equity: Equity
    paid: Formula
    refunded: Formula
    capital: Line


@dataclass(frozen=True)
class FinancingRows:
    """Every source of money."""

    equity: list[Shares]
    grants: list[tuple[Grant, Formula]]
    loans: list[LoanRows]


def sources_of(model: StudyModel, months: FormulaSheet | None) -> FinancingRows:
    """Equity, grants and loans; `months` is the sheet of the loans where there are any."""
    model.inputs.section("live.section.finance")
    model.schedules.section("statements.statement.debt")
    study = model.study
    equity = [_shares(model, one) for one in study.equity]
    grants: list[tuple[Grant, Formula]] = [(one, _worth(model, f"grants.{one.id}", one)) for one in study.grants]
    loans = [_loan(model, one, months) for one in study.loans] if months is not None else []
    return FinancingRows(equity, grants, loans)


def _worth(model: StudyModel, key: str, one: Equity | Grant) -> Formula:
    amount = model.ask(key, "amount", one, one.amount, "first", unit=one.currency or model.study.currency)
    return amount * model.rate(one.currency, one.rate)


def _shares(model: StudyModel, one: Equity) -> Shares:
    key = f"equity.{one.id}"
    paid = _worth(model, key, one)
    refunded = wide(0.0, model.time.periods)
    if one.refund:
        unit = one.currency or model.study.currency
        refunded = model.ask(key, "refund", one, one.refund, "first", unit=unit) * model.rate(one.currency, one.rate)
    change = wide(paid - refunded, model.time.periods)
    label = f"{model.called(one)}: {model.say('statements.item.equity_capital')}"
    capital = model.schedules.add_row(label, running(model.schedules, change), model.study.currency)
    return Shares(one, wide(paid, model.time.periods), refunded, capital)


def _loan(model: StudyModel, loan: Loan, sheet: FormulaSheet) -> LoanRows:
    key, unit = f"loans.{loan.id}", loan.currency or model.study.currency
    draw = model.ask(key, "draw", loan, loan.draw, "first", unit=unit)
    interest = model.number(key, "interest", loan, loan.interest, model.say("live.share_a_year"))
    capitalised = model.number(key, "capitalised", loan, loan.capitalised)
    opening = model.number(key, "opening", loan, loan.opening, unit)
    fee = model.number(key, "fee", loan, loan.fee)
    commitment = model.number(key, "commitment_fee", loan, loan.commitment_fee, model.say("live.share_a_year"))
    own = _by_month(model, loan, sheet, draw=draw, interest=interest, capitalised=capitalised, opening=opening)
    later = row([_rest(draw, t) for t in range(model.time.periods)])
    fees = draw * fee + commitment * (later + draw * loan.draw_at) * formula_row(_years(model).sum(axis=1))
    rate = model.rate(loan.currency, loan.rate)
    flows = {"drawn": draw, **own, "fees": fees}
    lines = {
        name: model.line(
            model.schedules, "debt", f"loan_{name}", wide(flows[name] * rate, model.time.periods), name=loan.id,
            part=loan.origin, label=model.called(loan),
        )
        for name in ("drawn", "added", "repaid", "interest", "fees", "balance")
    }  # fmt: skip
    rates = wide(rate, model.time.periods)
    opened = opening * rates[0]
    # What stood before at today's rate less at the last: the same as the change that no flow explains, and it does not
    # hang on what is repaid in the period.
    change = before(own["balance"], opening) * (rates - before(rates, rates[0]))
    exchange = model.line(
        model.schedules, "debt", "loan_exchange", change, name=loan.id, part=loan.origin, label=model.called(loan)
    )
    return LoanRows(loan, exchange=exchange, opening=opened, **lines)


def formula_row(values: np.ndarray) -> Formula:
    """Numbers, one a period."""
    return row([float(v) for v in values])


def _rest(draw: Line, t: int) -> Formula:
    """Draws after a period."""
    last = len(draw) - 1
    if t == last:
        return formula(0.0)
    return Formula((f"SUM({draw.span(t + 1, last)})",), np.array([draw.values[t + 1 :].sum()]))


def _years(model: StudyModel) -> np.ndarray:
    quarter = 0 if model.step == 1 else int(model.time.labels[0][-1]) - 1
    return month_shares(model.time.periods, 12 // model.step, model.profile.days, quarter * 3)


def _by_month(
    model: StudyModel, loan: Loan, sheet: FormulaSheet, *, draw: Line, interest: Line, capitalised: Line, opening: Line
) -> dict[str, Formula]:
    """Added, repaid, interest by period, and the balance at its end, in the loan's currency."""
    periods, months, shares = model.time.periods, 12 // model.step, _years(model)
    stated = _stated(model, loan)
    drawn_in = round(loan.draw_at * months)
    until = model.time.begins - 1 if not loan.capitalise_until else model.time.index(loan.capitalise_until)
    names = ("loan_balance_start", "loan_drawn", "loan_interest", "loan_repaid", "loan_added", "loan_balance")
    sheet.text(model.called(loan), "section")
    row_of = {name: sheet.rows(1) for name in names}
    for name, place in row_of.items():
        sheet.label(place, model.say(f"live.month.{name}"))
    put = _Months(sheet, row_of)
    balance: Formula = opening
    course: dict[str, list[Formula]] = {name: [] for name in ("added", "repaid", "interest", "balance")}
    for t in range(periods):
        paid: list[Formula] = []
        due: list[Formula] = []
        for month in range(months):
            m = t * months + month
            start = put("loan_balance_start", m, balance)
            drawn = put("loan_drawn", m, draw[t] if month == drawn_in else formula(0.0))
            paid.append(put("loan_interest", m, (start + drawn) * interest * float(shares[t, month])))
            owed = start + drawn
            if loan.kind == "sculpted":
                at_end = owed + draw[t] if drawn_in == months else owed
                leaves = _sculpted(stated, t, paid, at_end) if month == months - 1 else formula(0.0)
                due.append(put("loan_repaid", m, leaves))
            else:
                repaid = _due(model, loan, t, month, owed=owed, interest=interest, stated=stated)
                due.append(put("loan_repaid", m, repaid))
            balance = start + drawn - due[-1]
            if month < months - 1:
                balance = put("loan_balance", m, balance)
        if drawn_in == months:
            balance = balance + draw[t]
        added = total(paid) * capitalised if t <= until else formula(0.0)
        stood = put("loan_added", m, added)
        balance = put("loan_balance", m, balance + stood)
        for name, one in (("added", stood), ("repaid", total(due)), ("interest", total(paid)), ("balance", balance)):
            course[name].append(one)
    return {name: row(cells) for name, cells in course.items()}


def _stated(model: StudyModel, loan: Loan) -> Line | None:
    """Repayments of a profile; of a sculpted loan the debt service that the cash flow leaves it, still to be written.

    That cash comes after tax, and the tax after this loan's interest: the row is filled when both stand (`sculpt`).
    """
    if loan.kind == "profile":
        return model.ask(
            f"loans.{loan.id}", "repay", loan, loan.repay, "first", unit=loan.currency or model.study.currency
        )
    if loan.kind == "sculpted":
        label = f"{model.called(loan)}: {model.say('live.may_take')}"
        unit = loan.currency or model.study.currency
        model.sculpting[loan.id] = model.schedules.later(label, model.sculpted[loan.id], unit)
        return model.sculpting[loan.id]
    return None


def _sculpted(allowed: Line | None, t: int, interest: list[Formula], owed: Formula) -> Formula:
    """Principal at the end of a period: what its debt service leaves after interest, and no more than is owed."""
    if allowed is None:
        raise ValueError("a sculpted loan goes by what it may take")
    return smallest(largest(allowed[t] - total(interest), 0.0), largest(owed, 0.0))


def sculpt(model: StudyModel, loans: list[LoanRows], available: Line) -> None:
    """Fills what each sculpted loan may take: cash at its target less the service of the other loans, shared evenly."""
    sculpted = [one for one in loans if one.loan.kind == "sculpted"]
    fixed = total([one.service for one in loans if one.loan.kind != "sculpted"])
    for one in sculpted:
        loan, key = one.loan, f"loans.{one.loan.id}"
        target = model.number(key, "target_dscr", loan, loan.target_dscr)
        allowed = largest(available / target - fixed, 0.0) / float(len(sculpted)) / model.rate(loan.currency, loan.rate)
        first = model.time.begins if not loan.first else model.time.index(loan.first)
        allowed = row([allowed[t] if t >= first else 0.0 for t in range(model.time.periods)])
        model.schedules.fill(model.sculpting[loan.id], allowed)


def _due(
    model: StudyModel, loan: Loan, t: int, month: int, *, owed: Formula, interest: Line, stated: Formula | None
) -> Formula:
    """Principal repaid at the end of this month of a period (`appraise.finance`)."""
    months = 12 // model.step
    pays = max(round(loan.repay_at * months) - 1, 0)
    if stated is not None:
        return stated[t] if month == (pays if loan.kind == "profile" else months - 1) else formula(0.0)
    first = model.time.begins if not loan.first else model.time.index(loan.first)
    every = 12 // loan.per_year
    paid, rest = divmod(t * months + month - (first * months + pays), every)
    if rest or not 0 <= paid < loan.instalments:
        return formula(0.0)
    left = loan.instalments - paid
    if loan.kind == "constant_principal":
        return owed / float(left)
    rate = interest * (every / 12)
    value = annuity_share(float(rate.values[0]), left) - float(rate.values[0])
    text = f"IF(ABS({rate.texts[0]})<1E-12,1/{left},{rate.texts[0]}/(1-(1+{rate.texts[0]})^(-{left}))-{rate.texts[0]})"
    return owed * Formula((text,), np.array([value]))


@dataclass(frozen=True)
class _Months:
    """Cells of one loan, a month a column."""

    sheet: FormulaSheet
    row_of: dict[str, int]

    def __call__(self, name: str, month: int, content: Formula) -> Formula:
        return self.sheet.cell(self.row_of[name], month, content)


def interest_assets(model: StudyModel, loans: list[LoanRows]) -> list[AssetRows]:
    """Interest and fees of the construction phase as pre-production items, where they are written off.

    No stock is sold of them: depletion of theirs goes by time.
    """
    rule = model.study.construction_interest
    if rule is None:
        return []
    assets = []
    whole = wide(1.0, model.time.periods)
    for one in loans:
        early = 1.0 - model.operating
        label = f"{model.called(one.loan)}: {model.say('statements.item.construction_interest')}"
        item, origin = f"construction_interest:{one.loan.id}", one.loan.origin
        paid = model.line(model.schedules, "investment", "asset", (one.interest + one.fees) * early, name=item,
                          part=origin, label=label)  # fmt: skip
        key = f"construction_interest.{one.loan.id}"
        off = written_off(model, key, one.loan, paid=paid, rule=rule, sold=whole)
        asset = owned(model, item, group="pre_production", origin=origin, paid=paid, opening=formula(0.0), off=off,
                     left=None, name=label, interest=True)  # fmt: skip
        assets.append(asset)
    return assets


def debt_lines(model: StudyModel, loans: list[LoanRows]) -> None:
    """Sums over all loans."""
    for name in ("drawn", "repaid", "interest", "fees", "exchange", "balance"):
        total = model.sum([(one.loan.origin, getattr(one, name)) for one in loans])
        model.line(model.schedules, "debt", f"loan_{name}", total, look="sum")
