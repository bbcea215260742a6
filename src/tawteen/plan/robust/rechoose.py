"""The best choice anew in a scenario, among the starts that were good in the base case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.inputs import prepare
from tawteen.plan.model_builder import Floats
from tawteen.plan.params import DEFAULTS, RobustParams
from tawteen.plan.problem import Problem, build_problem
from tawteen.plan.reduced_model import reduce_model
from tawteen.plan.robust.column_generation import StartMasterSolution, at_prices, priced
from tawteen.plan.robust.local_search import improve_choice, keeps_rules
from tawteen.plan.robust.recourse import Recourse, apply_events
from tawteen.plan.robust.sampling import Sample
from tawteen.plan.robust.warm_start import WarmStart
from tawteen.plan.solver import Stop, solve_mip
from tawteen.plan.tolerances import TOLERANCES

Starts = frozenset[tuple[str, int]]
"""Options with the periods they start in."""


@dataclass(frozen=True)
class SearchEffort:
    """When a search for whole starts ends: after `nodes`, or sooner after `seconds` or when `stop` returns True.

    Nodes are a budget of work: the same scenario gives the same choice on any machine. Seconds do not.
    """

    nodes: int = 50
    seconds: float = np.inf
    stop: Stop | None = None
    params: RobustParams = DEFAULTS.robust


@dataclass(frozen=True)
class ScenarioChoice:
    """`options` chosen anew; `value` of the choice (discounted currency), `gain` over doing nothing, and `bound`.

    The bound holds for choices among the starts that were allowed, and for no others.
    """

    options: tuple[str, ...]
    value: float
    gain: float
    bound: float


def good_starts(worths: pl.DataFrame, planned: Starts, params: RobustParams = DEFAULTS.robust) -> Starts:
    """The best starts of each site (`params.good_starts` of them), and `planned` with them.

    `worths` has option, site, period and the worth of each start.
    """
    ranked = worths.sort("worth", descending=True, maintain_order=True)
    best = ranked.filter(pl.int_range(pl.len()).over("site") < params.good_starts)
    return frozenset(best.select("option", "period").iter_rows()) | planned


def places(keys: pl.DataFrame, starts: Starts) -> NDArray[np.int64]:
    """Indices of `starts` among the start columns `keys`; starts that are not columns are left out."""
    named = zip(keys["option"], keys["period"], strict=True)
    return np.array([i for i, start in enumerate(named) if start in starts], dtype=np.int64)


def open_problem(drawn: Sample, allowed: Starts) -> Problem:
    """The planning problem of a scenario with `allowed` starts alone."""
    only = pl.DataFrame(sorted(allowed), schema={"option": pl.String, "period": pl.Int64}, orient="row")
    return apply_events(build_problem(prepare(drawn.case), only), drawn)


def choose_anew(
    drawn: Sample,
    allowed: Starts,
    planned: Starts = frozenset(),
    before: WarmStart | None = None, effort: SearchEffort = SearchEffort()
) -> ScenarioChoice | None:  # fmt: skip
    """What is best in `drawn` (see `Draws.before`) among `allowed` starts; None where nothing was found.

    A linear model over starts with their throughput gives prices and a bound (`column_generation.priced`). Integer
    starts are then searched among those that it uses, with goods at these prices, and improved site by site with goods
    in balance (`improve_choice`), as are the starts `planned` of the programme where they keep the rules. If the whole
    model has at most `params.branch_entries` entries, branch and cut from the best of them lowers the bound and may
    find a better choice; in larger models cuts cost more than they gain. The result is not proven optimal; its bound is
    returned. `before` is the basis of the linear model of another scenario.
    """
    model = open_problem(drawn, allowed)
    recourse, params = Recourse(model, model.arrays), effort.params
    nothing = recourse.value(np.zeros(model.starts.stop - model.starts.start))
    linear = None if nothing is None else priced(model, before, nothing, params=params)
    if nothing is None or linear is None:
        return None
    gap = params.gap * max((linear.solution.value or 0.0) - nothing, 0.0)
    earlier = np.zeros(model.starts.stop - model.starts.start)
    earlier[places(model.columns["start"].keys, planned)] = 1.0
    steps = _steps(model, params)
    rough = gap * params.rough_gap / params.gap if steps >= model.rows["site"].keys.height else gap
    best = _improve_best(linear, model, recourse, [earlier, _whole_starts(linear, model, rough, effort)], steps)
    bound = linear.bound
    if model.arrays.matrix.nnz <= params.branch_entries:
        best, proven = _proven(model, recourse, best, gap, effort)
        bound = min(bound, proven)
    if best is None:
        return None
    value, picked = best
    options = model.columns["start"].keys["option"]
    chosen = tuple(options[int(i)] for i in np.flatnonzero(picked > 0.5))
    return ScenarioChoice(chosen, value, value - nothing, max(bound, value))


ValuedStarts = tuple[float, Floats]
"""What a choice is worth, and its starts."""


def _steps(model: Problem, params: RobustParams) -> int:
    """Number of moves of one site that local search values."""
    sites = max(model.rows["site"].keys.height, 1)
    return min(max(params.steps // sites, params.fewest_steps), params.most_steps)


def _improve_best(
    linear: StartMasterSolution, model: Problem, recourse: Recourse, begun: list[Floats | None], steps: int
) -> ValuedStarts | None:  # fmt: skip
    """The best start point after local search; None if no start point is feasible."""
    possible = [choice for choice in begun if choice is not None and keeps_rules(model, choice)]
    values = [(value, choice) for choice in possible if (value := recourse.value(choice)) is not None]
    if not values or linear.solution.x is None:
        return None
    liked = np.zeros(model.starts.stop - model.starts.start, dtype=bool)
    liked[linear.master.owner[linear.solution.x[: len(linear.master.owner)] > TOLERANCES.integrality]] = True
    return improve_choice(model, recourse, max(values, key=lambda choice: choice[0])[1], liked, steps)


def _proven(
    model: Problem, recourse: Recourse, incumbent: ValuedStarts | None, gap: float, effort: SearchEffort
) -> tuple[ValuedStarts | None, float]:  # fmt: skip
    """The better of `incumbent` and the solution of branch and cut on the whole model, and the bound."""
    known = None if incumbent is None else recourse.point(incumbent[1])
    best = solve_mip(
        model.arrays, seconds=effort.seconds, gap=gap, known=known, effort=0.0, nodes=effort.nodes, stop=effort.stop
    )
    if best.x is None or (incumbent is not None and best.value is not None and best.value <= incumbent[0]):
        return incumbent, best.bound
    picked = np.round(best.x[model.starts])
    value = recourse.value(picked)
    return incumbent if value is None or (incumbent is not None and value <= incumbent[0]) else (
        value,
        picked,
    ), best.bound


def _whole_starts(linear: StartMasterSolution, model: Problem, gap: float, effort: SearchEffort) -> Floats | None:
    """Whole starts at the prices of goods, among those that the linear model uses at all."""
    price = linear.solution.row_price
    if price is None:
        return None
    small, _ = at_prices(linear, model, price)
    count = len(linear.master.owner)
    used = linear.solution.x[:count] if linear.solution.x is not None else np.zeros(count)
    lower, upper = small.lower.copy(), small.upper.copy()
    upper[:count][used <= TOLERANCES.integrality] = 0.0
    if (used > TOLERANCES.integrality).sum() > effort.params.fix_above:
        lower[:count][used >= 1.0 - TOLERANCES.integrality] = 1.0
    part = reduce_model(small, lower, upper)
    best = solve_mip(part.arrays, seconds=effort.seconds, gap=gap, nodes=effort.nodes, stop=effort.stop)
    point = None if best.x is None else part.expand(best.x)
    if point is None:
        return None
    picked = np.zeros(model.starts.stop - model.starts.start)
    picked[linear.master.owner[point[:count] > 0.5]] = 1.0
    return picked
