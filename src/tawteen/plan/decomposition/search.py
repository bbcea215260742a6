"""The choice of starts by decomposition: column generation, a dive, then large neighbourhood search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.columns import line_columns, start_columns
from tawteen.plan.decomposition.dive import DivingState, dive, repair_rows, search_neighbourhood
from tawteen.plan.decomposition.pricing import price_starts
from tawteen.plan.decomposition.proof import DualState, best_starts, generate_columns, improving_plans, initial_master
from tawteen.plan.model_builder import Floats

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class SearchControl:
    """Budgets of the bound (`proof`) and of the choice, the seed, and `enough`: whether a value reaches the gap.

    `fallback`: there is a programme that keeps all limits without a search, so that none has to be found after the end
    of the budget.
    """

    proof: SearchBudget
    choice: SearchBudget
    seed: int
    enough: Callable[[float], bool]
    fallback: bool = False

    @property
    def over(self) -> bool:
        """Whether the time of the choice is over, and there is a programme without it."""
        return self.fallback and (self.choice.should_stop() or not self.choice.remaining)


def search(dual: DualState, earlier_starts: Indices, control: SearchControl) -> DivingState:
    """The best choice of starts found; `earlier_starts` (flat indices) of an earlier programme are its first choice.

    Where the relaxation itself violates rows, the result has no choice and an infinite violation.
    """
    choice = initial_master(dual)
    generate_columns(dual, control.proof, choice)
    unseen = np.setdiff1d(earlier_starts, choice.master.plans.flat)
    choice.master.add(start_columns(dual.sites, dual.market, unseen, dual.proof.priced, choice.line))
    descent = DivingState(dual, choice)
    restore_feasibility(descent, control)
    if descent.last.violation > descent.tolerance:
        return descent
    if len(earlier_starts):
        use_known_starts(descent, earlier_starts)
    dive(descent, control.choice)
    if descent.violation > descent.tolerance and not control.over:
        repair_rows(descent)
    descent.restore_choice()
    return descent if control.over else improve(descent, control)


def restore_feasibility(descent: DivingState, control: SearchControl) -> None:
    """Adds plans, priced by the violated rows, until the relaxation violates none, no plan helps or time is over."""
    dual = descent.dual
    while descent.last.violation > descent.tolerance and not control.over:
        priced = price_starts(dual.sites, dual.market, descent.last.price)
        new = improving_plans(dual, descent.choice, priced, descent.last)
        if not len(new.site):
            return
        descent.master.add(new)
        descent.open_new_plans()
        descent.solve(primal=True)


def use_known_starts(descent: DivingState, earlier_starts: Indices) -> None:
    """Makes the starts of an earlier programme the first choice, then frees all starts again."""
    sites = descent.dual.sites
    descent.chosen[sites.site[earlier_starts // sites.shape[1]]] = earlier_starts
    all_open, none_required = np.ones(len(descent.open), dtype=bool), np.zeros(len(descent.must), dtype=bool)
    descent.restore_choice()
    descent.solve()
    descent.keep_if_better()
    descent.set_bounds(all_open, none_required)


def improve(descent: DivingState, control: SearchControl) -> DivingState:
    """Large neighbourhood search (Shaw 1998) over sites that compete for the same limits.

    The size of the neighbourhood grows while it is solved to optimality and shrinks otherwise. After
    `params.patience` neighbourhoods without success, plans are priced anew around the choice. A choice that violates
    rows gets `params.overtime` neighbourhoods after the budget.
    """
    rng = np.random.default_rng([control.seed, 1])
    params = descent.params
    overtime, failed, size = 0 if control.fallback else params.overtime, 0, params.open_sites
    reprice_plans(descent)
    while not control.choice.should_stop() and not control.enough(descent.value_to_beat):
        if control.choice.exhausted:
            if descent.violation <= descent.tolerance or not overtime:
                break
            overtime -= 1
        odds = competing_site_odds(descent, contested_odds(descent), rng)
        width = min(int(size), int((odds > 0).sum()))
        if not width:
            break
        sites = rng.choice(len(odds), size=width, replace=False, p=odds)
        better, solved = search_neighbourhood(descent, sites, control.choice, control.seed)
        size = min(max(size * (params.widen if solved else 1.0 / params.widen), params.least_sites), len(odds))
        control.choice.count_step()
        failed = 0 if better else failed + 1
        if failed == params.patience:
            reprice_plans(descent)
            failed = 0
        starts = named_starts(descent) if better and descent.violation <= descent.tolerance else None
        control.choice.report("improve", None, descent.value, descent.dual.proof.value, starts=starts)
    return descent


def named_starts(descent: DivingState) -> tuple[tuple[str, int], ...]:
    """Option and period of the chosen starts."""
    sites = descent.dual.sites
    rows, periods = np.divmod(descent.chosen[descent.chosen >= 0], sites.shape[1])
    names = dict(sites.options.select("row", "option").iter_rows())
    return tuple((names[row], period) for row, period in zip(rows.tolist(), periods.tolist(), strict=True))


def competing_site_odds(descent: DivingState, odds: Floats, rng: np.random.Generator) -> Floats:
    """Probabilities of the sites to be freed with one site drawn by `odds`.

    Sites whose plans use the same priced limits as the drawn site are more likely.
    """
    if odds.sum() <= 0:
        return odds
    plans, price = descent.plans, np.abs(descent.dual.proof.prices)
    drawn = int(rng.choice(len(odds), p=odds / odds.sum()))
    priced_use = abs(plans.rows[:, plans.site == drawn]).max(axis=1).toarray().ravel() * price
    shared = np.zeros(len(odds))
    np.maximum.at(shared, plans.site, abs(plans.rows).T @ priced_use)
    competing = odds * shared
    mixed = np.where(
        odds > 0, competing / max(competing.sum(), 1e-300) + descent.params.spread * odds / odds.sum(), 0.0
    )
    return np.asarray(mixed / mixed.sum())


def reprice_plans(descent: DivingState) -> None:
    """Adds the best plans at the prices of the fixed choice, and its own starts with throughput at these prices.

    Repeats until a round gains less than `params.repricing_gain`. The starts of the choice stay; its value may rise
    through better throughput.
    """
    dual, choice = descent.dual, descent.choice
    for _ in range(descent.params.repricing):
        descent.restore_choice()
        before = descent.solve()
        priced = price_starts(dual.sites, dual.market, descent.last.price)
        own = descent.chosen[descent.chosen >= 0]
        best = best_starts(dual.sites, priced.worth, dual.params.pricing.new_plans)
        site = dual.sites.site[best // dual.sites.shape[1]]
        gain = priced.worth.ravel()[best] - descent.last.site_values[site]
        best = best[gain > dual.params.pricing.least_gain * dual.typical.worth[site]]
        descent.master.add(start_columns(dual.sites, dual.market, np.union1d(best, own), priced, choice.line))
        descent.master.add(line_columns(dual.sites, dual.market, priced, choice.line))
        descent.open_new_plans()
        descent.restore_choice()
        after = descent.solve()
        if descent.violation > descent.tolerance or after > descent.value:
            descent.keep_if_better()
        if after - before < descent.params.repricing_gain * float(dual.typical.worth.sum()):
            break


def contested_odds(descent: DivingState) -> Floats:
    """Weight of each site: the loss of its chosen plan against its best, plus a term for a near second-best plan."""
    dual, plans = descent.dual, descent.plans
    count, earns = dual.sites.count, plans.reduced_values(dual.proof.prices)
    chosen_value, best_value, has_plans = np.zeros(count), np.zeros(count), np.zeros(count)
    own = plans.flat == descent.chosen[plans.site]
    np.maximum.at(chosen_value, plans.site[own], earns[own])
    np.maximum.at(best_value, plans.site, earns)
    second_value = np.full(count, -np.inf)
    np.maximum.at(second_value, plans.site[~own], earns[~own])
    scale = descent.params.tie_scale * float(np.median(dual.typical.worth)) if len(dual.typical.worth) else 1.0
    nearness = np.exp(-np.clip((best_value - second_value) / scale, 0.0, 700.0))
    has_plans[np.unique(plans.site)] = 1.0
    return np.asarray(has_plans * (best_value - chosen_value + descent.params.tie_weight * scale * nearness))
