"""Plans of sites as columns: what each puts into every row of the market, with throughput that runs as priced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.pricing import PricedStarts
from tawteen.plan.decomposition.sites import Sites
from tawteen.plan.model_builder import Floats

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class PlanColumns:
    """Plans: `flat` (option · periods + start; −1 where the site stays as it is and its line runs otherwise), `site`,
    `value` and `rows` (market rows × plans), all counted against lines that run as in the settled state.
    """

    flat: Whole
    site: Whole
    value: Floats
    rows: sparse.csc_matrix

    @classmethod
    def none(cls, rows: int) -> PlanColumns:
        """No plan, in a market of so many rows."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty, empty, np.zeros(0), sparse.csc_matrix((rows, 0)))

    def earn(self, prices: Floats) -> Floats:
        """What each is worth at prices of rows."""
        return np.asarray(self.value - self.rows.T @ prices)

    def only(self, keep: NDArray[np.bool_] | Whole) -> PlanColumns:
        """Some of them."""
        return PlanColumns(self.flat[keep], self.site[keep], self.value[keep], self.rows[:, keep])


def join_columns(one: PlanColumns, other: PlanColumns) -> PlanColumns:
    """Both, one after the other."""
    return PlanColumns(
        np.concatenate([one.flat, other.flat]),
        np.concatenate([one.site, other.site]),
        np.concatenate([one.value, other.value]),
        sparse.hstack([one.rows, other.rows], format="csc"),
    )


def starts(sites: Sites, market: Market, flat: Whole, priced: PricedStarts, settled: Floats) -> PlanColumns:
    """The starts `flat`, their throughput and that of the lines they take over as `priced`.

    `settled` is the throughput of running lines (line, period) that the rows hold already.
    """
    periods = sites.shape[1]
    option, start = flat // periods, flat % periods
    made = _shifted(sites.capacity[option], start) * priced.run[option]
    value = sites.value[option, start] - (sites.makers.cost[option] * made).sum(axis=1)
    rows = _needed(sites, market, option, start) + _made(market, sites.makers.recipe, option, made)
    with_line = np.flatnonzero(sites.line_of_site[sites.site[option]] >= 0)
    if len(with_line):
        line = sites.line_of_site[sites.site[option[with_line]]]
        left = 1.0 - _taken(sites, option[with_line], start[with_line])
        other = left * (sites.now * priced.run_now)[line] - settled[line]
        value[with_line] -= (sites.running.cost[line] * other).sum(axis=1)
        change = _made(market, sites.running.recipe, line, other)
        place = sparse.csc_matrix((np.ones(len(line)), (np.arange(len(line)), with_line)), (len(line), len(flat)))
        rows = rows + change @ place
    if sites.rules.shape[0]:
        rows = rows + _ruled(sites, market, flat)
    return PlanColumns(flat, sites.site[option], value, sparse.csc_matrix(rows))


def lines(sites: Sites, market: Market, priced: PricedStarts, settled: Floats) -> PlanColumns:
    """Lines of sites that stay as they are but run otherwise than settled."""
    other = sites.now * priced.run_now - settled
    moved = np.flatnonzero(np.abs(other).max(axis=1, initial=0.0) > 0)
    value = -(sites.running.cost[moved] * other[moved]).sum(axis=1)
    rows = _made(market, sites.running.recipe, moved, other[moved])
    return PlanColumns(
        np.full(len(moved), -1, dtype=np.int64), sites.site_of_line[moved], value, sparse.csc_matrix(rows)
    )


def _shifted(profile: Floats, start: Whole) -> Floats:
    """Profiles by quarter as profiles by period."""
    quarter = np.arange(profile.shape[1]) - start[:, None]
    return np.where(quarter >= 0, np.take_along_axis(profile, np.maximum(quarter, 0), axis=1), 0.0)


def _taken(sites: Sites, option: Whole, start: Whole) -> Floats:
    """Share of the running line that each start takes, by period."""
    periods = np.arange(sites.shape[1])
    taken = (sites.line[option] >= 0)[:, None] & (periods >= (start + sites.takeover[option])[:, None])
    return taken * sites.chance[option][:, None]


def _entries(matrix: sparse.csr_matrix, rows: Whole) -> tuple[Whole, Whole, Floats]:
    """Entries of some rows, with repetition: position in `rows`, column, value."""
    count = np.diff(matrix.indptr)[rows]
    owner = np.repeat(np.arange(len(rows)), count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count) + matrix.indptr[rows][owner]
    return owner, matrix.indices[place].astype(np.int64), matrix.data[place]


def _needed(sites: Sites, market: Market, option: Whole, start: Whole) -> sparse.csc_matrix:
    owner, place, amount = _entries(sites.needs, option)
    period = place % sites.quarters + start[owner]
    inside = period < sites.shape[1]
    owner, place, amount, period = owner[inside], place[inside], amount[inside], period[inside]
    return _matrix(market, market.places[place // sites.quarters, period], owner, amount, len(option))


def _made(market: Market, recipe: sparse.csr_matrix, maker: Whole, made: Floats) -> sparse.csc_matrix:
    owner, series, quantity = _entries(recipe, maker)
    amount = quantity[:, None] * made[owner]
    column = np.broadcast_to(owner[:, None], amount.shape)
    some = amount != 0
    return _matrix(market, market.places[series][some], column[some], amount[some], len(maker))


def _ruled(sites: Sites, market: Market, flat: Whole) -> sparse.csc_matrix:
    above = sparse.csc_matrix((market.rules.start, len(flat)))
    below = sparse.csc_matrix((len(market.arrays.row_lower) - market.rules.stop, len(flat)))
    return sparse.vstack([above, sites.rules_by_start[:, flat], below], format="csc")


def _matrix(market: Market, row: Whole, column: Whole, amount: Floats, width: int) -> sparse.csc_matrix:
    held = row >= 0
    shape = (len(market.arrays.row_lower), width)
    return sparse.csc_matrix((amount[held], (row[held], column[held])), shape=shape)
