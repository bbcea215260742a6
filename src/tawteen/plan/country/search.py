"""The search of the country engine: one descent over all sites where they are few, block after block where many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.country.columns import Columns, joined, lines, starts
from tawteen.plan.country.descent import Descent, dive, reconsider, relieve
from tawteen.plan.country.pricing import quote, totals
from tawteen.plan.country.proof import NEW, Choice, Land, promising, refine, settled
from tawteen.plan.draft import Floats
from tawteen.plan.watch import Watch

Whole = NDArray[np.int64]
BLOCK = 1000
FEW = 8
OPEN = 40
HASTY = 0.3
TURNS = 40
PATIENCE = 6
STEPS = (1.0, 0.5, 0.2)


@dataclass(frozen=True)
class Run:
    """How long the proof, the choice and the whole may take, the seed, and whether a value is good enough."""

    proof: Watch
    choice: Watch
    seed: int
    enough: Callable[[float], bool]


def whole_country(here: Land, known: Whole, run: Run) -> Descent:
    """Columns, a dive over all sites, and search around it; `known` starts of an earlier programme come first.

    Where not even parts of plans keep every row, nothing is chosen.
    """
    choice = refine(here, run.proof)
    unseen = known[~np.isin(known, choice.plans.flat)]
    plans = joined(choice.plans, starts(here.sites, here.market, unseen, here.proof.quote, choice.line))
    descent = _kept(here, plans, choice)
    plans = descent.plans
    if descent.broken > descent.allowed:
        return descent
    if len(known):
        _, first = np.unique(plans.flat, return_index=True)
        begin(descent, first[np.isin(plans.flat[first], known)])
    dive(descent, run.choice)
    if descent.loss > descent.allowed:
        relieve(descent)
    descent.restore()
    return improve(here, descent, choice, run)


def _kept(here: Land, plans: Columns, choice: Choice) -> Descent:
    """A descent with plans enough to keep every row, where that can be done at all: priced in at steep prices."""
    while True:
        descent = Descent(here, plans, choice.rows, choice.worth)
        descent.solve()
        if descent.broken <= descent.allowed:
            return descent
        found = quote(here.sites, here.market, descent.prices)
        flat = np.setdiff1d(promising(here.sites, found.worth, FEW), plans.flat)
        if not len(flat):
            return descent
        plans = joined(plans, starts(here.sites, here.market, flat, found, choice.line))


def begin(descent: Descent, chosen: Whole) -> None:
    """Takes a choice as the first, and opens all plans again."""
    descent.chosen = chosen
    descent.restore()
    descent.take(descent.solve())
    descent.bound(np.arange(len(descent.plans.flat)), 0.0, 1.0)


def improve(here: Land, descent: Descent, choice: Choice, run: Run) -> Descent:
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
        odds = contested(here, descent)
        some = min(OPEN, -(-int((odds > 0).sum()) // 2))
        if not some:
            break
        sites = rng.choice(len(odds), size=some, replace=False, p=odds / odds.sum())
        failed = 0 if reconsider(descent, sites, late) else failed + 1
        if failed == PATIENCE:
            descent, failed = renewed(here, descent, choice), 0
        run.choice.say("improve", None, descent.value, here.proof.value)
    return descent


def renewed(here: Land, descent: Descent, choice: Choice) -> Descent:
    """The same choice among more plans: those that promise most at its own prices, and its own plans run anew."""
    descent.restore()
    descent.solve()
    found = quote(here.sites, here.market, descent.prices)
    own = descent.plans.flat[descent.chosen]
    flat = np.union1d(promising(here.sites, found.worth, NEW), own[own >= 0])
    more = joined(
        starts(here.sites, here.market, flat, found, choice.line), lines(here.sites, here.market, found, choice.line)
    )
    known = joined(descent.plans.only(descent.chosen), choice.plans)
    other = Descent(here, joined(known, more), choice.rows, choice.worth)
    other.chosen = np.arange(len(descent.chosen))
    other.restore()
    other.take(other.solve())
    return other


def contested(here: Land, descent: Descent) -> Floats:
    """Per site how much its choice loses against its best plan at the proof's prices, and how near its next best is."""
    plans, count = descent.plans, here.sites.count
    earns = plans.value - plans.rows.T @ here.proof.prices
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


def in_blocks(here: Land, known: Whole, run: Run) -> tuple[Columns, float]:
    """Settles a thousand sites after the other, those to come as they are in the smoothed state; then blocks anew.

    Returns the plans chosen and by how much they break rows. A warm start comes as what the first blocks stand beside.
    """
    order = np.random.default_rng([run.seed, 0]).permutation(len(here.sites.first))
    parts = np.array_split(order, max(1, round(len(order) / BLOCK)))
    run_now = here.proof.quote.run_now
    line, rows, worth = settled(here, run_now)
    chosen = starts(here.sites, here.market, known, here.proof.quote, line)
    later = np.full(len(order), not len(known))
    for part in parts if not len(known) else ():
        later[part] = False
        descent = _block(here, chosen, part, line, _expected(here, later, run_now))
        chosen = joined(chosen, descent.plans.only(descent.chosen))
        run.choice.say("blocks", None, None, here.proof.value)
    turn, loss = 0, np.inf
    while (run.choice.left and not run.choice.stop()) or loss == np.inf:
        descent = _block(here, chosen, parts[turn % len(parts)], line, (rows, worth))
        if descent.loss > descent.allowed:
            relieve(descent)
        staying = ~np.isin(chosen.site, parts[turn % len(parts)])
        chosen = joined(chosen.only(staying), descent.plans.only(descent.chosen))
        turn, loss = turn + 1, descent.loss if descent.loss > descent.allowed else 0.0
        run.choice.say("improve", None, descent.value, here.proof.value)
        if run.enough(descent.floor):
            break
    return chosen, loss


def _expected(here: Land, later: NDArray[np.bool_], run_now: Floats) -> tuple[Floats, float]:
    """Rows and worth of lines as settled and of the sites to come as in the smoothed state."""
    weights = here.state.weights * later[here.sites.site][:, None]
    return totals(here.sites, here.market, weights, here.state.quote.run, run_now)


def _block(here: Land, chosen: Columns, part: Whole, line: Floats, beside: tuple[Floats, float]) -> Descent:
    """A dive over the sites of a block, with `beside` and what is chosen elsewhere as it is."""
    among = np.zeros(len(here.sites.first), dtype=bool)
    among[part] = True
    own = np.isin(chosen.site, part)
    stay, kept = chosen.only(~own), chosen.only(own)
    found = here.proof.quote
    flat = np.setdiff1d(promising(here.sites, found.worth, FEW, among), kept.flat)
    plans = joined(kept, starts(here.sites, here.market, flat, found, line))
    rows = beside[0] + np.asarray(stay.rows.sum(axis=1)).ravel()
    descent = Descent(here, plans, rows, beside[1] + float(stay.value.sum()))
    if len(kept.flat):
        begin(descent, np.arange(len(kept.flat)))
    dive(descent, Watch(np.inf), batch=HASTY)
    for step in STEPS:
        here.try_prices(here.proof.prices + step * (descent.root - here.proof.prices))
    return descent
