"""From parts to wholes: a relaxation whose plans are settled and opened again, solved each time from where it stood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.country.columns import Columns
from tawteen.plan.country.dual import signs
from tawteen.plan.country.master import master, softened
from tawteen.plan.country.proof import Land
from tawteen.plan.draft import Floats
from tawteen.plan.solver import Relaxation
from tawteen.plan.watch import Watch

Whole = NDArray[np.int64]
SURE = 0.999
BATCH = 0.12
STEEP = 1000.0
NODES = 24
WORK = 60_000
"""Nodes times plans that a small country may take for a turn."""


class Descent:
    """Plans of some sites within the market, on top of what is settled in its `rows`, worth `worth` by itself.

    Rows may be broken at prices so steep that nothing gained pays for it; so there always is a solution, and what
    cannot be kept shows in the value. `chosen` is the best choice so far (indices of plans), `value` its value with
    `worth`, `loss` how much of the rows it breaks, at usual prices.
    """

    def __init__(self, here: Land, plans: Columns, rows: Floats, worth: float) -> None:
        self.of = softened(
            master(here.market, here.usual, plans, rows), here.usual, signs(here.market), here.proof.prices,
            share=0.0, far=STEEP,
        )  # fmt: skip
        self.here, self.plans, self.worth = here, plans, worth
        self.relaxation = Relaxation(self.of.arrays, self.of.units)
        self.order = np.argsort(plans.site, kind="stable")
        self.by_site = plans.site[self.order]
        self.chosen = np.zeros(0, dtype=np.int64)
        self.value, self.loss = -np.inf, np.inf
        self.share = np.zeros(len(plans.site))
        self.prices = self.root = here.proof.prices
        self.broken = np.inf
        self.allowed = 1e-9 * float(here.usual.worth.sum()) + 1e-3

    @property
    def floor(self) -> float:
        """What another choice must be worth to be better: nothing in particular while the best breaks rows."""
        return self.value if self.loss <= self.allowed else -np.inf

    def solve(self) -> float:
        """Value of the relaxation as it is; keeps its shares and prices."""
        solved = self.relaxation.solve()
        if solved.x is None or solved.value is None or solved.row_price is None:
            raise RuntimeError(f"a model that cannot be empty has no solution: {solved.outcome}")
        self.share = solved.x[self.of.place]
        self.broken = self.of.broken(solved.x, self.here.usual.price)
        self.prices = solved.row_price[: len(self.prices)]
        return solved.value + self.worth

    def bound(self, plans: Whole, low: float, high: float) -> None:
        """Bounds of plans between 0 and 1."""
        if len(plans):
            self.relaxation.bound(self.of.first + plans, np.full(len(plans), low), np.full(len(plans), high))

    def of_sites(self, sites: Whole) -> Whole:
        """All plans of some sites."""
        sites = np.sort(sites)
        first, last = np.searchsorted(self.by_site, sites), np.searchsorted(self.by_site, sites, side="right")
        return np.concatenate([self.order[a:b] for a, b in zip(first, last, strict=True)] or [np.zeros(0, np.int64)])

    def parts(self) -> Whole:
        """Plans taken in part, the largest first."""
        part = np.flatnonzero((self.share > 1 - SURE) & (self.share < SURE))
        return part[np.argsort(-self.share[part], kind="stable")]

    def take(self, value: float) -> None:
        """Keeps the choice that is just solved, if it is better; one that breaks no row before any that does."""
        whole = self.broken <= self.allowed
        if (whole and self.loss > self.allowed) or (value > self.value and (whole or self.loss > self.allowed)):
            self.value, self.loss = value, self.broken
            self.chosen = np.flatnonzero(self.share > 0.5)

    def restore(self) -> None:
        """Bounds as in the best choice."""
        all_ = np.arange(len(self.plans.site))
        self.bound(all_, 0.0, 0.0)
        self.bound(self.chosen, 1.0, 1.0)


def dive(descent: Descent, watch: Watch, *, batch: float = BATCH) -> None:
    """Settles the largest parts, a few sites a round; the others answer, and a batch that breaks rows is undone."""
    value = descent.solve()
    descent.root = descent.prices
    allowed = descent.allowed
    while len(part := descent.parts()):
        whole = np.flatnonzero(descent.share >= SURE)
        descent.bound(whole, 1.0, 1.0)
        part = part[np.sort(np.unique(descent.plans.site[part], return_index=True)[1])]
        some, broken = part[: max(1, int(batch * len(part)))], descent.broken
        hurry = watch.stop()
        while len(some) and not hurry:
            descent.bound(some, 1.0, 1.0)
            value = descent.solve()
            if descent.broken <= broken + allowed:
                break
            descent.bound(some, 0.0, 1.0)
            some = some[: len(some) // 4]
        if hurry or not len(some):
            descent.bound(part[:1] if not hurry else part, 0.0, 0.0)
            value = descent.solve()
            if descent.broken > broken + allowed:
                descent.bound(whole, 0.0, 1.0)
                value = descent.solve()
                descent.bound(np.flatnonzero(descent.share >= SURE), 1.0, 1.0)
        watch.say("dive", None, None, descent.here.proof.value)
    descent.take(value)


def reconsider(descent: Descent, sites: Whole, watch: Watch) -> bool:
    """Opens the plans of `sites` and searches depth first among what promises more than the best so far.

    Everything else stays as it is. True when something better is found; the bounds are those of the best choice after.
    """
    before, enough = descent.floor, 1e-7 * float(descent.here.usual.worth.sum())
    descent.bound(descent.of_sites(sites), 0.0, 1.0)
    path: list[tuple[int, float]] = []
    used, nodes = 0, max(NODES, WORK // max(len(descent.plans.site), 1))
    while used < nodes and not watch.stop() and watch.left:
        value = descent.solve()
        used += 1
        part = descent.parts() if value > descent.floor + enough else np.zeros(0, dtype=np.int64)
        if len(part):
            path.append((int(part[0]), 1.0))
            descent.bound(part[:1], 1.0, 1.0)
            continue
        if value > descent.floor + enough:
            descent.take(value)
        while path and path[-1][1] == 0.0:
            plan, _ = path.pop()
            descent.bound(np.array([plan]), 0.0, 1.0)
        if not path:
            break
        plan, _ = path.pop()
        path.append((plan, 0.0))
        descent.bound(np.array([plan]), 0.0, 0.0)
    for plan, _ in path:
        descent.bound(np.array([plan]), 0.0, 1.0)
    settle = descent.of_sites(sites)
    descent.bound(settle, 0.0, 0.0)
    descent.bound(np.intersect1d(settle, descent.chosen), 1.0, 1.0)
    return descent.floor > before


def relieve(descent: Descent) -> None:
    """Drops what costs most at today's prices until no row is broken, where the best choice breaks some."""
    descent.restore()
    while len(descent.chosen):
        descent.solve()
        if descent.broken <= descent.allowed:
            break
        plans = descent.plans.only(descent.chosen)
        earns = plans.value - plans.rows.T @ descent.prices
        descent.bound(descent.chosen[[int(earns.argmin())]], 0.0, 0.0)
        descent.chosen = np.delete(descent.chosen, int(earns.argmin()))
    descent.value, descent.loss = descent.solve(), descent.broken
