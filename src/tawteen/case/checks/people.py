"""Rules about courses, trainers, and what options add to them."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.codes import NO_WORKS
from tawteen.case.findings import Finding
from tawteen.case.model import Case


def seats(case: Case) -> list[Finding]:
    """A course that options need has seats, options that add some, or third parties that teach it."""
    needed = case["cadres"].filter(pl.col("headcount") > 0).select(id="course")
    added = case["added_seats"].filter(pl.col("seats") > 0).select(id="course")
    rows = rows_of(case, "courses").join(needed, on="id", how="semi").join(added, on="id", how="anti")
    lost = rows.filter((pl.col("seats") <= 0) & pl.col("third_party_price").is_null()).select("at", value="seats")
    return tell(case, "warning", "check.seats", "courses", lost, "seats")


def classes(case: Case) -> list[Finding]:
    """Classes of whole persons that sit at once in the seats of their course and of the options that add some."""
    more = case["added_seats"].group_by(id="course").agg(added=pl.col("seats").sum())
    rows = rows_of(case, "courses").join(more, on="id", how="left", maintain_order="left").rename({"cohort": "value"})
    room = pl.col("seats") + pl.col("added").fill_null(0.0)
    crowded = rows.with_columns(seats=room).filter((pl.col("seats") > 0) & (pl.col("value") > pl.col("seats")))
    broken = rows.filter(pl.col("value") != pl.col("value").round())
    return [
        *tell(case, "warning", "check.class_seats", "courses", crowded.select("at", "value", "seats"), "cohort"),
        *tell(case, "warning", "check.class_whole", "courses", broken.select("at", "value"), "cohort"),
    ]


def trainers(case: Case) -> list[Finding]:
    """Courses that take trainers without naming a pool, or from a pool without staff."""
    rows = rows_of(case, "courses").filter((pl.col("trainer_ratio") > 0) & (pl.col("seats") > 0))
    nobody = rows.filter(pl.col("trainer_pool").is_null()).select("at", value="trainer_ratio")
    joining = case["added_trainers"].filter(pl.col("headcount") > 0).select(id="trainer_pool")
    gone = case["trainers"].filter(pl.col("headcount") <= 0).join(joining, on="id", how="anti")
    gone = gone.select(trainer_pool="id")
    lost = rows.join(gone, on="trainer_pool", how="semi").select("at", value="trainer_pool")
    return [
        *tell(case, "warning", "check.trainer_pool", "courses", nobody, "trainer_pool"),
        *tell(case, "warning", "check.no_trainers", "courses", lost, "trainer_pool"),
    ]


def added(case: Case) -> list[Finding]:
    """Seats and trainers of options that never begin to operate: lines that run, surveys and closings add none."""
    idle = case["options"].filter(pl.col("kind").is_in(NO_WORKS)).select("kind", option="id")
    return [
        finding
        for table in ("added_seats", "added_trainers")
        for finding in tell(
            case, "warning", "check.added", table,
            rows_of(case, table).join(idle, on="option").select("at", "kind", value="option"), "option",
        )
    ]  # fmt: skip


def returning(case: Case) -> list[Finding]:
    """Rows of cadres with more returning staff than headcount."""
    rows = rows_of(case, "cadres").filter(pl.col("returning") > pl.col("headcount"))
    listed = rows.select("at", "headcount", value="returning")
    return tell(case, "warning", "check.returning", "cadres", listed, "returning")
