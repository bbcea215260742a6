"""Starts with all they make as one column each: a small model in which a scenario is planned anew, with a bound.

Throughput is the larger part of a planning problem, and what an option does once it is started is easy: it runs
whenever that pays at the prices of goods. Columns of a start together with its throughput (Dantzig and Wolfe 1960)
leave a model whose rows are the limits that options share.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.params import DEFAULTS, RobustParams
from tawteen.plan.problem import Problem
from tawteen.plan.robust.warm_start import (
    ModelPart,
    Places,
    WarmStart,
    apply_warm_start,
    prices_there,
    solved,
    standing,
)
from tawteen.plan.solver import Relaxation, Solution

PRICED_ROWS = ("balance", "route", "import_limit", "export_limit", "uptake", "throughput")
"""Rows that prices stand in for while starts are chosen: trade makes most of them soft."""


@dataclass(frozen=True)
class Master:
    """`arrays`: columns of starts with their throughput, then all others; rows `rows` of the problem.

    `owner` is the start of each of the first columns.
    """

    arrays: MilpArrays
    owner: Places
    rows: Places


@dataclass(frozen=True)
class StartMasterSolution:
    """The linear answer: the master, its solution, and a bound on what any choice of starts is worth."""

    master: Master
    solution: Solution
    bound: float
    standing: WarmStart


class StartColumns:
    """The columns that starts of a problem can have; lines that run today keep columns and rows of their own."""

    def __init__(self, model: Problem) -> None:
        self.model = model
        arrays, starts = model.arrays, model.starts
        throughput, released = model.columns["throughput"], model.rows["throughput"].span
        options = model.inputs.effects.options
        runs = throughput.keys["option"].is_in(options.filter(pl.col("kind") == "as_is")["option"].implode()).to_numpy()
        self.is_priced: NDArray[np.bool_] = ~runs & (arrays.upper[throughput.span] > 0)
        matrix = arrays.matrix.tocsr()
        rows = np.ones(arrays.matrix.shape[0], dtype=bool)
        rows[released] = runs
        columns = np.ones(arrays.matrix.shape[1], dtype=bool)
        columns[starts] = False
        columns[throughput.span] = runs
        self.rows, self.others = np.flatnonzero(rows), np.flatnonzero(columns)
        shared = matrix[self.rows].tocsc()
        self.takes, self.makes, self.rest = shared[:, starts], shared[:, throughput.span], shared[:, self.others]
        self.capacity = -matrix[released][:, starts].tocsc()
        self.cost = arrays.value[throughput.span]
        names = model.rows["site"].keys["site"].to_list()
        place = {name: i for i, name in enumerate(names)}
        self.site: Places = np.array([place[name] for name in model.columns["start"].keys["site"]], dtype=np.int64)
        self.site_rows = np.searchsorted(self.rows, np.arange(len(names)) + model.rows["site"].first)

    def ranked(self, worth: Floats, count: int) -> Places:
        """The `count` starts of each site that are worth most, without those worth minus infinity."""
        order = np.lexsort((-worth, self.site))
        order = order[np.isfinite(worth[order])]
        site = self.site[order]
        return np.sort(order[np.arange(len(order)) - np.searchsorted(site, site) < count])

    def columns(self, starts: Places, run: Floats) -> tuple[sparse.csc_matrix, Floats]:
        """Columns of starts `starts` that run in the periods in which `run` is 1, and what each is worth."""
        output = sparse.diags_array(run) @ self.capacity[:, starts]
        own = self.model.arrays.value[self.model.starts][starts]
        return sparse.csc_matrix(self.takes[:, starts] + self.makes @ output), own + output.T @ self.cost

    def master(self, owner: Places, runs: list[tuple[Places, Floats]]) -> Master:
        """Columns for starts `owner` running all they can, and for those of `runs` as it says, period by period."""
        arrays, parts = self.model.arrays, [(owner, self.is_priced.astype(float)), *runs]
        blocks = [self.columns(starts, run) for starts, run in parts]
        owners = np.concatenate([starts for starts, _ in parts])
        count, others = len(owners), self.others
        return Master(
            MilpArrays(
                matrix=sparse.csc_matrix(sparse.hstack([*(matrix for matrix, _ in blocks), self.rest])),
                value=np.concatenate([*(value for _, value in blocks), arrays.value[others]]),
                lower=np.concatenate([np.zeros(count), arrays.lower[others]]),
                upper=np.concatenate([np.ones(count), arrays.upper[others]]),
                integer=np.concatenate([np.ones(count, dtype=bool), np.zeros(len(others), dtype=bool)]),
                row_lower=arrays.row_lower[self.rows],
                row_upper=arrays.row_upper[self.rows],
                whole=count + np.flatnonzero(np.isin(others, arrays.whole)),
            ),
            owners,
            self.rows,
        )

    def best(self, price: Floats) -> tuple[Floats, Floats]:
        """What each start is worth at row prices when it runs where that pays, and when it runs so."""
        margin = self.cost - self.makes.T @ price
        run = (self.is_priced & (margin > 0)).astype(float)
        own = self.model.arrays.value[self.model.starts] - self.takes.T @ price
        return own + self.capacity.T @ (run * margin), run


def priced(
    model: Problem,
    before: WarmStart | None,
    nothing: float = -np.inf,
    worth: Floats | None = None,
    params: RobustParams = DEFAULTS.robust,
) -> StartMasterSolution | None:
    """The linear model over all starts of `model`; None where its rules cannot be kept even in part.

    `nothing` is what doing nothing is worth: it says what is fine enough. `before` is where a model like it stood, and
    its prices; `worth` is what each start is thought to be worth where nothing stood before.

    Columns are generated (Gilmore and Gomory 1961): the few starts of each site that are best at the prices of
    `before`, then those that would earn more at the prices found, running where that pays. The bound is that of
    Lagrange at the prices found: what the linear model is worth and, for each site, by how much its best start is worth
    more than its columns; it holds for every choice among the starts of `model`.
    """
    plans = StartColumns(model)
    if before is not None:
        worth = plans.best(prices_there(model, before)[plans.rows])[0]
    solution = (
        None if worth is None else _generated(plans, plans.ranked(worth, params.first_columns), before, nothing, params)
    )
    everyone = np.arange(model.starts.stop - model.starts.start)
    return _generated(plans, everyone, before, nothing, params) if solution is None else solution


def _generated(
    plans: StartColumns, first: Places, before: WarmStart | None, nothing: float, params: RobustParams
) -> StartMasterSolution | None:
    """Column generation that begins with the starts `first`."""
    model = plans.model
    runs: list[tuple[Places, Floats]] = []
    master = plans.master(first, runs)
    relaxation = Relaxation(replace(master.arrays, integer=np.zeros_like(master.arrays.integer)))
    owner, known = first, len(first) + len(plans.others)
    part = ModelPart(np.concatenate([first, plans.others]), plans.rows)
    if before is not None:
        apply_warm_start(relaxation, model, part, before)
    solution, bound = solved(relaxation), np.inf
    for remaining in reversed(range(params.rounds)):
        if solution.value is None or solution.row_price is None or solution.column_price is None:
            return None
        worth, run = plans.best(solution.row_price)
        own = np.concatenate([solution.column_price[: len(first)], solution.column_price[known:]])
        more = float(_pricing_violation(plans, owner, own, solution.row_price, worth).sum())
        bound = min(bound, solution.value + more)
        new = plans.ranked(np.where(worth > 0.0, worth, -np.inf), params.new_columns)
        if not remaining or not len(new) or more <= params.columns_gap * (solution.value - nothing):
            break
        runs.append((new, run))
        columns, value = plans.columns(new, run)
        relaxation.add_columns(columns, value, 0)
        owner = np.concatenate([owner, new])
        part = ModelPart(np.concatenate([part.columns, new]), plans.rows)
        solution = relaxation.solve(primal=True)
    assert solution.row_price is not None
    place = standing(relaxation, model, part, solution.row_price)
    return StartMasterSolution(plans.master(first, runs), _ordered(solution, len(first), known), bound, place)


def _ordered(solution: Solution, first: int, known: int) -> Solution:
    """A solution with the columns that were added later beside the first ones, as `StartColumns.master` has them."""
    assert solution.x is not None
    assert solution.column_price is not None
    x, price = (np.concatenate([c[:first], c[known:], c[first:known]]) for c in (solution.x, solution.column_price))
    return replace(solution, x=x, column_price=price)


def _pricing_violation(plans: StartColumns, owner: Places, own: Floats, price: Floats, worth: Floats) -> Floats:
    """By how much the best start of each site is worth more than what the linear model counts for the site.

    That is the price of its row, and what columns (of the starts `owner`, priced `own`) at their bound are worth above
    it.
    """
    site_price = price[plans.site_rows]
    counted = site_price.copy()
    np.add.at(counted, plans.site[owner], np.maximum(own, 0.0))
    best = np.zeros(len(site_price))
    np.maximum.at(best, plans.site, worth + site_price[plans.site])
    return np.asarray(best - counted)


def at_prices(solution: StartMasterSolution, model: Problem, price: Floats) -> tuple[MilpArrays, Places]:
    """The master with goods at `price` (of its rows) instead of in balance, and which of its columns are left.

    The first are still the starts; columns that touch no other row are left out.
    """
    arrays, rows = solution.master.arrays, solution.master.rows
    goods = np.zeros(model.arrays.matrix.shape[0], dtype=bool)
    for block in PRICED_ROWS:
        if block in model.rows:
            goods[model.rows[block].span] = True
    soft = goods[rows]
    value = arrays.value - arrays.matrix.T @ np.where(soft, price, 0.0)
    hard = arrays.matrix.tocsr()[np.flatnonzero(~soft)].tocsc()
    starts = len(solution.master.owner)
    touched = np.diff(hard.indptr) > 0
    touched[:starts] = True
    columns = np.flatnonzero(touched)
    small = MilpArrays(
        hard[:, columns], value[columns], arrays.lower[columns], arrays.upper[columns], arrays.integer[columns],
        arrays.row_lower[~soft], arrays.row_upper[~soft], np.flatnonzero(np.isin(columns, arrays.whole)),
    )  # fmt: skip
    return small, columns
