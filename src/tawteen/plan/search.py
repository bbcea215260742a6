"""Search for the best starts: neighbourhood search and branch and cut, which share an incumbent and a bound."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.bound_prices import bound_prices, prices_by_seat, prices_without_cuts
from tawteen.plan.budget import SearchBudget
from tawteen.plan.fixed_starts import solve_with_starts
from tawteen.plan.incumbent import Incumbent
from tawteen.plan.model_builder import Floats
from tawteen.plan.neighbourhood_search import Mask, NeighbourhoodSearch, SearchSpace, search_space
from tawteen.plan.params import DEFAULTS, BranchParams, SearchParams
from tawteen.plan.problem import Problem, choices, independent_columns, relaxed, required_starts
from tawteen.plan.reduced_model import ReducedModel, reduce_model
from tawteen.plan.scaling import Scaling, scaling
from tawteen.plan.solver import Callbacks, Outcome, Solution, solve_lp, solve_mip
from tawteen.plan.tolerances import TOLERANCES
from tawteen.plan.valid_inequalities import OptionBinaries, with_choices, with_money_so_far


@dataclass(frozen=True)
class SearchOutcome:
    """Columns of the chosen starts (None when there is no point), value and bound without the problem's constant.

    `prices`: those that prove the bound of the relaxation (see `bound_prices`); None where it was not solved.
    """

    starts: NDArray[np.int64] | None
    value: float | None
    bound: float
    outcome: Outcome
    figures: dict[str, Any] = field(default_factory=dict)
    prices: pl.DataFrame | None = None


def search(
    problem: Problem,
    nothing: Solution,
    budget: SearchBudget,
    *,
    gap: float,
    seed: int,
    known: NDArray[np.int64] | None = None,
    root: Solution | None = None,
    params: SearchParams = DEFAULTS,
) -> SearchOutcome:
    """The best starts and a proven bound, when the budget ends or the gap is at most `gap` of the gain.

    `known` are columns of starts to begin from, where they are possible; `nothing` is the optimum without any start.
    `root` is the solved relaxation of the open model (`open_model`), where the caller has it already.
    `outcome` is infeasible where the rules cannot be kept.
    """
    part = open_model(problem, nothing, params.branch)
    units = scaling(part.arrays)
    incumbent = Incumbent(gap, baseline_value=(nothing.value or 0.0) - part.constant)
    budget.baseline = incumbent.baseline_value
    incumbent.name_starts(
        np.flatnonzero(part.arrays.integer), problem.columns["start"].keys[_open_starts(problem, part)]
    )
    if known is not None and len(known):
        # Also in a run that is stopped at once: it is no worse than what was known.
        earlier = solve_with_starts(problem.arrays, known)
        if earlier.outcome == "optimal" and earlier.x is not None and earlier.value is not None:
            incumbent.update(earlier.x[part.columns], earlier.value - part.constant)
    if nothing.x is not None and keeps_rules_at(problem, nothing.x):
        incumbent.update(nothing.x[part.columns], incumbent.baseline_value)
    else:
        # Rules ask for starts: a programme that keeps them is worth more than the end of the time.
        seconds = 0.0 if incumbent.x is not None else params.conflict.proof_seconds
        _start_from_rules(problem, part, units, incumbent, budget, seed=seed, least_seconds=seconds)
    budget.report("relaxation")
    if root is None:
        root = solve_lp(
            relaxed(part.arrays),
            method=_method(part, params.branch),
            seconds=budget.remaining,
            units=units,
            stop=budget.should_stop,
        )  # fmt: skip
    if root.outcome == "infeasible":
        return SearchOutcome(None, None, -np.inf, "infeasible")
    incumbent.tighten_bound(root.bound)
    proof = Proof(option_binaries(problem, part, params.branch), incumbent, budget, seed, params.branch)
    improver = None
    if root.x is not None:
        flows = useful_flows(problem, part, nothing.x, part.expand(root.x))
        improver = NeighbourhoodSearch(
            _place(problem, part, root, incumbent, units=units, params=params), incumbent, budget, seed, flows
        )
    _side_by_side(proof, improver, incumbent, in_turn=budget.steps is not None)
    return replace(_outcome(part, root, incumbent, proof), prices=_prices(problem, nothing, part, root, params.branch))


def _side_by_side(proof: Proof, improver: NeighbourhoodSearch | None, incumbent: Incumbent, *, in_turn: bool) -> None:
    """Runs search and proof in two threads, or with `in_turn` one after the other, which repeats exactly."""
    if not in_turn:
        proof.start()
    try:
        if improver is not None:
            improver.run()
        if in_turn:
            proof.run()
    except BaseException:
        incumbent.finished.set()
        raise
    finally:
        proof.end()


def _start_from_rules(
    problem: Problem,
    part: ReducedModel,
    units: Scaling,
    incumbent: Incumbent,
    budget: SearchBudget,
    *,
    seed: int,
    least_seconds: float,
) -> None:
    """Finds a first point with only those starts that rules may require, and gives it to the incumbent."""
    upper = part.arrays.upper.copy()
    required = required_starts(problem)[_open_starts(problem, part)]
    upper[np.flatnonzero(part.arrays.integer)[~required]] = 0.0
    least = reduce_model(part.arrays, part.arrays.lower, np.maximum(upper, part.arrays.lower))
    solution = solve_mip(
        least.arrays,
        seconds=max(budget.remaining / 4, least_seconds),
        gap=np.inf,
        seed=seed,
        units=Scaling(units.rows[least.rows], units.columns[least.columns], units.value),
        stop=budget.should_stop,
    )
    if solution.x is not None and solution.value is not None:
        incumbent.update(least.expand(solution.x), solution.value + least.constant)


def option_binaries(problem: Problem, part: ReducedModel, params: BranchParams) -> OptionBinaries:
    """The model for branch and cut: with an additional binary per option if the model is large."""
    if not is_large(part, params):
        return OptionBinaries(part.arrays, sparse.csr_matrix((0, len(part.columns))))
    keys = problem.columns["start"].keys[_open_starts(problem, part)]
    option = keys["option"].rank("dense").to_numpy().astype(np.int64) - 1
    return with_choices(part.arrays, option, choices(keys).to_numpy())


def _place(
    problem: Problem, part: ReducedModel, root: Solution, incumbent: Incumbent, *, units: Scaling, params: SearchParams
) -> SearchSpace:
    keys = problem.columns["start"].keys[_open_starts(problem, part)]
    prices = dict(zip(problem.rows["site"].keys["site"], _site_prices(problem, part, root), strict=True))
    return search_space(
        part.arrays,
        units,
        root,
        keys=keys,
        recipe=problem.inputs.effects.recipe,
        missed=np.array([prices[site] for site in keys["site"].unique(maintain_order=True)]),
        gain=root.bound - incumbent.baseline_value,
        params=params.neighbourhoods,
    )


def _prices(
    problem: Problem, nothing: Solution, part: ReducedModel, root: Solution, params: BranchParams
) -> pl.DataFrame | None:
    """Prices that prove the bound: of the relaxation, and of doing nothing where no start has an effect."""
    if root.row_price is None:
        return None
    quarters, periods = params.money_row_quarters, problem.inputs.periods
    last_periods = list(range(quarters - 1, periods, quarters))
    count = problem.arrays.matrix.shape[0]
    prices = np.zeros(count + len(last_periods))
    if nothing.row_price is not None:
        prices[:count] = nothing.row_price
    prices[part.rows] = root.row_price
    return bound_prices(problem.rows, prices_by_seat(problem, prices_without_cuts(problem, prices, last_periods)))


def _outcome(part: ReducedModel, root: Solution, incumbent: Incumbent, proof: Proof) -> SearchOutcome:
    figures = {"relaxation": root.bound + part.constant, "binaries": int(part.arrays.integer.sum())}
    if incumbent.x is None:
        return SearchOutcome(None, None, incumbent.bound + part.constant, proof.outcome, figures)
    whole = part.expand(incumbent.x)
    starts = part.columns[part.arrays.integer]
    chosen = starts[whole[starts] > 0.5]
    return SearchOutcome(
        chosen, incumbent.value + part.constant, incumbent.bound + part.constant, proof.outcome, figures
    )


def _method(part: ReducedModel, params: BranchParams) -> str:
    """The simplex method is quicker on small models, interior points on large ones."""
    return "ipm" if is_large(part, params) else "simplex"


def is_large(part: ReducedModel, params: BranchParams) -> bool:
    """Whether branch and cut takes the model as it is, with a binary more for each option."""
    return bool(part.arrays.integer.sum() > params.large_starts)


def _open_starts(problem: Problem, part: ReducedModel) -> NDArray[np.int64]:
    """Places among the starts of the problem of those that are left in the part: the others are fixed."""
    return np.asarray(part.columns[part.arrays.integer] - problem.starts.start)


def _site_prices(problem: Problem, part: ReducedModel, root: Solution) -> Floats:
    """Dual price of each site's row: the value of one more choice at the site in the relaxation."""
    prices = np.zeros(problem.arrays.matrix.shape[0] + part.arrays.matrix.shape[0])
    if root.row_price is not None:
        prices[part.rows] = root.row_price
    return np.asarray(prices[problem.rows["site"].span])


class Proof(threading.Thread):
    """Branch and cut over the whole model, fed with the points that are found beside it."""

    def __init__(
        self, model: OptionBinaries, incumbent: Incumbent, budget: SearchBudget, seed: int, params: BranchParams
    ) -> None:
        super().__init__(name="proof", daemon=True)
        self.model, self.incumbent, self.budget, self.seed, self.params = model, incumbent, budget, seed, params
        self.units = scaling(model.arrays)
        self.large = model.starts.shape[0] > 0
        self.outcome: Outcome = "limit"
        self.error: BaseException | None = None
        self._offered: Floats | None = None

    def run(self) -> None:
        """Runs until the gap is proven, the incumbent is good enough or the budget is exhausted."""
        try:
            self._prove()
        except BaseException as error:
            self.error = error
        finally:
            self.incumbent.finished.set()

    def end(self) -> None:
        """Waits for the end; an error in the thread is raised here."""
        if self.is_alive():
            self.join()
        if self.error is not None:
            raise self.error

    def _prove(self) -> None:
        known = self._offered = self.incumbent.x
        solution = solve_mip(
            self.model.arrays,
            seconds=self.budget.remaining,
            gap=self.incumbent.target_gap,
            seed=self.seed,
            known=None if known is None else self.model.extended(known),
            units=self.units,
            callbacks=Callbacks(on_solution=self._take, offer=self._offer, on_progress=self._on_progress),
            effort=0.0 if self.large else self.params.effort,
            steady=self.large,
            nodes=None if self.budget.steps is None else self.params.nodes_per_step * self.budget.steps,
        )
        self.outcome = solution.outcome
        if solution.x is not None and solution.value is not None:
            self.incumbent.update(self.model.plain(solution.x), solution.value)
        if solution.outcome in ("optimal", "limit", "interrupted"):
            self.incumbent.tighten_bound(solution.bound)

    def _take(self, x: Floats, value: float) -> None:
        if self.incumbent.update(self.model.plain(x), value):
            self._offered = self.incumbent.x
            self.budget.report("proof", None, value, self.incumbent.bound, starts=self.incumbent.starts())

    def _offer(self) -> Floats | None:
        best = self.incumbent.x
        if best is self._offered:
            return None
        self._offered = best
        return None if best is None else self.model.extended(best)

    def _on_progress(self, _value: float, bound: float) -> bool:
        self.incumbent.tighten_bound(bound)
        return self.incumbent.finished.is_set() or self.budget.should_stop() or self.budget.remaining <= 0


def open_model(problem: Problem, nothing: Solution, params: BranchParams = DEFAULTS.branch) -> ReducedModel:
    """The model with the columns that no start can affect fixed at their values of doing nothing."""
    arrays = with_money_so_far(problem, params.money_row_quarters)
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    free = independent_columns(problem.arrays)
    if nothing.x is not None:
        lower[free] = upper[free] = nothing.x[free]
    return reduce_model(arrays, lower, upper)


def keeps_rules_at(problem: Problem, x: Floats) -> bool:
    """Whether a point satisfies all rules."""
    place, arrays = problem.rows["rule"].span, problem.arrays
    rule_values = (arrays.matrix @ x)[place]
    low, high = arrays.row_lower[place], arrays.row_upper[place]
    return bool(np.all(rule_values >= low - 1e-9) and np.all(rule_values <= high + 1e-9))


def useful_flows(problem: Problem, part: ReducedModel, *points: Floats | None) -> Mask:
    """Continuous columns that the search keeps open: flows of goods and regions that one of the points uses."""
    keep = ~problem.arrays.integer
    for name, way in (("transport", ["route", "commodity"]), ("stock", ["commodity", "region"])):
        if name not in problem.columns:
            continue
        place = problem.columns[name]
        used = np.zeros(place.keys.height, dtype=bool)
        for point in points:
            if point is not None:
                used |= point[place.span] > TOLERANCES.positive
        flow_keys = place.keys.with_columns(used=used).with_columns(used=pl.col("used").any().over(way))
        keep[place.span] = flow_keys["used"].to_numpy()
    return np.asarray(keep[part.columns])
