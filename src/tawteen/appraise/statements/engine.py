"""Accounts of a study, and findings about them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tawteen.appraise.params import CASH_ROUNDING, STATEMENT
from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.accounts import INTEREST_ITEM, Accounts
from tawteen.appraise.statements.debt_sizing import SizedDebt, other_service, project_cash, size_debt
from tawteen.appraise.statements.financing import Financing, LoanCash, LoanFlow, financing, repaying
from tawteen.appraise.statements.investment import Asset, assets, interest_asset
from tawteen.appraise.statements.operations import Operations, operations
from tawteen.appraise.statements.reserves import reserve_flows
from tawteen.appraise.statements.timing import Array, Timeline
from tawteen.appraise.statements.working_capital import working_capital
from tawteen.appraise.study import Loan, Study
from tawteen.case.findings import Finding


def accounts_of(study: Study, profile: ConventionProfile) -> Accounts:
    """Returns the accounts of a study.

    Loans that are sculpted, sized, swept or have a reserve hang on the cash, the cash on the tax and the tax on their
    interest: they are worked out in turn until they are settled.
    """
    time = Timeline(study.horizon)
    running = operations(study, time)
    own = tuple(assets(study, time, running))
    holdings = tuple(working_capital(study, profile, time, running, input_tax(study, running, own)))
    by_cash = [loan for loan in study.loans if takes_cash(loan)]
    nothing = study.doing_nothing() if by_cash else None
    without = None if nothing is None else accounts_of(nothing, profile)
    start = {loan.id: _start(loan, time) for loan in by_cash}
    finance = financing(study, profile, time, running.money, start)
    accounts = Accounts(study, profile, time, running, (*own, *_interest(study, time, finance)), holdings, finance)
    # A sweep goes forward by a period a round.
    rounds = STATEMENT.sculpting_rounds + (time.periods if any(loan.sweep for loan in by_cash) else 0)
    for _ in range(rounds if by_cash else 0):
        before = accounts
        sizes = _sizes(accounts, without)
        finance = financing(study, profile, time, running.money, _loan_cash(accounts, without, sizes))
        accounts = replace(
            accounts, assets=(*own, *_interest(study, time, finance)), financing=finance, sizes=sizes,
            reserves=reserve_flows(finance.loans, time, _left(accounts, without, finance)),
        )  # fmt: skip
        moved, size = np.abs(_settled(accounts) - _settled(before)).max(), np.abs(_settled(accounts)).max()
        if moved <= STATEMENT.sculpting_tolerance * max(1.0, float(size)):
            break
    return accounts


def takes_cash(loan: Loan) -> bool:
    """Returns whether what is paid on a loan hangs on the cash of the project."""
    return loan.kind == "sculpted" or loan.sized or loan.sweep > 0 or loan.reserve is not None


def _start(loan: Loan, time: Timeline) -> LoanCash:
    """Returns what a loan takes before anything is known of the cash."""
    nothing = np.zeros(time.periods)
    return LoanCash(nothing if loan.kind == "sculpted" else None, nothing if loan.sweep else None,
                    0.0 if loan.sized else None)  # fmt: skip


def _sizes(accounts: Accounts, without: Accounts | None) -> tuple[SizedDebt, ...]:
    """Returns the sizes of the loans that are sized, with what they still move by."""
    last = {size.loan.id: size.amount for size in accounts.sizes}
    sizes = [size_debt(accounts, without, flow) for flow in accounts.financing.loans if flow.loan.sized]
    return tuple(
        replace(size, unsettled=abs(size.amount - last.get(size.loan.id, 0.0)) / max(1.0, size.amount))
        for size in sizes
    )


def _loan_cash(accounts: Accounts, without: Accounts | None, sizes: tuple[SizedDebt, ...]) -> dict[str, LoanCash]:
    """Returns what each loan takes out of the cash of the accounts."""
    amounts = {size.loan.id: size.amount for size in sizes}
    principal, swept = sculpted_principal(accounts, without, sizes), sweeps(accounts, without)
    return {
        loan.id: LoanCash(principal.get(loan.id), swept.get(loan.id), amounts.get(loan.id))
        for loan in accounts.study.loans
    }


def _left(accounts: Accounts, without: Accounts | None, finance: Financing) -> Array:
    """Returns the cash of the project after the debt service of `finance`."""
    return np.asarray(project_cash(accounts, without) - other_service(replace(accounts, financing=finance), without))


def sweeps(accounts: Accounts, without: Accounts | None) -> dict[str, Array]:
    """Returns the cash that repays each swept loan early, by period in the study's currency.

    A share of what is left above a threshold after debt service and what is paid into reserves; what a reserve releases
    is not swept. Loans take in their order. A loan takes no more than it owes.
    """
    time = accounts.time
    left = _left(accounts, without, accounts.financing)
    left = left - sum((np.maximum(r.growth, 0.0) for r in accounts.reserves), accounts.zeros)
    taken = {}
    for flow in accounts.financing.loans:
        if flow.loan.sweep:
            above = np.maximum(left - time.spread(flow.loan.sweep_above), 0.0)
            taken[flow.loan.id] = flow.loan.sweep * above * repaying(flow.loan, time)
            left = left - flow.swept
    return taken


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
    """Returns what hangs on the cash: tax, debt and reserves by period, one after the other."""
    return np.concatenate([accounts.tax, accounts.reserve, *(flow.balance for flow in accounts.financing.loans)])


def sculpted_principal(accounts: Accounts, without: Accounts | None, sizes: tuple[SizedDebt, ...]) -> dict[str, Array]:
    """Returns the principal that each sculpted loan may repay, by period in the study's currency.

    Cash of the project over its target DSCR, less the service of the other loans and the interest and fees of all.
    Loans that repay in a period divide it by what they owe, so that what one leaves free serves the others. A loan that
    gearing keeps smaller takes so much less of the cash, and the whole of its time.
    """
    cash, loans = project_cash(accounts, without), accounts.financing.loans
    sculpted = tuple(f for f in loans if f.loan.kind == "sculpted")
    fixed = other_service(accounts, without) - sum((f.repaid for f in sculpted), accounts.zeros)
    owed = {f.loan.id: _owed_before(accounts, f) for f in sculpted}
    together = sum(owed.values(), accounts.zeros)
    shares = {
        name: np.divide(values, together, out=np.zeros_like(values), where=together > CASH_ROUNDING.zero)
        for name, values in owed.items()
    }
    targets = {f.loan.id: f.loan.target_dscr for f in sculpted}
    principal = {name: np.maximum(cash / targets[name] - fixed, 0.0) * share for name, share in shares.items()}
    for size in sizes:
        for flow in sculpted:
            if flow.loan.id == size.loan.id:
                allowed = cash / flow.loan.target_dscr - other_service(accounts, without, flow.loan)
                served = size.share * np.maximum(allowed, 0.0) - flow.paid_interest - flow.fees
                principal[flow.loan.id] = np.maximum(served, 0.0) * shares[flow.loan.id]
    return principal


def _owed_before(accounts: Accounts, flow: LoanFlow) -> Array:
    """Returns what a loan owes in each period before it repays; 0 outside its time of repayment."""
    owed = np.maximum(flow.balance + flow.repaid + flow.swept - flow.added, 0.0)
    return np.asarray(np.where(repaying(flow.loan, accounts.time), owed, 0.0))


def statement_findings(accounts: Accounts) -> tuple[Finding, ...]:
    """Returns findings: deficits, loans beyond the horizon, sunk cost, dividends without profit, no sales."""
    study, labels = accounts.study, accounts.time.labels
    scale = CASH_ROUNDING.dust * max(1.0, float(np.abs(accounts.cash).max()))
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
        Finding("warning", "statements.size_unsettled", value=size.loan.id, args={"share": size.unsettled})
        for size in accounts.sizes
        if size.unsettled > CASH_ROUNDING.dust
    ]
    findings += [
        Finding("warning", "statements.nothing_sized", value=size.loan.id)
        for size in accounts.sizes
        if size.amount <= scale
    ]
    findings += [
        Finding("note", "statements.sunk", value=investment.id) for investment in study.investments if investment.sunk
    ]
    unearned = (accounts.retained < -scale) & (accounts.dividend() > scale)
    findings += [Finding("warning", "statements.dividend_unearned", value=labels[t]) for t in np.flatnonzero(unearned)]
    if not accounts.operations.revenue.any():
        findings.append(Finding("warning", "statements.no_sales", value=study.id))
    return tuple(findings)
