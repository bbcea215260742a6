"""Who offers what: partner units, the academy and third parties as sources of pools."""

from __future__ import annotations

import polars as pl

from tawteen.case.derived import once_per_tables
from tawteen.case.fused import fused
from tawteen.case.model import Calendar, Case
from tawteen.match.tables import PoolSources
from tawteen.works.periods import WEEKS_PER_QUARTER, period_of, steps_begun
from tawteen.works.training import COURSE_WEEKS

THIRD_PARTY = "third_party"
ACADEMY = "academy"
"""Who provides a course without a unit."""
PROVEN = ("inspected", "tested")
"""Grades with which somebody saw or measured that a source does what it offers."""
WRITTEN_DOWN = ("reported", "documented")
"""Grades that count where a reference job is named; without one they say only that the offer was made."""


@once_per_tables(lambda: ("units", "offers", "capabilities", "courses", "settings.parties", "settings.time"))
def sources_of(case: Case) -> pl.DataFrame:
    """All sources of all pools, by pool and price; columns of `Match.sources`."""
    roles = {party.id: party.role for party in case.settings.parties}
    origins = {party: {"host": "local", "partner": "partner"}.get(role, "foreign") for party, role in roles.items()}
    units = case["units"].select(
        unit="id", party_origin=pl.col("party").replace_strict(origins, default="foreign", return_dtype=pl.String)
    )
    last = case.settings.time.periods - 1
    everywhere = [
        _offers(case, units, last),
        _third_parties(case.filled("capabilities"), "capability", last),
        _courses(case, units, last),
        _third_parties(_taught_elsewhere(case), "course", last),
    ]
    return pl.concat([frame.select(PoolSources.column_names()) for frame in everywhere]).sort(
        "pool_kind", "pool", "price", "multiplier_foreign", "source"
    )


def sources_by_period(sources: pl.DataFrame, periods: int) -> pl.DataFrame:
    """Rows of `Match.sources`, each repeated for every `period` of the horizon in which it supplies.

    Its `capacity` is that of the quarter: in the first and in the last quarter of an offer the share of the days on
    which it holds, both ends counted.
    """
    every = pl.DataFrame({"period": range(periods)}, schema={"period": pl.Int64})
    period, capacity = pl.col("period"), pl.col("capacity")
    missing = sum(
        pl.when(period == pl.col(name)).then(1.0 - pl.col(f"{name}_share")).otherwise(0.0) for name in ("start", "end")
    )
    return fused(
        sources.lazy()
        .join(every.lazy(), how="cross", maintain_order="left_right")
        .filter(period >= pl.max_horizontal("first_period", "start"), period <= pl.col("end"))
        .with_columns(pl.when(missing > 0).then(capacity * (1.0 - missing)).otherwise(capacity).alias("capacity"))
    )


def _shares(calendar: Calendar, last: int) -> dict[str, pl.Expr]:
    """Share of the quarters of the dates `start` and `end` on which an offer holds: what follows, and what precedes."""
    quarters = {name: pl.col(name).dt.truncate("1q") for name in ("start", "end")}
    days = {name: (first.dt.offset_by("1q") - first).dt.total_days() for name, first in quarters.items()}
    gone = (pl.col("start") - quarters["start"]).dt.total_days() / days["start"]
    held = ((pl.col("end") - quarters["end"]).dt.total_days() + 1) / days["end"]
    beyond = period_of(pl.col("end"), calendar) > last
    return {
        "start_share": (1.0 - gone).fill_null(1.0),
        "end_share": pl.when(beyond).then(1.0).otherwise(held.fill_null(1.0)),
    }


def standing_of(proof: str, reference: str) -> pl.Expr:
    """Standing of an offer by two columns: proven, referenced or claimed (`docs/method.md`, Needs)."""
    named = pl.col(reference).str.strip_chars().str.len_chars().fill_null(0) > 0
    return (
        pl.when(pl.col(proof).is_in(PROVEN))
        .then(pl.lit("proven"))
        .when(pl.col(proof).is_in(WRITTEN_DOWN) & named)
        .then(pl.lit("referenced"))
        .otherwise(pl.lit("claimed"))
    )


def _offers(case: Case, units: pl.DataFrame, last: int) -> pl.DataFrame:
    start = period_of(pl.col("start"), case.calendar).fill_null(0)
    return (
        case.filled("offers")
        .join(units, on="unit", maintain_order="left")
        .with_columns(
            **_shares(case.calendar, last),
            start=start,
            end=period_of(pl.col("end"), case.calendar).fill_null(last).clip(upper_bound=last),
            pool_kind=pl.lit("capability"),
            multiplier_foreign=1.0 - pl.col("local_share"),
            first_period=pl.max_horizontal(steps_begun(pl.col("lead_weeks")), start),
            trainer_pool=pl.lit(None, dtype=pl.String),
            trainer_ratio=pl.lit(0.0),
            standing=standing_of("proof", "reference"),
        )
        .rename({"capability": "pool", "unit": "source", "party_origin": "origin"})
    )


def _courses(case: Case, units: pl.DataFrame, last: int) -> pl.DataFrame:
    """Seats at the academy, or at the unit that provides the course."""
    return (
        case.filled("courses")
        .join(units, on="unit", how="left", maintain_order="left")
        .with_columns(
            pool_kind=pl.lit("course"),
            source=pl.col("unit").fill_null(ACADEMY),
            origin=pl.when(pl.col("unit").is_null())
            .then(pl.lit("local"))
            .otherwise(pl.col("party_origin").fill_null("foreign")),
            price=pl.col("price") * WEEKS_PER_QUARTER / COURSE_WEEKS,
            first_period=pl.lit(0, dtype=pl.Int64),
            start=pl.lit(0, dtype=pl.Int64),
            end=pl.lit(last, dtype=pl.Int64),
            start_share=pl.lit(1.0),
            end_share=pl.lit(1.0),
            standing=standing_of("proof", "reference"),
        )
        .with_columns(multiplier_foreign=(pl.col("origin") != "local").cast(pl.Float64))
        .rename({"id": "pool", "seats": "capacity"})
    )


def _taught_elsewhere(case: Case) -> pl.DataFrame:
    return case["courses"].select(
        "id",
        third_party_price=pl.col("third_party_price") * WEEKS_PER_QUARTER / COURSE_WEEKS,
        third_party_foreign=pl.lit(1.0),
        third_party_proof="third_party_proof",
        third_party_reference="third_party_reference",
    )


def _third_parties(pools: pl.DataFrame, kind: str, last: int) -> pl.DataFrame:
    """Third parties without limit, where they have a price."""
    foreign = pl.col("third_party_foreign")
    return pools.filter(pl.col("third_party_price").is_not_null()).select(
        pool_kind=pl.lit(kind),
        pool="id",
        source=pl.lit(THIRD_PARTY),
        origin=pl.when(foreign > 0).then(pl.lit("foreign")).otherwise(pl.lit("local")),
        price="third_party_price",
        multiplier_foreign=foreign,
        first_period=pl.lit(0, dtype=pl.Int64),
        start=pl.lit(0, dtype=pl.Int64),
        end=pl.lit(last, dtype=pl.Int64),
        start_share=pl.lit(1.0),
        end_share=pl.lit(1.0),
        capacity=pl.lit(None, dtype=pl.Float64),
        trainer_pool=pl.lit(None, dtype=pl.String),
        trainer_ratio=pl.lit(0.0),
        standing=standing_of("third_party_proof", "third_party_reference"),
    )
