"""Equity, grants and loans by period; loans in foreign currency are restated at the rate of each period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tawteen.appraise.finance import DebtSchedule, LoanTerms, debt, month_shares
from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.timing import Array, CurrencyConversion, Timeline
from tawteen.appraise.study import Equity, Grant, Loan, Study


@dataclass(frozen=True)
class LoanFlow:
    """A loan in the currency of the study; `own` is its schedule in its own currency, `interest_rate` is a year."""

    loan: Loan
    own: DebtSchedule
    rate: Array
    opening: float
    interest_rate: Array

    @property
    def drawn(self) -> Array:
        """Drawings."""
        return np.asarray(self.own.drawn * self.rate)

    @property
    def added(self) -> Array:
        """Capitalised interest."""
        return np.asarray(self.own.added * self.rate)

    @property
    def repaid(self) -> Array:
        """Principal repaid."""
        return np.asarray(self.own.repaid * self.rate)

    @property
    def swept(self) -> Array:
        """Principal repaid early out of surplus cash."""
        return np.asarray(self.own.swept * self.rate)

    @property
    def interest(self) -> Array:
        """Interest due, paid or capitalised."""
        return np.asarray(self.own.interest * self.rate)

    @property
    def fees(self) -> Array:
        """Fees paid."""
        return np.asarray(self.own.fees * self.rate)

    @property
    def paid_interest(self) -> Array:
        """Interest paid in cash."""
        return np.asarray(self.own.paid_interest * self.rate)

    @property
    def service(self) -> Array:
        """Repayment, paid interest and fees."""
        return np.asarray(self.own.service * self.rate)

    @property
    def balance(self) -> Array:
        """Debt at the end of each period, at the exchange rate of the period."""
        return np.asarray(self.own.balance * self.rate)

    @property
    def exchange(self) -> Array:
        """Exchange loss (negative: gain) from the restatement of debt."""
        before = np.concatenate([np.full((*self.balance.shape[:-1], 1), self.opening), self.balance[..., :-1]], axis=-1)
        return np.asarray(self.balance - before - self.drawn - self.added + self.repaid + self.swept)


@dataclass(frozen=True)
class EquityFlow:
    """Capital paid in and refunded of a class of shares, by period."""

    equity: Equity
    paid: Array
    refunded: Array

    @property
    def capital(self) -> Array:
        """Paid-in capital at the end of each period."""
        return np.asarray(np.cumsum(self.paid - self.refunded, axis=-1))


@dataclass(frozen=True)
class GrantFlow:
    """A grant by period."""

    grant: Grant
    paid: Array


@dataclass(frozen=True)
class LoanCash:
    """What a loan takes out of the cash of the project, by period in the study's currency.

    `principal` of a sculpted loan; `swept`: repaid early; `amount` of a loan that is sized, in its own currency.
    """

    principal: Array | None = None
    swept: Array | None = None
    amount: float | None = None


@dataclass(frozen=True)
class Financing:
    """Equity, grants and loans of a study by period."""

    equity: tuple[EquityFlow, ...]
    grants: tuple[GrantFlow, ...]
    loans: tuple[LoanFlow, ...]


def financing(
    study: Study,
    profile: ConventionProfile,
    time: Timeline,
    money: CurrencyConversion,
    cash: Mapping[str, LoanCash],
) -> Financing:
    """Returns equity, grants and loans; `cash`: what loans take out of the cash, by id."""

    def worth(source: Equity | Grant, amount: Array) -> Array:
        return np.asarray(amount * money.rate(source.currency, source.rate))

    equity = tuple(
        EquityFlow(e, worth(e, time.spread(e.amount, "first")), worth(e, time.spread(e.refund, "first")))
        for e in study.equity
    )
    grants = tuple(GrantFlow(g, worth(g, time.spread(g.amount, "first"))) for g in study.grants)
    flows = []
    for loan in study.loans:
        rate = money.rate(loan.currency, loan.rate)
        terms = loan_terms(loan, profile, time, cash.get(loan.id, LoanCash()), rate)
        flows.append(LoanFlow(loan, debt(terms), rate, loan.opening * float(rate[0]), terms.rates))
    return Financing(equity, grants, tuple(flows))


def loan_terms(loan: Loan, profile: ConventionProfile, time: Timeline, cash: LoanCash, rate: Array) -> LoanTerms:
    """Returns the terms of the loan, its labels resolved to period numbers; `rate`: exchange rate by period."""
    months = 12 // time.step
    quarter = 0 if time.step == 1 else int(time.labels[0][-1]) - 1
    until = time.begins - 1 if not loan.capitalise_until else time.index(loan.capitalise_until)
    draw = time.spread(loan.draw, "first")
    if cash.amount is not None:
        draw = draw_shares(draw) * cash.amount
    return LoanTerms(
        loan=loan,
        draw=draw,
        repay=time.spread(loan.repay, "first"),
        first=first_repayment(loan, time) * months + max(round(loan.repay_at * months) - 1, 0),
        capitalise_until=until,
        shares=month_shares(time.periods, months, profile.days, quarter * 3),
        sculpted=None if cash.principal is None else cash.principal / rate,
        swept=None if cash.swept is None else cash.swept / rate,
        base=time.spread(loan.base),
    )


def draw_shares(draw: Array) -> Array:
    """Returns how a loan is divided over the periods."""
    return np.asarray(draw / whole) if (whole := draw.sum()) > 0 else np.zeros_like(draw)


def first_repayment(loan: Loan, time: Timeline) -> int:
    """Returns the period of the first repayment: as stated, else the first of operation."""
    return time.index(loan.first) if loan.first else time.begins


def repaying(loan: Loan, time: Timeline) -> Array:
    """Returns the periods, as a mask, in which a loan may be repaid out of the cash flow."""
    last = time.index(loan.last) if loan.last else time.periods - 1
    period = np.arange(time.periods)
    return np.asarray((period >= first_repayment(loan, time)) & (period <= last))
