"""Schemas of the appraisal."""

from __future__ import annotations

import dataframely as dy

from tawteen.case.frame_columns import amount, count, label, share


def _cash(meaning: str) -> dy.Float64:
    return amount(meaning, "currency", low=None)


class OptionCashTable(dy.Schema):
    """One row per option, view and period; costs are negative."""

    option = label("Option")
    view = label("financial or economic")
    period = count("Quarter of the horizon", "quarters")
    investment_local = _cash("Investment paid at home")
    investment_foreign = _cash("Investment paid abroad or to the partner")
    working_capital = _cash("Working capital paid and returned")
    sales = _cash("Outputs at the prices of the view")
    inputs = _cash("Inputs at the prices of the view")
    running = _cash("Fixed and variable cost")
    wages = _cash("Labour of new persons")
    fees = _cash("Technology fees and royalties")
    residual = _cash("Capital left at the end")
    net = _cash("Net cash")
    net_without = _cash("Net cash of the site as it is")


class OptionIndicators(dy.Schema):
    """One row per option and view; indicators are of the difference to the site as it is."""

    option = label("Option")
    view = label("financial or economic")
    npv = _cash("Net present value")
    irr = amount("Internal rate of return; null with its reason", "share/year", null=True, low=None)
    payback_quarters = count("Quarters to payback; null when never", "quarters", null=True)
    investment = amount("Investment", "currency")
    investment_foreign = amount("Part of it that is foreign", "currency")
    local_content = share("Local content; null where it cannot be calculated", null=True)
    jobs = amount("Persons", "persons")
    new_jobs = amount("Persons beyond idle staff and those of the running line that it takes over", "persons", low=None)
    foreign_exchange = _cash("Net foreign exchange per year at full output")
    margin = amount("Margin of one unit of throughput", "currency/unit", low=None)
    irr_reason = label("Why there is no internal rate of return", null=True)
