"""The programme of chosen starts: optimal throughput and flows of the whole model with these starts alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.sites import SiteArrays
from tawteen.plan.fixed_starts import price_with_starts
from tawteen.plan.model_builder import ModelBuilder
from tawteen.plan.problem import Problem, baseline_model, build_around_starts
from tawteen.plan.programme import Programme
from tawteen.plan.result import priced_point, result_tables
from tawteen.plan.solver import NumericalError, Solution, solve_lp
from tawteen.plan.status import PlanRequest, judged_programme

Indices = NDArray[np.int64]


def problem_with_starts(market: Market, sites: SiteArrays, flat: Indices) -> Problem:
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


def do_nothing_solution(market: Market, sites: SiteArrays) -> tuple[Problem, Solution]:
    """The model of doing nothing and its solution. Raises NumericalError where the solver finds none."""
    model = problem_with_starts(market, sites, np.zeros(0, dtype=np.int64))
    solution = solve_lp(baseline_model(model.arrays, model))
    if solution.value is None:
        raise NumericalError(f"doing nothing has no solution: {solution.outcome}")
    return model, solution


def priced_programme_result(
    model: Problem,
    bound: float,
    baseline: tuple[Problem, Solution],
    *,
    request: PlanRequest,
    budget: SearchBudget,
    figures: dict[str, Any],
    prices: pl.DataFrame | None = None,
) -> Programme:
    """The programme that chooses every start of `model`; `bound` excludes the constant of the model.
    `prices`: the table of those that prove it.

    Raises NumericalError where these starts violate a limit.
    """
    result = priced_point(model, price_with_starts(model, np.arange(model.starts.start, model.starts.stop)))
    value = float(model.arrays.value @ result.x)
    tables = result_tables(model, result, priced_point(*baseline))
    if prices is not None:
        tables["bound_prices"] = prices
    return judged_programme(
        model, baseline[1], request, budget, tables, figures, value=value, bound=max(bound, value),
    )  # fmt: skip
