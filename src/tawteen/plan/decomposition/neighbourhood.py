"""A neighbourhood of a choice as a mixed-integer model: the market, the open plans and a binary for each start."""

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

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Neighbourhood:
    """A mixed-integer model with the columns of the market, of the open plans and of their starts (binaries).

    `plans` are indices of plans of the master, `starts` flat indices of starts. `sums` (starts × plans) adds the plans
    of each start. Rows have no slacks. `units` scale the model.
    """

    arrays: MilpArrays
    units: Scaling
    plans: Indices
    starts: Indices
    sums: sparse.csc_matrix

    def point(self, flows: Floats, share: Floats) -> Floats:
        """The point of this model that belongs to flows of the market and shares of all plans of the master."""
        open_plans = share[self.plans]
        return np.concatenate([flows, open_plans, np.round(self.sums @ open_plans)])

    def chosen(self, x: Floats) -> Indices:
        """Flat indices of the starts that the point `x` chooses."""
        return self.starts[x[len(x) - len(self.starts) :] > 0.5]


def neighbourhood(master: RestrictedMaster, is_open: Mask, is_required: Mask) -> Neighbourhood:
    """The model of the plans where `is_open`, in which the sites where `is_required` must start."""
    market, plans = master.market.arrays, master.plans
    open_plans = np.flatnonzero(is_open)
    flat, width = plans.flat[open_plans], len(open_plans)
    sites, site_of_plan = np.unique(plans.site[open_plans], return_inverse=True)
    starts, start_of_plan = np.unique(flat[flat >= 0], return_inverse=True)
    count, starting = len(starts), np.flatnonzero(flat >= 0)
    one_per_site = sparse.csc_matrix((np.ones(width), (site_of_plan, np.arange(width))), shape=(len(sites), width))
    sums = sparse.csc_matrix((np.ones(len(starting)), (start_of_plan, starting)), shape=(count, width))
    matrix = sparse.block_array(
        [
            [market.matrix, plans.rows[:, open_plans], None],
            [None, one_per_site, None],
            [None, sums, -sparse.eye_array(count)],
        ]
    )
    width_added, rows = width + count, len(sites) + count
    arrays = MilpArrays(
        matrix=sparse.csc_matrix(matrix),
        value=np.concatenate([market.value, plans.value[open_plans], np.zeros(count)]),
        lower=np.concatenate([market.lower, np.zeros(width_added)]),
        upper=np.concatenate([market.upper, np.ones(width_added)]),
        integer=np.concatenate([np.zeros(len(market.value) + width, dtype=bool), np.ones(count, dtype=bool)]),
        row_lower=np.concatenate([master.low, np.where(is_required[sites], 1.0, -np.inf), np.zeros(count)]),
        row_upper=np.concatenate([master.high, np.ones(len(sites)), np.zeros(count)]),
    )
    units = master.relaxation.units
    scaled = Scaling(
        np.concatenate([units.rows[: master.count], np.ones(rows)]),
        np.concatenate([units.columns[: master.first_slack], np.ones(width_added)]),
        units.value,
    )
    return Neighbourhood(arrays, scaled, open_plans, starts, sums)


def solve_neighbourhood(
    model: Neighbourhood,
    point: Floats | None,
    budget: SearchBudget,
    seed: int,
    *,
    gap: float,
    params: DiveParams = DEFAULTS.dive,
) -> Solution:
    """The best point of a neighbourhood within `params.seconds` of processor time, or `params.nodes` in a run by steps.

    With a first `point` the search also ends at the end of the budget; without one it may take longer, because the
    choice has no feasible programme yet.
    """
    started = time.thread_time()

    def should_end(_value: float, _bound: float) -> bool:
        late = point is not None and budget.remaining <= 0
        return budget.should_stop() or (
            budget.steps is None and (late or time.thread_time() - started > params.seconds)
        )

    return solve_mip(
        model.arrays, gap=gap, seed=seed, known=point, units=model.units, callbacks=Callbacks(on_progress=should_end),
        stop=budget.should_stop,
        effort=params.effort, nodes=None if budget.steps is None else params.nodes,
    )  # fmt: skip
