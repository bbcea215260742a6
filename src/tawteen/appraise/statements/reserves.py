"""Debt service reserve accounts: filled before operation or out of cash, drawn on where cash falls short."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.appraise.statements.financing import LoanFlow
from tawteen.appraise.statements.timing import Array, Timeline
from tawteen.appraise.study import ReserveAccount


@dataclass(frozen=True)
class ReserveFlow:
    """The reserve account of a loan by period, in the study's currency.

    `target`: what it should hold at the end of the period; `balance`: what it holds.
    """

    flow: LoanFlow
    account: ReserveAccount
    target: Array
    balance: Array
    step: int

    @property
    def growth(self) -> Array:
        """Paid in (negative: released or drawn)."""
        return np.diff(self.balance, prepend=0.0)

    @property
    def interest(self) -> Array:
        """Interest on what it held at the start of the period."""
        return np.asarray(np.concatenate([[0.0], self.balance[:-1]]) * self.account.interest / self.step)


def reserve_flows(loans: tuple[LoanFlow, ...], time: Timeline, left: Array) -> tuple[ReserveFlow, ...]:
    """Returns the reserve accounts of loans; `left`: cash of each period after the debt service of all loans.

    The accounts are served in the order of the loans: what one takes or gives, the next finds in the cash.
    """
    reserves = []
    for flow in loans:
        account = flow.loan.reserve
        if account is None:
            continue
        target = reserve_target(flow.service, account, time)
        reserve = ReserveFlow(flow, account, target, _balance(target, time, left), time.step)
        reserves.append(reserve)
        left = left - reserve.growth
    return tuple(reserves)


def reserve_target(service: Array, account: ReserveAccount, time: Timeline) -> Array:
    """Returns the debt service of the next `months` after each period, none before the account is filled."""
    each = look_ahead(account, time)
    later = np.concatenate([service, np.zeros(len(each))])
    target = sum((share * later[k : k + time.periods] for k, share in enumerate(each, 1)), np.zeros(time.periods))
    return np.asarray(np.where(np.arange(time.periods) >= filled(account, time), target, 0.0))


def look_ahead(account: ReserveAccount, time: Timeline) -> list[float]:
    """Returns the share of the debt service of the next periods that the account holds, the nearest first."""
    periods = account.months * time.step / 12.0
    return [min(1.0, periods - k) for k in range(int(np.ceil(periods)))]


def filled(account: ReserveAccount, time: Timeline) -> int:
    """Returns the period in which the account is first filled."""
    return max(time.begins - (account.funded == "drawdown"), 0)


def _balance(target: Array, time: Timeline, left: Array) -> Array:
    """Returns what the account holds: up to its target out of the cash left, less what debt service lacks."""
    balance, held = np.zeros(time.periods), 0.0
    for t in range(time.periods):
        # Before operation the sources of finance fill it, not the cash of operation.
        most = held + float(left[t]) if t >= time.begins else np.inf
        balance[t] = held = max(0.0, min(float(target[t]), most))
    return balance
