"""The search of the country engine: a descent from the relaxation, then a neighbourhood at a time around its choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.country.columns import lines, starts
from tawteen.plan.country.descent import Descent, dive, reconsider, relieve
from tawteen.plan.country.pricing import quote
from tawteen.plan.country.proof import NEW, Land, fresh, in_play, promising, refine
from tawteen.plan.draft import Floats
from tawteen.plan.watch import Watch

Whole = NDArray[np.int64]
OPEN = 40
TURNS = 40
PATIENCE = 6


@dataclass(frozen=True)
class Run:
    """How long the proof, the choice and the whole may take, the seed, and whether a value is good enough."""

    proof: Watch
    choice: Watch
    seed: int
    enough: Callable[[float], bool]


def search(here: Land, known: Whole, run: Run) -> Descent:
    """Columns, a dive over contested sites, and search around it; `known` starts of an earlier programme come first.

    Where not even parts of plans keep every row, nothing is chosen.
    """
    choice = in_play(here)
    refine(here, run.proof, choice)
    unseen = np.setdiff1d(known, np.union1d(choice.master.plans.flat, choice.settled.flat))
    if len(unseen):
        choice.enter(starts(here.sites, here.market, unseen, here.proof.quote, choice.line))
    descent = Descent(here, choice)
    keep_rows(descent)
    if descent.last.broken > descent.allowed:
        return descent
    if len(known):
        begin(descent, known)
    dive(descent, run.choice)
    if descent.loss > descent.allowed:
        relieve(descent)
    descent.restore()
    return improve(descent, run)


def keep_rows(descent: Descent) -> None:
    """Plans enough to keep every row, where that can be done at all: priced in at steep prices."""
    here = descent.here
    while descent.last.broken > descent.allowed:
        found = quote(here.sites, here.market, descent.last.price)
        new = fresh(here, descent.choice, found, descent.last.price)
        if not len(new.site):
            return
        descent.choice.enter(new)
        descent.solve(primal=True)


def begin(descent: Descent, known: Whole) -> None:
    """Takes an earlier choice as the first, and opens all plans again."""
    _, first = np.unique(descent.plans.flat, return_index=True)
    descent.chosen = first[np.isin(descent.plans.flat[first], known)]
    descent.restore()
    descent.solve()
    descent.take()
    descent.master.bound(np.arange(len(descent.plans.flat)), 0.0, 1.0)


def improve(descent: Descent, run: Run) -> Descent:
    """Opens some sites at a time, those whose choice is closest or costliest at the proof's prices more often.

    Large neighbourhood search (Shaw 1998); where it finds nothing for a while, plans are priced anew around the choice.
    A choice that still breaks rows gets some more turns after its time.
    """
    rng = np.random.default_rng([run.seed, 1])
    late = Watch(np.inf, None, run.choice.stop)
    overtime, failed = TURNS, 0
    while not run.choice.stop() and not run.enough(descent.floor):
        if not run.choice.left:
            if descent.loss <= descent.allowed or not overtime:
                break
            overtime -= 1
        odds = contested_odds(descent)
        some = min(OPEN, -(-int((odds > 0).sum()) // 2))
        if not some:
            break
        sites = rng.choice(len(odds), size=some, replace=False, p=odds / odds.sum())
        failed = 0 if reconsider(descent, sites, late) else failed + 1
        if failed == PATIENCE:
            renew(descent)
            failed = 0
        run.choice.say("improve", None, descent.value, descent.here.proof.value)
    return descent


def renew(descent: Descent) -> None:
    """More plans: those that promise most at the choice's own prices, and its own plans run anew."""
    here, choice = descent.here, descent.choice
    descent.restore()
    descent.solve()
    found = quote(here.sites, here.market, descent.last.price)
    own = descent.plans.flat[descent.chosen]
    best = promising(here.sites, found.worth, NEW)
    site = here.sites.site[best // here.sites.shape[1]]
    best = best[found.worth.ravel()[best] > choice.earned(descent.last.price)[site]]
    place = len(descent.plans.site)
    for more in (
        starts(here.sites, here.market, np.union1d(best, own[own >= 0]), found, choice.line),
        lines(here.sites, here.market, found, choice.line),
    ):
        first = len(descent.plans.site)
        moved = choice.enter(more)
        descent.chosen = np.concatenate([descent.chosen, first + np.arange(moved)])
    descent.master.bound(np.arange(place, len(descent.plans.site)), 0.0, 0.0)
    descent.master.bound(descent.chosen, 1.0, 1.0)


def contested_odds(descent: Descent) -> Floats:
    """Per site how much its choice loses against its best plan at the proof's prices, and how near its next best is."""
    here, plans = descent.here, descent.plans
    count, earns = here.sites.count, plans.earn(here.proof.prices)
    have, peak, held = np.zeros(count), np.zeros(count), np.zeros(count)
    have[plans.site[descent.chosen]] = earns[descent.chosen]
    np.maximum.at(peak, plans.site, earns)
    other = np.full(count, -np.inf)
    rest = np.ones(len(earns), dtype=bool)
    rest[descent.chosen] = False
    np.maximum.at(other, plans.site[rest], earns[rest])
    scale = 0.02 * float(np.median(here.usual.worth)) if len(here.usual.worth) else 1.0
    near = np.exp(-np.clip((peak - other) / scale, 0.0, 700.0))
    held[np.unique(plans.site)] = 1.0
    return np.asarray(held * (peak - have + 0.3 * scale * near))
