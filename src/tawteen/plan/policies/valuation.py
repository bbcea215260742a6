"""A policy carried out in the futures of its value: their starts, gains, and all that is made, moved and paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.futures import Futures
from tawteen.plan.policies.policy import Policy, Rollout, Simulation
from tawteen.plan.policy_plan import FLOW_TABLES, flow_schema
from tawteen.plan.problem import Problem
from tawteen.plan.result import PricedPoint, solution_tables


@dataclass(frozen=True)
class ValuedPolicy:
    """A policy in futures: values (discounted), share with unmet rules, and the courses that the futures take.

    `courses`: the different sets of starts (places among the starts of the model); `solutions`: of each future the
    number of its course; `points`: the whole point of the model of each course.
    """

    values: Floats
    rules_missed: float
    courses: tuple[tuple[int, ...], ...]
    solutions: tuple[int, ...]
    points: tuple[Floats, ...]

    @property
    def starts(self) -> list[tuple[int, ...]]:
        """The starts of each future."""
        return [self.courses[number] for number in self.solutions]


def valued(simulation: Simulation, policy: Policy, futures: Futures) -> ValuedPolicy:
    """The policy carried out in the futures. Raises RuntimeError where it breaks a limit."""
    rollout = Rollout(simulation, policy)
    numbers: dict[tuple[int, ...], int] = {}
    solutions, unmet = [], []
    for outcome in futures.outcomes:
        starts = rollout.starts(outcome)
        solutions.append(numbers.setdefault(tuple(sorted(starts)), len(numbers)))
        unmet.append(bool(simulation.unmet_rules(starts, outcome)))
    points = tuple(_point(simulation, starts) for starts in numbers)
    values = np.array([float(simulation.problem.arrays.value @ point) for point in points])
    return ValuedPolicy(
        values[solutions] + simulation.problem.constant, float(np.array(unmet) @ futures.weights), tuple(numbers),
        tuple(solutions), points,
    )  # fmt: skip


def _point(simulation: Simulation, starts: tuple[int, ...]) -> Floats:
    point = simulation.recourse.point(simulation.indicator(starts))
    if point is None:
        raise RuntimeError("a policy broke a limit")
    return point


def course_tables(problem: Problem, points: tuple[Floats, ...]) -> dict[str, pl.DataFrame]:
    """Throughput, flows, supply and draws of every course: `flow_schema`."""
    rows = np.zeros(len(problem.arrays.row_lower))
    tables = [solution_tables(PricedPoint(problem, point, rows, np.zeros(len(point)))) for point in points]
    named = _named(problem)
    return {
        name: pl.concat(
            [
                _with_finding(course[name], named).select(
                    pl.lit(number, pl.Int64).alias("solution"), *list(flow_schema(name))[1:]
                )
                for number, course in enumerate(tables)
            ]
        )
        if tables
        else pl.DataFrame(schema=flow_schema(name))
        for name in FLOW_TABLES
    }


def _named(problem: Problem) -> pl.DataFrame:
    """Options as the model names them, with their option and finding."""
    return problem.columns["start"].keys.select("option", "planned", "finding").unique("option", maintain_order=True)


def _with_finding(frame: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Options of a table as the case names them, with the finding under which they started."""
    if "option" not in frame.columns:
        return frame
    joined = frame.join(named, on="option", how="left", maintain_order="left")
    return joined.with_columns(option=pl.coalesce("planned", "option"))


def course_starts(simulation: Simulation, courses: tuple[tuple[int, ...], ...]) -> pl.DataFrame:
    """The starts of each course: solution, site, kind, option, finding, period."""
    pairs = [(number, column) for number, starts in enumerate(courses) for column in starts]
    frame = pl.DataFrame(pairs, schema={"solution": pl.Int64, "column": pl.Int64}, orient="row")
    keys = simulation.keys.with_row_index("column").select(
        pl.col("column").cast(pl.Int64), "site", "kind", "finding", "period", "planned"
    )
    return frame.join(keys, on="column", maintain_order="left").select(
        "solution", "site", "kind", "finding", "period", option="planned"
    )  # fmt: skip


def labelled(frame: pl.DataFrame, labels: Mapping[int, str]) -> pl.DataFrame:
    """The frame with the label of `period` as `start`."""
    return frame.with_columns(start=pl.col("period").replace_strict(labels, return_dtype=pl.String))
