"""Diving: fixes fractional starts of the master problem until every start is whole, and repairs violated rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.columns import PlanColumns
from tawteen.plan.decomposition.neighbourhood import neighbourhood, solve_neighbourhood
from tawteen.plan.decomposition.proof import DualState, MasterState
from tawteen.plan.model_builder import Floats
from tawteen.plan.tolerances import TOLERANCES

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


class DivingState:
    """The master problem with bounds on plans and sites, and the best choice of starts so far.

    Plans of the same start differ in throughput alone, so a start counts as chosen whatever mixture of its plans is.
    Rows may be violated at prices above any gain, so a solution always exists.

    - `chosen`: flat index of the start of each site in the best choice, −1 without one.
    - `value`: value of the best choice; `violation`: its violation of rows (both in discounted currency).
    - `open` (by plan): the plan may be used; `must` (by site): the site must start.
    - `share` (by plan): total share of the start that the plan belongs to; `last`: the last solution.
    - `tolerance`: violation that counts as rounding.
    """

    def __init__(self, dual: DualState, choice: MasterState) -> None:
        self.dual, self.choice, self.master = dual, choice, choice.master
        self.params = dual.params.dive
        self.master.set_violation_prices(dual.proof.prices, share=0.0, reach=self.params.steep)
        self.chosen: Indices = np.full(dual.sites.count, -1, dtype=np.int64)
        self.value, self.violation = -np.inf, np.inf
        self.tolerance = TOLERANCES.improvement * (float(dual.typical.worth.sum()) + 1.0 / dual.typical.unit)
        self.open = np.ones(len(self.plans.site), dtype=bool)
        self.must = np.zeros(dual.sites.count, dtype=bool)
        self.share: Floats = np.zeros(0)
        self.solve(primal=True)

    @property
    def plans(self) -> PlanColumns:
        """The plans of the master."""
        return self.master.plans

    @property
    def value_to_beat(self) -> float:
        """Value above which another choice is better: −inf while the best choice violates rows."""
        return self.value if self.violation <= self.tolerance else -np.inf

    def solve(self, *, primal: bool = False) -> float:
        """Solves the master under the present bounds, stores `last` and `share`, and returns the value."""
        self.last = self.choice.last = self.master.solve(primal=primal)
        flat, start_of_plan = np.unique(self.plans.flat, return_inverse=True)
        start_share: Floats = np.bincount(start_of_plan, self.last.share, len(flat)).astype(np.float64)
        self.share = (start_share * (flat >= 0))[start_of_plan]
        return self.last.value

    def set_bounds(self, open_: Mask, must: Mask) -> None:
        """Allows the plans of `open_` and no others, and requires a start at the sites of `must` and no others."""
        self.master.bound_plans(np.flatnonzero(open_ & ~self.open), 0.0, 1.0)
        self.master.bound_plans(np.flatnonzero(~open_ & self.open), 0.0, 0.0)
        self.master.require_sites(np.flatnonzero(must & ~self.must), 1.0)
        self.master.require_sites(np.flatnonzero(~must & self.must), -np.inf)
        self.open, self.must = open_.copy(), must.copy()

    def fix_starts(self, plans: Indices) -> None:
        """Fixes the starts of `plans`: their sites must choose them."""
        fixed_start = np.full(len(self.must), -1, dtype=np.int64)
        fixed_start[self.plans.site[plans]] = self.plans.flat[plans]
        site_start = fixed_start[self.plans.site]
        must = self.must.copy()
        must[self.plans.site[plans]] = True
        self.set_bounds(self.open & ((site_start < 0) | (site_start == self.plans.flat)), must)

    def exclude(self, plans: Indices) -> None:
        """Closes all plans of the starts of `plans`."""
        self.set_bounds(self.open & ~np.isin(self.plans.flat, self.plans.flat[plans]), self.must)

    def fractional_plans(self) -> Indices:
        """One plan of each start with a fractional share, the largest share first."""
        fractional = np.flatnonzero((self.share > 1 - self.params.whole) & (self.share < self.params.whole))
        fractional = fractional[np.unique(self.plans.flat[fractional], return_index=True)[1]]
        return fractional[np.argsort(-self.share[fractional], kind="stable")]

    def whole_plans(self) -> Indices:
        """One plan of each start with a share of one."""
        whole_plans = np.flatnonzero(self.share >= self.params.whole)
        return whole_plans[np.unique(self.plans.flat[whole_plans], return_index=True)[1]]

    def keep_if_better(self) -> None:
        """Keeps the last solution as the best choice where it is better; feasible choices come before all others."""
        value, violation = self.last.value, self.last.violation
        feasible, best_feasible = violation <= self.tolerance, self.violation <= self.tolerance
        if (feasible and not best_feasible) or (value > self.value and (feasible or not best_feasible)):
            self.value, self.violation = value, violation
            self.chosen = np.full(len(self.must), -1, dtype=np.int64)
            taken_plans = np.flatnonzero(self.share > 0.5)
            self.chosen[self.plans.site[taken_plans]] = self.plans.flat[taken_plans]

    def choose(self, starts: Indices) -> None:
        """Fixes exactly the starts with flat indices `starts`; all other sites start none."""
        must = np.zeros(len(self.must), dtype=bool)
        must[self.dual.sites.site[starts // self.dual.sites.shape[1]]] = True
        self.set_bounds(np.isin(self.plans.flat, starts) | ((self.plans.flat < 0) & ~must[self.plans.site]), must)

    def restore_choice(self, free: Indices | None = None) -> None:
        """Fixes the best choice; the sites `free` may use any of their plans."""
        site = self.plans.site
        open_ = self.plans.flat == self.chosen[site]
        must = self.chosen >= 0
        if free is not None:
            open_ |= np.isin(site, free)
            must[free] = False
        self.set_bounds(open_, must)

    def open_new_plans(self) -> None:
        """Registers the plans that the master has gained, which may be used."""
        self.open = np.concatenate([self.open, np.ones(len(self.plans.site) - len(self.open), dtype=bool)])


def dive(state: DivingState, budget: SearchBudget) -> None:
    """Fixes the largest fractional starts, a batch of sites per round, and solves again.

    A batch that increases the violation of rows is undone and retried at a quarter of its size. Fractional starts are
    closed after `failures` failed batches. At the end of the budget they are rounded.
    """
    tolerance, failed, rounded = state.tolerance, 0, False
    state.solve()
    while len(fractional := state.fractional_plans()):
        if not rounded and (budget.should_stop() or not budget.remaining):
            rounded = True
            if round_starts(state):
                break
        before = (state.open, state.must)
        state.fix_starts(state.whole_plans())
        fractional = fractional[np.sort(np.unique(state.plans.site[fractional], return_index=True)[1])]
        batch, violation = fractional[: max(1, int(state.params.batch * len(fractional)))], state.last.violation
        give_up = budget.should_stop() or not budget.remaining or failed >= state.params.failures
        while len(batch) and not give_up:
            previous = (state.open, state.must)
            state.fix_starts(batch)
            state.solve()
            if state.last.violation <= violation + tolerance:
                break
            state.set_bounds(*previous)
            failed += 1
            batch = batch[: len(batch) // 4]
        if give_up or not len(batch):
            state.exclude(fractional if give_up else fractional[:1])
            state.solve()
            if state.last.violation > violation + tolerance:
                state.set_bounds(state.open & before[0], before[1])
                state.solve()
        budget.report("dive", None, None, state.dual.proof.value)
    state.keep_if_better()


def round_starts(state: DivingState) -> bool:
    """Chooses the starts of the largest shares and no others, as many as violate no more than the solution does.

    Undone, and false, where even the whole starts alone violate more.
    """
    before, violation, share = (state.open, state.must), state.last.violation, state.share.copy()
    for least in np.linspace(0.5, state.params.whole, state.params.rounding):
        state.choose(np.unique(state.plans.flat[share > least]))
        state.solve()
        if state.last.violation <= violation + state.tolerance:
            return True
    state.set_bounds(*before)
    state.solve()
    return False


def search_neighbourhood(state: DivingState, sites: Indices, budget: SearchBudget, seed: int) -> tuple[bool, bool]:
    """Frees the starts of `sites` and solves the neighbourhood by branch and cut; all other sites keep their start.

    Returns whether the choice has improved and whether the neighbourhood was solved to optimality.
    """
    before, least_gain = state.value_to_beat, state.params.least_gain * float(state.dual.typical.worth.sum())
    state.restore_choice()
    state.solve()
    previous = state.last
    state.restore_choice(free=sites)
    model = neighbourhood(state.master, state.open, state.must)
    point = model.point(previous.flows, previous.share) if previous.violation <= state.tolerance else None
    solution = solve_neighbourhood(model, point, budget, seed, gap=least_gain, params=state.params)
    if (
        solution.x is not None
        and solution.value is not None
        and solution.value + state.master.worth > before + least_gain
    ):
        state.choose(model.chosen(solution.x))
        state.solve()
        state.keep_if_better()
    state.restore_choice()
    return state.value_to_beat > before, solution.outcome == "optimal"


def repair_rows(state: DivingState) -> None:
    """Removes the starts with the least reduced value from the best choice, one by one, until it violates no row."""
    state.restore_choice()
    while len(started_sites := np.flatnonzero(state.chosen >= 0)):
        state.solve()
        if state.last.violation <= state.tolerance:
            break
        earns = state.plans.reduced_values(state.last.price)
        least = np.full(len(state.chosen), np.inf)
        own = state.plans.flat == state.chosen[state.plans.site]
        least[state.plans.site[own]] = earns[own]
        state.chosen[started_sites[int(least[started_sites].argmin())]] = -1
        state.restore_choice()
    state.value, state.violation = state.solve(), state.last.violation
