"""The best choice anew in a scenario, among the starts that were good in the base case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.prices import prices
from tawteen.diagnose import diagnose
from tawteen.effects import effects
from tawteen.match import match
from tawteen.plan.core import core
from tawteen.plan.draft import Floats
from tawteen.plan.problem import Problem, problem
from tawteen.plan.robust.draws import Drawn
from tawteen.plan.robust.plans import Priced, at_prices, priced
from tawteen.plan.robust.recourse import Recourse, struck
from tawteen.plan.robust.standing import Standing
from tawteen.plan.solver import Stop, solve_mip

Starts = frozenset[tuple[str, int]]
"""Options with the periods they start in."""

BEST = 12
"""Starts of each site that stay in: the dozen best at the prices of the base programme, as planning.md measured."""

MANY = 200
"""Starts in part or whole beyond which those that the linear model takes whole are taken: lumps are small then."""

FEW = 300
"""Starts up to which the whole model is searched: it is small, and so is what could be lumped together."""

ROUNDS = 2
"""Times that whole starts are searched for at prices."""

GAP = 0.01
"""A search ends within this share of what could be gained in the scenario."""

EPS = 1e-6


@dataclass(frozen=True)
class Effort:
    """When a search for whole starts ends: after `nodes`, or sooner after `seconds` or when `stop` returns True.

    Nodes are a budget of work: the same scenario gives the same choice on any machine. Seconds do not.
    """

    nodes: int = 50
    seconds: float = np.inf
    stop: Stop | None = None


@dataclass(frozen=True)
class Rechosen:
    """`options` chosen anew; `value` of the choice (discounted currency), `gain` over doing nothing, and `bound`.

    The bound holds for choices among the starts that were allowed, and for no others.
    """

    options: tuple[str, ...]
    value: float
    gain: float
    bound: float


def good_starts(worths: pl.DataFrame, held: Starts) -> Starts:
    """The `BEST` starts of each site, and `held` with them; `worths` has option, site, period and the worth of each."""
    ranked = worths.sort("worth", descending=True, maintain_order=True)
    best = ranked.filter(pl.int_range(pl.len()).over("site") < BEST)
    return frozenset(best.select("option", "period").iter_rows()) | held


def places(keys: pl.DataFrame, starts: Starts) -> NDArray[np.int64]:
    """Where `starts` stand among the start columns that `keys` names; those that are none are left out."""
    named = zip(keys["option"], keys["period"], strict=True)
    return np.array([i for i, start in enumerate(named) if start in starts], dtype=np.int64)


def open_problem(drawn: Drawn, allowed: Starts) -> Problem:
    """The planning problem of a scenario with `allowed` starts alone."""
    case = drawn.case
    diagnosis = diagnose(case)
    offers = match(case, diagnosis)
    only = pl.DataFrame(sorted(allowed), schema={"option": pl.String, "period": pl.Int64}, orient="row")
    return struck(problem(case, effects(case, diagnosis, offers), offers, prices(case), only), drawn)


def rechosen(
    drawn: Drawn, allowed: Starts, held: Starts = frozenset(), before: Standing | None = None, effort: Effort = Effort()
) -> Rechosen | None:  # fmt: skip
    """What is best in `drawn` (see `Draws.before`) among `allowed` starts; None where nothing was found.

    A linear model over starts with all they make gives prices and a bound (`plans.priced`). Whole starts are then
    searched for among those it uses with goods at these prices, and once more at the prices under the first choice; a
    small problem (`FEW`) is searched whole instead. Each choice, and the starts `held` of the programme where they keep
    the rules, is valued by the whole model of the scenario and the best is returned. It is no proven optimum: how far
    it is from the bound is told. `before` is where the linear model stood in another scenario.
    """
    model = open_problem(drawn, allowed)
    recourse = Recourse(model, model.arrays)
    nothing = recourse.value(np.zeros(model.starts.stop - model.starts.start))
    linear = None if nothing is None else priced(model, before, nothing)
    if nothing is None or linear is None:
        return None
    gap = GAP * max((linear.solution.value or 0.0) - nothing, 0.0)
    if model.starts.stop - model.starts.start <= FEW:
        found, bound = _searched_whole(model, recourse, gap, effort)
        tried = [] if found is None else [found]
    else:
        tried, bound = _searched_at_prices(linear, model, recourse, gap, effort), np.inf
    kept = np.zeros(model.starts.stop - model.starts.start)
    kept[places(model.columns["start"].keys, held)] = 1.0
    if _keeps_rules(model, kept) and (value := recourse.value(kept)) is not None:
        tried.append((value, kept))
    if not tried:
        return None
    value, picked = max(tried, key=lambda one: one[0])
    options = model.columns["start"].keys["option"]
    chosen = tuple(options[int(i)] for i in np.flatnonzero(picked > 0.5))
    return Rechosen(chosen, value, value - nothing, max(min(linear.bound, bound), value))


def _keeps_rules(model: Problem, picked: Floats) -> bool:
    """Whether a choice keeps the rules and at most one start a site."""
    arrays = model.arrays
    done = arrays.matrix[:, model.starts] @ picked
    spans = (model.rows["rule"].span, model.rows["site"].span)
    return all(
        bool(((done[s] >= arrays.row_lower[s] - EPS) & (done[s] <= arrays.row_upper[s] + EPS)).all()) for s in spans
    )


def _searched_whole(
    model: Problem, recourse: Recourse, gap: float, effort: Effort
) -> tuple[tuple[float, Floats] | None, float]:
    """The best point found of the whole model with what it is worth, and the bound of the search."""
    best = solve_mip(model.arrays, seconds=effort.seconds, gap=gap, nodes=effort.nodes, stop=effort.stop)
    if best.x is None:
        return None, np.inf
    picked = np.round(best.x[model.starts])
    value = recourse.value(picked)
    return (None if value is None else (value, picked)), best.bound


def _searched_at_prices(
    linear: Priced, model: Problem, recourse: Recourse, gap: float, effort: Effort
) -> list[tuple[float, Floats]]:
    """Choices at the prices of the linear model, then at those under the first choice, with what each is worth."""
    tried: list[tuple[float, Floats]] = []
    price = linear.solution.row_price
    for _ in range(ROUNDS):
        picked = None if price is None else _whole_starts(linear, model, price, gap, effort)
        found = None if picked is None else _valued(recourse, picked)
        if picked is None or price is None or found is None:
            break
        tried.append((found[0], picked))
        rows = linear.master.rows
        price = np.where(np.isin(rows, recourse.rows), found[1][rows], price)
    return tried


def _valued(recourse: Recourse, picked: Floats) -> tuple[float, Floats] | None:
    """What a choice is worth in the whole model, and the prices of its rows under it."""
    value = recourse.value(picked)
    found = recourse.relaxation.solve()
    if value is None or found.row_price is None:
        return None
    rows = np.zeros(len(recourse.arrays.row_lower))
    rows[recourse.rows] = found.row_price
    return value, rows


def _whole_starts(linear: Priced, model: Problem, price: Floats, gap: float, effort: Effort) -> Floats | None:
    """Whole starts at the prices of goods, among those that the linear model uses at all."""
    small, _ = at_prices(linear, model, price)
    count = len(linear.master.owner)
    used = linear.solution.x[:count] if linear.solution.x is not None else np.zeros(count)
    lower, upper = small.lower.copy(), small.upper.copy()
    upper[:count][used <= EPS] = 0.0
    if (used > EPS).sum() > MANY:
        lower[:count][used >= 1.0 - EPS] = 1.0
    part = core(small, lower, upper)
    best = solve_mip(part.arrays, seconds=effort.seconds, gap=gap, effort=0.3, nodes=effort.nodes, stop=effort.stop)
    found = None if best.x is None else part.whole(best.x)
    if found is None:
        return None
    picked = np.zeros(model.starts.stop - model.starts.start)
    picked[linear.master.owner[found[:count] > 0.5]] = 1.0
    return picked
