"""Distributions of inputs, as quantiles of standard normal scores, so that a copula can correlate them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, betaln, ndtr, ndtri, xlog1py, xlogy

from tawteen.appraise.params import SIMULATION
from tawteen.case.findings import CaseError, Finding

if TYPE_CHECKING:
    from scipy.interpolate import CubicHermiteSpline

Numbers = NDArray[np.float64]
P90 = float(ndtri(0.9))
"""Standard normal score of the 90 % quantile."""


class Distribution(Protocol):
    """Distribution of one input: its quantile function of standard normal scores, and its support."""

    def quantile_of_score(self, score: Numbers) -> Numbers:
        """Returns the quantile at Φ(score), elementwise."""
        ...

    @property
    def span(self) -> tuple[float, float]:
        """Least and largest value; infinite if unbounded."""
        ...


def quantile(distribution: Distribution, share: ArrayLike) -> Numbers:
    """Returns the quantile at probability `share`."""
    return distribution.quantile_of_score(np.asarray(ndtri(np.asarray(share, np.float64))))


def _in_order(*values: float) -> None:
    """Raises CaseError unless the numbers are finite and rise from low to high."""
    if not all(np.isfinite(values)) or any(a > b for a, b in pairwise(values)):
        listed = " ≤ ".join(f"{value:g}" for value in values)
        raise CaseError([Finding("error", "risk.low_above_high", value=listed, args={"values": listed})])


@dataclass(frozen=True)
class FixedValue:
    """A degenerate distribution: one certain value."""

    value: float

    def quantile_of_score(self, score: Numbers) -> Numbers:
        """Returns the value for every score."""
        return np.full(np.shape(score), self.value)

    @property
    def span(self) -> tuple[float, float]:
        """The value twice."""
        return self.value, self.value


@dataclass(frozen=True)
class Uniform:
    """Uniform distribution between two values."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _in_order(self.low, self.high)

    def quantile_of_score(self, score: Numbers) -> Numbers:
        """Quantile at Φ(score)."""
        return np.asarray(self.low + (self.high - self.low) * ndtr(score))

    @property
    def span(self) -> tuple[float, float]:
        """Low and high."""
        return self.low, self.high


@dataclass(frozen=True)
class Triangular:
    """Triangular distribution of least, most likely and largest value."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        _in_order(self.low, self.likely, self.high)

    def quantile_of_score(self, score: Numbers) -> Numbers:
        """Quantile at Φ(score)."""
        below, above, width = self.likely - self.low, self.high - self.likely, self.high - self.low
        share = ndtr(score)
        rising = self.low + np.sqrt(share * width * below)
        # The upper tail uses its own probability: 1 − Φ would lose its digits.
        falling = self.high - np.sqrt(ndtr(-score) * width * above)
        return np.asarray(np.where(share * width < below, rising, falling))

    @property
    def span(self) -> tuple[float, float]:
        """Low and high."""
        return self.low, self.high


@dataclass(frozen=True)
class Pert:
    """Beta distribution whose mean weighs the most likely value `weight` times an end (Malcolm et al. 1959: 4)."""

    low: float
    likely: float
    high: float
    weight: float = 4.0

    def __post_init__(self) -> None:
        _in_order(self.low, self.likely, self.high)
        _in_order(0.0, self.weight)

    @cached_property
    def _quantiles(self) -> CubicHermiteSpline:
        """Quantile as a function of the score, through exact values and slopes: ten digits of the width."""
        from scipy.interpolate import CubicHermiteSpline  # noqa: PLC0415 - takes half a second to load

        most = SIMULATION.pert_score
        knots = np.linspace(-most, most, SIMULATION.pert_knots)
        a = 1 + self.weight * (self.likely - self.low) / (self.high - self.low)
        b = 2 + self.weight - a
        places = betaincinv(a, b, ndtr(knots))
        # The module of statistical distributions takes half a second to load; this is its density.
        density = np.exp(xlogy(a - 1, places) + xlog1py(b - 1, -places) - betaln(a, b))
        slopes = np.exp(-(knots**2) / 2) / np.sqrt(2 * np.pi) / density
        return CubicHermiteSpline(knots, places, slopes)

    def quantile_of_score(self, score: Numbers) -> Numbers:
        """Quantile at Φ(score); beyond six sigma as there."""
        width = self.high - self.low
        if width == 0:
            return np.full(np.shape(score), self.low)
        return np.asarray(
            self.low + width * self._quantiles(np.clip(score, -SIMULATION.pert_score, SIMULATION.pert_score))
        )

    @property
    def span(self) -> tuple[float, float]:
        """Low and high."""
        return self.low, self.high


@dataclass(frozen=True)
class Lognormal:
    """Shifted lognormal through its P10, P50 and P90; without a P50 the plain one, whose logarithm is normal.

    x = P50 + A·(e^(g·z) − 1)/g with g = ln((P90 − P50)/(P50 − P10))/z90: skewed to the side of the wider half, and
    normal where both are alike (Johnson 1949, system SL). P10 and P90 are often called low and high.
    """

    p10: float
    p90: float
    p50: float | None = None

    def __post_init__(self) -> None:
        if self.p50 is None:
            _in_order(0.0, self.p10, self.p90)
            if self.p10 <= 0:
                raise CaseError([Finding("error", "risk.not_positive", value=f"{self.p10:g}")])
        else:
            _in_order(self.p10, self.p50, self.p90)
            if (self.p10 == self.p50) != (self.p50 == self.p90):
                listed = f"{self.p10:g} ≤ {self.p50:g} ≤ {self.p90:g}"
                raise CaseError([Finding("error", "risk.half_without_width", value=listed, args={"values": listed})])

    @cached_property
    def _shape(self) -> tuple[float, float, float]:
        """Median, g and A."""
        middle = float(np.sqrt(self.p10 * self.p90)) if self.p50 is None else self.p50
        upper, lower = self.p90 - middle, middle - self.p10
        if upper <= 0:
            return middle, 0.0, 0.0
        g = float(np.log(upper / lower)) / P90
        return middle, g, upper / P90 if abs(g) < 1e-9 else upper * g / float(np.expm1(g * P90))

    def quantile_of_score(self, score: Numbers) -> Numbers:
        """Quantile at Φ(score)."""
        middle, g, size = self._shape
        return np.asarray(middle + size * (score if abs(g) < 1e-9 else np.expm1(g * score) / g))

    @property
    def span(self) -> tuple[float, float]:
        """Infinite on the side of the long tail."""
        middle, g, size = self._shape
        if size == 0:
            return middle, middle
        end = middle - size / g if abs(g) >= 1e-9 else -np.inf
        return (end, np.inf) if g >= 0 else (-np.inf, end)


@dataclass(frozen=True)
class Empirical:
    """Empirical distribution: each observed value is as likely as the others (type 1 of Hyndman and Fan 1996)."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values or not all(np.isfinite(self.values)):
            raise CaseError([Finding("error", "risk.nothing_seen", value=str(len(self.values)))])

    def quantile_of_score(self, score: Numbers) -> Numbers:
        """Quantile at Φ(score)."""
        ordered = np.sort(np.asarray(self.values, np.float64))
        return np.asarray(ordered[np.minimum((ndtr(score) * len(ordered)).astype(np.int64), len(ordered) - 1)])

    @property
    def span(self) -> tuple[float, float]:
        """Least and largest observed value."""
        return min(self.values), max(self.values)
