"""From the chosen starts to a programme: the whole model with these starts alone, its exact throughput and flows."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.value import nothing_cost
from tawteen.case.hash import case_hash
from tawteen.plan.country.market import Market
from tawteen.plan.country.sites import Sites
from tawteen.plan.limits.choices import add_throughput
from tawteen.plan.limits.goods import add_goods
from tawteen.plan.limits.ground import Ground
from tawteen.plan.limits.money import add_money
from tawteen.plan.limits.pools import add_pools
from tawteen.plan.limits.rules import add_rules
from tawteen.plan.problem import Problem, chosen, doing_nothing
from tawteen.plan.programme import Programme, Scenario, Status
from tawteen.plan.programme_file import SCHEMAS, empty
from tawteen.plan.result import point, tables
from tawteen.plan.solver import Solution, solve_lp
from tawteen.plan.watch import Watch

Whole = NDArray[np.int64]
SMALL = 1e-6


def problem_with(market: Market, sites: Sites, flat: Whole) -> Problem:
    """The model of docs/method.md in which only the starts `flat` (option · periods + start) can be chosen."""
    of = market.ground
    ground = Ground(of.case, of.effects, of.match, of.prices)
    periods = ground.periods
    option, start = flat // periods, flat % periods
    picked = pl.DataFrame(
        {"option": sites.options["option"].gather(option), "period": start, "value": sites.value[option, start]},
        schema={"option": pl.String, "period": pl.Int64, "value": pl.Float64},
    ).with_columns(upper=pl.lit(1.0))
    known = market.starts.drop("column").join(picked, on=["option", "period"], maintain_order="left")
    starts = ground.draft.columns("start", known, integer=True)
    rows = ground.draft.rows("site", starts.select("site").with_columns(upper=pl.lit(1.0)))
    ground.draft.entries(starts.join(rows, on="site").with_columns(value=1.0))
    throughput = add_throughput(ground, starts)
    add_goods(ground, throughput)
    supply = add_pools(ground, starts)
    add_money(ground, starts, throughput, supply)
    add_rules(ground, starts)
    columns, limits = ground.draft.blocks
    constant = -nothing_cost(of.case, of.effects, of.prices)
    return Problem(ground, ground.draft.arrays(), columns, limits, constant)


@dataclass(frozen=True)
class Asked:
    """What the caller wanted."""

    scenario: Scenario
    seed: int
    gap: float


def nothing_of(market: Market, sites: Sites) -> tuple[Problem, Solution]:
    """Doing nothing: its model and solution."""
    model = problem_with(market, sites, np.zeros(0, dtype=np.int64))
    solved = solve_lp(doing_nothing(model.arrays, model))
    if solved.value is None:
        raise RuntimeError(f"doing nothing has no solution: {solved.outcome}")
    return model, solved


def programme_of(
    model: Problem,
    bound: float,
    nothing: tuple[Problem, Solution],
    *,
    asked: Asked,
    watch: Watch,
    figures: dict[str, Any],
) -> Programme:
    """The programme that starts all of `model`; `bound` counts no constant. ValueError where a limit breaks."""
    does = point(model, solve_lp(chosen(model.arrays, np.arange(model.starts.start, model.starts.stop))))
    idle = nothing[1].value or 0.0
    value = float(model.arrays.value @ does.x)
    gain = value - idle
    bound = max(bound, value)
    share = None if gain <= SMALL * max(abs(idle) + abs(model.constant), 1.0) else (bound - value) / gain
    parts: dict[str, Any] = tables(model, does, point(*nothing))
    blank = blank_programme(model, nothing, asked)
    return replace(
        blank,
        status=_status(share, asked.gap, watch),
        value=value + model.constant,
        bound=bound + model.constant,
        gap=share,
        seconds=watch.elapsed,
        peak_mb=peak_mb(),
        figures=figures,
        **parts,
    )


def blank_programme(model: Problem, nothing: tuple[Problem, Solution], asked: Asked) -> Programme:
    """A programme in which nothing is decided."""
    blank: dict[str, Any] = {name: empty(name) for name in SCHEMAS}
    case = model.ground.case
    idle = nothing[1].value
    return Programme(
        case_id=case.settings.about.id, case_hash=case_hash(case), scenario=asked.scenario, seed=asked.seed,
        status="infeasible", value=None, bound=None, do_nothing=None if idle is None else idle + model.constant,
        gap=None, seconds=0.0, peak_mb=peak_mb(), **blank,
    )  # fmt: skip


def _status(share: float | None, gap: float, watch: Watch) -> Status:
    if share is not None and share <= SMALL:
        return "optimal"
    if share is not None and share <= gap:
        return "within_gap"
    return "interrupted" if watch.stopped else "time_limit"


def peak_mb() -> float:
    """Most memory this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024.0 if sys.platform != "darwin" else 1024.0**2)
