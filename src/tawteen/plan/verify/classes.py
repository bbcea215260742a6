"""Classes of courses: whole numbers of them, and room in those that begin when the training of the picks begins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.match.sources import THIRD_PARTY
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.solution import ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

Grid = NDArray[np.float64]


@dataclass(frozen=True)
class TaughtCourse:
    """A course in classes of `size` places: a place takes `share` seat-quarters in each of `quarters` quarters."""

    course: str
    size: float
    quarters: int
    share: float

    def begun(self, seats: Grid, size: float) -> Grid:
        """How many groups of `size` begin in each period, when `seats` are taken in each."""
        groups = np.zeros(len(seats))
        for t, taken in enumerate(seats):
            groups[t] = taken / (self.share * size) - groups[max(t - self.quarters + 1, 0) : t].sum()
        return groups


def taught_courses(claim: ClaimedSolution) -> Iterator[TaughtCourse]:
    """The courses of the case that state the size of a class (`docs/method.md`, Needs)."""
    for row in claim.case.filled("courses").filter(pl.col("cohort").is_not_null()).iter_rows(named=True):
        weeks, failed = max(row["weeks"], 1.0), 1.0 - row["pass_rate"]
        resit = weeks if row["resit_weeks"] is None else row["resit_weeks"]
        repeats = sum(failed**n for n in range(1, row["resits"] + 1))
        quarters = math.ceil((weeks + row["resits"] * resit) / 13.0 - CHECK_TOLERANCES.relative)
        yield TaughtCourse(row["id"], row["cohort"], quarters, (weeks + repeats * resit) / (13.0 * quarters))


def check_classes(claim: ClaimedSolution, checks: Checks) -> None:
    """The provider of a course supplies whole classes, with a place for each who begins and goes to no third party."""
    for taught in taught_courses(claim):
        checks.counts["class"] = checks.counts.get("class", 0) + claim.periods
        given = claim.supply.filter((pl.col("pool_kind") == "course") & (pl.col("pool") == taught.course))
        away = taught.begun(_by_period(claim, given.filter(pl.col("source") == THIRD_PARTY)), 1.0)
        held = taught.begun(_by_period(claim, given.filter(pl.col("source") != THIRD_PARTY)), taught.size)
        classes, places = np.round(held), _places(claim, taught)
        near = CHECK_TOLERANCES.relative * max(taught.size, float(places.max(initial=0.0)))
        for t in range(claim.periods):
            if classes[t] < 0 or abs(held[t] - classes[t]) > CHECK_TOLERANCES.classes:
                checks.report("class", taught.course, t, float(held[t]), float(max(classes[t], 0.0)))
            elif away[t] < -near or places[t] - away[t] > classes[t] * taught.size + near:
                checks.report("places", taught.course, t, float(places[t]), float(classes[t] * taught.size + away[t]))


def _by_period(claim: ClaimedSolution, rows: pl.DataFrame) -> Grid:
    amounts = np.zeros(claim.periods)
    for period, amount in rows.select("period", "amount").iter_rows():
        if 0 <= period < claim.periods:
            amounts[period] += amount
    return amounts


def _places(claim: ClaimedSolution, taught: TaughtCourse) -> Grid:
    """Places that the picks take in the course, by the period in which their training begins."""
    needs = claim.effects.needs.filter((pl.col("pool_kind") == "course") & (pl.col("pool") == taught.course))
    rows = (
        needs.filter(pl.col("amount") > 0)
        .group_by("option")
        .agg(quarter=pl.col("quarter").min(), amount=pl.col("amount").sum() / (taught.share * taught.quarters))
    )
    return _by_period(claim, claim.shifted(rows))


def empty_seats(claim: ClaimedSolution) -> pl.DataFrame:
    """Seats of classes that the picks do not need, and what one costs: period, pool_kind, pool, amount."""
    keys = ["pool_kind", "pool", "period"]
    courses = [taught.course for taught in taught_courses(claim)]
    mine = (pl.col("pool_kind") == "course") & pl.col("pool").is_in(courses)
    needs = claim.shifted(claim.effects.needs.filter(mine)).group_by(keys).agg(need=pl.col("amount").sum())
    given = claim.supply.filter(mine).group_by(keys).agg(pl.col("amount").sum())
    return given.join(needs, on=keys, how="left").with_columns(pl.col("amount") - pl.col("need").fill_null(0.0))
