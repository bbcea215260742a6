"""Cash flows to total capital, equity and shareholders, and their indicators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.appraise.functions import mirr
from tawteen.appraise.params import CASH_ROUNDING
from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.rates import NEVER_COSTS, NEVER_PAYS, OUTSIDE, SEVERAL, all_rates, without_dust
from tawteen.appraise.statements.accounts import INTEREST_ITEM, Accounts
from tawteen.appraise.statements.investment import Asset
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import ClosingCost

NEVER_BACK = "statements.never_pays_back"
NO_MIRR = "statements.profile_has_no_mirr"
NO_OUTLAY = "statements.no_outlay"
_HELD = (
    "stock", "credit_margin", "work_in_progress", "finished", "receivables", "tax_payable", "tax_credit",
    "cash_in_hand", "payables",
)  # fmt: skip
OUTLAYS = (
    "fixed_investment", "pre_production", "working_capital_growth", "asset", "opening_working_capital",
    *(f"growth_{item}" for item in _HELD),
)  # fmt: skip
"""Lines of a cash flow that are investments: fixed assets, pre-production and working capital."""
OWNERS_OUTLAYS = {"equity": (*OUTLAYS, "grants", "loans_drawn"), "shareholders": ("equity_paid",)}
"""Lines of the investments of owners by basis: what grants and loans pay is not theirs."""


AT_END = ("residual_", "closing", "debt_left", "cash_and_debt_left", "reserve_left")
"""How the lines of a cash flow begin that are what is left at the end: paybacks do not count them."""


@dataclass(frozen=True)
class CashFlow:
    """A cash flow by line; costs negative. It has one more column if residual values come after the last period."""

    basis: str
    lines: dict[str, Array]
    rate: float

    @property
    def net(self) -> Array:
        """Sum of all lines."""
        return np.asarray(sum(self.lines.values()))

    def less(self, other: CashFlow) -> CashFlow:
        """The flow less another of the same basis, line by line; its rate stays."""
        lines = {
            item: values - other.lines[item] if item in other.lines else values for item, values in self.lines.items()
        }
        return CashFlow(self.basis, lines, self.rate)


@dataclass(frozen=True)
class Indicator:
    """An indicator of a cash flow; None with a reason code if it cannot be calculated."""

    basis: str
    name: str
    value: float | None
    reason: str | None = None


def total_capital(accounts: Accounts) -> CashFlow:
    """Returns the cash flow to total capital: before finance, after tax."""
    lines = {
        "sales": accounts.operations.revenue,
        "subsidies": accounts.subsidies,
        "disposals": accounts.proceeds,
        "fixed_investment": -accounts.invested(pre_production=False),
        "pre_production": -accounts.invested(pre_production=True),
        "working_capital_growth": -accounts.working_capital_growth(),
        "operating_costs": -accounts.costs(marketing=False),
        "marketing_costs": -accounts.costs(marketing=True),
        "income_tax": -accounts.tax,
    }
    return CashFlow("total_capital", {**_widened(accounts, lines), **_residuals(accounts)}, accounts.study.discount)


def equity(accounts: Accounts) -> CashFlow:
    """Returns the cash flow to equity: after debt service, with grants, less debt outstanding at the end."""
    loans = accounts.financing.loans
    lines = {
        "grants": np.diff(accounts.grants, prepend=0.0, axis=-1),
        "loans_drawn": sum((f.drawn for f in loans), accounts.zeros),
        "loans_repaid": -sum((f.repaid for f in loans), accounts.zeros),
        "interest_and_fees": -sum((f.paid_interest + f.fees for f in loans), accounts.zeros),
    }
    at_last = {"debt_left": at_end(accounts, -accounts.debt[..., -1])}
    if any(flow.loan.sweep for flow in loans):
        lines["loans_swept"] = -sum((f.swept for f in loans), accounts.zeros)
    if accounts.reserves:
        lines |= {"reserve_growth": -accounts.reserve_growth, "reserve_interest": accounts.reserve_interest}
        at_last["reserve_left"] = at_end(accounts, accounts.reserve[..., -1])
    return CashFlow(
        "equity", {**total_capital(accounts).lines, **_widened(accounts, lines), **at_last}, _owners(accounts)
    )


def shareholders(accounts: Accounts) -> CashFlow:
    """Returns the cash flow of shareholders: paid in, refunds, dividends, and assets less debt at the end."""
    classes = accounts.financing.equity
    lines = {
        "equity_paid": -sum((e.paid for e in classes), accounts.zeros),
        "equity_refunded": sum((e.refunded for e in classes), accounts.zeros),
        "dividends": accounts.dividend(),
    }
    final_cash = accounts.cash[..., -1] + accounts.reserve[..., -1] - accounts.debt[..., -1]
    return CashFlow(
        "shareholders",
        {**_widened(accounts, lines), **_residuals(accounts), "cash_and_debt_left": at_end(accounts, final_cash)},
        _owners(accounts),
    )


def at_end(accounts: Accounts, amount: Array | float) -> Array:
    """Returns an amount as a flow in the period of residual values."""
    after = accounts.profile.residual == "after"
    values = np.zeros((*np.shape(amount), accounts.time.periods + after))
    values[..., -1] = amount
    return values


def _owners(accounts: Accounts) -> float:
    study = accounts.study
    return study.discount if study.discount_equity is None else study.discount_equity


def widened(accounts: Accounts, values: Array) -> Array:
    """Returns values by period with one more column if the profile has a period of residual values after the last."""
    if accounts.profile.residual == "last":
        return values
    return np.concatenate([values, np.zeros((*values.shape[:-1], 1))], axis=-1)


def _widened(accounts: Accounts, lines: dict[str, Array]) -> dict[str, Array]:
    return {name: widened(accounts, values) for name, values in lines.items()}


def _residuals(accounts: Accounts) -> dict[str, Array]:
    """Returns residual values of assets and working capital, and the cost of closing."""
    closing = sum(closing_cost(accounts, cost) for cost in accounts.study.closing)
    worth = sum((np.asarray(a.residual) for a in sellable(accounts)), np.zeros(()))
    return {
        "residual_assets": at_end(accounts, worth),
        "residual_working_capital": at_end(accounts, accounts.working_capital[..., -1]),
        "closing": at_end(accounts, -float(closing)),
    }


def closing_cost(accounts: Accounts, cost: ClosingCost) -> float:
    """Returns a cost of closing at the prices and the exchange rate of the last period."""
    money = accounts.money
    price = money.level(cost.currency, cost.escalation)[-1] * money.rate(cost.currency, cost.rate)[-1]
    return float(cost.amount * price)


def sellable(accounts: Accounts) -> list[Asset]:
    """Returns the assets that have a residual value: capitalised interest is an outlay of the financing alone."""
    return [asset for asset in accounts.assets if not asset.item.startswith(INTEREST_ITEM)]


def invested(cash: CashFlow) -> Array:
    """Returns investments by period: of owners, what their own money pays."""
    values = [
        -line for name, line in cash.lines.items() if name.partition(":")[0] in OWNERS_OUTLAYS.get(cash.basis, OUTLAYS)
    ]
    return np.asarray(sum(values, np.zeros(cash.net.shape)))


def present_value(flows: Array, rate: float, step: int, ahead: int) -> Array:
    """Returns the present value of flows (…, periods) at `rate` a year, the first one `ahead` periods ahead."""
    factors = (1.0 + rate) ** (-(np.arange(flows.shape[-1]) + ahead) / step)
    return np.asarray(flows @ factors)


def indicators(cash: CashFlow, profile: ConventionProfile, step: int) -> list[Indicator]:
    """Returns net present value, its ratio to that of investments, rates of return and paybacks of a cash flow."""
    net, basis = cash.net, cash.basis
    npv = float(present_value(net, cash.rate, step, profile.ahead))
    spent = float(present_value(invested(cash), cash.rate, step, profile.ahead))
    paid = spent > CASH_ROUNDING.dust * float(np.abs(net).max(initial=0.0))
    figures = [Indicator(basis, "npv", npv)]
    figures.append(Indicator(basis, "npv_ratio", npv / spent if paid else None, None if paid else NO_OUTLAY))
    figures += _rates(net, basis, step)
    figures.append(_mirr(net, cash, profile, step))
    before_end = _without_residuals(cash)
    figures.append(_payback("payback_years", before_end, basis, step))
    factors = (1.0 + cash.rate) ** (-(np.arange(net.shape[-1]) + profile.ahead) / step)
    figures.append(_payback("discounted_payback_years", before_end * factors, basis, step))
    return figures


def _without_residuals(cash: CashFlow) -> Array:
    return np.asarray(sum(values for name, values in cash.lines.items() if not name.startswith(AT_END)))


def _rates(net: Array, basis: str, step: int) -> list[Indicator]:
    """Returns the annual internal rate; or None with the reason, and each root if there are several."""
    roots = all_rates(net, per_year=step)
    if len(roots) == 1:
        return [Indicator(basis, "irr", roots[0])]
    reason = SEVERAL if roots else NEVER_COSTS if (net >= 0).all() else NEVER_PAYS if (net <= 0).all() else OUTSIDE
    each = [Indicator(basis, f"irr_{n}", root) for n, root in enumerate(roots, 1)]
    return [Indicator(basis, "irr", None, reason), *each]


def _mirr(net: Array, cash: CashFlow, profile: ConventionProfile, step: int) -> Indicator:
    """Returns the modified internal rate a year, with the discount rate for finance and reinvestment."""
    if not profile.mirr:
        return Indicator(cash.basis, "mirr", None, NO_MIRR)
    rate = (1.0 + cash.rate) ** (1 / step) - 1.0
    answer = mirr(without_dust(net[None, :])[0], rate, rate)
    if reason := str(answer.reason):
        return Indicator(cash.basis, "mirr", None, reason)
    return Indicator(cash.basis, "mirr", float((1.0 + answer.value) ** step - 1.0))


def _payback(name: str, flows: Array, basis: str, step: int) -> Indicator:
    """Returns years until cumulated cash is and stays non-negative, linear inside a period."""
    total = np.cumsum(flows)
    short = np.flatnonzero(total < -CASH_ROUNDING.dust * np.abs(total).max(initial=0.0))
    if not len(short):
        return Indicator(basis, name, 0.0)
    last = int(short[-1])
    if last == len(flows) - 1:
        return Indicator(basis, name, None, NEVER_BACK)
    return Indicator(basis, name, float(last + 1 + -total[last] / flows[last + 1]) / step)
