"""Classes that a programme holds: how many of a course begin in each quarter, and how full they are."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.match.sources import THIRD_PARTY
from tawteen.plan.programme import Programme
from tawteen.plan.tolerances import TOLERANCES
from tawteen.works.training import class_terms


def first_places(case: Case, effects: Effects) -> pl.DataFrame:
    """Who begins a course with classes: option, course, begins (quarter from the option's start), places, terms of it.

    The terms are those of `class_terms`: size, quarters, share.
    """
    needs = effects.needs.lazy().filter(pl.col("pool_kind") == "course", pl.col("amount") > 0)
    return fused(
        needs.rename({"pool": "course"})
        .join(class_terms(case).lazy(), on="course", maintain_order="left")
        .group_by("option", "course", "size", "quarters", "share", maintain_order=True)
        .agg(begins=pl.col("quarter").min().cast(pl.Int64), seats=pl.col("amount").sum())
        .with_columns(places=pl.col("seats") / (pl.col("share") * pl.col("quarters")))
        .drop("seats")
    )


def held_classes(case: Case, effects: Effects, programme: Programme) -> pl.DataFrame:
    """Classes of the programme by course and quarter in which they begin.

    Columns: course, period, size, classes, persons (places that begin), elsewhere (of these at third parties), empty
    (places of the classes that nobody takes). Quarters in which nobody begins are left out.
    """
    picks = programme.sites.drop_nulls(["option", "period"]).select("option", start="period")
    begun = (
        first_places(case, effects)
        .join(picks, on="option")
        .group_by("course", period=pl.col("start") + pl.col("begins"))
        .agg(persons=pl.col("places").sum())
    )
    persons = {(course, period): count for course, period, count in begun.iter_rows()}
    rows, periods = [], case.settings.time.periods
    for course, size, quarters, share in class_terms(case).iter_rows():
        given = programme.supply.filter((pl.col("pool_kind") == "course") & (pl.col("pool") == course))
        third = pl.col("source") == THIRD_PARTY
        held = _begun(given.filter(~third), periods, quarters, share * size)
        away = _begun(given.filter(third), periods, quarters, share)
        for period in range(periods):
            classes, taken = round(held[period]), persons.get((course, period), 0.0)
            if classes or taken > TOLERANCES.shortage:
                empty = max(classes * size - max(taken - away[period], 0.0), 0.0)
                rows.append((course, period, size, classes, taken, max(away[period], 0.0), empty))
    return pl.DataFrame(rows, schema=HELD_CLASSES, orient="row")


HELD_CLASSES = {
    "course": pl.String,
    "period": pl.Int64,
    "size": pl.Float64,
    "classes": pl.Int64,
    "persons": pl.Float64,
    "elsewhere": pl.Float64,
    "empty": pl.Float64,
}


def _begun(supply: pl.DataFrame, periods: int, quarters: int, seats: float) -> list[float]:
    """How many groups that take `seats` in each of `quarters` quarters begin in each period."""
    by_period = dict(supply.group_by("period").agg(pl.col("amount").sum()).iter_rows())
    groups: list[float] = []
    for period in range(periods):
        running = sum(groups[max(period - quarters + 1, 0) :])
        groups.append(by_period.get(period, 0.0) / seats - running)
    return groups
