"""Depreciation of an asset in one period as Excel and OpenFormula (ODF 1.3 part 4, 6.12) define it, on whole arrays."""

# ruff: noqa: PLR0917 - arguments stand in the order of Excel
from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tawteen.appraise.answer import Answer, Hindrance, Numbers, answered, floats

BAD_ASSET = "functions.bad_asset"
NO_SUCH_PERIOD = "functions.no_such_period"


def _unfit(cost: Numbers, salvage: Numbers, life: Numbers) -> Hindrance:
    return (cost < 0) | (salvage < 0) | ~(life > 0), BAD_ASSET


def sln(cost: ArrayLike, salvage: ArrayLike, life: ArrayLike) -> Answer:
    """Straight-line depreciation of one period (Excel SLN)."""
    c, s, n = floats(cost, salvage, life)
    with np.errstate(all="ignore"):
        return answered((c - s) / n, _unfit(c, s, n))


def syd(cost: ArrayLike, salvage: ArrayLike, life: ArrayLike, period: ArrayLike) -> Answer:
    """Sum-of-years'-digits depreciation of a period (Excel SYD)."""
    c, s, n, place = floats(cost, salvage, life, period)
    with np.errstate(all="ignore"):
        value = (c - s) * (n - place + 1) * 2 / (n * (n + 1))
    return answered(value, _unfit(c, s, n), ((place < 1) | (place > n), NO_SUCH_PERIOD))


def db(cost: ArrayLike, salvage: ArrayLike, life: ArrayLike, period: ArrayLike, months: ArrayLike = 12) -> Answer:
    """Fixed-declining-balance depreciation (Excel DB); the first year has `months`, the rate three decimals."""
    c, s, n, place, m = floats(cost, salvage, life, period, months)
    with np.errstate(all="ignore"):
        rate = np.round(1 - (s / c) ** (1 / n), 3)
        first = c * rate * m / 12
        before = (c - first) * (1 - rate) ** (place - 2)
        last = before * rate * (12 - m) / 12
        value = np.where(place == 1, first, np.where(place > n, last, before * rate))
    most = np.where(m < 12, n + 1, n)
    return answered(value, _unfit(c, s, n), ((place < 1) | (place > most), NO_SUCH_PERIOD), (c == 0, BAD_ASSET))


def ddb(cost: ArrayLike, salvage: ArrayLike, life: ArrayLike, period: ArrayLike, factor: ArrayLike = 2.0) -> Answer:
    """Double-declining-balance depreciation (Excel DDB), at `factor` over life; book value stays above `salvage`."""
    c, s, n, place, times = floats(cost, salvage, life, period, factor)
    with np.errstate(all="ignore"):
        rate = np.minimum(times / n, 1.0)
        before = np.maximum(c * (1 - rate) ** (place - 1), s)
        after = np.maximum(c * (1 - rate) ** place, s)
    bad = _unfit(c, s, n)
    return answered(before - after, bad, ((place < 1) | (place > n), NO_SUCH_PERIOD), (~(times > 0), BAD_ASSET))


def vdb(
    cost: ArrayLike,
    salvage: ArrayLike,
    life: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    factor: ArrayLike = 2.0,
    no_switch: ArrayLike = False,
) -> Answer:
    """Variable-declining-balance depreciation from `start` to `end` (Excel VDB); parts of periods count by share.

    Switches to straight line over the remaining life once that is larger, unless `no_switch`.
    """
    c, s, n, since, until, times, straight_never = floats(cost, salvage, life, start, end, factor, no_switch)
    valid = (since >= 0) & (since <= until) & (until <= n)
    book, total = c.copy(), np.zeros(c.shape)
    with np.errstate(all="ignore"):
        for period in range(int(np.ceil(until.max(initial=0.0, where=valid)))):
            depreciable = np.maximum(book - s, 0.0)
            declining = np.minimum(book * np.minimum(times / n, 1.0), depreciable)
            straight = np.where(straight_never != 0, 0.0, depreciable / np.maximum(n - period, 1.0))
            written = np.maximum(declining, straight)
            overlap = np.minimum(until, period + 1) - np.maximum(since, period)
            total += written * np.clip(overlap, 0.0, 1.0)
            book = book - written
    return answered(total, _unfit(c, s, n), (~valid, NO_SUCH_PERIOD), (~(times > 0), BAD_ASSET))
