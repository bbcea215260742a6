"""Sources of finance of an option or a programme, and its debt service cover."""

from __future__ import annotations

from typing import Any

import numpy as np

from tawteen.appraise.params import CASH_ROUNDING
from tawteen.appraise.programme_statements import ProgrammeStatements
from tawteen.appraise.statements import Statements
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.cover import common_life_cover, yearly_cover
from tawteen.case.findings import Finding


def finance_of(statements: Statements | ProgrammeStatements) -> dict[str, Any]:
    """Returns sources of finance, least yearly DSCR and its year, LLCR and PLCR at the peak of debt.

    loans, equity, grants: sums over the periods, in full; tax: of it what is due beyond the tax without the option or
    programme. least_dscr, llcr, plcr: of the cash and the debt that the option or programme adds, None without
    repayment or debt; least_dscr_year is the year as a label.
    """
    companies, without = _companies(statements)
    time = companies[0].time
    paid = {
        "loans": sum(float(f.drawn.sum()) for a in companies for f in a.financing.loans),
        "equity": sum(float(e.paid.sum()) for a in companies for e in a.financing.equity),
        "grants": sum(float(g.paid.sum()) for a in companies for g in a.financing.grants),
        "tax": sum(float(a.tax.sum()) for a in companies) - sum(float(a.tax.sum()) for a in without),
    }
    covers = yearly_cover(companies, without)
    least = int(np.nanargmin(covers)) if not np.isnan(covers).all() else None
    # Cover is of the start of a period, debt of its end.
    zeros = np.zeros(time.periods)
    owed_by_period = sum((a.debt for a in companies), zeros) - sum((a.debt for a in without), zeros)
    most = int(np.argmax(owed_by_period)) + 1
    lives = {}
    for name, loans_only in (("llcr", True), ("plcr", False)):
        ratios = common_life_cover(companies, without, loans_only=loans_only)
        owed = [t for t in np.flatnonzero(~np.isnan(ratios)) if t >= most]
        lives[name] = float(ratios[owed[0]]) if owed else None
    year = None if least is None else time.labels[least * time.step][:4]
    return {**paid, "least_dscr": None if least is None else float(covers[least]), "least_dscr_year": year, **lives}


def _companies(statements: Statements | ProgrammeStatements) -> tuple[list[Accounts], list[Accounts]]:
    """Returns the accounts with the option or programme, and those without it."""
    if isinstance(statements, ProgrammeStatements):
        return statements.companies, statements.companies_without
    return [statements.accounts], [] if statements.without is None else [statements.without.accounts]


def no_cover(finance: dict[str, Any]) -> str | None:
    """Returns the code of the reason why `finance` (of `finance_of`) has no debt cover; None if it has one."""
    if finance["least_dscr"] is not None:
        return None
    return "programme_statements.no_repayment" if finance["loans"] else "programme_statements.no_loan"


def left_open(programme: ProgrammeStatements) -> list[Finding]:
    """Returns findings on loans beyond the horizon and on uncovered deficits that options bring, over all of them."""
    findings = []
    for option_code, code in (
        ("statements.loan_left", "programme_statements.loan_left"),
        ("statements.deficit", "programme_statements.deficit"),
    ):
        options = [
            o
            for o, option_statements in programme.options.items()
            if any(f.code == option_code and _is_new(f, option_statements) for f in option_statements.findings)
        ]
        if options:
            findings.append(Finding("warning", code, args={"count": len(options), "options": ", ".join(options)}))
    return findings


def _is_new(finding: Finding, option: Statements) -> bool:
    """Returns whether a deficit is deeper than without the option; every other finding is new."""
    if finding.code != "statements.deficit" or option.without is None:
        return True
    period = option.accounts.time.labels.index(str(finding.value))
    cash, without = float(option.accounts.cash[period]), float(option.without.accounts.cash[period])
    return cash < without - CASH_ROUNDING.dust * max(1.0, abs(without))
