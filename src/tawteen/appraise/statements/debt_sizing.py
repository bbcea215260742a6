"""Size of a loan: the largest that keeps its target cover and its limit of gearing, at the cash of the accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tawteen.appraise.finance import debt, supported_debt
from tawteen.appraise.params import CASH_ROUNDING
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.cover import available
from tawteen.appraise.statements.financing import LoanCash, LoanFlow, loan_terms, repaying
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import Loan


@dataclass(frozen=True)
class SizedDebt:
    """The size of a loan, in its own currency: what its cover allows and what gearing allows (infinite: no limit).

    `unsettled`: by how much, as a share, the size still moved in the last round of the accounts.
    """

    loan: Loan
    by_cover: float
    by_gearing: float
    unsettled: float = 0.0

    @property
    def amount(self) -> float:
        """The size: the smaller of both limits."""
        return min(self.by_cover, self.by_gearing)

    @property
    def share(self) -> float:
        """The size as a share of what the cover allows: so much of the cash over the cover serves a sculpted loan."""
        return self.amount / self.by_cover if self.by_cover > 0 else 0.0

    @property
    def binds(self) -> Literal["cover", "gearing"]:
        """Which limit the size meets."""
        return "cover" if self.by_cover <= self.by_gearing else "gearing"


def project_cash(accounts: Accounts, without: Accounts | None) -> Array:
    """Returns the cash available for debt service that the project adds."""
    return available(accounts) if without is None else available(accounts) - available(without)


def other_service(accounts: Accounts, without: Accounts | None, loan: Loan | None = None) -> Array:
    """Returns the debt service that the project adds, besides that of `loan`."""
    others = [f for f in accounts.financing.loans if loan is None or f.loan.id != loan.id]
    added = sum((f.service for f in others), accounts.zeros)
    old = () if without is None else without.financing.loans
    return np.asarray(added - sum((f.service for f in old), accounts.zeros))


def size_debt(accounts: Accounts, without: Accounts | None, flow: LoanFlow) -> SizedDebt:
    """Returns the size of the loan of `flow` at the cash and the tax of the accounts.

    Its schedule without a sweep is linear in its size, so that both limits have a closed form. The accounts depend on
    the size by the tax and by the reserve; `accounts_of` repeats both until they are settled.
    """
    loan, unit = flow.loan, unit_schedule(accounts, flow)
    allowed = project_cash(accounts, without) / loan.target_dscr - other_service(accounts, without, loan)
    by_cover = _sculpted(unit, allowed, accounts) if loan.kind == "sculpted" else _level(unit, allowed, accounts)
    return SizedDebt(loan, max(by_cover, 0.0), max(_geared(accounts, without, unit), 0.0))


def unit_schedule(accounts: Accounts, flow: LoanFlow) -> LoanFlow:
    """Returns a loan of 1 with the terms of `flow`, without a sweep; of a sculpted one nothing is repaid."""
    cash = LoanCash(accounts.zeros if flow.loan.kind == "sculpted" else None, None, 1.0)
    terms = loan_terms(flow.loan, accounts.profile, accounts.time, cash, flow.rate)
    return LoanFlow(flow.loan, debt(terms), flow.rate, 0.0, flow.interest_rate)


def _sculpted(unit: LoanFlow, allowed: Array, accounts: Accounts) -> float:
    """Returns the debt whose service is all that is `allowed` while it is repaid; `unit` is a loan of 1 unrepaid."""
    paying = np.flatnonzero(repaying(unit.loan, accounts.time))
    first = int(paying[0]) if len(paying) else 0
    at_repayment = float(unit.own.balance[first - 1]) if first else 0.0
    if at_repayment <= 0 or not len(paying):
        return 0.0
    grown = np.concatenate([[at_repayment], unit.own.balance[paying][:-1]])
    growth = unit.own.interest[paying] / grown
    return supported_debt((allowed / unit.rate)[paying], growth) / at_repayment


def _level(unit: LoanFlow, allowed: Array, accounts: Accounts) -> float:
    """Returns the debt whose service meets what is allowed in each year in which principal is repaid."""
    time = accounts.time
    working = time.operating
    repaid = time.years(unit.repaid * working) > CASH_ROUNDING.zero
    service, cash = time.years(unit.service * working), time.years(allowed * working)
    return float(np.min(np.maximum(cash[repaid], 0.0) / service[repaid], initial=np.inf))


def _geared(accounts: Accounts, without: Accounts | None, unit: LoanFlow) -> float:
    """Returns the debt at the limit of gearing: all debt over the uses of money until the loan is drawn.

    Uses are investment, working capital, costs before operation, interest and fees of all loans, and reserves filled
    before operation; debt is what is drawn and what interest is added to it. Interest and fees grow with the loan
    itself: D = g·(uses + k·D).
    """
    gearing = unit.loan.gearing
    if gearing is None:
        return np.inf
    drawn = np.flatnonzero(unit.own.drawn > 0)
    until = np.arange(accounts.time.periods) < max(accounts.time.begins, int(drawn[-1]) + 1 if len(drawn) else 0)
    uses = _outlays(accounts) + accounts.reserve_growth - (0.0 if without is None else _outlays(without))
    owed = accounts.zeros
    for flow in accounts.financing.loans:
        if flow.loan.id != unit.loan.id:
            uses, owed = uses + flow.interest + flow.fees, owed + flow.drawn + flow.added
    for flow in () if without is None else without.financing.loans:
        uses, owed = uses - flow.interest - flow.fees, owed - flow.drawn - flow.added
    own_debt, own_cost = (unit.drawn + unit.added)[until].sum(), (unit.interest + unit.fees)[until].sum()
    room = gearing * float(uses[until].sum()) - float(owed[until].sum())
    slope = float(own_debt - gearing * own_cost)
    return room / slope if slope > 0 else np.inf


def _outlays(accounts: Accounts) -> Array:
    """Returns investment, growth of working capital, and costs before operation."""
    early = accounts.costs() * (1.0 - accounts.time.operating)
    return np.asarray(accounts.invested() + accounts.working_capital_growth() + early)
