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

from tawteen.plan.draft import Arrays, Floats
from tawteen.plan.problem import Problem
from tawteen.plan.robust.standing import Part, Places, Standing, solved, stand, standing
from tawteen.plan.solver import Relaxation, Solution

GOODS = ("balance", "route", "import_limit", "export_limit", "uptake", "throughput")
"""Rows that prices stand in for while starts are chosen: trade makes most of them soft."""

FINE = 2e-3
"""Share of the gain by which the bound may lie above the linear model before starts are given a second column."""


@dataclass(frozen=True)
class Master:
    """`arrays`: columns of starts with their throughput, then all others; rows `rows` of the problem.

    `owner` is the start of each of the first columns.
    """

    arrays: Arrays
    owner: Places
    rows: Places


@dataclass(frozen=True)
class Priced:
    """The linear answer: the master, its solution, and a bound on what any choice of starts is worth."""

    master: Master
    solution: Solution
    bound: float
    standing: Standing


class Plans:
    """The columns that starts of a problem can have; lines that run today keep columns and rows of their own."""

    def __init__(self, model: Problem) -> None:
        self.model = model
        arrays, starts = model.arrays, model.starts
        made, released = model.columns["throughput"], model.rows["throughput"].span
        options = model.ground.effects.options
        runs = made.keys["option"].is_in(options.filter(pl.col("kind") == "as_is")["option"].implode()).to_numpy()
        self.may: NDArray[np.bool_] = ~runs & (arrays.upper[made.span] > 0)
        whole = arrays.matrix.tocsr()
        rows = np.ones(arrays.matrix.shape[0], dtype=bool)
        rows[released] = runs
        columns = np.ones(arrays.matrix.shape[1], dtype=bool)
        columns[starts] = False
        columns[made.span] = runs
        self.rows, self.others = np.flatnonzero(rows), np.flatnonzero(columns)
        kept = whole[self.rows].tocsc()
        self.takes, self.makes, self.rest = kept[:, starts], kept[:, made.span], kept[:, self.others]
        self.capacity = -whole[released][:, starts].tocsc()
        self.cost = arrays.value[made.span]

    def master(self, owner: Places, runs: list[tuple[Places, Floats]]) -> Master:
        """Columns for starts `owner` running all they can, and for those of `runs` as it says, period by period."""
        parts = [(owner, self.may.astype(float)), *runs]
        own, arrays = self.model.arrays.value[self.model.starts], self.model.arrays
        made = [sparse.diags_array(run) @ self.capacity[:, of] for of, run in parts]
        matrices = [self.takes[:, of] + self.makes @ m for (of, _), m in zip(parts, made, strict=True)]
        values = [own[of] + m.T @ self.cost for (of, _), m in zip(parts, made, strict=True)]
        whole = np.concatenate([of for of, _ in parts])
        count, rest = len(whole), self.others
        return Master(
            Arrays(
                matrix=sparse.csc_matrix(sparse.hstack([*matrices, self.rest])),
                value=np.concatenate([*values, arrays.value[rest]]),
                lower=np.concatenate([np.zeros(count), arrays.lower[rest]]),
                upper=np.concatenate([np.ones(count), arrays.upper[rest]]),
                integer=np.concatenate([np.ones(count, dtype=bool), np.zeros(len(rest), dtype=bool)]),
                row_lower=arrays.row_lower[self.rows],
                row_upper=arrays.row_upper[self.rows],
            ),
            whole,
            self.rows,
        )

    def best(self, price: Floats) -> tuple[Floats, Floats]:
        """What each start is worth at row prices when it runs where that pays, and when it runs so."""
        margin = self.cost - self.makes.T @ price
        run = (self.may & (margin > 0)).astype(float)
        own = self.model.arrays.value[self.model.starts] - self.takes.T @ price
        return own + self.capacity.T @ (run * margin), run


def priced(model: Problem, before: Standing | None, nothing: float = -np.inf, *, rounds: int = 2) -> Priced | None:
    """The linear model over all starts of `model`; None where its rules cannot be kept even in part.

    `nothing` is what doing nothing is worth: it says what is fine enough.

    The bound is that of Lagrange at the prices found: what the linear model is worth and, for each site, by how much
    its best start is worth more than its columns; it holds for every choice among the starts of `model`.
    """
    plans = Plans(model)
    everyone = np.arange(model.starts.stop - model.starts.start)
    runs: list[tuple[Places, Floats]] = []
    bound, place = np.inf, before
    for left in reversed(range(rounds)):
        master = plans.master(everyone, runs)
        relaxation = Relaxation(replace(master.arrays, integer=np.zeros_like(master.arrays.integer)))
        part = Part(np.concatenate([master.owner, plans.others]), master.rows)
        if place is not None:
            stand(relaxation, model, part, place)
        found = solved(relaxation)
        if found.value is None or found.row_price is None:
            return None
        worth, run = plans.best(found.row_price)
        more = _beyond(model, plans, master, found, worth)
        bound, place = min(bound, found.value + float(more.sum())), standing(relaxation, model, part)
        if not left or more.sum() <= FINE * (found.value - nothing):
            return Priced(master, found, bound, place)
        runs.append((np.flatnonzero(worth > 0), run))
    raise AssertionError("unreachable")


def _beyond(model: Problem, plans: Plans, master: Master, found: Solution, worth: Floats) -> Floats:
    """By how much the best start of each site is worth more than what the linear model counts for the site.

    That is the price of its row, and what columns at their bound are worth above it.
    """
    assert found.row_price is not None
    assert found.column_price is not None
    sites = model.columns["start"].keys["site"].to_numpy()
    names, site = np.unique(sites, return_inverse=True)
    order = np.searchsorted(names, model.rows["site"].keys["site"].to_numpy())
    own = np.zeros(len(names))
    own[order] = found.row_price[np.searchsorted(plans.rows, np.arange(len(names)) + model.rows["site"].first)]
    counted = own.copy()
    np.add.at(counted, site[master.owner], np.maximum(found.column_price[: len(master.owner)], 0.0))
    best = np.zeros(len(names))
    np.maximum.at(best, site, worth + own[site])
    return np.asarray(best - counted)


def at_prices(of: Priced, model: Problem, price: Floats) -> tuple[Arrays, Places]:
    """The master with goods at `price` (of its rows) instead of in balance, and which of its columns are left.

    The first are still the starts; columns that touch no other row are left out.
    """
    arrays, rows = of.master.arrays, of.master.rows
    goods = np.zeros(model.arrays.matrix.shape[0], dtype=bool)
    for block in GOODS:
        if block in model.rows:
            goods[model.rows[block].span] = True
    soft = goods[rows]
    value = arrays.value - arrays.matrix.T @ np.where(soft, price, 0.0)
    hard = arrays.matrix.tocsr()[np.flatnonzero(~soft)].tocsc()
    starts = len(of.master.owner)
    touched = np.diff(hard.indptr) > 0
    touched[:starts] = True
    left = np.flatnonzero(touched)
    small = Arrays(
        hard[:, left], value[left], arrays.lower[left], arrays.upper[left], arrays.integer[left],
        arrays.row_lower[~soft], arrays.row_upper[~soft],
    )  # fmt: skip
    return small, left
