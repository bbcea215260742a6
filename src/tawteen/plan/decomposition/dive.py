"""From parts to wholes: a relaxation whose starts are settled and opened again, each time from where it stood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.columns import PlanColumns
from tawteen.plan.decomposition.neighbourhood import neighbourhood, solve_neighbourhood
from tawteen.plan.decomposition.proof import DualState, MasterState
from tawteen.plan.model_builder import Floats

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]


class DivingState:
    """Starts of the sites within the market.

    A start counts as one choice, whatever mixture of its plans (they differ in throughput alone) carries it out.
    Rows may be broken at prices so steep that nothing gained pays for it; so there always is a solution, and what
    cannot be kept shows in the value. `chosen` is the best choice so far (flat start by site, −1 where none), `value`
    its value, `loss` how much of the rows it breaks, at usual prices. `open` (by plan) and `must`
    (by site: its start is settled) are how things stand.
    """

    def __init__(self, here: DualState, choice: MasterState) -> None:
        self.here, self.choice, self.master = here, choice, choice.master
        self.params = here.params.dive
        self.master.hold(here.proof.prices, share=0.0, far=self.params.steep)
        self.chosen: Whole = np.full(here.sites.count, -1, dtype=np.int64)
        self.value, self.loss = -np.inf, np.inf
        self.allowed = 1e-9 * float(here.usual.worth.sum()) + 1e-3
        self.open = np.ones(len(self.plans.site), dtype=bool)
        self.must = np.zeros(here.sites.count, dtype=bool)
        self.share: Floats = np.zeros(0)
        self.solve(primal=True)

    @property
    def plans(self) -> PlanColumns:
        """All plans in play."""
        return self.master.plans

    @property
    def floor(self) -> float:
        """What another choice must be worth to be better: nothing in particular while the best breaks rows."""
        return self.value if self.loss <= self.allowed else -np.inf

    def solve(self, *, primal: bool = False) -> float:
        """Value of the relaxation as it is; keeps shares of starts (as by plan) and prices."""
        self.last = self.choice.last = self.master.solve(primal=primal)
        flat, group = np.unique(self.plans.flat, return_inverse=True)
        taken: Floats = np.bincount(group, self.last.share, len(flat)).astype(np.float64)
        self.share = (taken * (flat >= 0))[group]
        return self.last.value

    def stand(self, open_: Mask, must: Mask) -> None:
        """Opens and closes plans, and settles sites, as said."""
        self.master.bound(np.flatnonzero(open_ & ~self.open), 0.0, 1.0)
        self.master.bound(np.flatnonzero(~open_ & self.open), 0.0, 0.0)
        self.master.require(np.flatnonzero(must & ~self.must), 1.0)
        self.master.require(np.flatnonzero(~must & self.must), -np.inf)
        self.open, self.must = open_.copy(), must.copy()

    def settle(self, plans: Whole) -> None:
        """Settles the starts of some plans: their sites take them whole."""
        want = np.full(len(self.must), -1, dtype=np.int64)
        want[self.plans.site[plans]] = self.plans.flat[plans]
        theirs = want[self.plans.site]
        must = self.must.copy()
        must[self.plans.site[plans]] = True
        self.stand(self.open & ((theirs < 0) | (theirs == self.plans.flat)), must)

    def drop(self, plans: Whole) -> None:
        """Gives the starts of some plans up."""
        self.stand(self.open & ~np.isin(self.plans.flat, self.plans.flat[plans]), self.must)

    def parts(self) -> Whole:
        """One plan of each start taken in part, the largest first."""
        part = np.flatnonzero((self.share > 1 - self.params.whole) & (self.share < self.params.whole))
        part = part[np.unique(self.plans.flat[part], return_index=True)[1]]
        return part[np.argsort(-self.share[part], kind="stable")]

    def sure(self) -> Whole:
        """One plan of each start that is taken whole."""
        sure = np.flatnonzero(self.share >= self.params.whole)
        return sure[np.unique(self.plans.flat[sure], return_index=True)[1]]

    def take(self) -> None:
        """Keeps the choice that is just solved, if it is better; one that breaks no row before any that does."""
        value, broken = self.last.value, self.last.broken
        whole = broken <= self.allowed
        if (whole and self.loss > self.allowed) or (value > self.value and (whole or self.loss > self.allowed)):
            self.value, self.loss = value, broken
            self.chosen = np.full(len(self.must), -1, dtype=np.int64)
            some = np.flatnonzero(self.share > 0.5)
            self.chosen[self.plans.site[some]] = self.plans.flat[some]

    def stand_as(self, starts: Whole) -> None:
        """Stands as a choice of starts: these and no others."""
        must = np.zeros(len(self.must), dtype=bool)
        must[self.here.sites.site[starts // self.here.sites.shape[1]]] = True
        self.stand(np.isin(self.plans.flat, starts) | ((self.plans.flat < 0) & ~must[self.plans.site]), must)

    def restore(self, but: Whole | None = None) -> None:
        """Stands as in the best choice; all is open at the sites `but`."""
        site = self.plans.site
        open_ = self.plans.flat == self.chosen[site]
        must = self.chosen >= 0
        if but is not None:
            open_ |= np.isin(site, but)
            must[but] = False
        self.stand(open_, must)

    def grown(self) -> None:
        """Takes notice of plans that came in (open, as they come)."""
        self.open = np.concatenate([self.open, np.ones(len(self.plans.site) - len(self.open), dtype=bool)])


def dive(descent: DivingState, budget: SearchBudget) -> None:
    """Settles the largest parts, a few sites a round; the others answer, and a batch that breaks rows is undone."""
    allowed, failed = descent.allowed, 0
    descent.solve()
    while len(part := descent.parts()):
        before = (descent.open, descent.must)
        descent.settle(descent.sure())
        part = part[np.sort(np.unique(descent.plans.site[part], return_index=True)[1])]
        some, broken = part[: max(1, int(descent.params.batch * len(part)))], descent.last.broken
        hurry = budget.should_stop() or not budget.remaining or failed >= descent.params.failures
        while len(some) and not hurry:
            stood = (descent.open, descent.must)
            descent.settle(some)
            descent.solve()
            if descent.last.broken <= broken + allowed:
                break
            descent.stand(*stood)
            failed += 1
            some = some[: len(some) // 4]
        if hurry or not len(some):
            descent.drop(part if hurry else part[:1])
            descent.solve()
            if descent.last.broken > broken + allowed:
                descent.stand(descent.open & before[0], before[1])
                descent.solve()
        budget.report("dive", None, None, descent.here.proof.value)
    descent.take()


def search_neighbourhood(descent: DivingState, sites: Whole, budget: SearchBudget, seed: int) -> tuple[bool, bool]:
    """Opens all starts of `sites` and searches them by branch and cut, while everything else keeps its start.

    Whether something better is found, and whether nothing is left to search; all stands as in the best choice after.
    """
    before, enough = descent.floor, 1e-7 * float(descent.here.usual.worth.sum())
    descent.restore()
    descent.solve()
    stood = descent.last
    descent.restore(but=sites)
    of = neighbourhood(descent.master, descent.open, descent.must)
    known = of.point(stood.flows, stood.share) if stood.broken <= descent.allowed else None
    found = solve_neighbourhood(of, known, budget, seed, gap=enough, params=descent.params)
    if found.x is not None and found.value is not None and found.value + descent.master.worth > before + enough:
        descent.stand_as(of.chosen(found.x))
        descent.solve()
        descent.take()
    descent.restore()
    return descent.floor > before, found.outcome == "optimal"


def repair_rows(descent: DivingState) -> None:
    """Drops what costs most at today's prices until no row is broken, where the best choice breaks some."""
    descent.restore()
    while len(held := np.flatnonzero(descent.chosen >= 0)):
        descent.solve()
        if descent.last.broken <= descent.allowed:
            break
        earns = descent.plans.earn(descent.last.price)
        least = np.full(len(descent.chosen), np.inf)
        own = descent.plans.flat == descent.chosen[descent.plans.site]
        least[descent.plans.site[own]] = earns[own]
        descent.chosen[held[int(least[held].argmin())]] = -1
        descent.restore()
    descent.value, descent.loss = descent.solve(), descent.last.broken
