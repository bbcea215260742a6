"""Financial ratios and break-even by period; NaN for a denominator of 0."""

from __future__ import annotations

import numpy as np

from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.cover import ratio
from tawteen.appraise.statements.timing import Array


def ratios(accounts: Accounts) -> dict[str, Array]:
    """Returns ratios of return, structure and liquidity by period."""
    revenue, net = accounts.operations.revenue, accounts.net_profit
    capital = accounts.equity_capital + accounts.debt
    current = accounts.working_capital_of(
        "stock", "credit_margin", "work_in_progress", "finished", "receivables", "tax_credit", "cash_in_hand"
    )
    return {
        "return_on_capital": ratio(net + accounts.finance_cost, capital),
        "return_on_equity": ratio(net, accounts.equity_capital),
        "net_margin": ratio(net, revenue),
        "operating_margin": ratio(accounts.operating_profit, revenue),
        "debt_share": ratio(accounts.debt, capital),
        "current_ratio": ratio(
            current + np.maximum(accounts.cash, 0.0),
            -accounts.working_capital_of("payables", "tax_payable") + np.maximum(-accounts.cash, 0.0),
        ),
    }


def break_even(accounts: Accounts) -> dict[str, Array]:
    """Returns break-even sales and coverage of fixed costs by period, without and with the cost of finance.

    Source: Behrens & Hawranek 1991, annex I: the coverage is the variable margin over fixed costs.
    """
    revenue = accounts.operations.revenue
    margin = (revenue + accounts.subsidies - accounts.variable_costs) * accounts.time.operating
    fixed = (accounts.fixed_costs + accounts.depreciation) * accounts.time.operating
    financed = fixed + accounts.finance_cost * accounts.time.operating
    earned = np.maximum(margin, 0.0)
    return {
        "variable_margin": margin,
        "margin_share": ratio(margin, revenue),
        "fixed_costs_with_depreciation": fixed,
        "break_even_sales": ratio(fixed * revenue, earned),
        "fixed_cost_coverage": ratio(margin, fixed),
        "fixed_costs_with_finance": financed,
        "break_even_sales_with_finance": ratio(financed * revenue, earned),
        "break_even_utilisation_with_finance": ratio(financed * accounts.operations.sold, earned),
        "fixed_cost_coverage_with_finance": ratio(margin, financed),
    }
