"""From parts to wholes: a relaxation whose plans are settled and opened again, solved each time from where it stood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.country.columns import Columns
from tawteen.plan.country.proof import Choice, Land
from tawteen.plan.watch import Watch

Whole = NDArray[np.int64]
SURE = 0.999
BATCH = 0.12
STEEP = 40.0
TRIES = 6
"""Batches of a round that may break rows before a part is dropped."""
NODES = 24
WORK = 60_000
"""Nodes times plans that a small country may take for a turn."""


class Descent:
    """Plans of the contested sites within the market, beside what is settled.

    Rows may be broken at prices so steep that nothing gained pays for it; so there always is a solution, and what
    cannot be kept shows in the value. `chosen` is the best choice so far (indices of plans), `value` its value with
    what is settled, `loss` how much of the rows it breaks, at usual prices.
    """

    def __init__(self, here: Land, choice: Choice) -> None:
        self.here, self.choice, self.master = here, choice, choice.master
        self.master.hold(here.proof.prices, share=0.0, far=STEEP)
        self.chosen = np.zeros(0, dtype=np.int64)
        self.value, self.loss = -np.inf, np.inf
        self.allowed = 1e-9 * float(here.usual.worth.sum()) + 1e-3
        self.last = self.master.solve(primal=True)

    @property
    def plans(self) -> Columns:
        """All plans in play."""
        return self.master.plans

    @property
    def floor(self) -> float:
        """What another choice must be worth to be better: nothing in particular while the best breaks rows."""
        return self.value if self.loss <= self.allowed else -np.inf

    def solve(self, *, primal: bool = False) -> float:
        """Value of the relaxation as it is; keeps its shares and prices."""
        self.last = self.choice.last = self.master.solve(primal=primal)
        return self.last.value

    def of_sites(self, sites: Whole) -> Whole:
        """All plans of some sites."""
        return np.flatnonzero(np.isin(self.plans.site, sites))

    def parts(self) -> Whole:
        """Plans taken in part, the largest first."""
        share = self.last.share
        part = np.flatnonzero((share > 1 - SURE) & (share < SURE))
        return part[np.argsort(-share[part], kind="stable")]

    def take(self) -> None:
        """Keeps the choice that is just solved, if it is better; one that breaks no row before any that does."""
        value, broken = self.last.value, self.last.broken
        whole = broken <= self.allowed
        if (whole and self.loss > self.allowed) or (value > self.value and (whole or self.loss > self.allowed)):
            self.value, self.loss = value, broken
            self.chosen = np.flatnonzero(self.last.share > 0.5)

    def restore(self) -> None:
        """Bounds as in the best choice."""
        all_ = np.arange(len(self.plans.site))
        self.master.bound(all_, 0.0, 0.0)
        self.master.bound(self.chosen, 1.0, 1.0)


def dive(descent: Descent, watch: Watch, *, batch: float = BATCH) -> None:
    """Settles the largest parts, a few sites a round; the others answer, and a batch that breaks rows is undone."""
    master, allowed = descent.master, descent.allowed
    descent.solve()
    while len(part := descent.parts()):
        whole = np.flatnonzero(descent.last.share >= SURE)
        master.bound(whole, 1.0, 1.0)
        part = part[np.sort(np.unique(descent.plans.site[part], return_index=True)[1])]
        some, broken = part[: max(1, int(batch * len(part)))], descent.last.broken
        hurry = watch.stop() or not watch.left
        while len(some) and not hurry:
            master.bound(some, 1.0, 1.0)
            descent.solve()
            if descent.last.broken <= broken + allowed:
                break
            master.bound(some, 0.0, 1.0)
            some = some[: len(some) // 4]
        if hurry or not len(some):
            master.bound(part[:1] if not hurry else part, 0.0, 0.0)
            descent.solve()
            if descent.last.broken > broken + allowed:
                master.bound(whole, 0.0, 1.0)
                descent.solve()
                master.bound(np.flatnonzero(descent.last.share >= SURE), 1.0, 1.0)
        watch.say("dive", None, None, descent.here.proof.value)
    descent.take()


def reconsider(descent: Descent, sites: Whole, watch: Watch) -> bool:
    """Opens the plans of `sites` and searches depth first among what promises more than the best so far.

    Everything else stays as it is. True when something better is found; the bounds are those of the best choice after.
    """
    before, enough = descent.floor, 1e-7 * float(descent.here.usual.worth.sum())
    bound, opened = descent.master.bound, descent.of_sites(sites)
    bound(opened, 0.0, 1.0)
    path: list[tuple[int, float]] = []
    used, nodes = 0, max(NODES, WORK // max(len(descent.plans.site), 1))
    while used < nodes and not watch.stop() and watch.left:
        value = descent.solve()
        used += 1
        part = descent.parts() if value > descent.floor + enough else np.zeros(0, dtype=np.int64)
        if len(part):
            path.append((int(part[0]), 1.0))
            bound(part[:1], 1.0, 1.0)
            continue
        if value > descent.floor + enough:
            descent.take()
        while path and path[-1][1] == 0.0:
            plan, _ = path.pop()
            bound(np.array([plan]), 0.0, 1.0)
        if not path:
            break
        plan, _ = path.pop()
        path.append((plan, 0.0))
        bound(np.array([plan]), 0.0, 0.0)
    bound(opened, 0.0, 0.0)
    bound(np.intersect1d(opened, descent.chosen), 1.0, 1.0)
    return descent.floor > before


def relieve(descent: Descent) -> None:
    """Drops what costs most at today's prices until no row is broken, where the best choice breaks some."""
    descent.restore()
    while len(descent.chosen):
        descent.solve()
        if descent.last.broken <= descent.allowed:
            break
        earns = descent.plans.only(descent.chosen).earn(descent.last.price)
        descent.master.bound(descent.chosen[[int(earns.argmin())]], 0.0, 0.0)
        descent.chosen = np.delete(descent.chosen, int(earns.argmin()))
    descent.value, descent.loss = descent.solve(), descent.last.broken
