"""From a choice of starts to a better one, a site at a time, each step valued by all that is left to decide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.model_builder import Floats
from tawteen.plan.problem import Problem
from tawteen.plan.robust.recourse import Recourse
from tawteen.plan.robust.warm_start import Places
from tawteen.plan.tolerances import TOLERANCES


def keeps_rules(model: Problem, picked: Floats) -> bool:
    """Whether a choice keeps the rules and at most one start a site."""
    arrays = model.arrays
    done = arrays.matrix[:, model.starts] @ picked
    spans = (model.rows["rule"].span, model.rows["site"].span)
    return all(
        bool(
            (
                (done[s] >= arrays.row_lower[s] - TOLERANCES.feasibility)
                & (done[s] <= arrays.row_upper[s] + TOLERANCES.feasibility)
            ).all()
        )
        for s in spans
    )


def improve_choice(
    model: Problem, recourse: Recourse, picked: Floats, liked: NDArray[np.bool_], trials: int
) -> tuple[float, Floats] | None:
    """The best choice that steps of one site lead to from `picked`, with its value; None where that is not possible.

    A step starts a site, leaves it, or starts it otherwise. What is left to decide is worth a concave function of the
    starts (sensitivity of a linear model to its right-hand side), so that the slopes at a choice say how much a step
    can bring at most: steps that can bring nothing are never tried. Those to starts that are `liked` come first, then
    those that promise most; the first that brings something is taken. Ends after `trials` steps were valued, or at a
    choice that no step of one site betters.
    """
    slopes = recourse.slopes(picked)
    if slopes is None:
        return None
    site = _sites(model)
    (value, slope), seen = slopes, {picked.tobytes()}
    while trials > 0:
        for start in _promising(site, picked, slope, liked, TOLERANCES.improvement * abs(value)):
            step = picked * (site != site[start])
            step[start] = 1.0 - picked[start]
            if step.tobytes() in seen or not keeps_rules(model, step):
                continue
            seen.add(step.tobytes())
            trials -= 1
            after = recourse.slopes(step)
            if after is not None and after[0] > value:
                picked, (value, slope) = step, after
                break
            if not trials:
                break
        else:
            break
    return value, picked


def _sites(model: Problem) -> Places:
    """Site of each start, as a number."""
    return np.unique(model.columns["start"].keys["site"].to_numpy(), return_inverse=True)[1]


def _promising(
    site: Places, picked: Floats, slope: Floats, liked: NDArray[np.bool_], least: float
) -> list[int]:  # fmt: skip
    """Starts to take up, and taken starts to leave, that may bring more than `least`, in the order to try them in."""
    chosen = np.flatnonzero(picked > 0.5)
    now = np.zeros(site.max(initial=-1) + 1)
    now[site[chosen]] = slope[chosen]
    more = slope - now[site]
    more[chosen] = -slope[chosen]
    order = np.lexsort((-more, ~(liked | (picked > 0.5))))
    return [int(i) for i in order[more[order] > least]]
