"""Accounts of a study, and findings about them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.accounts import INTEREST_ITEM, Accounts
from tawteen.appraise.statements.cover import available
from tawteen.appraise.statements.financing import Financing, financing
from tawteen.appraise.statements.investment import Asset, assets, interest_asset
from tawteen.appraise.statements.operations import operations
from tawteen.appraise.statements.timing import Array, Timeline
from tawteen.appraise.statements.working_capital import working_capital
from tawteen.appraise.study import Study
from tawteen.case.findings import Finding

_ROUNDS = 60
_NEAR = 1e-9


def accounts_of(study: Study, profile: ConventionProfile) -> Accounts:
    """Returns the accounts of a study; sculpted loans and income tax depend on each other and are iterated."""
    time = Timeline(study.horizon)
    running = operations(study, time)
    own = tuple(assets(study, time, running))
    holdings = tuple(working_capital(study, profile, time, running))
    sculpted = [loan for loan in study.loans if loan.kind == "sculpted"]
    finance = financing(study, profile, time, running.money, {loan.id: np.zeros(time.periods) for loan in sculpted})
    accounts = Accounts(study, profile, time, running, (*own, *_interest(study, time, finance)), holdings, finance)
    for _ in range(_ROUNDS if sculpted else 0):
        allowed = sculpted_debt_service(accounts)
        finance = financing(study, profile, time, running.money, allowed)
        before = accounts.tax
        accounts = replace(accounts, assets=(*own, *_interest(study, time, finance)), financing=finance)
        if np.abs(accounts.tax - before).max() <= _NEAR * max(1.0, float(np.abs(accounts.tax).max())):
            break
    return accounts


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


def sculpted_debt_service(accounts: Accounts) -> dict[str, Array]:
    """Returns the debt service of each sculpted loan: cash over its target DSCR, less service of other loans."""
    cash, loans = available(accounts), accounts.financing.loans
    fixed = sum((f.service for f in loans if f.loan.kind != "sculpted"), accounts.zeros)
    sculpted = [f.loan for f in loans if f.loan.kind == "sculpted"]
    return {loan.id: np.maximum(cash / loan.target_dscr - fixed, 0.0) / len(sculpted) for loan in sculpted}


def statement_findings(accounts: Accounts) -> tuple[Finding, ...]:
    """Returns findings: deficits, loans beyond the horizon, sunk cost, dividends without profit, no sales."""
    study, labels = accounts.study, accounts.time.labels
    scale = 1e-9 * max(1.0, float(np.abs(accounts.cash).max()))
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
