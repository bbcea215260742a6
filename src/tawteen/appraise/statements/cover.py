"""Debt cover ratios: DSCR, LLCR and PLCR."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tawteen.appraise.params import CASH_ROUNDING
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.timing import Array

NO_SERVICE = "statements.no_debt_service"
NO_DEBT = "statements.no_debt"


def available(accounts: Accounts) -> Array:
    """Returns cash available for debt service in start-up and production: after costs, tax and investment."""
    income = accounts.operations.revenue + accounts.subsidies + accounts.proceeds
    spent = accounts.costs() + accounts.tax + accounts.working_capital_growth() + accounts.invested()
    return np.asarray((income - spent) * accounts.time.operating)


def service(accounts: Accounts) -> Array:
    """Returns debt service (repayment, paid interest, fees) of all loans in start-up and production."""
    return np.asarray(sum((f.service for f in accounts.financing.loans), accounts.zeros) * accounts.time.operating)


def ratio(above: Array, below: Array) -> Array:
    """Returns `above` over `below`; NaN for a denominator of 0."""
    nothing = np.full(np.broadcast(above, below).shape, np.nan)
    return np.asarray(np.divide(above, below, out=nothing, where=np.abs(below) > CASH_ROUNDING.zero))


def yearly_cover(companies: Sequence[Accounts], without: Sequence[Accounts] = ()) -> Array:
    """Returns the joint DSCR of companies in each year in which principal is repaid; NaN for other years.

    `without`: the same companies without their projects. With them the cover is that of the projects: the cash that
    they add, over the debt service that they add. Years with fees of undrawn loans only, and quarters between two
    payments, do not measure the ability to pay.
    """
    time = companies[0].time
    cash, due = _added(companies, without, available), _added(companies, without, service)
    paying = time.years(_added(companies, without, _repaid)) > CASH_ROUNDING.zero
    return np.where(paying, ratio(time.years(cash), time.years(due)), np.nan)


def added_cover(companies: Sequence[Accounts], without: Sequence[Accounts]) -> Array:
    """Returns the joint DSCR of companies by period, less `without` that of their projects; NaN without service."""
    return ratio(_added(companies, without, available), _added(companies, without, service))


def _repaid(accounts: Accounts) -> Array:
    return np.asarray(sum((f.repaid for f in accounts.financing.loans), accounts.zeros) * accounts.time.operating)


def _added(companies: Sequence[Accounts], without: Sequence[Accounts], figure: Callable[[Accounts], Array]) -> Array:
    """Returns the sum of a figure over companies, less its sum without their projects."""
    zeros = np.zeros(companies[0].time.periods)
    return np.asarray(sum(map(figure, companies), zeros) - sum(map(figure, without), zeros))


def common_life_cover(companies: Sequence[Accounts], without: Sequence[Accounts] = (), *, loans_only: bool) -> Array:
    """Returns the LLCR (cash until the last debt service) or PLCR (all cash) of companies together, by period.

    Present value at the start of each period of the cash available, at the mean cost of outstanding loans, over debt;
    NaN without debt. The cost of a loan in another currency is its interest and the change of its exchange rate: cash
    and debt are discounted in one money. `without`: the same companies without their projects; with them, of the cash
    and the loans that the projects add.
    """
    cash = _added(companies, without, available)
    operating = np.max([company.time.operating for company in companies], axis=0)
    if loans_only:
        due = _added(companies, without, service)
        paying = np.flatnonzero(due > CASH_ROUNDING.dust * np.abs(due).max(initial=0.0))
        cash = np.where(np.arange(len(cash)) <= (paying[-1] if len(paying) else -1), cash, 0.0)
    owed, rates = _owed(companies, without)
    worth = np.zeros_like(cash)
    after = 0.0
    for t in range(len(cash) - 1, -1, -1):
        after = (after + cash[t]) / (1.0 + rates[t])
        worth[t] = after
    return ratio(worth, np.where(operating > 0, owed, 0.0))


def _owed(companies: Sequence[Accounts], without: Sequence[Accounts]) -> tuple[Array, Array]:
    """Returns debt at the start of each period and its mean cost a period; the last rate continues.

    The cost of a loan is its interest and, in another currency, the growth of its exchange rate.
    """
    owed, weighted = companies[0].zeros, companies[0].zeros
    for sign, accounts in [*((1.0, a) for a in companies), *((-1.0, a) for a in without)]:
        for flow in accounts.financing.loans:
            start = sign * np.concatenate([[flow.opening], flow.balance[:-1]])
            owed = owed + start
            grown = flow.rate / np.concatenate([flow.rate[:1], flow.rate[:-1]])
            interest = flow.interest_rate / accounts.time.step
            weighted = weighted + start * ((1.0 + interest) * grown - 1.0)
    lent = owed > CASH_ROUNDING.zero
    rates = np.divide(weighted, owed, out=np.zeros_like(owed), where=lent)
    latest = np.maximum.accumulate(np.where(lent, np.arange(len(owed)), 0))
    return owed, np.asarray(rates[latest])
