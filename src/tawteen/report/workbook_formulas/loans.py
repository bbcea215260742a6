"""Equity, grants and loans as formulas; a loan runs month by month: a row for each month of a period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.appraise.finance import MONTH_DAYS, DebtSchedule, annuity_share
from tawteen.appraise.statements.accounts import INTEREST_ITEM
from tawteen.appraise.statements.debt_sizing import unit_schedule
from tawteen.appraise.study import Equity, Grant, Loan
from tawteen.report.workbook_formulas.assets import AssetRows, interest_asset
from tawteen.report.workbook_formulas.book import FormulaSheet, Line
from tawteen.report.workbook_formulas.formula import (
    Formula,
    all_true,
    called,
    either,
    formula,
    largest,
    ratio,
    remainder,
    smallest,
    total,
    wide,
)  # fmt: skip
from tawteen.report.workbook_formulas.model import StudyModel
from tawteen.report.workbook_formulas.reserves import ReserveRows, reserves_of


@dataclass(frozen=True)
class LoanRows:
    """A loan in the study's currency by period, as `appraise.statements.financing.LoanFlow`.

    `before_repayment`: what a sculpted loan owes before it repays; `rate`: interest a year; `by_cover`: the size that
    the cover allows of a sculpted loan that gearing may keep smaller, an input.
    """

    loan: Loan
    drawn: Line
    added: Line
    repaid: Line
    interest: Line
    fees: Line
    balance: Line
    exchange: Line
    opening: Formula
    rate: Formula
    exchange_rate: Formula
    before_repayment: Formula
    swept: Line | None = None
    unit: UnitRows | None = None
    by_cover: Line | None = None

    @property
    def paid(self) -> Formula:
        """Interest and fees paid in money."""
        return self.interest - self.added + self.fees

    @property
    def service(self) -> Formula:
        """Repayment, interest and fees paid in money."""
        return self.repaid + self.paid


@dataclass(frozen=True)
class UnitRows:
    """A loan of 1 on the terms of one that is sized, without sweep, in its own currency; a sculpted one unrepaid.

    `amount`: the size of the loan, an input.
    """

    amount: Line
    drawn: Line
    added: Line
    repaid: Line
    interest: Line
    fees: Formula
    balance: Line


@dataclass(frozen=True)
class Shares:
    """A class of shares: paid in, refunded, and the capital that stands."""

    equity: Equity
    paid: Line
    refunded: Line
    capital: Line


@dataclass(frozen=True)
class FinancingRows:
    """Every source of money."""

    equity: list[Shares]
    grants: list[tuple[Grant, Line]]
    loans: list[LoanRows]
    reserves: list[ReserveRows]


def sources_of(model: StudyModel, months: FormulaSheet | None) -> FinancingRows:
    """Equity, grants and loans; `months` is the sheet of the loans where there are any."""
    model.inputs.section("live.section.finance")
    model.schedules.section("statements.statement.debt")
    study = model.study
    equity = [_shares(model, one) for one in study.equity]
    grants = [(one, _worth(model, f"grants.{one.id}", one, "amount", "statements.item.grants")) for one in study.grants]
    if months is None:
        return FinancingRows(equity, grants, [], [])
    calendar = _calendar(model, months)
    for one in study.loans:
        if one.sweep:
            label = f"{model.called(one)}: {model.say('live.may_sweep')}"
            model.sweeping[one.id] = model.schedules.later(label, model.swept[one.id], one.currency or model.money)
    loans = [_loan(model, one, months, calendar) for one in study.loans]
    return FinancingRows(equity, grants, loans, reserves_of(model, loans))


def _worth(model: StudyModel, key: str, one: Equity | Grant, field: str, code: str) -> Line:
    """An amount by period in the study's currency."""
    amount = model.ask(key, field, one, getattr(one, field), "first", unit=one.currency or model.money)
    label = f"{model.called(one)}: {model.say(code)}"
    return model.schedules.add_row(label, amount * model.rate(one.currency, one.rate), model.money)


def _shares(model: StudyModel, one: Equity) -> Shares:
    key = f"equity.{one.id}"
    paid = _worth(model, key, one, "amount", "statements.item.equity_paid")
    refunded = _worth(model, key, one, "refund", "statements.item.equity_refunded")
    label = f"{model.called(one)}: {model.say('statements.item.equity_capital')}"
    return Shares(one, paid, refunded, model.schedules.running(label, paid - refunded))


@dataclass(frozen=True)
class _Calendar:
    """By month of a period: its number from the first month on (0), and its share of a year."""

    month: list[Line]
    share: list[Formula]


def _calendar(model: StudyModel, sheet: FormulaSheet) -> _Calendar:
    months = 12 // model.step
    number, days = model.clock.number, model.profile.days
    quarter = 0 if model.step == 1 else int(model.time.labels[0][-1]) - 1
    first = model.inputs.number("time.first_month", model.say("live.time.first_month"), float(quarter * 3 + 1))
    month_rows, shares = [], list[Formula]()
    for k in range(months):
        label = f"{model.say('live.month')} {k + 1}"
        since = sheet.add_row(f"{label}: {model.say('live.month_number')}",
                          (number - 1.0) * (12.0 / model.clock.step) + float(k), look="whole")  # fmt: skip
        month_rows.append(since)
        if days == 360:
            shares.append(formula(1.0) / 12.0)
            continue
        place = remainder(since + first - 1.0, 12.0) + 1.0
        length = Formula(f"CHOOSE({place.text},{','.join(map(str, MONTH_DAYS))})",
                         np.take(MONTH_DAYS, place.values.astype(int) - 1))  # fmt: skip
        shares.append(sheet.add_row(f"{label}: {model.say('live.share_of_year')}", length / model.clock.days,
                                look="factor"))  # fmt: skip
    return _Calendar(month_rows, shares)


def _loan(model: StudyModel, loan: Loan, sheet: FormulaSheet, calendar: _Calendar) -> LoanRows:
    key, unit = f"loans.{loan.id}", loan.currency or model.money
    name, say = model.called(loan), model.say
    flow = next(f for f in model.accounts.financing.loans if f.loan.id == loan.id)
    stated_draw = model.ask(key, "draw", loan, loan.draw, "first", unit=unit)
    rate: Formula = model.number(key, "interest", loan, loan.interest, say("live.share_a_year"))
    if loan.base:
        base = model.ask(key, "base", loan, loan.base, "every", unit=say("live.share_a_year"))
        rate = model.schedules.add_row(f"{name}: {say('live.rate_with_margin')}", base + rate, look="share")
    opening = model.number(key, "opening", loan, loan.opening, unit)
    draw, one, by_cover = stated_draw, None, None
    sheet.section("statements.statement.debt")
    if loan.sized:
        size = next(size for size in model.accounts.sizes if size.loan.id == loan.id)
        amount = model.number(key, "sized", loan, size.amount, unit)
        if loan.kind == "sculpted" and loan.gearing is not None:
            by_cover = model.number(key, "by_cover", loan, size.by_cover, unit)
        part = ratio(stated_draw, stated_draw.sum(), 0.0)
        share = model.schedules.add_row(f"{name}: {say('live.share_drawn')}", part, look="factor")
        one = _unit(model, loan, sheet, calendar, share, rate, amount, opening)
        draw = model.schedules.add_row(f"{name}: {say('statements.item.loan_drawn')}", share * amount, unit)
    sheet.text(name, "section")
    own = _Months(model, loan, sheet, calendar, draw, rate, opening, flow.own).write()
    fees = _fees(model, loan, sheet, calendar, draw)
    exchange_rate = wide(model.rate(loan.currency, loan.rate), model.time.periods)
    flows = {"drawn": draw, **own, "fees": fees}
    swept = ("swept",) if loan.sweep else ()
    lines = {
        item: model.line(model.schedules, "debt", f"loan_{item}", flows[item] * exchange_rate, name=loan.id,
                         part=loan.origin, label=name)
        for item in ("drawn", "added", "repaid", *swept, "interest", "fees", "balance")
    }  # fmt: skip
    # What stood before at today's rate less at the last: the same as the change that no flow explains, and it does not
    # hang on what is repaid in the period.
    at_home = loan.currency in ("", model.study.currency)
    change = formula(0.0) if at_home else model.before(own["balance"], opening) * (
        exchange_rate - model.before(exchange_rate, exchange_rate[0])
    )  # fmt: skip
    exchange = model.line(model.schedules, "debt", "loan_exchange", change, name=loan.id, part=loan.origin, label=name)
    owed = own["before"] * exchange_rate
    return LoanRows(loan, exchange=exchange, opening=opening * exchange_rate[0], rate=rate,
                    exchange_rate=exchange_rate, before_repayment=owed, unit=one, by_cover=by_cover,
                    **lines)  # fmt: skip


def _fees(model: StudyModel, loan: Loan, sheet: FormulaSheet, calendar: _Calendar, draw: Line) -> Formula:
    """Fees of each period: up front with the first draw, on each draw, and on what is not drawn yet."""
    key, name, say = f"loans.{loan.id}", model.called(loan), model.say
    fee = model.number(key, "fee", loan, loan.fee)
    upfront = model.number(key, "upfront_fee", loan, loan.upfront_fee)
    commitment = model.number(key, "commitment_fee", loan, loan.commitment_fee, say("live.share_a_year"))
    draw_at = model.number(key, "draw_at", loan, loan.draw_at)
    so_far = model.schedules.running(f"{name}: {say('live.drawn_so_far')}", draw)
    begun = all_true(draw > 0.0, (so_far - draw) <= 0.0)
    first = sheet.add_row(f"{name}: {say('live.input.upfront_fee')}", either(begun, upfront * draw.sum(), 0.0),
                          look="number")  # fmt: skip
    year = total(calendar.share)
    of_period = sheet.add_row(say("live.share_of_year"), year, look="factor") if len(calendar.share) > 1 else year
    return first + draw * fee + commitment * (draw.sum() - so_far + draw * draw_at) * of_period


def _unit(  # noqa: PLR0917 — the rows of the loan that it is a loan of 1 of
    model: StudyModel,
    loan: Loan,
    sheet: FormulaSheet,
    calendar: _Calendar,
    share: Line,
    rate: Formula,
    amount: Line,
    opening: Line,
) -> UnitRows:
    """A loan of 1 with the terms of one that is sized."""
    sheet.text(f"{model.called(loan)}: {model.say('live.unit_loan')}", "section")
    flow = next(f for f in model.accounts.financing.loans if f.loan.id == loan.id)
    own = unit_schedule(model.accounts, flow).own
    rows = _Months(model, loan, sheet, calendar, share, rate, opening, own, unit=True).write()
    fees = _fees(model, loan, sheet, calendar, share)
    return UnitRows(amount, share, rows["added"], rows["repaid"], rows["interest"], fees, rows["balance"])


@dataclass
class _Months:
    """The rows of one loan, month by month; flows by period in its own currency.

    `own`: what they come to; `unit`: of a loan of 1 without sweep, a sculpted one without repayment.
    """

    model: StudyModel
    loan: Loan
    sheet: FormulaSheet
    calendar: _Calendar
    draw: Line
    rate: Formula
    opening: Line
    own: DebtSchedule
    unit: bool = False

    @property
    def sweeps(self) -> bool:
        """Whether cash that is left repays the loan early."""
        return self.loan.sweep > 0 and not self.unit

    def write(self) -> dict[str, Line]:
        """Added, repaid, swept, interest by period, what is owed before a sculpted repayment, and the balance."""
        model, loan, sheet = self.model, self.loan, self.sheet
        months, say = len(self.calendar.month), model.say
        drawn_in = self.number("draw_month", float(round(loan.draw_at * months)))
        stated, course = self._stated(), self._values()
        interest, due = list[Formula](), list[Formula]()
        balance_row = sheet.next + 1
        owed = self.opening
        for k in range(months):
            place = f"{say('live.month')} {k + 1}"
            # What was owed at the end of the last period stands in its last row, which comes further down.
            drawn = either(drawn_in.equals(float(k)), self.draw, 0.0)
            if k == 0:
                before = either(
                    model.clock.number.equals(1.0), self.opening, _period_before(sheet, self._last_row(balance_row))
                )
                content = Formula(f"{before.text}+{drawn.text}", course["owed"][k])
            else:
                content = Formula(f"{owed.text}-{_held(due[-1])}+{drawn.text}", course["owed"][k])
            owed = sheet.add_row(f"{place}: {say('live.month.loan_owed')}", content, look="number")
            paid = Formula((owed * self.rate * self.calendar.share[k]).text, course["interest"][k])
            interest.append(sheet.add_row(f"{place}: {say('live.month.loan_interest')}", paid, look="number"))
            due.append(self._due(k, owed, stated, course["due"][k]))
        at_end = either(drawn_in.equals(float(months)), self.draw, 0.0)
        left = Formula(f"{owed.text}-{_held(due[-1])}+{at_end.text}", course["before"][0])
        before = sheet.add_row(say("live.month.loan_before"), left, look="number")
        whole = Formula(total(interest).text, course["paid"][0], addends=tuple(interest))
        period_interest = sheet.add_row(say("live.month.loan_interest"), whole, look="number")
        sculpted = smallest(stated, largest(before, 0.0)) if stated is not None and loan.kind == "sculpted" else None
        repaid_content = sculpted if sculpted is not None else total(due)
        repaid = sheet.add_row(say("live.month.loan_repaid"),
                           Formula(repaid_content.text, course["repaid"][0], addends=repaid_content.addends),
                           look="number")  # fmt: skip
        less = repaid if sculpted is not None else formula(0.0)
        rows = {}
        if self.sweeps:
            taken = smallest(model.sweeping[loan.id], largest(before - less, 0.0))
            rows["swept"] = sheet.add_row(say("statements.item.loan_swept"), Formula(taken.text, self.own.swept),
                                          look="number")  # fmt: skip
            less = less + rows["swept"]
        until = self.number("capitalised_until", float(self._capitalised_until()))
        capitalised = model.number(self.key, "capitalised", loan, loan.capitalised)
        in_time = either(model.clock.number <= until, capitalised, 0.0)
        added = sheet.add_row(say("live.month.loan_added"),
                          Formula((period_interest * in_time).text, course["added"][0]), look="number")  # fmt: skip
        balance = sheet.add_row(say("live.month.loan_balance"),
                            Formula((before - less + added).text, self.own.balance), look="number")  # fmt: skip
        if balance.row != self._last_row(balance_row) - 1:
            raise ValueError("the balance of a loan stands where its first month looks for it")
        return rows | {"added": added, "repaid": repaid, "interest": period_interest, "balance": balance,
                       "before": before}  # fmt: skip

    @property
    def key(self) -> str:
        """Key of the loan's inputs."""
        return f"loans.{self.loan.id}"

    def number(self, name: str, value: float) -> Line:
        """An input of the loan."""
        return self.model.number(self.key, name, self.loan, value)

    def _last_row(self, first: int) -> int:
        """Row (from 1) of the balance: those of months, before repayment, interest, repaid, swept, added, balance."""
        regular = self.loan.kind in ("constant_principal", "annuity")
        each = 5 if regular else 3 if self.loan.kind == "profile" else 2
        return first + each * len(self.calendar.month) + 4 + self.sweeps

    def _capitalised_until(self) -> int:
        time, until = self.model.time, self.loan.capitalise_until
        return time.index(until) + 1 if until else time.begins

    def _stated(self) -> Formula | None:
        """Repayments of a profile; of a sculpted loan the principal that the cash flow leaves it, still to be written.

        That cash comes after tax, and the tax after this loan's interest: the row is filled when both stand (`sculpt`).
        """
        model, loan, unit = self.model, self.loan, self.loan.currency or self.model.money
        if loan.kind == "profile":
            return model.ask(self.key, "repay", loan, loan.repay, "first", unit=unit)
        if loan.kind == "sculpted" and self.unit:
            return formula(0.0)
        if loan.kind == "sculpted":
            label = f"{model.called(loan)}: {model.say('live.may_take')}"
            model.sculpting[loan.id] = model.schedules.later(label, model.sculpted[loan.id], unit)
            return model.sculpting[loan.id]
        return None

    def _due(self, month: int, owed: Line, stated: Formula | None, values: np.ndarray) -> Formula:
        """Principal repaid at the end of a month of every period (`appraise.finance`)."""
        model, loan, sheet = self.model, self.loan, self.sheet
        months, say = len(self.calendar.month), self.model.say
        pays = max(round(loan.repay_at * months) - 1, 0)
        place = f"{say('live.month')} {month + 1}"
        if loan.kind == "sculpted":
            return formula(0.0)
        if loan.kind == "profile" and stated is not None:
            pays_in = self.number("repay_month", float(pays + 1))
            due = either(pays_in.equals(float(month + 1)), stated, 0.0)
            return sheet.add_row(f"{place}: {say('live.month.loan_repaid')}", due, look="number")
        first = model.time.begins if not loan.first else model.time.index(loan.first)
        begins = self.number("first_month", float(first * months + pays))
        count, every = (
            self.number("instalments", float(loan.instalments)),
            self.number("months_between", 12.0 / loan.per_year),
        )
        passed = (self.calendar.month[month] - begins) / every
        paid = sheet.add_row(f"{place}: {say('live.month.instalments_before')}", passed, look="number")
        due_now = all_true(paid >= 0.0, remainder(paid, 1.0).equals(0.0), paid < count)
        left = sheet.add_row(f"{place}: {say('live.month.instalments_left')}", either(due_now, count - paid, 0.0),
                         look="whole")  # fmt: skip
        if loan.kind == "constant_principal":
            content: Formula = ratio(owed, left, 0.0)
        else:
            each = self.rate * every / 12.0
            annuity = called("PMT", (each, left, -1.0), lambda *_: np.zeros(len(left)))
            # PMT of a rate of zero is the equal part; the last instalment is all that is owed.
            share = either(left.equals(1.0), 1.0, annuity - each)
            content = owed * either(left > 0.0, share, 0.0)
        return sheet.add_row(f"{place}: {say('live.month.loan_repaid')}", Formula(content.text, values), look="number")

    def _values(self) -> dict[str, list[np.ndarray]]:
        """What the rows come to, period by period: a month looks at the one before it."""
        loan, periods, months = self.loan, self.model.time.periods, len(self.calendar.month)
        first = self.model.time.begins if not loan.first else self.model.time.index(loan.first)
        pays, every = max(round(loan.repay_at * months) - 1, 0), 12 // loan.per_year
        own = self.own
        drawn_in, balance = round(loan.draw_at * months), loan.opening
        owed, interest, due = (np.zeros((months, periods)) for _ in range(3))
        before, rates = np.zeros(periods), wide(self.rate, periods).values
        shares = np.array([wide(share, periods).values for share in self.calendar.share])
        for t in range(periods):
            for k in range(months):
                balance += self.draw.values[t] * (k == drawn_in)
                owed[k, t], interest[k, t] = balance, balance * rates[t] * shares[k, t]
                paid, rest = divmod(t * months + k - first * months - pays, every)
                if loan.kind == "profile":
                    due[k, t] = self.model.time.spread(loan.repay, "first")[t] * (k == pays)
                elif loan.kind != "sculpted" and not rest and 0 <= paid < loan.instalments:
                    left, r = loan.instalments - paid, rates[t] * every / 12
                    level = 1 / left if loan.kind == "constant_principal" else annuity_share(r, left) - r
                    due[k, t] = balance * (1.0 if left == 1 else level)
                balance -= due[k, t]
            before[t] = balance + self.draw.values[t] * (drawn_in == months)
            balance = own.balance[t]
        return {"owed": list(owed), "interest": list(interest), "due": list(due), "before": [before],
                "paid": [own.interest], "repaid": [own.repaid], "added": [own.added]}  # fmt: skip


def _period_before(sheet: FormulaSheet, row: int) -> Formula:
    """The cell of the period before in a row (from 1)."""
    return Formula(f"{sheet.name}!⟦-1⟧{row}", np.zeros(1))


def _held(part: Formula) -> str:
    return part.text if part.binds > 1 else f"({part.text})"


def interest_assets(model: StudyModel, loans: list[LoanRows]) -> list[AssetRows]:
    """Interest and fees of the construction phase as pre-production items, where they are written off."""
    rule = model.study.construction_interest
    if rule is None:
        return []
    assets = []
    for one in loans:
        early = 1.0 - model.clock.operating
        label = f"{model.called(one.loan)}: {model.say('statements.item.construction_interest')}"
        item, origin = f"{INTEREST_ITEM}:{one.loan.id}", one.loan.origin
        paid = model.line(model.schedules, "investment", "asset", (one.interest + one.fees) * early, name=item,
                          part=origin, label=label)  # fmt: skip
        key = f"construction_interest.{one.loan.id}"
        assets.append(interest_asset(model, key, one.loan, item=item, label=label, paid=paid, rule=rule,
                                     origin=origin))  # fmt: skip
    return assets


def debt_lines(model: StudyModel, loans: list[LoanRows]) -> None:
    """Sums over all loans."""
    swept = [(one.loan.origin, one.swept) for one in loans if one.swept is not None]
    for name in ("drawn", "repaid", "interest", "fees", "exchange", "balance"):
        whole = model.sum([(one.loan.origin, getattr(one, name)) for one in loans])
        model.line(model.schedules, "debt", f"loan_{name}", whole, look="sum")
    if swept:
        model.line(model.schedules, "debt", "loan_swept", model.sum(swept), look="sum")
