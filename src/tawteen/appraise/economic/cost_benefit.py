"""Cost-benefit at shadow prices, level by level.

Source: COMFAR III Expert reference manual (UNIDO 2003), X.D.4 and XII.D: financial values, adjusted market values
(times the adjustment factor), economic values (plus the foreign-exchange adjustment), and with effects on others.
As there, income tax stays an outflow and subsidies on sales are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tawteen.appraise.statements.accounts import INTEREST_ITEM, Accounts
from tawteen.appraise.statements.discounted import CashFlow, at_end, closing_cost, sellable, widened
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import Carbon, CostBenefit, CountryInputs, ShadowPrice

LEVELS = ("financial", "adjusted_market", "economic", "with_indirect")


@dataclass(frozen=True)
class ValuedFlow:
    """A flow by period at market prices (costs negative), its adjustment factor and its foreign-exchange share."""

    item: str
    """Kind of flow, and after a colon the id of the study item it belongs to."""
    values: Array
    factor: float
    exposure: float

    @property
    def adjusted(self) -> Array:
        """The flow at border prices: values times the adjustment factor."""
        return np.asarray(self.values * self.factor)

    def economic(self, benefit: CostBenefit) -> Array:
        """Returns the flow with foreign exchange at its shadow rate, in the numeraire of `benefit`."""
        premium = 1.0 / benefit.conversion - 1.0
        domestic = self.adjusted * (1.0 + self.exposure * premium)
        return np.asarray(domestic * (benefit.conversion if benefit.numeraire == "border" else 1.0))


def cost_benefit(accounts: Accounts, country: CountryInputs, without: Accounts | None = None) -> list[CashFlow]:
    """Returns one cash flow for each of `LEVELS`; an empty list for a study without shadow prices.

    With the accounts of the company `without` the project, of what the project adds; effects on others and carbon are
    stated as what it adds.
    """
    benefit = country.cost_benefit
    if benefit is None:
        return []
    levels = _levels(accounts, benefit)
    if without is not None:
        bare = _levels(without, benefit)
        levels = {level: _less(lines, bare[level]) for level, lines in levels.items()}
    beside = {f.item: f.economic(benefit) for f in _indirect(accounts, benefit, country.carbon)}
    levels["with_indirect"] = {**levels["economic"], **beside}
    return [CashFlow(level, lines, country.discount) for level, lines in levels.items()]


def _levels(accounts: Accounts, benefit: CostBenefit) -> dict[str, dict[str, Array]]:
    """Returns the flows of a company by item at each level of prices."""
    flows = [*_project(accounts, benefit), *_foreign_loans(accounts, benefit)]
    return {
        "financial": {f.item: f.values for f in flows},
        "adjusted_market": {f.item: f.adjusted for f in flows},
        "economic": {f.item: f.economic(benefit) for f in flows},
    }


def _less(lines: dict[str, Array], other: dict[str, Array]) -> dict[str, Array]:
    """Returns the lines less those of the other company; a line that one of them lacks is 0 there."""
    return {item: lines.get(item, 0.0) - other.get(item, np.zeros(1)) for item in dict.fromkeys([*lines, *other])}


def _project(accounts: Accounts, benefit: CostBenefit) -> list[ValuedFlow]:
    """Returns flows of sales, costs, investment, working capital, income tax and residual values."""
    shadow_prices = {shadow.item: shadow for shadow in benefit.shadows}
    home = ("", accounts.study.currency)

    def valued(item: str, priced_item: str, currency: str, values: Array) -> ValuedFlow:
        shadow = shadow_prices.get(
            priced_item, ShadowPrice(item=priced_item, exposure=0.0 if currency in home else 1.0)
        )
        return ValuedFlow(item, widened(accounts, values), shadow.factor, shadow.exposure)

    def valued_at_end(item: str, priced_item: str, currency: str, amount: Array) -> ValuedFlow:
        return replace(valued(item, priced_item, currency, accounts.zeros), values=at_end(accounts, amount))

    flows = []
    for sale in accounts.operations.sales:
        # Sales that are not listed count with the tax that buyers pay.
        worth = sale.values if sale.sale.id in shadow_prices else sale.values + sale.tax
        flows.append(valued(f"sale:{sale.sale.id}", sale.sale.id, sale.sale.currency, worth))
    currency = {cost.cost.id: cost.cost.currency for cost in accounts.operations.costs}
    flows += [valued(f"cost:{c.cost.id}", c.cost.id, c.cost.currency, -c.values) for c in accounts.operations.costs]
    flows += [
        valued(f"asset:{a.item}", a.item, a.currency, -a.paid)
        for a in accounts.assets
        if not a.item.startswith(INTEREST_ITEM)
    ]
    for holding in accounts.holdings:
        growth = np.diff(holding.values, prepend=0.0, axis=-1)
        # Receivables follow the sale, everything else its cost.
        flows.append(
            valued(
                f"growth_{holding.item}:{holding.study_item}",
                holding.study_item,
                currency.get(holding.study_item, ""),
                -growth,
            )
        )
    opening_capital = np.zeros(accounts.time.periods)
    opening_capital[0] = accounts.opening_working_capital
    flows += [
        valued("opening_working_capital", "", "", opening_capital),
        valued("income_tax", "", "", -accounts.tax),
    ]
    # What leaves does so at the shadow price at which it came in.
    flows += [
        valued(f"disposals:{a.item}", a.item, a.currency, a.proceeds) for a in accounts.assets if a.sold is not None
    ]
    left = [(f"residual_assets:{a.item}", a.item, a.currency, a.residual) for a in sellable(accounts)]
    left += [
        (f"residual_{h.item}:{h.study_item}", h.study_item, currency.get(h.study_item, ""), h.values[..., -1])
        for h in accounts.holdings
    ]
    left += [
        (f"closing:{one.id}", one.id, one.currency, np.asarray(-closing_cost(accounts, one)))
        for one in accounts.study.closing
    ]
    return [*flows, *(valued_at_end(*parts) for parts in left)]


def _foreign_loans(accounts: Accounts, benefit: CostBenefit) -> list[ValuedFlow]:
    """Returns drawings, debt service and remaining debt of the foreign loans that are tied to the project."""
    flows = []
    for loan in accounts.financing.loans:
        if loan.loan.id in benefit.loans:
            flows.append(ValuedFlow(f"loan_drawn:{loan.loan.id}", widened(accounts, loan.drawn), 1.0, 1.0))
            flows.append(
                ValuedFlow(f"loan_service:{loan.loan.id}", widened(accounts, -(loan.service + loan.swept)), 1.0, 1.0)
            )
            flows.append(ValuedFlow(f"debt_left:{loan.loan.id}", at_end(accounts, -loan.balance[..., -1]), 1.0, 1.0))
    return flows


def _indirect(accounts: Accounts, benefit: CostBenefit, carbon: Carbon | None) -> list[ValuedFlow]:
    """Returns indirect effects, and emissions at the price of carbon."""
    flows = []
    for effect in benefit.indirect:
        values = accounts.time.spread(effect.amount, "production") * accounts.money.rate(effect.currency)
        abroad = effect.currency not in ("", accounts.study.currency)
        flows.append(ValuedFlow(f"indirect:{effect.id}", widened(accounts, values), 1.0, 1.0 if abroad else 0.0))
    if carbon is not None:
        cost = emissions(accounts, carbon) * accounts.time.spread(carbon.price)
        flows.append(ValuedFlow("carbon", widened(accounts, -cost), 1.0, 0.0))
    return flows


def emissions(accounts: Accounts, carbon: Carbon) -> Array:
    """Returns tonnes of CO2 by period, in proportion to utilisation."""
    tonnes = accounts.time.spread(carbon.emission, "production") * accounts.operations.sold
    return np.asarray(tonnes / accounts.time.step)
