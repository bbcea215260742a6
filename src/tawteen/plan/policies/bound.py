"""An upper bound on what any policy can be worth, and what it begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.bound_prices import policy_bound_prices, prices_by_seat
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.params import DEFAULTS
from tawteen.plan.policies.future_problem import FeasibleStarts, future_problem
from tawteen.plan.policies.inputs import PolicyInputs
from tawteen.plan.policies.problem import first_stage, policy_problem
from tawteen.plan.problem import Problem, baseline_model, relaxed
from tawteen.plan.safe_bound import most_used, safe_bound
from tawteen.plan.solver import Relaxation, Solution, States, solve_lp, solve_mip
from tawteen.plan.tolerances import TOLERANCES


@dataclass(frozen=True, repr=False)
class PolicyBound:
    """Upper bounds on the value of every policy of a case, in discounted currency.

    `bound`: limits hold in the mean over findings (linear). `first_stage`: the same with what is done before anything
    can be learned whole; equal to `bound` where that was not asked for. `nothing`: value of doing nothing. `starts`:
    those that the linear model uses: planned (option), site, finding (null: decided without one), period, share (0 … 1:
    of the futures with this finding in which it starts), worth (what a whole start is worth at the prices of the
    limits). `arrays` and `row_price`: the linear model and the prices of its limits, `prices`: the same as a table
    `bound_prices` of a policy (None where it has no solution).
    Infeasible rules give bounds of −∞ and no starts.
    """

    bound: float
    first_stage: float
    nothing: float
    starts: pl.DataFrame
    arrays: MilpArrays | None = None
    row_price: Floats | None = None
    prices: pl.DataFrame | None = None

    @property
    def gain(self) -> float:
        """The tighter bound less the value of doing nothing."""
        return min(self.bound, self.first_stage) - self.nothing


def policy_bound(
    inputs: PolicyInputs, *, seconds: float = 0.0, problem: Problem | None = None, future: Problem | None = None,
    thorough: bool = False, stop: Callable[[], bool] = lambda: False, solved: SolvedRelaxation | None = None,
) -> PolicyBound:  # fmt: skip
    """The bounds of `inputs`; the one with a whole first stage is searched for `seconds`.

    The linear bound is proved from the prices of the solved model (`plan.safe_bound`), whatever their quality. Starts
    that it uses and that no future could carry (`FeasibleStarts.impossible`) are left out, and it is solved again until
    there are none; `thorough` looks for them longer. `problem`: `policy_problem(inputs)`, `future`:
    `future_problem(inputs)`, and `solved`: `solved_relaxation(problem)`, where the caller has them.
    Once `stop` has returned True, what is known by then is the bound: infinite without starts before the
    model was solved.
    """
    model = policy_problem(inputs) if problem is None else problem
    future = future_problem(inputs) if future is None else future
    nothing = (solve_lp(baseline_model(model.arrays, model)).value or 0.0) + model.constant
    feasible = FeasibleStarts(future, inputs.params, stop)
    arrays, solution = without_starts(
        model,
        solved or solved_relaxation(model, stop),
        lambda options: feasible.impossible(options, thorough=thorough),
        stop,
    )
    if solution.x is None or solution.row_price is None or solution.value is None:
        empty = model.columns["start"].keys.clear().with_columns(share=pl.lit(0.0), worth=pl.lit(0.0))
        least = -np.inf if solution.outcome == "infeasible" else np.inf
        return PolicyBound(least, least, nothing, empty.select(STARTS))
    possible = replace(model, arrays=arrays)
    proved = safe_bound(relaxed(arrays), solution.row_price, most_used(possible))
    bound = max(proved, solution.value) + model.constant if np.isfinite(proved) else solution.value + model.constant
    tighter = bound
    if seconds > 0:
        whole = solve_mip(first_stage(inputs, possible).arrays, seconds=seconds)
        tighter = min(bound, whole.bound + model.constant)
    earned = arrays.value - arrays.matrix.T @ solution.row_price
    starts = (
        model.columns["start"]
        .keys.with_columns(share=pl.Series(solution.x[model.starts]), worth=pl.Series(earned[model.starts]))
        .filter(pl.col("share") > TOLERANCES.integrality)
    )
    prices = policy_bound_prices(model.rows, prices_by_seat(model, solution.row_price))
    return PolicyBound(bound, tighter, nothing, starts.select(STARTS), arrays, solution.row_price, prices)


@dataclass(frozen=True)
class SolvedRelaxation:
    """The model of policies with starts in part, solved, and the basis of its optimum (None without one)."""

    solution: Solution
    basis: tuple[States, States] | None


def solved_relaxation(model: Problem, stop: Callable[[], bool] = lambda: False) -> SolvedRelaxation:
    """Solves the model of policies with starts in part, unless `stop` has returned True."""
    method = "ipm" if model.starts.stop - model.starts.start > DEFAULTS.branch.large_starts else "simplex"
    arrays = relaxed(model.arrays)
    relaxation = Relaxation(arrays, method=method)
    solution = relaxation.solve(stop=stop, presolve=True)
    if solution.outcome == "optimal":
        return SolvedRelaxation(solution, relaxation.basis)
    return SolvedRelaxation(
        solution if solution.outcome == "interrupted" else solve_lp(arrays, method=method, stop=stop), None
    )


def without_starts(
    model: Problem,
    solved: SolvedRelaxation,
    failing: Callable[[set[str]], NDArray[np.int64]],
    stop: Callable[[], bool] = lambda: False,
) -> tuple[MilpArrays, Solution]:
    """The arrays of the model without those starts of options used by its relaxation that are `failing`; solved.

    `solved`: of `solved_relaxation`, from whose basis it is solved again. Once `stop` has returned True, the last
    solution is returned.
    """
    arrays, solution = model.arrays, solved.solution
    keys = model.columns["start"].keys["option"].to_list()
    tried, last, relaxation = set[str](), None, None
    while True:
        if solution.outcome != "optimal" and last is not None:
            return last
        if solution.x is None or solution.outcome != "optimal":
            return arrays, replace(solution, x=None)
        last = arrays, solution
        used = np.flatnonzero(solution.x[model.starts] > TOLERANCES.integrality)
        new = {keys[place] for place in used} - tried
        impossible = failing(new)
        tried |= new
        if not np.isin(impossible, used).any():
            return arrays, solution
        columns, upper = model.starts.start + impossible, arrays.upper.copy()
        upper[columns] = 0.0
        arrays = replace(arrays, upper=upper)
        if relaxation is None:
            relaxation = Relaxation(relaxed(last[0]))
            if solved.basis is not None:
                relaxation.set_basis(*solved.basis)
        relaxation.bound(columns, arrays.lower[columns], upper[columns])
        solution = relaxation.solve(stop=stop)
        if solution.outcome == "limit":
            # The basis led nowhere.
            solution = solve_lp(relaxed(arrays), stop=stop)


STARTS = ("planned", "site", "finding", "period", "share", "worth")
