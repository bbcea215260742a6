"""Accounts of a study, and findings about them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tawteen.appraise.params import STATEMENT
from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.accounts import INTEREST_ITEM, Accounts
from tawteen.appraise.statements.cover import available
from tawteen.appraise.statements.financing import Financing, LoanFlow, financing
from tawteen.appraise.statements.investment import Asset, assets, interest_asset
from tawteen.appraise.statements.operations import Operations, operations
from tawteen.appraise.statements.timing import Array, Timeline
from tawteen.appraise.statements.working_capital import working_capital
from tawteen.appraise.study import Study
from tawteen.case.findings import Finding


def accounts_of(study: Study, profile: ConventionProfile) -> Accounts:
    """Returns the accounts of a study; sculpted loans and income tax depend on each other and are iterated."""
    time = Timeline(study.horizon)
    running = operations(study, time)
    own = tuple(assets(study, time, running))
    holdings = tuple(working_capital(study, profile, time, running, input_tax(study, running, own)))
    sculpted = [loan for loan in study.loans if loan.kind == "sculpted"]
    finance = financing(study, profile, time, running.money, {loan.id: np.zeros(time.periods) for loan in sculpted})
    accounts = Accounts(study, profile, time, running, (*own, *_interest(study, time, finance)), holdings, finance)
    for _ in range(STATEMENT.sculpting_rounds if sculpted else 0):
        allowed = sculpted_principal(accounts)
        finance = financing(study, profile, time, running.money, allowed)
        before = _settled(accounts)
        accounts = replace(accounts, assets=(*own, *_interest(study, time, finance)), financing=finance)
        after = _settled(accounts)
        if np.abs(after - before).max() <= STATEMENT.sculpting_tolerance * max(1.0, float(np.abs(after).max())):
            break
    return accounts


def input_tax(study: Study, running: Operations, assets: tuple[Asset, ...]) -> Array:
    """Returns the value-added tax paid on costs and investments, by period."""
    shares = {item.id: item.input_tax for item in study.investments}
    paid = sum((flow.values * flow.cost.input_tax for flow in running.costs), np.zeros(running.periods))
    return np.asarray(paid + sum(asset.paid * shares.get(asset.item, 0.0) for asset in assets))


def _interest(study: Study, time: Timeline, finance: Financing) -> list[Asset]:
    """Returns interest and fees of the construction phase as assets by loan, if the study capitalises them."""
    rule = study.construction_interest
    if rule is None:
        return []
    early = 1.0 - time.operating
    return [
        interest_asset((f.interest + f.fees) * early, f.loan.origin, f"{INTEREST_ITEM}:{f.loan.id}", rule, time)
        for f in finance.loans
    ]


def _settled(accounts: Accounts) -> Array:
    """Returns what depends on sculpted repayments: tax and debt by period, one after the other."""
    return np.concatenate([accounts.tax, *(flow.balance for flow in accounts.financing.loans)])


def sculpted_principal(accounts: Accounts) -> dict[str, Array]:
    """Returns the principal that each sculpted loan may repay, by period in the study's currency.

    Cash over its target DSCR, less the service of the other loans and the interest and fees of all. Loans that repay
    in a period divide it by what they owe, so that what one leaves free serves the others.
    """
    cash, loans = available(accounts), accounts.financing.loans
    fixed = sum((f.service if f.loan.kind != "sculpted" else f.paid_interest + f.fees for f in loans), accounts.zeros)
    owed = {f.loan.id: _owed_before(accounts, f) for f in loans if f.loan.kind == "sculpted"}
    together = sum(owed.values(), accounts.zeros)
    shares = {
        name: np.divide(values, together, out=np.zeros_like(values), where=together > STATEMENT.zero)
        for name, values in owed.items()
    }
    targets = {f.loan.id: f.loan.target_dscr for f in loans}
    return {name: np.maximum(cash / targets[name] - fixed, 0.0) * share for name, share in shares.items()}


def _owed_before(accounts: Accounts, flow: LoanFlow) -> Array:
    """Returns what a loan owes in each period before it repays; 0 before its first repayment."""
    first = accounts.time.index(flow.loan.first) if flow.loan.first else accounts.time.begins
    owed = np.maximum(flow.balance + flow.repaid - flow.added, 0.0)
    return np.asarray(np.where(np.arange(accounts.time.periods) >= first, owed, 0.0))


def statement_findings(accounts: Accounts) -> tuple[Finding, ...]:
    """Returns findings: deficits, loans beyond the horizon, sunk cost, dividends without profit, no sales."""
    study, labels = accounts.study, accounts.time.labels
    scale = STATEMENT.dust * max(1.0, float(np.abs(accounts.cash).max()))
    findings = [
        Finding("warning", "statements.deficit", value=label, args={"amount": float(cash)})
        for label, cash in zip(labels, accounts.cash, strict=False)
        if cash < -scale
    ]
    findings += [
        Finding("warning", "statements.loan_left", value=flow.loan.id, args={"amount": float(flow.balance[-1])})
        for flow in accounts.financing.loans
        if flow.balance[-1] > scale
    ]
    findings += [
        Finding("warning", "statements.loan_overpaid", value=flow.loan.id)
        for flow in accounts.financing.loans
        if flow.balance.min() < -scale
    ]
    findings += [
        Finding("note", "statements.sunk", value=investment.id) for investment in study.investments if investment.sunk
    ]
    unearned = (accounts.retained < -scale) & (accounts.dividend() > scale)
    findings += [Finding("warning", "statements.dividend_unearned", value=labels[t]) for t in np.flatnonzero(unearned)]
    if not accounts.operations.revenue.any():
        findings.append(Finding("warning", "statements.no_sales", value=study.id))
    return tuple(findings)
