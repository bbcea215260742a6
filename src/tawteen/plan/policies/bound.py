"""An upper bound on what any policy can be worth, and what it begins with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tawteen.plan.policies.inputs import PolicyInputs
from tawteen.plan.policies.problem import first_stage, policy_problem
from tawteen.plan.problem import Problem, baseline_model, relaxed
from tawteen.plan.safe_bound import most_used, safe_bound
from tawteen.plan.solver import solve_lp, solve_mip
from tawteen.plan.tolerances import TOLERANCES


@dataclass(frozen=True, repr=False)
class PolicyBound:
    """Upper bounds on the value of every policy of a case, in discounted currency.

    `bound`: limits hold in the mean over findings (linear). `first_stage`: the same with what is done before anything
    can be learned whole; equal to `bound` where that was not asked for. `nothing`: value of doing nothing. `starts`:
    those that the linear model uses: planned (option), site, finding (null: decided without one), period, share (0 … 1:
    of the futures with this finding in which it starts), worth (what a whole start is worth at the prices of the
    limits). Infeasible rules give bounds of −∞ and no starts.
    """

    bound: float
    first_stage: float
    nothing: float
    starts: pl.DataFrame

    @property
    def gain(self) -> float:
        """The tighter bound less the value of doing nothing."""
        return min(self.bound, self.first_stage) - self.nothing


def policy_bound(inputs: PolicyInputs, *, seconds: float = 0.0, problem: Problem | None = None) -> PolicyBound:
    """The bounds of `inputs`; the one with a whole first stage is searched for `seconds`.

    The linear bound is proved from the prices of the solved model (`plan.safe_bound`), whatever their quality.
    `problem`: `policy_problem(inputs)`, where the caller has it already.
    """
    model = policy_problem(inputs) if problem is None else problem
    arrays = model.arrays
    baseline = solve_lp(baseline_model(arrays, model))
    nothing = (baseline.value or 0.0) + model.constant
    solution = solve_lp(relaxed(arrays))
    if solution.x is None or solution.row_price is None or solution.value is None:
        empty = model.columns["start"].keys.clear().with_columns(share=pl.lit(0.0), worth=pl.lit(0.0))
        least = -np.inf if solution.outcome == "infeasible" else np.inf
        return PolicyBound(least, least, nothing, empty.select(STARTS))
    proved = safe_bound(relaxed(arrays), solution.row_price, most_used(model))
    bound = max(proved, solution.value) + model.constant if np.isfinite(proved) else solution.value + model.constant
    tighter = bound
    if seconds > 0:
        whole = solve_mip(first_stage(inputs, model).arrays, seconds=seconds)
        tighter = min(bound, whole.bound + model.constant)
    earned = arrays.value - arrays.matrix.T @ solution.row_price
    starts = (
        model.columns["start"]
        .keys.with_columns(share=pl.Series(solution.x[model.starts]), worth=pl.Series(earned[model.starts]))
        .filter(pl.col("share") > TOLERANCES.integrality)
    )
    return PolicyBound(bound, tighter, nothing, starts.select(STARTS))


STARTS = ("planned", "site", "finding", "period", "share", "worth")
