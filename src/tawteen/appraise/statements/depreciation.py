"""Depreciation of outlays by period under the rules of a study."""

from __future__ import annotations

import numpy as np

from tawteen.appraise.statements.timing import Array, Timeline
from tawteen.appraise.study import Depreciation


def written_off(spent: Array, rule: Depreciation, time: Timeline, sold: Array) -> Array:
    """Returns depreciation by period of outlays by period; both (…, periods).

    `sold`: utilisation by period, by which depletion goes. An item is written off from the period after its payment,
    never before production or `rule.begins`.
    """
    if rule.method == "none":
        return np.zeros_like(spent)
    first = time.begins if rule.begins is None else time.index(rule.begins)
    shares = np.zeros((time.periods, time.periods))
    # A life goes by alike whenever it begins, unless it goes by sales.
    alike = None if rule.method == "depletion" else life_shares(rule, time.step, time.periods, sold)
    for period in range(time.periods):
        begins = max(period + 1, first)
        left = time.periods - begins
        if left > 0:
            of_life = life_shares(rule, time.step, left, sold[begins:]) if alike is None else alike[:left]
            shares[period, begins:] = of_life
    return np.asarray(spent @ shares)


def opening_written_off(value: float, rule: Depreciation, time: Timeline, sold: Array) -> Array:
    """Returns depreciation by period of an opening asset."""
    if rule.method == "none":
        return np.zeros(time.periods)
    first = 0 if rule.begins is None else time.index(rule.begins)
    shares = np.zeros(time.periods)
    shares[first:] = life_shares(rule, time.step, time.periods - first, sold[first:])
    return np.asarray(value * shares)


def life_shares(rule: Depreciation, step: int, periods: int, sold: Array) -> Array:
    """Returns the share of cost written off in each of the first `periods` of a life of `rule.life` years.

    With a part of the first period, each takes that part of its own share and the rest of the one before.
    """
    shares = _whole_shares(rule, step, periods, sold)
    if rule.first_part == 1.0:
        return shares
    before = np.concatenate([[0.0], shares[:-1]])
    return np.asarray(rule.first_part * shares + (1.0 - rule.first_part) * before)


def _whole_shares(rule: Depreciation, step: int, periods: int, sold: Array) -> Array:
    """Returns the shares of a life that begins with a period."""
    life = rule.life * step
    # Part of the life in each period: 1, then the fraction of the last period.
    passed = np.clip(life - np.arange(periods), 0.0, 1.0)
    base = 1.0 - rule.salvage
    match rule.method:
        case "straight_line":
            return np.asarray(base * passed / life)
        case "straight_line_to_salvage":
            return np.asarray(np.diff(np.minimum(np.cumsum(passed) / life, base), prepend=0.0))
        case "sum_of_years":
            return np.asarray(base * _sum_of_years(life, periods))
        case "declining_balance":
            return _declining(rule, life, periods)
        case "depletion":
            used = np.cumsum(sold) / (rule.life * step)
            return np.asarray(np.diff(np.minimum(used, 1.0), prepend=0.0) * base)
        case "none":
            return np.zeros(periods)


def _sum_of_years(life: float, periods: int) -> Array:
    """Returns the remaining life of each period over the sum of years' digits."""
    digits = np.clip(life - np.arange(max(periods, int(np.ceil(life)))), 0.0, None)
    return np.asarray((digits / digits.sum())[:periods])


def _declining(rule: Depreciation, life: float, periods: int) -> Array:
    """Returns shares of declining balance down to salvage; with a switch to straight line, within the life."""
    shares, book = np.zeros(periods), 1.0
    for t in range(periods):
        written = book * min(1.0, rule.factor / life)
        years_left = life - t
        if rule.switch:
            written = max(written, (book - rule.salvage) / max(years_left, 1.0)) if years_left > 0 else book
        written = min(written, max(0.0, book - rule.salvage))
        shares[t] = written
        book -= written
    return shares
