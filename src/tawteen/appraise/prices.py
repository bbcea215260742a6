"""Prices of a view: parity prices by region and the multipliers of docs/method.md, used by appraise and plan alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from tawteen.case.model import Case
from tawteen.effects.parity import parity

View = Literal["economic", "financial"]


@dataclass(frozen=True)
class Prices:
    """Prices of a view.

    `parity`: commodity, region, import_price, export_price (currency/unit, null where it cannot be traded).
    `rate` per year; `premium` on foreign flows; `carbon` per tCO2.
    """

    view: View
    rate: float
    premium: float
    carbon: float
    parity: pl.DataFrame
    case: Case

    def discount(self, period: int) -> float:
        """Returns the discount factor from the end of `period` to the start of period 0."""
        return float((1.0 + self.rate) ** (-(period + 1) / 4))

    def outlay(self, origin: str) -> float:
        """Returns the multiplier of an outlay by its origin."""
        return 1.0 if origin == "local" else 1.0 + self.premium

    def foreign(self, share: float) -> float:
        """Returns the multiplier of a cost with this foreign share."""
        return 1.0 + self.premium * share

    def labour(self, wage: float, region: str) -> float:
        """Returns the cost of one new person, currency a quarter."""
        share, worth = self._labour(self.case.settings.value.region_weight.get(region, 1.0))
        return wage * share - worth

    def labour_cost(self) -> pl.Expr:
        """Returns the cost of one new person a quarter as an expression of the columns `wage` and `region`."""
        weights = self.case.settings.value.region_weight
        share, worth = self._labour(1.0)
        shares = {region: self._labour(weight)[0] for region, weight in weights.items()}
        worths = {region: self._labour(weight)[1] for region, weight in weights.items()}
        region = pl.col("region")
        return pl.col("wage") * region.replace_strict(
            shares, default=share, return_dtype=pl.Float64
        ) - region.replace_strict(worths, default=worth, return_dtype=pl.Float64)

    def _labour(self, weight: float) -> tuple[float, float]:
        """Returns the share of a wage that counts in a region of this weight, and the deduction for a job."""
        value = self.case.settings.value
        if self.view == "financial":
            return 1.0, 0.0
        if value.labour == "shadow_wage":
            return 1.0 - (1.0 - value.shadow_wage) * weight, 0.0
        return 1.0, weight * value.job_value / 4


def prices(case: Case, view: View | None = None) -> Prices:
    """Returns the prices of `view`, by default that of the case."""
    value, discount = case.settings.value, case.settings.discount
    chosen: View = view or value.view
    economic = chosen == "economic"
    premium = value.fx_premium if economic else 0.0
    return Prices(
        view=chosen,
        rate=discount.economic if economic else discount.financial,
        premium=premium,
        carbon=value.carbon_price if economic else 0.0,
        parity=parity(case, premium),
        case=case,
    )
