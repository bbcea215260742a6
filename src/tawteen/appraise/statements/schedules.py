"""The schedules of a study, line by line, in the order of the UNIDO manual."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.cover import (
    NO_DEBT,
    NO_SERVICE,
    added_cover,
    available,
    common_life_cover,
    service,
)
from tawteen.appraise.statements.discounted import CashFlow, equity, shareholders, total_capital
from tawteen.appraise.statements.ratios import break_even, ratios
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import ORIGINS, RATE_KINDS, Origin

Part = Literal["total", "local", "foreign"]
LineKey = tuple[str, str, str, Part]
"""Statement, item, name and part of a line."""
NO_BASE = "statements.no_base"
COVERS = ("dscr", "llcr", "plcr")
"""Ratios of debt cover."""


@dataclass(frozen=True)
class StatementLine:
    """A line of a schedule by period: item, name of the study item, part (total, local, foreign); reason of NaN."""

    statement: str
    item: str
    values: Array
    name: str = ""
    part: Part = "total"
    reason: str | None = None

    @property
    def key(self) -> LineKey:
        """What tells the line from others: statement, item, name and part."""
        return self.statement, self.item, self.name, self.part


def rows(accounts: Accounts) -> Iterator[StatementLine]:
    """Yields every line of every schedule besides the debt cover (`cover_rows`)."""
    for schedule in (
        _exchange_rates,
        _investment,
        _sales,
        _production,
        _working_capital,
        _debt,
        _cash_plan,
        _income,
        _balance,
    ):
        yield from schedule(accounts)
    for flow in (total_capital(accounts), equity(accounts), shareholders(accounts)):
        yield from cash_rows(flow)
    for item, values in break_even(accounts).items():
        yield StatementLine("break_even", item, values, reason=NO_BASE)
    for item, values in ratios(accounts).items():
        yield StatementLine("ratios", item, values, reason=NO_BASE)


def cover_rows(companies: Sequence[Accounts], without: Sequence[Accounts] = ()) -> Iterator[StatementLine]:
    """Yields the debt cover of companies together, of what their projects add to them `without`."""
    yield StatementLine("ratios", "dscr", added_cover(companies, without), reason=NO_SERVICE)
    for item, loans_only in (("llcr", True), ("plcr", False)):
        values = common_life_cover(companies, without, loans_only=loans_only)
        yield StatementLine("ratios", item, values, reason=NO_DEBT)


def cash_rows(cash: CashFlow) -> Iterator[StatementLine]:
    """Yields the lines of a cash flow, its net and its cumulated net, undiscounted."""
    for key, values in cash.lines.items():
        item, _, name = key.partition(":")
        yield StatementLine(cash.basis, item, values, name)
    yield StatementLine(cash.basis, "net_cash_flow", cash.net)
    yield StatementLine(cash.basis, "net_cash_flow_cumulated", np.cumsum(cash.net))


def _parts(statement: str, item: str, figure: Callable[[Origin | None], Array]) -> Iterator[StatementLine]:
    """Yields a line as total, local and foreign part."""
    yield StatementLine(statement, item, figure(None))
    for origin in ORIGINS:
        yield StatementLine(statement, item, figure(origin), part=origin)


def _exchange_rates(accounts: Accounts) -> Iterator[StatementLine]:
    """Yields every exchange rate of the study."""
    for currency in accounts.study.currencies:
        for kind in RATE_KINDS:
            if getattr(currency, kind) is not None:
                yield StatementLine(
                    "exchange_rates", f"rate_{kind}", accounts.money.rate(currency.code, kind), currency.code
                )


def _investment(accounts: Accounts) -> Iterator[StatementLine]:
    for asset in accounts.assets:
        yield StatementLine("investment", "asset", asset.paid, asset.item, asset.origin)
    yield from _parts("investment", "fixed_investment", lambda o: accounts.invested(o, pre_production=False))
    yield from _parts("investment", "pre_production", lambda o: accounts.invested(o, pre_production=True))
    yield StatementLine("investment", "construction_interest", accounts.construction_interest)
    yield from _parts("investment", "working_capital_growth", accounts.working_capital_growth)
    yield StatementLine(
        "investment",
        "total_investment",
        accounts.invested() + accounts.construction_interest + accounts.working_capital_growth(),
    )
    yield StatementLine("investment", "depreciation", accounts.depreciation)


def _sales(accounts: Accounts) -> Iterator[StatementLine]:
    for flow in accounts.operations.sales:
        yield StatementLine("sales", "sale", flow.values, flow.sale.id, flow.sale.origin)
    yield StatementLine("sales", "sales", accounts.operations.revenue)
    yield StatementLine("sales", "sales_tax", accounts.sales_tax)
    yield StatementLine("sales", "subsidies", accounts.subsidies)


def _production(accounts: Accounts) -> Iterator[StatementLine]:
    for flow in accounts.operations.costs:
        yield StatementLine("production", "cost", flow.values, flow.cost.id, flow.cost.origin)
    yield StatementLine("production", "variable_costs", accounts.variable_costs)
    yield StatementLine("production", "fixed_costs", accounts.fixed_costs)
    yield from _parts("production", "operating_costs", lambda o: accounts.costs(o, marketing=False))
    yield from _parts("production", "marketing_costs", lambda o: accounts.costs(o, marketing=True))
    yield StatementLine("production", "depreciation", accounts.depreciation)
    yield StatementLine("production", "finance_cost", accounts.finance_cost)
    total = accounts.costs() + accounts.depreciation + accounts.finance_cost
    yield StatementLine("production", "total_production_cost", total)


def _working_capital(accounts: Accounts) -> Iterator[StatementLine]:
    for holding in accounts.holdings:
        yield StatementLine("working_capital", holding.item, holding.values, holding.study_item, holding.origin)
    for item in dict.fromkeys(holding.item for holding in accounts.holdings):
        yield StatementLine("working_capital", item, accounts.working_capital_of(item))
    yield from _parts("working_capital", "net_working_capital", lambda o: accounts.working_capital_of(origin=o))
    yield from _parts("working_capital", "working_capital_growth", accounts.working_capital_growth)


def _debt(accounts: Accounts) -> Iterator[StatementLine]:
    for flow in accounts.financing.loans:
        name, part = flow.loan.id, flow.loan.origin
        swept = ("swept",) if flow.loan.sweep else ()
        for item in ("drawn", "added", "repaid", *swept, "interest", "fees", "exchange", "balance"):
            yield StatementLine("debt", f"loan_{item}", getattr(flow, item), name, part)
    nothing = accounts.zeros
    swept = ("swept",) if any(flow.loan.sweep for flow in accounts.financing.loans) else ()
    for item in ("drawn", "repaid", *swept, "interest", "fees", "exchange", "balance"):
        total = sum((getattr(f, item) for f in accounts.financing.loans), nothing)
        yield StatementLine("debt", f"loan_{item}", total)
    for reserve in accounts.reserves:
        name, part = reserve.flow.loan.id, reserve.flow.loan.origin
        for item in ("target", "growth", "interest", "balance"):
            yield StatementLine("debt", f"reserve_{item}", getattr(reserve, item), name, part)
    yield StatementLine("debt", "available", available(accounts))
    yield StatementLine("debt", "debt_service", service(accounts))


def _cash_plan(accounts: Accounts) -> Iterator[StatementLine]:
    """Yields the cash flow for financial planning: total, local and foreign."""
    finance, nothing = accounts.financing, accounts.zeros

    def total(values: Iterator[tuple[Origin, Array]], origin: Origin | None) -> Array:
        return sum((v for flow_origin, v in values if origin in (None, flow_origin)), nothing)

    def plan(item: str, values: Callable[[], Iterator[tuple[Origin, Array]]]) -> Iterator[StatementLine]:
        yield from _parts("cash_plan", item, lambda origin: total(values(), origin))

    yield from plan("equity_paid", lambda: ((e.equity.origin, e.paid) for e in finance.equity))
    yield from plan("grants", lambda: ((g.grant.origin, g.paid) for g in finance.grants))
    yield from plan("loans_drawn", lambda: ((f.loan.origin, f.drawn) for f in finance.loans))
    yield from plan("sales", lambda: ((s.sale.origin, s.values) for s in accounts.operations.sales))
    yield from plan("subsidies", lambda: iter([("local", accounts.subsidies)]))
    yield from plan("disposals", lambda: iter([("local", accounts.proceeds)]))
    if accounts.reserves:
        yield from plan("reserve_interest", lambda: ((r.flow.loan.origin, r.interest) for r in accounts.reserves))
    yield from _parts("cash_plan", "sources", accounts.sources)
    yield from _parts("cash_plan", "fixed_investment", lambda o: accounts.invested(o, pre_production=False))
    yield from _parts("cash_plan", "pre_production", lambda o: accounts.invested(o, pre_production=True))
    yield from _parts("cash_plan", "working_capital_growth", accounts.working_capital_growth)
    yield from _parts("cash_plan", "operating_costs", lambda o: accounts.costs(o, marketing=False))
    yield from _parts("cash_plan", "marketing_costs", lambda o: accounts.costs(o, marketing=True))
    yield from plan("income_tax", lambda: iter([("local", accounts.tax)]))
    yield from plan("interest_and_fees", lambda: ((f.loan.origin, f.paid_interest + f.fees) for f in finance.loans))
    yield from plan("loans_repaid", lambda: ((f.loan.origin, f.repaid) for f in finance.loans))
    if any(flow.loan.sweep for flow in finance.loans):
        yield from plan("loans_swept", lambda: ((f.loan.origin, f.swept) for f in finance.loans))
    if accounts.reserves:
        yield from plan("reserve_growth", lambda: ((r.flow.loan.origin, r.growth) for r in accounts.reserves))
    yield from plan("equity_refunded", lambda: ((e.equity.origin, e.refunded) for e in finance.equity))
    yield from _parts("cash_plan", "dividends", accounts.dividend)
    yield from _parts("cash_plan", "uses", accounts.uses)
    yield from _parts("cash_plan", "surplus", lambda o: accounts.sources(o) - accounts.uses(o))
    yield StatementLine("cash_plan", "cash", accounts.cash)
    for origin in ORIGINS:
        opening = accounts.study.opening.cash if origin == "local" else 0.0
        surplus = accounts.sources(origin) - accounts.uses(origin)
        yield StatementLine("cash_plan", "cash", opening + np.cumsum(surplus), part=origin)
    yield StatementLine("cash_plan", "deficit", np.minimum(accounts.cash, 0.0))


def _income(accounts: Accounts) -> Iterator[StatementLine]:
    lines = {
        "sales": accounts.operations.revenue,
        "subsidies": accounts.subsidies,
        "variable_costs": accounts.variable_costs,
        "fixed_costs": accounts.fixed_costs,
        "depreciation": accounts.depreciation,
        "operating_profit": accounts.operating_profit,
        "finance_cost": accounts.finance_cost,
        **({"reserve_interest": accounts.reserve_interest} if accounts.reserves else {}),
        "exchange_loss": accounts.exchange,
        "disposal_gain": accounts.gains,
        "gross_profit": accounts.gross_profit,
        "allowances": accounts.allowances,
        "losses_used": accounts.time.year_ends(accounts.losses_used),
        "taxable_profit": accounts.time.year_ends(accounts.yearly_profit - accounts.losses_used),
        "income_tax": accounts.tax,
        "net_profit": accounts.net_profit,
        "dividends": accounts.dividend(),
        "retained_profit": accounts.net_profit - accounts.dividend(),
    }
    for item, values in lines.items():
        yield StatementLine("income", item, values)
    for name, values in accounts.dividends.items():
        yield StatementLine("income", "dividends", values, name)


def _balance(accounts: Accounts) -> Iterator[StatementLine]:
    current = (
        "cash_in_hand", "receivables", "tax_credit", "stock", "work_in_progress", "finished", "credit_margin"
    )  # fmt: skip
    assets = {
        "fixed_assets": accounts.book,
        **{item: accounts.working_capital_of(item) for item in current},
        **({"reserve": accounts.reserve} if accounts.reserves else {}),
        "cash_surplus": np.maximum(accounts.cash, 0.0),
    }
    claims = {
        "payables": -accounts.working_capital_of("payables"),
        "tax_payable": -accounts.working_capital_of("tax_payable"),
        "deficit_uncovered": np.maximum(-accounts.cash, 0.0),
        "debt": accounts.debt,
        "equity_capital": accounts.equity_capital,
        "grants": accounts.grants,
        "profits_kept": accounts.retained,
    }
    for lines, total in ((assets, "total_assets"), (claims, "total_claims")):
        for item, values in lines.items():
            yield StatementLine("balance", item, values)
        yield StatementLine("balance", total, sum(lines.values(), accounts.zeros))
