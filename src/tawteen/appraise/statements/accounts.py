"""The accounts of a company by period: income, cash and balance, all of one set of flows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.financing import Financing
from tawteen.appraise.statements.investment import PRE_PRODUCTION, Asset
from tawteen.appraise.statements.operations import Operations
from tawteen.appraise.statements.tax import income_tax, losses_used
from tawteen.appraise.statements.timing import Array, CurrencyConversion, Timeline
from tawteen.appraise.statements.working_capital import WorkingCapitalItem
from tawteen.appraise.study import Origin, Study

INTEREST_ITEM = "construction_interest"
"""Item of the cost of finance of the construction phase."""


@dataclass(frozen=True)
class Accounts:
    """Everything the schedules show, in the study's currency by period."""

    study: Study
    profile: ConventionProfile
    time: Timeline
    operations: Operations
    assets: tuple[Asset, ...]
    holdings: tuple[WorkingCapitalItem, ...]
    financing: Financing

    @property
    def zeros(self) -> Array:
        """Zero in every period."""
        return np.zeros(self.time.periods)

    @property
    def money(self) -> CurrencyConversion:
        """Exchange rates and price levels."""
        return self.operations.money

    # Investment

    def invested(self, origin: Origin | None = None, *, pre_production: bool | None = None) -> Array:
        """Outlays for assets without interest; only those of an origin, or only (not) pre-production."""
        return sum(
            (
                a.paid
                for a in self.assets
                if not a.item.startswith(INTEREST_ITEM)
                and origin in (None, a.origin)
                and pre_production in (None, a.group == PRE_PRODUCTION)
            ),
            self.zeros,
        )

    @cached_property
    def construction_interest(self) -> Array:
        """Cost of finance that is written off as an asset."""
        return sum((a.paid for a in self.assets if a.item.startswith(INTEREST_ITEM)), self.zeros)

    @cached_property
    def depreciation(self) -> Array:
        """Written off in each period."""
        return sum((a.written_off for a in self.assets), self.zeros)

    @cached_property
    def book(self) -> Array:
        """Book value of all assets."""
        return sum((a.book for a in self.assets), self.zeros)

    @cached_property
    def proceeds(self) -> Array:
        """Money from assets sold."""
        return sum((a.proceeds for a in self.assets), self.zeros)

    @cached_property
    def gains(self) -> Array:
        """Proceeds of assets sold over their book value."""
        return self.proceeds - sum((a.book_sold for a in self.assets), self.zeros)

    # Working capital

    def working_capital_of(self, *items: str, origin: Origin | None = None) -> Array:
        """Sum of holdings, of these items (all without any), of an origin."""
        return sum(
            (h.values for h in self.holdings if (not items or h.item in items) and origin in (None, h.origin)),
            self.zeros,
        )

    @cached_property
    def opening_working_capital(self) -> float:
        """Net working capital before the first period."""
        opening = self.study.opening
        return opening.stocks + opening.receivables - opening.payables

    @cached_property
    def working_capital(self) -> Array:
        """Net working capital at the end of each period."""
        return self.working_capital_of()

    def working_capital_growth(self, origin: Origin | None = None) -> Array:
        """Growth of net working capital; what the company starts with counts as local."""
        opening = 0.0 if origin == "foreign" else self.opening_working_capital
        return np.asarray(np.diff(self.working_capital_of(origin=origin), prepend=opening, axis=-1))

    # Income

    @cached_property
    def subsidies(self) -> Array:
        """Subsidies on sales."""
        return sum((s.subsidy for s in self.operations.sales), self.zeros)

    @cached_property
    def sales_tax(self) -> Array:
        """Sales tax collected and passed on."""
        return sum((s.tax for s in self.operations.sales), self.zeros)

    @cached_property
    def variable_costs(self) -> Array:
        """Variable costs."""
        return sum((c.variable for c in self.operations.costs), self.zeros)

    @cached_property
    def fixed_costs(self) -> Array:
        """Fixed costs without depreciation."""
        return sum((c.fixed for c in self.operations.costs), self.zeros)

    def costs(self, origin: Origin | None = None, *, marketing: bool | None = None) -> Array:
        """Costs of an origin, of or without marketing."""
        return sum(
            (
                c.values
                for c in self.operations.costs
                if origin in (None, c.cost.origin) and marketing in (None, c.cost.category == "marketing")
            ),
            self.zeros,
        )

    @cached_property
    def finance_cost(self) -> Array:
        """Interest and fees that are a cost of their period."""
        due = sum((f.interest + f.fees for f in self.financing.loans), self.zeros)
        return due - self.construction_interest

    @cached_property
    def exchange(self) -> Array:
        """Loss of restating loans."""
        return sum((f.exchange for f in self.financing.loans), self.zeros)

    @cached_property
    def operating_profit(self) -> Array:
        """Sales and subsidies less costs and depreciation."""
        costs = self.variable_costs + self.fixed_costs + self.depreciation
        return self.operations.revenue + self.subsidies - costs

    @cached_property
    def gross_profit(self) -> Array:
        """Profit before tax."""
        return self.operating_profit - self.finance_cost - self.exchange + self.gains

    @cached_property
    def allowances(self) -> Array:
        """What tax law lets deduct besides costs."""
        share = self.study.tax.investment_allowance
        stated = self.time.spread(self.study.tax.allowance, "production")
        return stated + share * self.invested(pre_production=False)

    @cached_property
    def yearly_profit(self) -> Array:
        """Profit of each year of the study less allowances: what tax looks at."""
        return self.time.years(self.gross_profit - self.allowances)

    @cached_property
    def losses_used(self) -> Array:
        """Losses carried forward that each year uses."""
        return losses_used(self.yearly_profit, self.study.tax.carry_forward)

    @cached_property
    def tax(self) -> Array:
        """Income tax, in the last period of each year."""
        first = self.time.begins // self.time.step
        year = np.arange(self.yearly_profit.shape[-1])
        free = (year >= first) & (year < first + self.study.tax.holiday)
        return self.time.year_ends(
            income_tax(self.yearly_profit, self.losses_used, self.study.tax.brackets, np.asarray(free))
        )

    @cached_property
    def net_profit(self) -> Array:
        """Profit after tax."""
        return self.gross_profit - self.tax

    @cached_property
    def dividends(self) -> dict[str, Array]:
        """Dividends of each class: preferred, then ordinary by its share."""
        rules = self.study.distribution
        ordinary = self.time.spread(rules.payout, "production") * np.maximum(self.net_profit, 0.0)
        ordinary = ordinary + self.time.spread(rules.fixed, "production")
        classes = self.financing.equity
        preferred = {
            e.equity.id: e.equity.preferred * e.capital * self.time.operating / self.time.step for e in classes
        }
        weights = {e.equity.id: e.capital[..., -1] if e.equity.share is None else e.equity.share for e in classes}
        total = sum(weights.values(), 0.0)
        return {name: preferred[name] + ordinary * (weights[name] / total if total else 0.0) for name in weights}

    def dividend(self, origin: Origin | None = None) -> Array:
        """Dividends of the classes of an origin."""
        return sum(
            (self.dividends[e.equity.id] for e in self.financing.equity if origin in (None, e.equity.origin)),
            self.zeros,
        )

    # Cash

    @cached_property
    def net_cash(self) -> Array:
        """Surplus or deficit of each period after all finance."""
        return self.sources() - self.uses()

    def sources(self, origin: Origin | None = None) -> Array:
        """Money that comes in, of an origin; sales by the origin of the buyer, subsidies and assets sold at home."""
        finance = self.financing
        money = sum((s.values for s in self.operations.sales if origin in (None, s.sale.origin)), self.zeros)
        money = money + sum((e.paid for e in finance.equity if origin in (None, e.equity.origin)), self.zeros)
        money = money + sum((g.paid for g in finance.grants if origin in (None, g.grant.origin)), self.zeros)
        money = money + sum((f.drawn for f in finance.loans if origin in (None, f.loan.origin)), self.zeros)
        return money if origin == "foreign" else money + self.subsidies + self.proceeds

    def uses(self, origin: Origin | None = None) -> Array:
        """Money that goes out, of an origin; income tax is local."""
        finance = self.financing
        money = self.invested(origin) + self.working_capital_growth(origin) + self.costs(origin) + self.dividend(origin)
        money = money + sum((f.service for f in finance.loans if origin in (None, f.loan.origin)), self.zeros)
        money = money + sum((e.refunded for e in finance.equity if origin in (None, e.equity.origin)), self.zeros)
        return money if origin == "foreign" else money + self.tax

    @cached_property
    def cash(self) -> Array:
        """Cumulated surplus (negative: deficit that nobody covers)."""
        return self.study.opening.cash + np.cumsum(self.net_cash, axis=-1)

    # Balance

    @cached_property
    def equity_capital(self) -> Array:
        """Share capital."""
        return self.study.opening.equity + sum((e.capital for e in self.financing.equity), self.zeros)

    @cached_property
    def grants(self) -> Array:
        """Grants received."""
        return np.cumsum(sum((g.paid for g in self.financing.grants), self.zeros), axis=-1)

    @cached_property
    def debt(self) -> Array:
        """Loans owed."""
        return sum((f.balance for f in self.financing.loans), self.zeros)

    @cached_property
    def retained(self) -> Array:
        """Profits kept, losses taken off."""
        return self.study.opening.retained + np.cumsum(self.net_profit - self.dividend(), axis=-1)
