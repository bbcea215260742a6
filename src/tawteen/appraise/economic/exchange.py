"""Net foreign-exchange effect of a study: inflows less outflows.

Source: COMFAR III Expert reference manual (UNIDO 2003), X.D.2 and XII.B. Domestic taxes are no outflow.
"""

from __future__ import annotations

from tawteen.appraise.economic.value_added import interest, repatriated
from tawteen.appraise.economic.views import classified_costs, classified_investments, total
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import CountryInputs


def foreign_exchange(accounts: Accounts, country: CountryInputs) -> dict[str, Array]:
    """Returns the lines of the schedule by period: inflows, outflows, net flow (the study's currency)."""
    finance = accounts.financing
    abroad = [f for f in finance.loans if f.loan.origin == "foreign"]
    owners = [e for e in finance.equity if e.equity.origin == "foreign"]
    inflows = {
        "equity": total([e.paid for e in owners], accounts),
        "loans": total([f.drawn + f.added for f in abroad], accounts),
        "grants": total([g.paid for g in finance.grants if g.grant.origin == "foreign"], accounts),
        "exports": total([s.values for s in accounts.operations.sales if s.sale.origin == "foreign"], accounts),
    }
    costs = classified_costs(accounts, country)
    repatriated_flows = repatriated(accounts, country, costs)
    bought = [i for i in classified_investments(accounts, country) if i.origin == "foreign"]
    outflows = {
        "investment": total([i.without_tax for i in bought], accounts),
        "materials": total(
            [c.without_tax for c in costs if c.origin == "foreign" and c.nature == "materials"], accounts
        ),
        "repayment": total([f.repaid + f.swept for f in abroad], accounts),
        "interest": interest(accounts, "foreign"),
        "wages": repatriated_flows["wages"],
        "equity_refunds": total([e.refunded for e in owners], accounts),
        "dividends": repatriated_flows["dividends"],
        "others": repatriated_flows["others"] + accounts.working_capital_growth("foreign"),
    }
    earned, spent = total(list(inflows.values()), accounts), total(list(outflows.values()), accounts)
    return {
        **{f"inflow_{name}": values for name, values in inflows.items()},
        "inflows": earned,
        **{f"outflow_{name}": values for name, values in outflows.items()},
        "outflows": spent,
        "net_flow": earned - spent,
    }
