"""What a study is worth if its inputs differ: sensitivity, switching values, scenarios, levelised cost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.discounted import CashFlow, equity, indicators, present_value, total_capital
from tawteen.appraise.statements.engine import accounts_of
from tawteen.appraise.study import Study
from tawteen.appraise.study_scenarios import DRIVERS, scaled, scenario

FACTORS = (0.8, 0.9, 1.1, 1.2)
"""Factors of each input in the table of sensitivity."""
_SEARCHED = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
NO_SWITCH = "studies.no_switch"
SEVERAL_UNITS = "studies.several_units"
NOTHING_SOLD = "studies.nothing_sold"


@dataclass(frozen=True)
class DriverSensitivity:
    """NPV of total capital at each of `FACTORS` of a driver, and the factor at which it is 0 (None with a reason)."""

    driver: str
    npv: tuple[float, ...]
    switching: float | None
    reason: str | None = None


@dataclass(frozen=True)
class ScenarioResult:
    """NPV to total capital and to equity under a scenario, and the internal rate of total capital if there is one."""

    scenario: str
    npv: float
    npv_equity: float
    irr: float | None


@dataclass(frozen=True)
class StudyAnalysis:
    """All of it; `levelised_cost` in the study's unit of money for one unit sold, None with a reason."""

    npv: float
    sensitivity: tuple[DriverSensitivity, ...]
    scenarios: tuple[ScenarioResult, ...]
    levelised_cost: float | None
    levelised_reason: str | None = None


def analysis_of(study: Study, profile: ConventionProfile) -> StudyAnalysis:
    """Returns the analysis of a study that has passed `faults`; values are of the project less doing without."""
    base = npv_of(study, profile)
    used = [driver for driver in DRIVERS if driver != "exchange" or study.currencies]
    tables = [_sensitivity(study, profile, driver) for driver in used]
    cost, reason = levelised_cost(accounts_of(study, profile))
    return StudyAnalysis(
        npv=base,
        sensitivity=tuple(one for one in tables if any(abs(value - base) > 1e-9 * abs(base) for value in one.npv)),
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
    def worth(factor: float) -> float:
        return npv_of(scaled(study, {driver: factor}), profile)

    table = tuple(worth(factor) for factor in FACTORS)
    points = [factor for factor in _SEARCHED if factor or driver != "exchange"]
    values = [worth(factor) for factor in points]
    crossed = [
        (low, high)
        for (low, high), (left, right) in zip(pairwise(points), pairwise(values), strict=True)
        if left * right < 0
    ]
    if not crossed:
        return DriverSensitivity(driver, table, None, NO_SWITCH)
    # Of several the one nearest to the plan: the change that it takes least to come to.
    low, high = min(crossed, key=lambda pair: min(abs(pair[0] - 1.0), abs(pair[1] - 1.0)))
    return DriverSensitivity(driver, table, float(brentq(worth, low, high, xtol=1e-10)))


def _scenario(study: Study, profile: ConventionProfile, name: str) -> ScenarioResult:
    step = study.horizon.step
    capital, owners = _gain(study, profile)
    values = {one.name: one.value for one in indicators(capital, profile, step)}
    worth = float(present_value(owners.net, owners.rate, step, profile.ahead))
    return ScenarioResult(name, values["npv"] or 0.0, worth, values["irr"])


def levelised_cost(accounts: Accounts) -> tuple[float | None, str | None]:
    """Returns the present value of all costs before finance and tax over that of the quantity sold, or a reason.

    Costs are investments, working capital, operation, marketing and closing less what assets are worth at the end.
    With one product, or products in one unit. Source: IEA/NEA, Projected Costs of Generating Electricity (2020), ch. 2.
    """
    study, time, profile = accounts.study, accounts.time, accounts.profile
    units = {product.unit for product in study.products}
    if len(study.products) > 1 and (len(units) > 1 or units == {""}):
        return None, SEVERAL_UNITS
    used = {product.id: time.spread(product.utilisation, "production") for product in study.products}
    sold = sum((time.spread(sale.quantity, "production") * used[sale.product] for sale in study.sales), accounts.zeros)
    lines = total_capital(accounts).lines
    received = ("sales", "subsidies", "income_tax")
    costs = -np.asarray(sum(values for item, values in lines.items() if item not in received))
    quantity = present_value(np.asarray(sold / time.step), study.discount, time.step, profile.ahead)
    if quantity <= 0:
        return None, NOTHING_SOLD
    return float(present_value(costs, study.discount, time.step, profile.ahead) / quantity), None
