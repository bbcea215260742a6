"""Periods of the study of an option: quarters or years of the case, price levels and exchange rates in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import Amounts, Currency
from tawteen.case.model import Case

Period = Literal["quarter", "year"]


@dataclass(frozen=True)
class StudyPeriods:
    """Quarters of the case as periods of the study."""

    case: Case
    period: Period

    @property
    def quarters(self) -> int:
        """Quarters of the horizon."""
        return self.case.settings.time.periods

    @property
    def quarters_per_period(self) -> int:
        """Quarters of a period."""
        return 1 if self.period == "quarter" else 4

    @property
    def count(self) -> int:
        """Number of periods."""
        return -(-self.quarters // self.quarters_per_period)

    @cached_property
    def labels(self) -> list[str]:
        """Labels of the periods in the study."""
        if self.period == "quarter":
            return [self.case.calendar.label(t) for t in range(self.count)]
        return [str(self.case.settings.time.start.year + t) for t in range(self.count)]

    def sums(self, quarterly: Array) -> Array:
        """Sums of the quarters of each period."""
        return np.asarray(np.add.reduceat(quarterly, np.arange(0, self.quarters, self.quarters_per_period)))

    def yearly(self, quarterly: Array) -> Array:
        """Returns the amount of each period at an annual rate."""
        return self.sums(quarterly) * (4 // self.quarters_per_period)

    def lasts(self, quarterly: Array) -> Array:
        """Values in the last quarter of each period."""
        ends = (
            np.minimum(np.arange(self.count) * self.quarters_per_period + self.quarters_per_period, self.quarters) - 1
        )
        return np.asarray(quarterly[ends])

    def amounts(self, values: Array) -> dict[str, float]:
        """Returns the non-zero values by label."""
        return {label: float(v) for label, v in zip(self.labels, values, strict=True) if v}

    # Money

    def nominal(self, rate: float) -> float:
        """Returns the nominal annual rate of a real one (Fisher 1930)."""
        return (1.0 + rate) * (1.0 + self.case.settings.money.inflation) - 1.0

    @property
    def years(self) -> Array:
        """Years of each period after the first."""
        return np.arange(self.count) * self.quarters_per_period / 4.0

    @property
    def level(self) -> Array:
        """Prices of each period over those of the first."""
        return np.asarray((1.0 + self.case.settings.money.inflation) ** self.years)

    def worth(self, currency: str | None, kind: str = "official") -> Array:
        """Returns one unit of `currency` in the currency of the case, by period, under purchasing power parity."""
        return np.asarray(self._pace(currency) / self.case.rate(currency, kind))

    def _pace(self, currency: str | None) -> Array:
        """Returns the exchange rate by period over that of the first: purchasing power parity (Cassel 1918)."""
        money = self.case.settings.money
        own = {rate.currency: rate.inflation for rate in money.rates}.get(currency or "", money.inflation)
        return np.asarray(((1.0 + money.inflation) / (1.0 + own)) ** self.years)

    def currency(self, code: str) -> Currency:
        """Returns a currency of the case as one of the study."""
        stated = next(rate for rate in self.case.settings.money.rates if rate.currency == code)
        pace = self._pace(code)

        def path(rate: float) -> Amounts:
            if (pace == 1.0).all():
                return 1.0 / rate
            return dict(zip(self.labels, (pace / rate).tolist(), strict=True))

        return Currency(
            code=code,
            official=path(stated.official),
            taxed=None if stated.taxed is None else path(stated.taxed),
            parallel=None if stated.parallel is None else path(stated.parallel),
            inflation=stated.inflation,
        )
