"""The search of the country engine: a descent from the relaxation, then a neighbourhood at a time around its choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.columns import lines, starts
from tawteen.plan.decomposition.dive import DivingState, dive, repair_rows, search_neighbourhood
from tawteen.plan.decomposition.pricing import price_starts
from tawteen.plan.decomposition.proof import DualState, best_starts, generate_columns, improving_plans, initial_master
from tawteen.plan.model_builder import Floats

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class SearchControl:
    """How long the proof, the choice and the whole may take, the seed, and whether a value is good enough."""

    proof: SearchBudget
    choice: SearchBudget
    seed: int
    enough: Callable[[float], bool]


def search(here: DualState, known: Whole, run: SearchControl) -> DivingState:
    """Columns, a dive over all sites, and search around it; `known` starts of an earlier programme come first.

    Where not even parts of plans keep every row, nothing is chosen.
    """
    choice = initial_master(here)
    generate_columns(here, run.proof, choice)
    unseen = np.setdiff1d(known, choice.master.plans.flat)
    choice.master.add(starts(here.sites, here.market, unseen, here.proof.quote, choice.line))
    descent = DivingState(here, choice)
    restore_feasibility(descent)
    if descent.last.broken > descent.allowed:
        return descent
    if len(known):
        use_known_starts(descent, known)
    dive(descent, run.choice)
    if descent.loss > descent.allowed:
        repair_rows(descent)
    descent.restore()
    return improve(descent, run)


def restore_feasibility(descent: DivingState) -> None:
    """Plans enough to keep every row, where that can be done at all: priced in at steep prices."""
    here = descent.here
    while descent.last.broken > descent.allowed:
        found = price_starts(here.sites, here.market, descent.last.price)
        new = improving_plans(here, descent.choice, found, descent.last)
        if not len(new.site):
            return
        descent.master.add(new)
        descent.grown()
        descent.solve(primal=True)


def use_known_starts(descent: DivingState, known: Whole) -> None:
    """Takes an earlier choice as the first, and opens all starts again."""
    sites = descent.here.sites
    descent.chosen[sites.site[known // sites.shape[1]]] = known
    all_ = np.ones(len(descent.open), dtype=bool), np.zeros(len(descent.must), dtype=bool)
    descent.restore()
    descent.solve()
    descent.take()
    descent.stand(*all_)


def improve(descent: DivingState, run: SearchControl) -> DivingState:
    """Opens some sites at a time that compete with one another, as many as can just be searched through.

    Large neighbourhood search (Shaw 1998); where it finds nothing for a while, plans are priced anew around the choice.
    A choice that still breaks rows gets some more turns after its time.
    """
    rng = np.random.default_rng([run.seed, 1])
    params = descent.params
    overtime, failed, some = params.overtime, 0, params.open_sites
    reprice_plans(descent)
    while not run.choice.should_stop() and not run.enough(descent.floor):
        if run.choice.exhausted:
            if descent.loss <= descent.allowed or not overtime:
                break
            overtime -= 1
        odds = competing_site_odds(descent, contested_odds(descent), rng)
        width = min(int(some), int((odds > 0).sum()))
        if not width:
            break
        sites = rng.choice(len(odds), size=width, replace=False, p=odds)
        better, through = search_neighbourhood(descent, sites, run.choice, run.seed)
        some = min(max(some * (params.widen if through else 1.0 / params.widen), 4.0), len(odds))
        run.choice.count_step()
        failed = 0 if better else failed + 1
        if failed == params.patience:
            reprice_plans(descent)
            failed = 0
        run.choice.report("improve", None, descent.value, descent.here.proof.value)
    return descent


def competing_site_odds(descent: DivingState, odds: Floats, rng: np.random.Generator) -> Floats:
    """Odds of sites to be opened with one that is drawn by `odds`: those that want what it wants come first."""
    if odds.sum() <= 0:
        return odds
    plans, price = descent.plans, np.abs(descent.here.proof.prices)
    one = int(rng.choice(len(odds), p=odds / odds.sum()))
    wants = abs(plans.rows[:, plans.site == one]).max(axis=1).toarray().ravel() * price
    shared = np.zeros(len(odds))
    np.maximum.at(shared, plans.site, abs(plans.rows).T @ wants)
    near = odds * shared
    mixed = np.where(odds > 0, near / max(near.sum(), 1e-300) + descent.params.spread * odds / odds.sum(), 0.0)
    return np.asarray(mixed / mixed.sum())


def reprice_plans(descent: DivingState) -> None:
    """More plans: those that promise most at the choice's own prices, and its own starts run anew, until that is best.

    The choice stays, and is worth more where its throughput can be better.
    """
    here, choice = descent.here, descent.choice
    for _ in range(descent.params.repricing):
        descent.restore()
        before = descent.solve()
        found = price_starts(here.sites, here.market, descent.last.price)
        own = descent.chosen[descent.chosen >= 0]
        best = best_starts(here.sites, found.worth, here.params.pricing.new_plans)
        site = here.sites.site[best // here.sites.shape[1]]
        gain = found.worth.ravel()[best] - descent.last.earned[site]
        best = best[gain > 1e-4 * here.usual.worth[site]]
        descent.master.add(starts(here.sites, here.market, np.union1d(best, own), found, choice.line))
        descent.master.add(lines(here.sites, here.market, found, choice.line))
        descent.grown()
        descent.restore()
        after = descent.solve()
        if descent.loss > descent.allowed or after > descent.value:
            descent.take()
        if after - before < 1e-6 * float(here.usual.worth.sum()):
            break


def contested_odds(descent: DivingState) -> Floats:
    """Per site how much its choice loses against its best at the proof's prices, and how near its next best is."""
    here, plans = descent.here, descent.plans
    count, earns = here.sites.count, plans.earn(here.proof.prices)
    have, peak, held = np.zeros(count), np.zeros(count), np.zeros(count)
    own = plans.flat == descent.chosen[plans.site]
    np.maximum.at(have, plans.site[own], earns[own])
    np.maximum.at(peak, plans.site, earns)
    other = np.full(count, -np.inf)
    np.maximum.at(other, plans.site[~own], earns[~own])
    scale = 0.02 * float(np.median(here.usual.worth)) if len(here.usual.worth) else 1.0
    near = np.exp(-np.clip((peak - other) / scale, 0.0, 700.0))
    held[np.unique(plans.site)] = 1.0
    return np.asarray(held * (peak - have + 0.3 * scale * near))
