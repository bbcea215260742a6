"""A neighbourhood of a choice as a model of its own: the market, plans that are open, and a binary for each start."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.master import RestrictedMaster
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.params import DEFAULTS, DiveParams
from tawteen.plan.scaling import Scaling
from tawteen.plan.solver import Callbacks, Solution, solve_mip

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Neighbourhood:
    """`arrays` has the columns of the market, the open `plans`, and a binary for each of the `starts` among them.

    No row may be broken. `units` bring it near one.
    """

    arrays: MilpArrays
    units: Scaling
    plans: Whole
    starts: Whole
    sums: sparse.csc_matrix

    def point(self, flows: Floats, share: Floats) -> Floats:
        """A solved master as a point: flows of the market and shares of all plans."""
        mine = share[self.plans]
        return np.concatenate([flows, mine, np.round(self.sums @ mine)])

    def chosen(self, x: Floats) -> Whole:
        """The starts that a point takes."""
        return self.starts[x[len(x) - len(self.starts) :] > 0.5]


def neighbourhood(master: RestrictedMaster, open_: Mask, must: Mask) -> Neighbourhood:
    """What can be chosen with the plans `open_` where sites `must` start."""
    market, plans = master.market.arrays, master.plans
    mine = np.flatnonzero(open_)
    flat, width = plans.flat[mine], len(mine)
    sites, place = np.unique(plans.site[mine], return_inverse=True)
    starts, group = np.unique(flat[flat >= 0], return_inverse=True)
    count, own = len(starts), np.flatnonzero(flat >= 0)
    once = sparse.csc_matrix((np.ones(width), (place, np.arange(width))), shape=(len(sites), width))
    sums = sparse.csc_matrix((np.ones(len(own)), (group, own)), shape=(count, width))
    matrix = sparse.block_array(
        [[market.matrix, plans.rows[:, mine], None], [None, once, None], [None, sums, -sparse.eye_array(count)]]
    )
    more, rows = width + count, len(sites) + count
    arrays = MilpArrays(
        matrix=sparse.csc_matrix(matrix),
        value=np.concatenate([market.value, plans.value[mine], np.zeros(count)]),
        lower=np.concatenate([market.lower, np.zeros(more)]),
        upper=np.concatenate([market.upper, np.ones(more)]),
        integer=np.concatenate([np.zeros(len(market.value) + width, dtype=bool), np.ones(count, dtype=bool)]),
        row_lower=np.concatenate([master.low, np.where(must[sites], 1.0, -np.inf), np.zeros(count)]),
        row_upper=np.concatenate([master.high, np.ones(len(sites)), np.zeros(count)]),
    )
    units = master.relaxation.units
    scaled = Scaling(
        np.concatenate([units.rows[: master.count], np.ones(rows)]),
        np.concatenate([units.columns[: master.fillers], np.ones(more)]),
        units.value,
    )
    return Neighbourhood(arrays, scaled, mine, starts, sums)


def solve_neighbourhood(
    of: Neighbourhood,
    known: Floats | None,
    budget: SearchBudget,
    seed: int,
    *,
    gap: float,
    params: DiveParams = DEFAULTS.dive,
) -> Solution:
    """The best point of a neighbourhood, as far as a turn goes; without a point to begin with it may end late."""
    began = time.thread_time()

    def told(_value: float, _bound: float) -> bool:
        late = known is not None and budget.remaining <= 0
        return budget.should_stop() or (budget.steps is None and (late or time.thread_time() - began > params.seconds))

    return solve_mip(
        of.arrays, gap=gap, seed=seed, known=known, units=of.units, talk=Callbacks(told=told), stop=budget.should_stop,
        effort=params.effort, nodes=None if budget.steps is None else params.nodes,
    )  # fmt: skip
