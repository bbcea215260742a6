"""Whole classes for a choice of starts that was searched as if every class were full."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.outcome import problem_with_starts
from tawteen.plan.decomposition.sites import SiteArrays
from tawteen.plan.fixed_starts import solve_with_starts
from tawteen.plan.params import SearchParams
from tawteen.plan.solver import solve_mip
from tawteen.works.training import class_terms

Indices = NDArray[np.int64]


def has_classes(market: Market) -> bool:
    """Whether a course of the case is taught in whole classes."""
    return class_terms(market.inputs.case).height > 0


def worth_their_classes(
    market: Market, sites: SiteArrays, flat: Indices, budget: SearchBudget, *, seed: int, params: SearchParams
) -> Indices:
    """The best of the starts `flat`, some of them moved by a few quarters or left out, when classes cost whole.

    One mixed-integer model over these starts and their neighbours in time: whoever does not pay for what its class
    costs drops out, and classes that run half empty in two quarters may be held in one.
    """
    near = _moved(sites, flat, params.dive.class_quarters)
    model = problem_with_starts(market, sites, near)
    if not len(model.arrays.whole):
        return flat
    keys = model.columns["start"].keys.join(
        sites.options.select("option", "row"), on="option", how="left", maintain_order="left"
    )
    place = (keys["row"] * sites.shape[1] + keys["period"]).to_numpy()
    known = solve_with_starts(model.arrays, model.starts.start + np.flatnonzero(np.isin(place, flat)))
    searched = solve_mip(
        model.arrays, seconds=max(budget.remaining, params.dive.class_seconds) if budget.steps is None else np.inf,
        seed=seed, known=known.x, gap=0.0, effort=params.dive.effort, stop=budget.should_stop,
        nodes=None if budget.steps is None else params.dive.nodes,
    )  # fmt: skip
    best = known if searched.x is None or (known.value or -np.inf) > (searched.value or -np.inf) else searched
    return flat if best.x is None else np.sort(place[best.x[model.starts] > 0.5])


def _moved(sites: SiteArrays, flat: Indices, quarters: int) -> Indices:
    """The starts `flat` and those of the same options up to so many quarters sooner or later that are possible."""
    periods = sites.shape[1]
    option, start = flat // periods, flat % periods
    moved = start[:, None] + np.arange(-quarters, quarters + 1)
    inside = (moved >= 0) & (moved < periods)
    near = np.unique((option[:, None] * periods + moved)[inside])
    return np.union1d(flat, near[np.isfinite(sites.value.ravel()[near])])
