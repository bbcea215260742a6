"""The best choice anew in a scenario, among the starts that were good in the base case."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.core import core
from tawteen.plan.draft import Arrays, Floats
from tawteen.plan.planning import problem_of
from tawteen.plan.problem import chosen
from tawteen.plan.robust.draws import Drawn
from tawteen.plan.robust.recourse import struck
from tawteen.plan.solver import Stop, solve_lp, solve_mip

Starts = frozenset[tuple[str, int]]
"""Options with the periods they start in."""

BEST = 12
"""Starts of each site that stay in: the dozen best at the prices of the base programme, as planning.md measured."""


def good_starts(keys: pl.DataFrame, worth: Floats, held: Starts) -> Starts:
    """The `BEST` starts of each site by what each is worth, and `held` with them; `keys` has option, site, period."""
    ranked = keys.with_columns(worth=pl.Series(worth)).sort("worth", descending=True, maintain_order=True)
    best = ranked.filter(pl.int_range(pl.len()).over("site") < BEST)
    return frozenset(best.select("option", "period").iter_rows()) | held


def places(keys: pl.DataFrame, starts: Starts) -> NDArray[np.int64]:
    """Where `starts` stand among the start columns that `keys` names; those that are none are left out."""
    named = zip(keys["option"], keys["period"], strict=True)
    return np.array([i for i, start in enumerate(named) if start in starts], dtype=np.int64)


def best_among(
    arrays: Arrays, keys: pl.DataFrame, allowed: Starts, held: Starts, *, seconds: float, gap: float, seed: int = 1,
    stop: Stop | None = None,
) -> tuple[NDArray[np.int64], Floats] | None:  # fmt: skip
    """Start columns of the best point found with `allowed` starts, and the point; None where there is none in time.

    Binaries stand first in the arrays, as the problem writes them. The search begins with the starts `held`; it ends
    when it is within `gap` (units of value) of the best that `allowed` permits, or after `seconds`.
    """
    shut = np.setdiff1d(np.arange(keys.height), places(keys, allowed))
    upper = arrays.upper.copy()
    upper[shut] = np.minimum(upper[shut], arrays.lower[shut])
    part = core(arrays, arrays.lower, upper)
    known = solve_lp(chosen(arrays, places(keys, held))).x
    found = solve_mip(
        part.arrays, seconds=seconds, gap=gap, seed=seed, stop=stop, effort=0.3,
        known=None if known is None else known[part.columns],
    )  # fmt: skip
    whole = part.whole(found.x) if found.x is not None else known
    if whole is None:
        return None
    return np.flatnonzero(arrays.integer & (whole > 0.5)), whole


def rechosen(drawn: Drawn, allowed: Starts, held: Starts, *, seconds: float, gap: float) -> list[str] | None:
    """Options that are best in `drawn` (see `Draws.before`) among `allowed` starts; None where none fits in time."""
    model = struck(problem_of(drawn.case), drawn)
    keys = model.columns["start"].keys
    found = best_among(model.arrays, keys, allowed, held, seconds=seconds, gap=gap)
    return None if found is None else [keys["option"][int(i)] for i in found[0]]
