"""Debt schedules by month, and debt sculpted to a cash flow; every function broadcasts over leading axes.

A month is 30 days of 360, or its true share of 365 days; interest is not compounded inside a period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.params import STATEMENT

if TYPE_CHECKING:
    from tawteen.appraise.study import Loan

Array = NDArray[np.float64]
Payments = TypeVar("Payments", float, pl.Expr)

MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class DebtSchedule:
    """A loan by period in its own currency; each array is (…, periods).

    `interest` due in the period is paid in cash (`paid_interest`) or capitalised (`added`). `swept` is repaid early, on
    top of `repaid` and no part of the debt service.
    """

    drawn: Array
    added: Array
    repaid: Array
    swept: Array
    interest: Array
    fees: Array
    balance: Array

    @property
    def paid_interest(self) -> Array:
        """Interest paid in cash."""
        return np.asarray(self.interest - self.added)

    @property
    def service(self) -> Array:
        """Debt service: repayment, paid interest and fees."""
        return np.asarray(self.repaid + self.paid_interest + self.fees)


def month_shares(periods: int, months: int, days: int, first_month: int = 0) -> Array:
    """Returns the share of a year that each month has: (periods, months of a period)."""
    if days == 360:
        return np.full((periods, months), 1 / 12)
    calendar = (first_month + np.arange(periods * months)) % 12
    return np.asarray(np.take(MONTH_DAYS, calendar).reshape(periods, months) / 365)


@dataclass(frozen=True)
class LoanTerms:
    """A loan with its labels resolved: period numbers, and amounts by period in the loan's currency.

    `first`: month of the first instalment, counted from the start of the horizon. `shares`: see `month_shares`.
    `sculpted`: principal that the cash flow allows in each period. `swept`: cash that repays early in each period.
    `base`: base rate a year by period.
    """

    loan: Loan
    draw: Array
    repay: Array
    first: int
    capitalise_until: int
    shares: Array
    sculpted: Array | None = None
    swept: Array | None = None
    base: Array | None = None

    @property
    def rates(self) -> Array:
        """Interest a year by period: the margin over the base rate."""
        margin = np.full(self.shares.shape[0], self.loan.interest)
        return margin if self.base is None else np.asarray(margin + self.base)


def debt(terms: LoanTerms) -> DebtSchedule:
    """Returns the schedule of a loan. What is sculpted and swept is repaid at the end of a period while it is owed."""
    loan, shares = terms.loan, terms.shares
    periods, months = shares.shape
    shape = np.broadcast_shapes(terms.draw.shape, () if terms.sculpted is None else terms.sculpted.shape)
    draws = np.broadcast_to(terms.draw, shape)
    balance = np.full(shape[:-1], loan.opening)
    drawn_in = round(loan.draw_at * months)
    course = {name: np.zeros(shape) for name in ("added", "repaid", "swept", "interest", "balance")}
    for t in range(periods):
        interest, repaid = np.zeros(shape[:-1]), np.zeros(shape[:-1])
        for month in range(months):
            balance = balance + draws[..., t] * (month == drawn_in)
            interest = interest + balance * terms.rates[t] * shares[t, month]
            due = _due(terms, t, month, balance)
            balance, repaid = balance - due, repaid + due
        balance = balance + draws[..., t] * (drawn_in == months)
        if terms.sculpted is not None:
            due = np.clip(terms.sculpted[..., t], 0.0, np.maximum(balance, 0.0))
            balance, repaid = balance - due, repaid + due
        swept = np.zeros(shape[:-1])
        if terms.swept is not None:
            swept = np.clip(terms.swept[..., t], 0.0, np.maximum(balance, 0.0))
            balance = balance - swept
        added = interest * loan.capitalised * (t <= terms.capitalise_until)
        balance = balance + added
        values = {"added": added, "repaid": repaid, "swept": swept, "interest": interest, "balance": balance}
        for name, value in values.items():
            course[name][..., t] = value
    return DebtSchedule(drawn=np.asarray(draws), fees=_fees(loan, draws, shares), **course)


def _fees(loan: Loan, draws: Array, shares: Array) -> Array:
    """Returns fees by period: up front on the whole loan, on each draw, and a year on what is not drawn yet."""
    whole, so_far = draws.sum(axis=-1, keepdims=True), np.cumsum(draws, axis=-1)
    first = (draws > 0) & (so_far - draws <= 0)
    commitment = loan.commitment_fee * (whole - so_far + draws * loan.draw_at) * shares.sum(axis=1)
    return np.asarray(loan.upfront_fee * whole * first + loan.fee * draws + commitment)


def _due(terms: LoanTerms, period: int, month: int, balance: Array) -> Array:
    """Returns the principal repaid at the end of a month of a period."""
    loan, months = terms.loan, terms.shares.shape[1]
    if loan.kind == "profile":
        return np.asarray(terms.repay[..., period] * (month == max(round(loan.repay_at * months) - 1, 0)))
    if loan.kind == "sculpted":
        return np.zeros(balance.shape)
    every = 12 // loan.per_year
    paid, months_since_due = divmod(period * months + month - terms.first, every)
    if months_since_due or not 0 <= paid < loan.instalments:
        return np.zeros(balance.shape)
    remaining = loan.instalments - paid
    if remaining == 1:
        # The last instalment is what is owed: an annuity would leave the rounding of its formula.
        return np.asarray(balance)
    if loan.kind == "constant_principal":
        return np.asarray(balance / remaining)
    rate = float(terms.rates[period]) * every / 12
    return np.asarray(balance * (annuity_share(rate, remaining) - rate))


def annuity_share(rate: float, payments: Payments) -> Payments:
    """Returns the annuity of a debt of 1: the level payment in arrears over `payments` periods, at `rate` a period."""
    if abs(rate) < STATEMENT.zero_rate:
        return 1.0 / payments
    annuity: Payments = rate / (1.0 - (1.0 + rate) ** -payments)
    return annuity


def supported_debt(service: Array, growth: Array) -> float:
    """Returns the largest debt that sculpted payments repay: their present value at the loan's own rates.

    `service`: what may be paid in each period after the debt stands, interest first; `growth`: interest of each period
    as a share of what is owed at its start. No period adds to the debt, so that it also stays within what pays the
    interest of each period. Closed form: with v the discount factor, the debt D leaves D/v(t) − Σ service(k) v(k)/v(t).
    """
    paid = np.maximum(service, 0.0)
    factors = np.cumprod(1.0 / (1.0 + growth))
    before = np.concatenate([[1.0], factors[:-1]])
    worth = np.cumsum(paid * factors)
    limits = np.full(len(paid), np.inf)
    np.divide(paid * before, growth, out=limits, where=growth > STATEMENT.zero_rate)
    limits += worth - paid * factors
    return float(min(worth[-1], limits.min())) if len(paid) else 0.0
