"""From the chosen starts to a programme: the whole model with these starts alone, its exact throughput and flows."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.sites import Sites
from tawteen.plan.model_builder import ModelBuilder
from tawteen.plan.problem import Problem, build_around_starts, doing_nothing, fix_starts
from tawteen.plan.programme import Programme
from tawteen.plan.result import priced_point, result_tables
from tawteen.plan.solver import NumericalError, Solution, solve_lp
from tawteen.plan.status import PlanRequest, judged_programme

Whole = NDArray[np.int64]


def problem_with_starts(market: Market, sites: Sites, flat: Whole) -> Problem:
    """The model of docs/method.md in which only the starts `flat` (option · periods + start) can be chosen."""
    builder, periods = ModelBuilder(), market.inputs.periods
    option, start = flat // periods, flat % periods
    picked = pl.DataFrame(
        {"option": sites.options["option"].gather(option), "period": start, "value": sites.value[option, start]},
        schema={"option": pl.String, "period": pl.Int64, "value": pl.Float64},
    ).with_columns(upper=pl.lit(1.0))
    known = market.starts.drop("column").join(picked, on=["option", "period"], maintain_order="left")
    starts = builder.columns("start", known, integer=True)
    rows = builder.rows("site", starts.select("site").with_columns(upper=pl.lit(1.0)))
    builder.entries(starts.join(rows, on="site").with_columns(value=1.0))
    return build_around_starts(market.inputs, builder, starts)


def do_nothing_solution(market: Market, sites: Sites) -> tuple[Problem, Solution]:
    """Doing nothing: its model and solution."""
    model = problem_with_starts(market, sites, np.zeros(0, dtype=np.int64))
    solved = solve_lp(doing_nothing(model.arrays, model))
    if solved.value is None:
        raise NumericalError(f"doing nothing has no solution: {solved.outcome}")
    return model, solved


def priced_programme_result(
    model: Problem,
    bound: float,
    nothing: tuple[Problem, Solution],
    *,
    asked: PlanRequest,
    budget: SearchBudget,
    figures: dict[str, Any],
) -> Programme:
    """The programme that starts all of `model`; `bound` counts no constant. ValueError where a limit breaks."""
    does = priced_point(model, solve_lp(fix_starts(model.arrays, np.arange(model.starts.start, model.starts.stop))))
    value = float(model.arrays.value @ does.x)
    return judged_programme(
        model, nothing[1], asked, budget, result_tables(model, does, priced_point(*nothing)), figures,
        value=value, bound=max(bound, value),
    )  # fmt: skip
