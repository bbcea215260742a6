"""Internal rates of return of many cash flows at once, told apart from those that have none or several."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flows = NDArray[np.float64]
"""One cash flow a row, one quarter a column."""

# Discount factors of a quarter that are searched: rates from −90 % to 900 % a quarter.
_LOW, _HIGH = 0.1, 10.0
_POINTS = 201
_CHUNK = 4000

NEVER_PAYS = "appraise.irr_never_pays"
NEVER_COSTS = "appraise.irr_never_costs"
SEVERAL = "appraise.irr_several"
OUTSIDE = "appraise.irr_outside"


def internal_rates(flows: Flows) -> tuple[NDArray[np.float64], list[str | None]]:
    """Rate per year of each cash flow, NaN with the code of the reason where it has none or several.

    A flow that changes its sign once has one rate (Descartes); the others are searched on a grid of discount factors,
    each change of sign of the present value being a rate. Rates are found by bisection and compounded from quarters.
    """
    flows = np.where(np.abs(flows) > 1e-9 * np.abs(flows).max(axis=1, keepdims=True, initial=0.0), flows, 0.0)
    never_costs, never_pays = (flows >= 0).all(axis=1), (flows <= 0).all(axis=1)
    low, high, count = _brackets(flows)
    one = count == 1
    rates = np.full(len(flows), np.nan)
    rates[one] = _yearly(_bisect(flows[one], low[one], high[one]))
    reasons = np.where(
        never_costs, NEVER_COSTS, np.where(never_pays, NEVER_PAYS, np.where(count > 1, SEVERAL, OUTSIDE))
    )
    return rates, [None if found else str(reason) for found, reason in zip(one, reasons, strict=True)]


def all_rates(flow: NDArray[np.float64]) -> list[float]:
    """Every internal rate of one cash flow, per year, from low to high."""
    points = _points()
    values = _present(flow[None, :], points)[0]
    crossed = np.flatnonzero((values[:-1] >= 0) != (values[1:] >= 0))
    several = np.repeat(flow[None, :], len(crossed), axis=0)
    return sorted(_yearly(_bisect(several, points[crossed], points[crossed + 1])).tolist())


def _points() -> NDArray[np.float64]:
    return np.geomspace(_LOW, _HIGH, _POINTS)


def _yearly(factors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(factors**-4.0 - 1.0)


def _present(flows: Flows, factors: NDArray[np.float64]) -> Flows:
    """Present value of each flow (row) at each discount factor of a quarter (column, or one for each row)."""
    value = np.zeros(np.broadcast_shapes((len(flows), 1), factors.shape))
    for column in flows.T[::-1]:
        value = value * factors + column[:, None]
    return value


def _brackets(flows: Flows) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Discount factors around the only rate of each flow, and how many rates there are."""
    low, high = np.full(len(flows), _LOW), np.full(len(flows), _HIGH)
    changes = _sign_changes(flows)
    ends = _present(flows, np.array([_LOW, _HIGH]))
    count = np.where(changes == 1, ((ends[:, 0] >= 0) != (ends[:, 1] >= 0)).astype(np.int64), 0)
    points = _points()
    many = np.flatnonzero(changes > 1)
    for part in np.array_split(many, max(1, len(many) // _CHUNK)):
        values = _present(flows[part], points)
        crossed = (values[:, :-1] >= 0) != (values[:, 1:] >= 0)
        count[part] = crossed.sum(axis=1)
        first = crossed.argmax(axis=1)
        low[part], high[part] = points[first], points[first + 1]
    return low, high, count


def _sign_changes(flows: Flows) -> NDArray[np.int64]:
    """Changes of sign along each row, zeros left out."""
    signs = np.sign(flows)
    places = np.where(signs != 0, np.arange(flows.shape[1])[None, :], 0)
    last = np.maximum.accumulate(places, axis=1)
    carried = np.take_along_axis(signs, last, axis=1)
    return np.asarray((carried[:, 1:] * carried[:, :-1] < 0).sum(axis=1))


def _bisect(flows: Flows, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Discount factor between `low` and `high` at which each flow is worth nothing."""
    below = _present(flows, low[:, None])[:, 0]
    for _ in range(60):
        middle = np.sqrt(low * high)
        value = _present(flows, middle[:, None])[:, 0]
        same = value * below > 0
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.asarray(np.sqrt(low * high))
