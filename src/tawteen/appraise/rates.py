"""All real internal rates of return of many cash flows at once, with reason codes for none or several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.appraise.params import CASH_ROUNDING, RATE_SEARCH

CashFlows = NDArray[np.float64]
"""One cash flow a row, one period a column."""

NEVER_PAYS = "appraise.irr_never_pays"
NEVER_COSTS = "appraise.irr_never_costs"
SEVERAL = "appraise.irr_several"
OUTSIDE = "appraise.irr_outside"
REASONS: tuple[str | None, ...] = (None, NEVER_PAYS, NEVER_COSTS, SEVERAL, OUTSIDE)
"""Reason codes by the index that `rates_of` returns; the first one means a single rate."""


@dataclass(frozen=True)
class FactorRoots:
    """Discount factors of a period with a net present value of 0, by row and from high to low rates."""

    row: NDArray[np.int64]
    factor: NDArray[np.float64]

    def count(self, rows: int) -> NDArray[np.intp]:
        """Returns the number of roots of each of `rows` flows."""
        return np.bincount(self.row, minlength=rows)


def internal_rates(flows: CashFlows, per_year: float = 4.0) -> tuple[NDArray[np.float64], list[str | None]]:
    """Returns the annual rate of each cash flow (row; `per_year` periods a year), or NaN and a reason code."""
    rates, kinds = rates_of(flows, per_year)
    return rates, [REASONS[kind] for kind in kinds]


def rates_of(flows: CashFlows, per_year: float = 4.0) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Returns the annual rate of each cash flow (NaN for none or several), and the index of its reason in `REASONS`."""
    rates, kinds = np.full(len(flows), np.nan), np.zeros(len(flows), np.int8)
    chunk = RATE_SEARCH.rows_at_once
    for first in range(0, len(flows), chunk):
        part = without_dust(flows[first : first + chunk])
        roots = _roots(part, None, per_year)
        count = roots.count(len(part))
        alone = count[roots.row] == 1
        rates[first + roots.row[alone]] = roots.factor[alone] ** -per_year - 1.0
        kind = np.where(count == 1, 0, np.where(count > 1, 3, 4))
        kind[(part <= 0).all(axis=1)] = 1
        kind[(part >= 0).all(axis=1)] = 2
        kinds[first : first + chunk] = kind
    return rates, kinds


def all_rates(flow: NDArray[np.float64], per_year: float = 4.0) -> list[float]:
    """Returns every internal rate of one cash flow, per year, in rising order."""
    return sorted((factor_roots(flow[None, :], per_year=per_year).factor ** -per_year - 1.0).tolist())


def without_dust(flows: CashFlows) -> CashFlows:
    """Returns flows with amounts below a share (`dust`) of the largest of their row set to 0."""
    sizes = np.abs(flows)
    return np.where(sizes > CASH_ROUNDING.dust * sizes.max(axis=1, keepdims=True, initial=0.0), flows, 0.0)


def factor_roots(flows: CashFlows, times: NDArray[np.float64] | None = None, per_year: float = 4.0) -> FactorRoots:
    """Returns every discount factor v with `Σ flow·v^time = 0`; `times` in periods from 0 up, by default one a column.

    Rates from −99.99 % to 999,900 % a year of `per_year` periods are searched.

    Present values on a grid of factors bracket the rates (Descartes: flows that change sign once have one at most).
    A pair of rates inside a cell of the grid is detected by the turning point of the value between them. Each root is
    then solved by Newton's method on log v, kept inside its bracket.
    """
    parts = [FactorRoots(np.zeros(0, np.int64), np.zeros(0))]
    chunk = RATE_SEARCH.rows_at_once
    for first in range(0, len(flows), chunk):
        roots = _roots(without_dust(flows[first : first + chunk]), times, per_year)
        parts.append(FactorRoots(roots.row + first, roots.factor))
    return FactorRoots(np.concatenate([r.row for r in parts]), np.concatenate([r.factor for r in parts]))


def _roots(flows: CashFlows, times: NDArray[np.float64] | None, per_year: float) -> FactorRoots:
    when = np.arange(flows.shape[1], dtype=np.float64) if times is None else np.asarray(times, np.float64)
    points = _points(float(when.max(initial=0.0)), per_year)
    brackets = _Brackets.join(_brackets(flows, when, points, points[None, :] ** when[:, None], times is None))
    factor = _solve(flows[brackets.row], brackets, when, times is None)
    order = np.lexsort((factor, brackets.row))
    return FactorRoots(brackets.row[order], factor[order])


@dataclass(frozen=True)
class _Brackets:
    """Intervals in which the value of flow `row` changes sign once; `positive`: its sign at `low`; `start`: a guess."""

    row: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    positive: NDArray[np.bool_]
    start: NDArray[np.float64]

    @classmethod
    def join(cls, parts: Iterator[_Brackets]) -> _Brackets:
        rows = [(p.row, p.low, p.high, p.positive, p.start) for p in parts]
        row, low, high, positive, start = (np.concatenate(column) for column in zip(*rows, strict=True))
        return cls(row, low, high, positive, start)


def _points(longest: float, per_year: float) -> NDArray[np.float64]:
    """Returns the grid of factors of a period, dense around 1 (usual flows), such that no power overflows."""
    high = RATE_SEARCH.widest_factor ** (1.0 / per_year)
    # A longer period has a wider range of factors, searched as finely.
    points = 2 * round((RATE_SEARCH.grid_points - 1) / 2 * max(1.0, 4.0 / per_year) ** 0.5) + 1
    crowding = RATE_SEARCH.grid_crowding
    spread = np.sinh(crowding * np.linspace(-1, 1, points)) / np.sinh(crowding)
    return np.asarray(high ** spread[spread * longest * np.log10(high) < RATE_SEARCH.widest_power])


def _brackets(
    flows: CashFlows, times: NDArray[np.float64], points: NDArray[np.float64], powers: CashFlows, even: bool
) -> Iterator[_Brackets]:
    values = flows @ powers
    positive = values >= 0
    row, cell = np.nonzero(positive[:, :-1] != positive[:, 1:])
    value_low, value_high = values[row, cell], values[row, cell + 1]
    low, high = points[cell], points[cell + 1]
    share = value_low / (value_low - value_high)
    yield _Brackets(row, low, high, positive[row, cell], low * (high / low) ** share)
    many = np.flatnonzero(_sign_changes(flows) > 1)
    if not len(many):
        return
    # |value| falls into the cell from both sides without a change of sign: a turning point lies inside.
    weighted = flows[many] * times
    falling = (weighted @ powers >= 0) != positive[many]
    turns = falling[:, :-1] & ~falling[:, 1:] & (positive[many, :-1] == positive[many, 1:])
    place, cell = np.nonzero(turns)
    row, low, high = many[place], points[cell], points[cell + 1]
    above = positive[row, cell]
    inside = _Brackets(row, low, high, ~above, np.sqrt(low * high))
    turning = _solve(weighted[place], inside, times, even)
    value, _ = _worth(np.ascontiguousarray(flows[row].T), turning, times, even)
    two = (value >= 0) != above
    row, low, high, above, turning = row[two], low[two], high[two], above[two], turning[two]
    yield _Brackets(row, low, turning, above, np.sqrt(low * turning))
    yield _Brackets(row, turning, high, ~above, np.sqrt(turning * high))


def _sign_changes(flows: CashFlows) -> NDArray[np.int64]:
    """Returns the number of sign changes along each row, zeros ignored."""
    signs = (flows > 0).astype(np.int8) - (flows < 0)
    if not signs.all():
        places = np.where(signs != 0, np.arange(flows.shape[1], dtype=np.int32)[None, :], 0)
        signs = np.take_along_axis(signs, np.maximum.accumulate(places, axis=1), axis=1)
    return np.asarray((signs[:, 1:] * signs[:, :-1] < 0).sum(axis=1))


def _worth(
    columns: CashFlows, factors: NDArray[np.float64], times: NDArray[np.float64], even: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the present value of each flow (a column) at its own factor, and its derivative by log v."""
    if not even:
        terms = columns * factors[None, :] ** times[:, None]
        return terms.sum(axis=0), (terms * times[:, None]).sum(axis=0)
    value, slope = np.zeros_like(factors), np.zeros_like(factors)
    for column in columns[::-1]:
        slope *= factors
        slope += value
        value *= factors
        value += column
    return value, slope * factors


def _solve(flows: CashFlows, brackets: _Brackets, times: NDArray[np.float64], even: bool) -> NDArray[np.float64]:
    """Returns the root in each bracket (one for each row of `flows`)."""
    roots, low, high = brackets.start.copy(), brackets.low.copy(), brackets.high.copy()
    active, columns = np.arange(len(roots)), np.ascontiguousarray(flows.T)
    for _ in range(RATE_SEARCH.newton_steps):
        if not len(active):
            break
        factors = roots[active]
        value, slope = _worth(columns, factors, times, even)
        before = (value >= 0) == brackets.positive[active]
        low[active] = below = np.where(before, factors, low[active])
        high[active] = above = np.where(before, high[active], factors)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = factors * np.exp(-value / slope)
        near = np.abs(newton - factors) <= RATE_SEARCH.tolerance * factors
        good = near | ((newton > below) & (newton < above))
        roots[active] = np.where(good, newton, np.sqrt(below * above))
        unsolved = ~(near | (above <= below * (1 + 4e-16)))
        if 2 * unsolved.sum() < len(unsolved):
            active, columns = active[unsolved], columns[:, unsolved]
    return roots
