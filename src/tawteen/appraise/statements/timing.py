"""Periods of a study, and what its amounts, prices and exchange rates are in each of them."""

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
"""Which periods a single number is meant for."""


@dataclass(frozen=True)
class Timeline:
    """The periods of a horizon, in order."""

    horizon: Horizon

    @property
    def periods(self) -> int:
        """How many there are."""
        return self.horizon.periods

    @property
    def step(self) -> int:
        """Periods of a year."""
        return self.horizon.step

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Periods as people write them: 1991, or 2027-Q1; one more than there are, for what comes after."""
        count = self.periods + 1
        if self.step == 1:
            return tuple(str(int(self.horizon.start) + t) for t in range(count))
        year, _, quarter = self.horizon.start.partition("-Q")
        first = int(year) * 4 + int(quarter) - 1
        return tuple(f"{(first + t) // 4}-Q{(first + t) % 4 + 1}" for t in range(count))

    @property
    def begins(self) -> int:
        """The first period of start-up or production."""
        return self.horizon.construction

    def index(self, label: str) -> int:
        """The period of a label. Raises KeyError where it lies outside the horizon."""
        try:
            return self.labels[:-1].index(label)
        except ValueError:
            raise KeyError(label) from None

    def spread(self, amounts: Amounts, single: Spread = "every") -> Array:
        """Amounts by period; a `single` number is for every period, for start-up and production, or for the first.

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
        """Sums of the years of the study: (…, periods) to (…, years)."""
        return np.add.reduceat(values, np.arange(0, self.periods, self.step), axis=-1)

    def year_ends(self, yearly: Array) -> Array:
        """Amounts of years in the last period of each: (…, years) to (…, periods)."""
        values = np.zeros((*yearly.shape[:-1], self.periods))
        ends = np.minimum(np.arange(yearly.shape[-1]) * self.step + self.step, self.periods) - 1
        values[..., ends] = yearly
        return values


def price_level(growth: Array, step: int) -> Array:
    """Prices by period over those of the first, which grow by `growth` a year."""
    factors = (1.0 + growth) ** (1.0 / step)
    factors[..., 0] = 1.0
    return np.asarray(np.cumprod(factors, axis=-1))


@dataclass(frozen=True)
class CurrencyConversion:
    """What amounts in any currency are in the study's, by period."""

    study: Study
    time: Timeline

    def rate(self, currency: str, kind: RateKind = "official") -> Array:
        """Units of the study's currency for one of `currency`. Raises KeyError where the study names no such rate."""
        if currency in ("", self.study.currency):
            return np.ones(self.time.periods)
        for listed in self.study.currencies:
            if listed.code == currency:
                amounts: Amounts | None = getattr(listed, kind)
                if amounts is not None:
                    return self.time.spread(amounts)
        raise KeyError(f"{currency} {kind}")

    def level(self, currency: str, escalation: Amounts | None) -> Array:
        """Price level of an item: its own escalation, else the inflation of its currency."""
        if escalation is None:
            foreign = [listed.inflation for listed in self.study.currencies if listed.code == currency]
            escalation = foreign[0] if foreign else self.study.inflation
        return price_level(self.time.spread(escalation), self.time.step)
