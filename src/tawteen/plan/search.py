"""The search for the best choice of starts, and its bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tawteen.plan.problem import Problem
from tawteen.plan.solver import Outcome, Solution, Talk, solve_mip
from tawteen.plan.watch import Watch


@dataclass(frozen=True)
class Found:
    """Columns of the chosen starts (None when there is no point), value and bound without the problem's constant."""

    starts: NDArray[np.int64] | None
    value: float | None
    bound: float
    outcome: Outcome
    figures: dict[str, Any] = field(default_factory=dict)


def search(problem: Problem, nothing: Solution, watch: Watch, *, gap: float, seed: int) -> Found:
    """The whole model, handed to the solver as it is."""
    arrays = problem.arrays
    solution = solve_mip(arrays, seconds=watch.left, seed=seed, stop=watch.stop, talk=Talk())
    starts = None if solution.x is None else np.flatnonzero(arrays.integer & (solution.x > 0.5))
    return Found(starts, solution.value, solution.bound, solution.outcome)
