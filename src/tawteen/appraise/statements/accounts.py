"""Accounts of a company by period: income, cash and balance sheet, from one set of flows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.financing import Financing
from tawteen.appraise.statements.investment import PRE_PRODUCTION, Asset
from tawteen.appraise.statements.operations import Operations
from tawteen.appraise.statements.reserves import ReserveFlow
from tawteen.appraise.statements.tax import income_tax, losses_used
from tawteen.appraise.statements.timing import Array, CurrencyConversion, Timeline
from tawteen.appraise.statements.working_capital import WorkingCapitalItem
from tawteen.appraise.study import Origin, Study

if TYPE_CHECKING:
    from tawteen.appraise.statements.debt_sizing import SizedDebt

INTEREST_ITEM = "construction_interest"
"""Item of the cost of finance of the construction phase."""


@dataclass(frozen=True)
class Accounts:
    """All amounts of the schedules, by period in the currency of the study."""

    study: Study
    profile: ConventionProfile
    time: Timeline
    operations: Operations
    assets: tuple[Asset, ...]
    holdings: tuple[WorkingCapitalItem, ...]
    financing: Financing
    reserves: tuple[ReserveFlow, ...] = ()
    sizes: tuple[SizedDebt, ...] = ()

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
        """Returns outlays for assets without interest, optionally of one origin or only (not) pre-production."""
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
        """Capitalised cost of finance of the construction phase."""
        return sum((a.paid for a in self.assets if a.item.startswith(INTEREST_ITEM)), self.zeros)

    @cached_property
    def depreciation(self) -> Array:
        """Depreciation of all assets."""
        return sum((a.written_off for a in self.assets), self.zeros)

    @cached_property
    def book(self) -> Array:
        """Book value of all assets."""
        return sum((a.book for a in self.assets), self.zeros)

    @cached_property
    def proceeds(self) -> Array:
        """Proceeds of disposals."""
        return sum((a.proceeds for a in self.assets), self.zeros)

    @cached_property
    def gains(self) -> Array:
        """Gains on disposals: proceeds less book value."""
        return self.proceeds - sum((a.book_sold for a in self.assets), self.zeros)

    # Working capital

    def working_capital_of(self, *items: str, origin: Origin | None = None) -> Array:
        """Returns the sum of items of working capital: of `items` (default all) and `origin` (default both)."""
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
        """Returns the growth of net working capital; opening working capital counts as local."""
        opening = 0.0 if origin == "foreign" else self.opening_working_capital
        return np.asarray(np.diff(self.working_capital_of(origin=origin), prepend=opening, axis=-1))

    # Reserve accounts

    @cached_property
    def reserve(self) -> Array:
        """Money in the reserve accounts of loans."""
        return sum((r.balance for r in self.reserves), self.zeros)

    @cached_property
    def reserve_growth(self) -> Array:
        """Paid into the reserve accounts (negative: released)."""
        return sum((r.growth for r in self.reserves), self.zeros)

    @cached_property
    def reserve_interest(self) -> Array:
        """Interest on the reserve accounts."""
        return sum((r.interest for r in self.reserves), self.zeros)

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
        """Returns costs, optionally of one origin, and only or without marketing."""
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
        """Interest and fees charged to the period."""
        due = sum((f.interest + f.fees for f in self.financing.loans), self.zeros)
        return due - self.construction_interest

    @cached_property
    def exchange(self) -> Array:
        """Exchange loss from the restatement of loans."""
        return sum((f.exchange for f in self.financing.loans), self.zeros)

    @cached_property
    def operating_profit(self) -> Array:
        """Sales and subsidies less costs and depreciation."""
        costs = self.variable_costs + self.fixed_costs + self.depreciation
        return self.operations.revenue + self.subsidies - costs

    @cached_property
    def gross_profit(self) -> Array:
        """Profit before tax."""
        return self.operating_profit - self.finance_cost + self.reserve_interest - self.exchange + self.gains

    @cached_property
    def allowances(self) -> Array:
        """Tax allowances besides costs."""
        share = self.study.tax.investment_allowance
        stated = self.time.spread(self.study.tax.allowance, "production")
        return stated + share * self.invested(pre_production=False)

    @cached_property
    def yearly_profit(self) -> Array:
        """Profit of each year of the study before losses, less allowances: the base of income tax."""
        return self.time.years(self.gross_profit - self.allowances)

    @cached_property
    def losses_used(self) -> Array:
        """Losses carried forward used in each year."""
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
        """Dividends by class of shares: preferred, plus its share of ordinary dividends."""
        rules = self.study.distribution
        ordinary = self.time.spread(rules.payout, "production") * np.maximum(self.net_profit, 0.0)
        ordinary = ordinary + self.time.spread(rules.fixed, "production")
        classes = self.financing.equity
        preferred = {
            e.equity.id: e.equity.preferred * e.capital * self.time.operating / self.time.step for e in classes
        }
        return {name: preferred[name] + ordinary * share for name, share in self.dividend_shares.items()}

    @cached_property
    def dividend_shares(self) -> dict[str, float]:
        """Share of ordinary dividends of each class: the stated one, else a part of the rest by capital paid in."""
        classes = self.financing.equity
        stated = {e.equity.id: e.equity.share for e in classes if e.equity.share is not None}
        paid = {e.equity.id: float(e.paid.sum()) for e in classes if e.equity.share is None}
        rest, capital = 1.0 - sum(stated.values()), sum(paid.values())
        by_capital = {name: rest * amount / capital if capital else 0.0 for name, amount in paid.items()}
        return {e.equity.id: {**stated, **by_capital}[e.equity.id] for e in classes}

    def dividend(self, origin: Origin | None = None) -> Array:
        """Returns the dividends of all classes, optionally of one origin."""
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
        """Returns sources of cash, optionally of one origin; subsidies and disposals are local."""
        finance = self.financing
        money = sum((s.values for s in self.operations.sales if origin in (None, s.sale.origin)), self.zeros)
        money = money + sum((e.paid for e in finance.equity if origin in (None, e.equity.origin)), self.zeros)
        money = money + sum((g.paid for g in finance.grants if origin in (None, g.grant.origin)), self.zeros)
        money = money + sum((f.drawn for f in finance.loans if origin in (None, f.loan.origin)), self.zeros)
        money = money + sum((r.interest for r in self.reserves if origin in (None, r.flow.loan.origin)), self.zeros)
        return money if origin == "foreign" else money + self.subsidies + self.proceeds

    def uses(self, origin: Origin | None = None) -> Array:
        """Returns uses of cash, optionally of one origin; income tax is local."""
        finance = self.financing
        money = self.invested(origin) + self.working_capital_growth(origin) + self.costs(origin) + self.dividend(origin)
        money = money + sum((f.service + f.swept for f in finance.loans if origin in (None, f.loan.origin)), self.zeros)
        money = money + sum((r.growth for r in self.reserves if origin in (None, r.flow.loan.origin)), self.zeros)
        money = money + sum((e.refunded for e in finance.equity if origin in (None, e.equity.origin)), self.zeros)
        return money if origin == "foreign" else money + self.tax

    @cached_property
    def cash(self) -> Array:
        """Cumulated surplus (negative: uncovered deficit)."""
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
        """Retained earnings: cumulated net profit less dividends."""
        return self.study.opening.retained + np.cumsum(self.net_profit - self.dividend(), axis=-1)
