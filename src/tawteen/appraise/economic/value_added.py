"""Value added of a study: gross and net domestic, net national, and its distribution.

Source: COMFAR III Expert reference manual (UNIDO 2003), X.D.1 and XII.A.
"""

from __future__ import annotations

import numpy as np

from tawteen.appraise.economic.views import ClassifiedFlow, classified_costs, classified_investments, total
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import CountryInputs, Origin

STOCK_ITEMS = ("stock", "work_in_progress", "finished")


def value_added(accounts: Accounts, country: CountryInputs) -> dict[str, Array]:
    """Returns the lines of the schedule by period, in its order; deductions are positive."""
    costs, investments = classified_costs(accounts, country), classified_investments(accounts, country)
    output = accounts.operations.revenue + accounts.sales_tax + accounts.proceeds
    material = total([c.consumed for c in costs if c.nature == "materials"], accounts)
    opening = accounts.study.opening.stocks
    stocks = np.diff(accounts.working_capital_of(*STOCK_ITEMS), prepend=opening, axis=-1)
    invested = total([i.consumed for i in investments], accounts) + stocks
    repatriated_flows = repatriated(accounts, country, costs)
    abroad = total(list(repatriated_flows.values()), accounts)
    net = output - material - invested
    return {
        "value_of_output": output,
        "material_input": material,
        "gross_domestic_value_added": output - material,
        "investment_adjusted": invested,
        "net_domestic_value_added": net,
        **{f"repatriated_{name}": values for name, values in repatriated_flows.items()},
        "repatriated": abroad,
        "net_national_value_added": net - abroad,
        **_distribution(accounts, country, costs, investments, net - abroad),
    }


def repatriated(accounts: Accounts, country: CountryInputs, costs: list[ClassifiedFlow]) -> dict[str, Array]:
    """Returns repatriated wages, dividends, interest and other payments by period, less domestic tax."""

    def abroad(nature: str) -> Array:
        return total([c.without_tax for c in costs if c.origin == "foreign" and c.nature == nature], accounts)

    return {
        "wages": abroad("wages"),
        "dividends": accounts.dividend("foreign") * (1.0 - country.dividend_tax_abroad),
        "interest": interest(accounts, "foreign"),
        "others": abroad("other"),
    }


def interest(accounts: Accounts, origin: Origin) -> Array:
    """Returns interest and fees due to lenders of an origin, by period."""
    return total([f.interest + f.fees for f in accounts.financing.loans if f.loan.origin == origin], accounts)


def _distribution(
    accounts: Accounts,
    country: CountryInputs,
    costs: list[ClassifiedFlow],
    investments: list[ClassifiedFlow],
    national: Array,
) -> dict[str, Array]:
    """Returns the distribution of the net national value added by group; `others` is the remainder."""
    wages = [c for c in costs if c.nature == "wages" and c.origin == "local"]
    skills = {
        skill: total([c.without_tax for c in wages if c.view.skill == skill], accounts)
        for skill in ("unskilled", "skilled")
    }
    home = accounts.dividend("local") * (1.0 - country.dividend_tax_home) + interest(accounts, "local")
    government = _government(accounts, country, [*costs, *investments])
    paid = skills["unskilled"] + skills["skilled"]
    return {
        "domestic_wages": paid,
        "unskilled_labour": skills["unskilled"],
        "skilled_labour": skills["skilled"],
        "dividends_and_interest_home": home,
        "government": government,
        "others": national - paid - home - government,
    }


def _government(accounts: Accounts, country: CountryInputs, items: list[ClassifiedFlow]) -> Array:
    """Returns taxes less subsidies and grants of the state, by period."""
    dividends = accounts.dividend("local") * country.dividend_tax_home
    dividends = dividends + accounts.dividend("foreign") * country.dividend_tax_abroad
    taxes = accounts.tax + accounts.sales_tax + dividends + total([i.tax for i in items], accounts)
    grants = total([g.paid for g in accounts.financing.grants if g.grant.origin == "local"], accounts)
    return taxes - accounts.subsidies - grants - total([i.subsidy for i in items], accounts)
