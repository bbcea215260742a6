"""What a study is worth if its inputs differ: sensitivity, switching values, scenarios, levelised cost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tawteen.appraise.params import CASH_ROUNDING, STUDY_ANALYSIS
from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.discounted import CashFlow, equity, indicators, present_value, total_capital
from tawteen.appraise.statements.engine import accounts_of
from tawteen.appraise.study import Study
from tawteen.appraise.study_scenarios import SCENARIO_DRIVERS, scaled, scenario

NO_SWITCHING_FACTOR = "studies.no_switch"
SEVERAL_UNITS = "studies.several_units"
NOTHING_SOLD = "studies.nothing_sold"
NOTHING_ADDED = "studies.nothing_added"


@dataclass(frozen=True)
class DriverSensitivity:
    """NPV of total capital at each factor of a driver (`STUDY_ANALYSIS.factors`), and the factor at which it is 0.

    `switching` is None with a `reason`.
    """

    driver: str
    npv: tuple[float, ...]
    switching: float | None
    reason: str | None = None


@dataclass(frozen=True)
class ScenarioResult:
    """NPV of total capital and of equity under a scenario, and the internal rate of total capital or a reason."""

    scenario: str
    npv: float
    npv_equity: float
    irr: float | None
    irr_reason: str | None = None


@dataclass(frozen=True)
class StudyAnalysis:
    """Net present value of the plan, and what becomes of it if inputs differ.

    `levelised_cost`: in the study's unit of money for one unit sold; None with a reason.
    """

    npv: float
    sensitivity: tuple[DriverSensitivity, ...]
    scenarios: tuple[ScenarioResult, ...]
    levelised_cost: float | None
    levelised_reason: str | None = None


def analysis_of(study: Study, profile: ConventionProfile) -> StudyAnalysis:
    """Returns the analysis of a study that has passed `faults`; values are of the project less doing without."""
    base = npv_of(study, profile)
    used = [driver for driver in SCENARIO_DRIVERS if driver != "exchange" or study.currencies]
    tables = [_sensitivity(study, profile, driver) for driver in used]
    bare = study.doing_nothing()
    without = None if bare is None else accounts_of(bare, profile)
    cost, reason = levelised_cost(accounts_of(study, profile), without)
    return StudyAnalysis(
        npv=base,
        sensitivity=tuple(
            one for one in tables if any(abs(value - base) > CASH_ROUNDING.constant * abs(base) for value in one.npv)
        ),
        scenarios=tuple(_scenario(scenario(study, one), profile, one.id) for one in study.scenarios),
        levelised_cost=cost,
        levelised_reason=reason,
    )


def npv_of(study: Study, profile: ConventionProfile) -> float:
    """Returns the net present value of total capital of the project less doing without it."""
    gain = _gain(study, profile)[0]
    return float(present_value(gain.net, gain.rate, study.horizon.step, profile.ahead))


def _gain(study: Study, profile: ConventionProfile) -> tuple[CashFlow, CashFlow]:
    """Returns the cash flows of total capital and of equity, of the project less doing without it."""
    accounts, nothing = accounts_of(study, profile), study.doing_nothing()
    flows = (total_capital(accounts), equity(accounts))
    if nothing is None:
        return flows
    bare = accounts_of(nothing, profile)
    first, second = (
        CashFlow(have.basis, {"gain": have.net - less.net}, have.rate)
        for have, less in zip(flows, (total_capital(bare), equity(bare)), strict=True)
    )
    return first, second


def _sensitivity(study: Study, profile: ConventionProfile, driver: str) -> DriverSensitivity:
    """Returns the sensitivity to a driver; its switching values are bracketed on a grid and solved (Brent 1973)."""
    from scipy.optimize import brentq  # noqa: PLC0415 - takes a third of a second to load

    def worth(factor: float) -> float:
        return npv_of(scaled(study, {driver: factor}), profile)

    table = tuple(worth(factor) for factor in STUDY_ANALYSIS.factors)
    points = [factor for factor in STUDY_ANALYSIS.searched if factor or driver != "exchange"]
    values = [worth(factor) for factor in points]
    roots = [factor for factor, value in zip(points, values, strict=True) if value == 0]
    roots += [
        float(brentq(worth, low, high, xtol=STUDY_ANALYSIS.tolerance))
        for (low, high), (left, right) in zip(pairwise(points), pairwise(values), strict=True)
        if left * right < 0
    ]
    if not roots:
        return DriverSensitivity(driver, table, None, NO_SWITCHING_FACTOR)
    # Of several the one nearest to the plan: the smallest change that leads to it.
    return DriverSensitivity(driver, table, min(roots, key=lambda root: abs(root - 1.0)))


def _scenario(study: Study, profile: ConventionProfile, name: str) -> ScenarioResult:
    step = study.horizon.step
    capital, owners = _gain(study, profile)
    npv, npv_equity = (float(present_value(one.net, one.rate, step, profile.ahead)) for one in (capital, owners))
    rate = next(one for one in indicators(capital, profile, step) if one.name == "irr")
    return ScenarioResult(name, npv, npv_equity, rate.value, rate.reason)


def levelised_cost(accounts: Accounts, without: Accounts | None = None) -> tuple[float | None, str | None]:
    """Returns the present value of all costs before finance and tax over that of the quantity sold, or a reason.

    Costs are investments, working capital, operation, marketing and closing less what assets are worth at the end. With
    the accounts `without` the project both are what the project adds.

    The levelised cost of engineering economics: discounted costs over discounted output, at the discount rate of total
    capital. It needs one product, or products in one unit.
    """
    companies = [accounts] if without is None else [accounts, without]
    products = {product.id: product.unit for company in companies for product in company.study.products}
    if len(products) > 1 and (len(set(products.values())) > 1 or "" in products.values()):
        return None, SEVERAL_UNITS
    costs, quantity = _costs_and_quantity(accounts)
    if without is not None:
        costs_without, quantity_without = _costs_and_quantity(without)
        costs, quantity = costs - costs_without, quantity - quantity_without
    if quantity <= 0:
        return None, NOTHING_SOLD if without is None else NOTHING_ADDED
    return costs / quantity, None


def _costs_and_quantity(accounts: Accounts) -> tuple[float, float]:
    """Returns the present values of costs before finance and tax, and of the quantity sold."""
    study, time, ahead = accounts.study, accounts.time, accounts.profile.ahead
    used = {product.id: time.spread(product.utilisation, "production") for product in study.products}
    sold = sum((time.spread(sale.quantity, "production") * used[sale.product] for sale in study.sales), accounts.zeros)
    received = ("sales", "subsidies", "income_tax")
    lines = [values for item, values in total_capital(accounts).lines.items() if item not in received]
    return (
        -float(present_value(np.asarray(sum(lines)), study.discount, time.step, ahead)),
        float(present_value(np.asarray(sold / time.step), study.discount, time.step, ahead)),
    )
