"""What is read from simulated gains: mean, quantiles, chance of loss."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tawteen.plan.model_builder import Floats
from tawteen.plan.tolerances import TOLERANCES


class SimulatedGains:
    """For results with `gains`: the value over doing nothing in each scenario or future, discounted currency."""

    gains: tuple[float, ...]

    @property
    def expected(self) -> float:
        """Mean gain."""
        return float(np.mean(self.gains))

    @property
    def p10(self) -> float:
        """Gain below which a tenth of the gains lie."""
        return quantile_of(self.gains, 0.1)

    @property
    def p50(self) -> float:
        """Median gain."""
        return quantile_of(self.gains, 0.5)

    @property
    def p90(self) -> float:
        """Gain above which a tenth of the gains lie."""
        return quantile_of(self.gains, 0.9)

    @property
    def chance_of_loss(self) -> float:
        """Share of the gains below zero: worth less than doing nothing."""
        return share_of_losses(self.gains)


def gain_over(value: Floats | float, nothing: float) -> Floats:
    """`value` less that of doing nothing, for each value; exactly 0 where the difference is rounding of the two."""
    gain = np.asarray(value - nothing)
    return np.where(np.abs(gain) <= TOLERANCES.outlook * np.maximum(np.abs(value), abs(nothing)), 0.0, gain)


def quantile_of(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return float(ordered[min(max(math.ceil(share * len(ordered) - TOLERANCES.outlook) - 1, 0), len(ordered) - 1)])


def share_of_losses(values: Sequence[float]) -> float:
    """Share of the values below zero; rounding dust beside the largest is none."""
    dust = TOLERANCES.outlook * max((abs(value) for value in values), default=0.0)
    return sum(value < -dust for value in values) / len(values)
