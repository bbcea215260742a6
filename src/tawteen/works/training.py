"""Who must sit in which course before an option runs, and for how long: the one place that counts trainees."""

from __future__ import annotations

import polars as pl

from tawteen.case.derived import once_per_case, once_per_tables
from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.works.periods import DAYS_PER_YEAR, WEEKS_PER_QUARTER, steps_begun

COURSE_WEEKS = pl.col("weeks").clip(lower_bound=1.0)
"""Weeks of a course, at least one: a course without duration would have no price per seat-quarter."""


@once_per_case
def places(case: Case) -> pl.DataFrame:
    """Places that each option takes in each course (`docs/method.md`, Needs).

    Columns: option, course, people (to certify), trainees (places taken; where the course has classes, options share
    them: see `class_terms`), weeks (of one place from its start to the last resit), seat_weeks (weeks in the room of
    all places, resits included).
    """
    return fused(
        people_to_train(case)
        .lazy()
        .join(_terms(case), on="course", maintain_order="left")
        .with_columns(trainees=pl.col("people") / pl.col("certified"))
        .select("option", "course", "people", "trainees", "weeks", seat_weeks=pl.col("trainees") * pl.col("room_weeks"))
    )


def class_terms(case: Case) -> pl.DataFrame:
    """Courses that are taught in whole classes: course, size (places of a class), quarters, share.

    A class runs `quarters` quarters one after the other, and each of its places takes `share` seat-quarters in each of
    them, resits included.
    """
    quarters = steps_begun(pl.col("weeks"))
    return fused(
        _terms(case)
        .filter(pl.col("cohort").is_not_null())
        .select(
            "course",
            size="cohort",
            quarters=quarters.cast(pl.Int64),
            share=pl.col("room_weeks") / (quarters * WEEKS_PER_QUARTER),
        )
    )


def _terms(case: Case) -> pl.LazyFrame:
    """Of each course: cohort, certified (share of places), weeks and room_weeks of one place, resits included."""
    passed_each, resits = pl.col("pass_rate"), pl.col("resits").cast(pl.Float64)
    failed = 1 - passed_each
    # Expected resits of one place: (1-p) + (1-p)^2 + … + (1-p)^n.
    sat_again = pl.when(passed_each < 1).then(failed * (1 - failed**resits) / passed_each).otherwise(0.0)
    resit_length = pl.coalesce("resit_weeks", COURSE_WEEKS)
    return (
        case.filled("courses")
        .lazy()
        .select(
            "cohort",
            course="id",
            certified=1 - failed ** (1 + resits),
            weeks=COURSE_WEEKS + resits * resit_length,
            room_weeks=COURSE_WEEKS + sat_again * resit_length,
        )
    )


def people_to_train(case: Case) -> pl.DataFrame:
    """option, course, people: rows of `cadres`, with those whose skill is gone in the full course of the occupation.

    Of the returning persons of a refresher no more count than `staff` of the site lists; of these the share that
    `retained` gives keeps its skill. The others need the course of new entrants, where the case has one. A site
    without a row of `staff` for the occupation is taken at its word.
    """
    courses, owners = case["courses"].lazy(), case["options"].lazy().select("site", option="id")
    needed = (
        case.filled("cadres")
        .lazy()
        .join(courses.select("occupation", "level", course="id"), on="course", maintain_order="left")
    )
    full = courses.filter(pl.col("level") == "N").select("occupation", full_course="id")
    full = full.unique("occupation", keep="first", maintain_order=True)
    known = fused(
        needed.join(owners, on="option", how="left", maintain_order="left")
        .join(retained(case).lazy(), on=["site", "occupation"], how="left", maintain_order="left")
        .join(full, on="occupation", how="left", maintain_order="left")
    )
    back = pl.min_horizontal("returning", "headcount")
    fresh = pl.min_horizontal(back, pl.col("present")) * pl.col("retained")
    movable = (pl.col("level") == "R") & pl.col("present").is_not_null() & pl.col("full_course").is_not_null()
    counted = known.lazy().with_columns(lost=pl.when(movable).then(back - fresh).otherwise(0.0))
    stay = counted.select("option", "course", people=pl.col("headcount") - pl.col("lost"))
    move = counted.select("option", course="full_course", people="lost")
    return fused(
        pl.concat([stay, move])
        .filter(pl.col("people") > 0)
        .group_by("option", "course", maintain_order=True)
        .agg(pl.col("people").sum())
    )


@once_per_tables(lambda: ("staff", "sites", "settings.time", "settings.training"))
def retained(case: Case) -> pl.DataFrame:
    """Staff who are still there: site, occupation, present (persons), retained (share of their skill, 0 … 1).

    A skill that is not used loses half of what training gave in `training.half_life_months`: what is left after y
    years is 0.5^(12·y / half-life). Years come from `years_idle`, else from `last_worked`, else from the day on which
    the site stopped; where no day is known no skill is lost.
    """
    start, months = case.settings.time.start, case.settings.training.half_life_months
    stopped = case["sites"].select("stopped_since", site="id")
    since = pl.coalesce("last_worked", "stopped_since")
    days = (pl.lit(start) - since).dt.total_days().clip(lower_bound=0)
    years = pl.coalesce(pl.col("years_idle").cast(pl.Float64), days / DAYS_PER_YEAR, pl.lit(0.0))
    return (
        case["staff"]
        .join(stopped, on="site", how="left", maintain_order="left")
        .select("site", "occupation", present="headcount", retained=0.5 ** (12.0 * years / months))
    )
