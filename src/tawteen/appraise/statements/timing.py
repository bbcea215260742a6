"""Periods of a study, and amounts, price levels and exchange rates by period."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tawteen.appraise.study import Amounts, Horizon, RateKind, Study

Array = NDArray[np.float64]
"""One number a period in the last axis; a path of a simulation in the axes before it."""

Spread = Literal["every", "production", "first"]
"""Periods that a single number applies to."""


@dataclass(frozen=True)
class Timeline:
    """The periods of a horizon, in order."""

    horizon: Horizon

    @property
    def periods(self) -> int:
        """Number of periods."""
        return self.horizon.periods

    @property
    def step(self) -> int:
        """Periods of a year."""
        return self.horizon.step

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Labels of the periods (1991 or 2027-Q1), and of the one after the last."""
        count = self.periods + 1
        if self.step == 1:
            return tuple(str(int(self.horizon.start) + t) for t in range(count))
        year, _, quarter = self.horizon.start.partition("-Q")
        first = int(year) * 4 + int(quarter) - 1
        return tuple(f"{(first + t) // 4}-Q{(first + t) % 4 + 1}" for t in range(count))

    @property
    def begins(self) -> int:
        """Index of the first period of start-up or production."""
        return self.horizon.construction

    def index(self, label: str) -> int:
        """Returns the index of a label. Raises KeyError outside the horizon."""
        try:
            return self.labels[:-1].index(label)
        except ValueError:
            raise KeyError(label) from None

    def spread(self, amounts: Amounts, single: Spread = "every") -> Array:
        """Returns amounts by period; a single number applies to the periods that `single` names.

        Raises KeyError for a label outside the horizon.
        """
        values = np.zeros(self.periods)
        if not isinstance(amounts, dict):
            start = self.begins if single == "production" else 0
            values[start : 1 if single == "first" else self.periods] = amounts
            return values
        for label, amount in sorted(amounts.items(), key=lambda item: self.index(item[0].rstrip("+"))):
            t = self.index(label.rstrip("+"))
            values[t : self.periods if label.endswith("+") else t + 1] = amount
        return values

    @cached_property
    def operating(self) -> Array:
        """1 in start-up and production, else 0."""
        return (np.arange(self.periods) >= self.begins).astype(np.float64)

    def years(self, values: Array) -> Array:
        """Returns sums by year of the study: (…, periods) to (…, years)."""
        return np.add.reduceat(values, np.arange(0, self.periods, self.step), axis=-1)

    def year_ends(self, yearly: Array) -> Array:
        """Returns amounts by year in the last period of each year: (…, years) to (…, periods)."""
        values = np.zeros((*yearly.shape[:-1], self.periods))
        ends = np.minimum(np.arange(yearly.shape[-1]) * self.step + self.step, self.periods) - 1
        values[..., ends] = yearly
        return values


def price_level(growth: Array, step: int) -> Array:
    """Returns the price index by period (first period 1) at an annual `growth`."""
    factors = (1.0 + growth) ** (1.0 / step)
    factors[..., 0] = 1.0
    return np.asarray(np.cumprod(factors, axis=-1))


@dataclass(frozen=True)
class CurrencyConversion:
    """Exchange rates to the currency of the study and price levels, by period."""

    study: Study
    time: Timeline

    def rate(self, currency: str, kind: RateKind = "official") -> Array:
        """Returns units of the study's currency for one of `currency`. Raises KeyError for an unknown rate."""
        if currency in ("", self.study.currency):
            return np.ones(self.time.periods)
        for listed in self.study.currencies:
            if listed.code == currency:
                amounts: Amounts | None = getattr(listed, kind)
                if amounts is not None:
                    return self.time.spread(amounts)
        raise KeyError(f"{currency} {kind}")

    def level(self, currency: str, escalation: Amounts | None) -> Array:
        """Returns the price index of an item: of its own escalation, else of the inflation of its currency."""
        if escalation is None:
            foreign = [listed.inflation for listed in self.study.currencies if listed.code == currency]
            escalation = foreign[0] if foreign else self.study.inflation
        return price_level(self.time.spread(escalation), self.time.step)
