"""Columns of the master problem: plans of sites with the throughput that maximises their value at given prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.pricing import PricedStarts
from tawteen.plan.decomposition.sites import SiteArrays
from tawteen.plan.decomposition.trees import SurveyTrees, ValuedTrees
from tawteen.plan.model_builder import Floats

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class PlanColumns:
    """Plans of sites, one array entry each.

    `flat` is the flat index of the start, option · periods + period, or −1 where nothing starts and only the throughput
    of the running line changes. `site` is the index of the site, `value` is in discounted currency, and `rows` (market
    rows × plans) are the activities. Value and rows are differences to the fixed throughput of the running lines.
    """

    flat: Indices
    site: Indices
    value: Floats
    rows: sparse.csc_matrix
    starts: sparse.csc_matrix | None = None

    @classmethod
    def without_plans(cls, rows: int, starts: int | None = None) -> PlanColumns:
        """No plans, for a market with `rows` rows; of `starts` starts where plans are trees."""
        empty = np.zeros(0, dtype=np.int64)
        none = None if starts is None else sparse.csc_matrix((starts, 0))
        return cls(empty, empty, np.zeros(0), sparse.csc_matrix((rows, 0)), none)

    def reduced_values(self, prices: Floats) -> Floats:
        """Value of each plan less its activities at `prices` (one per market row)."""
        return np.asarray(self.value - self.rows.T @ prices)

    def select(self, keep: NDArray[np.bool_] | Indices) -> PlanColumns:
        """The plans at the positions, or where the mask, `keep`."""
        starts = None if self.starts is None else self.starts[:, keep]
        return PlanColumns(self.flat[keep], self.site[keep], self.value[keep], self.rows[:, keep], starts)


def join_columns(first: PlanColumns, second: PlanColumns) -> PlanColumns:
    """The plans of `first`, then those of `second`."""
    return PlanColumns(
        np.concatenate([first.flat, second.flat]),
        np.concatenate([first.site, second.site]),
        np.concatenate([first.value, second.value]),
        sparse.hstack([first.rows, second.rows], format="csc"),
        None
        if first.starts is None or second.starts is None
        else sparse.hstack([first.starts, second.starts], format="csc"),
    )


def start_columns(
    sites: SiteArrays, market: Market, flat: Indices, priced: PricedStarts, fixed_throughput: Floats
) -> PlanColumns:
    """One plan per start in `flat` (flat indices), with the throughput of `priced`, also of the line it takes over.

    `fixed_throughput` (line, period) is the throughput of running lines that the fixed part of the master counts.
    """
    value, rows = _own_columns(sites, market, flat, priced)
    option, start = flat // sites.shape[1], flat % sites.shape[1]
    with_line = np.flatnonzero(sites.line_of_site[sites.site[option]] >= 0)
    if len(with_line):
        line = sites.line_of_site[sites.site[option[with_line]]]
        remaining_share = 1.0 - _takeover_share(sites, option[with_line], start[with_line])
        unchanged = (sites.line_capacity * priced.line_utilisation)[line]
        change = remaining_share * unchanged - fixed_throughput[line]
        value[with_line] -= (sites.running.cost[line] * change).sum(axis=1)
        rows = rows + _output_entries(market, sites.running.recipe, line, change) @ _placed(with_line, len(value))
    return PlanColumns(flat, sites.site[option], value, sparse.csc_matrix(rows))


def tree_columns(
    sites: SiteArrays, market: Market, trees: ValuedTrees, priced: PricedStarts, fixed_throughput: Floats
) -> PlanColumns:
    """One plan per tree, with the throughput of `priced`; `fixed_throughput` as of `start_columns`."""
    structure = sites.trees
    if structure is None:
        raise ValueError("these sites have no trees")
    used = np.unique(trees.starts.indices)
    shares = sparse.csc_matrix(trees.starts.tocsr()[used])
    own_value, own_rows = _own_columns(sites, market, used, priced)
    value, rows = np.asarray(shares.T @ own_value), sparse.csc_matrix(own_rows @ shares)
    branch_line = sites.line_of_site[structure.branch_site[trees.branch]]
    with_line = np.flatnonzero(branch_line >= 0)
    if len(with_line):
        line, chance = branch_line[with_line], structure.branch_chance[trees.branch[with_line]][:, None]
        taken = shares.T[with_line] @ _takeover_share(sites, used // sites.shape[1], used % sites.shape[1])
        unchanged = (sites.line_capacity * priced.line_utilisation)[line]
        change = (chance - taken) * unchanged - chance * fixed_throughput[line]
        value[with_line] -= (sites.running.cost[line] * change).sum(axis=1)
        rows = rows + _output_entries(market, sites.running.recipe, line, change) @ _placed(with_line, len(value))
    none = np.full(len(trees.branch), -1, dtype=np.int64)
    return PlanColumns(none, sites.plan_index(trees.branch), value, sparse.csc_matrix(rows), trees.starts)


def _own_columns(
    sites: SiteArrays, market: Market, flat: Indices, priced: PricedStarts
) -> tuple[Floats, sparse.csc_matrix]:
    """Value and activities of starts, without the change of the line that each takes over."""
    option, start = flat // sites.shape[1], flat % sites.shape[1]
    throughput = _shifted(sites.capacity[option], start) * priced.utilisation[option]
    value = sites.value[option, start] - (sites.producers.cost[option] * throughput).sum(axis=1)
    output = _output_entries(market, sites.producers.recipe, option, throughput)
    rows = _need_entries(sites, market, option, start) + output
    if sites.rules.shape[0]:
        rows = rows + _rule_entries(sites, market, flat)
    return value, sparse.csc_matrix(rows)


def _placed(plans: Indices, width: int) -> sparse.csc_matrix:
    """Moves one column each to the place `plans` among `width`."""
    return sparse.csc_matrix((np.ones(len(plans)), (np.arange(len(plans)), plans)), shape=(len(plans), width))


def line_columns(sites: SiteArrays, market: Market, priced: PricedStarts, fixed_throughput: Floats) -> PlanColumns:
    """One plan per running line whose throughput at `priced` differs from the fixed one; its site starts nothing.

    Of a site with several branches each has such a plan, with its chance.
    """
    throughput_change = sites.line_capacity * priced.line_utilisation - fixed_throughput
    changed_lines = np.flatnonzero(np.abs(throughput_change).max(axis=1, initial=0.0) > 0)
    plan, chance = sites.site_of_line[changed_lines], np.ones(len(changed_lines))
    starts = None
    if sites.trees is not None:
        plan, changed_lines, chance = _line_branches(sites, sites.trees, changed_lines)
        starts = sparse.csc_matrix((sites.value.size, len(plan)))
    change = throughput_change[changed_lines] * chance[:, None]
    value = -(sites.running.cost[changed_lines] * change).sum(axis=1)
    rows = _output_entries(market, sites.running.recipe, changed_lines, change)
    return PlanColumns(np.full(len(plan), -1, dtype=np.int64), plan, value, sparse.csc_matrix(rows), starts)


def _line_branches(sites: SiteArrays, trees: SurveyTrees, lines: Indices) -> tuple[Indices, Indices, Floats]:
    """Index of the plan, line and chance of every branch of the sites of `lines`."""
    site_of_line = sites.site_of_line[lines]
    plans, owners, chances = [], [], []
    for line, site in zip(lines.tolist(), site_of_line.tolist(), strict=True):
        branches = np.flatnonzero(trees.branch_site == site)
        plans.append(sites.plan_index(branches) if len(branches) else np.array([site]))
        owners.append(np.full(len(plans[-1]), line))
        chances.append(trees.branch_chance[branches] if len(branches) else np.ones(1))
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *plans]), np.concatenate([none, *owners]), np.concatenate([np.zeros(0), *chances])


def _shifted(profile: Floats, start: Indices) -> Floats:
    """Profiles (row, quarter from the start) as (row, period), each moved to its `start`."""
    quarter = np.arange(profile.shape[1]) - start[:, None]
    return np.where(quarter >= 0, np.take_along_axis(profile, np.maximum(quarter, 0), axis=1), 0.0)


def _takeover_share(sites: SiteArrays, option: Indices, start: Indices) -> Floats:
    """Expected share of the running line that each start takes, (start, period)."""
    return _shifted(np.where(sites.line[option] >= 0, 1.0, 0.0)[:, None] * sites.displaced[option], start)


def _matrix_entries(matrix: sparse.csr_matrix, rows: Indices) -> tuple[Indices, Indices, Floats]:
    """Entries of the rows `rows`, which may repeat: position in `rows`, column, value."""
    count = np.diff(matrix.indptr)[rows]
    owner = np.repeat(np.arange(len(rows)), count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count) + matrix.indptr[rows][owner]
    return owner, matrix.indices[place].astype(np.int64), matrix.data[place]


def _need_entries(sites: SiteArrays, market: Market, option: Indices, start: Indices) -> sparse.csc_matrix:
    owner, place, amount = _matrix_entries(sites.needs, option)
    period = place % sites.quarters + start[owner]
    inside = period < sites.shape[1]
    owner, place, amount, period = owner[inside], place[inside], amount[inside], period[inside]
    return _market_entries(market, market.places[place // sites.quarters, period], owner, amount, len(option))


def _output_entries(market: Market, recipe: sparse.csr_matrix, maker: Indices, throughput: Floats) -> sparse.csc_matrix:
    owner, series, quantity = _matrix_entries(recipe, maker)
    amount = quantity[:, None] * throughput[owner]
    column = np.broadcast_to(owner[:, None], amount.shape)
    some = amount != 0
    return _market_entries(market, market.places[series][some], column[some], amount[some], len(maker))


def _rule_entries(sites: SiteArrays, market: Market, flat: Indices) -> sparse.csc_matrix:
    above = sparse.csc_matrix((market.rules.start, len(flat)))
    below = sparse.csc_matrix((len(market.arrays.row_lower) - market.rules.stop, len(flat)))
    return sparse.vstack([above, sites.rules_by_start[:, flat], below], format="csc")


def _market_entries(market: Market, row: Indices, column: Indices, amount: Floats, width: int) -> sparse.csc_matrix:
    inside = row >= 0
    shape = (len(market.arrays.row_lower), width)
    return sparse.csc_matrix((amount[inside], (row[inside], column[inside])), shape=shape)
