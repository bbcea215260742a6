"""What a programme claims, beside the facts it is held against, both as plain frames with periods as numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from tawteen.appraise.prices import Prices
from tawteen.case.model import Calendar, Case
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.plan.programme import Programme

PICKS = {"site": pl.String, "option": pl.String, "kind": pl.String, "start": pl.Int64}


@dataclass(frozen=True)
class ClaimedSolution:
    """One world: the options picked and what flows in it.

    `picks`: site, option, kind, start (period), one row per option that is started (none for sites as they are).
    `throughput`, `flows`, `supply`, `draws` are the programme's tables.
    """

    case: Case
    effects: Effects
    match: Match
    prices: Prices
    picks: pl.DataFrame
    throughput: pl.DataFrame
    flows: pl.DataFrame
    supply: pl.DataFrame
    draws: pl.DataFrame

    @property
    def periods(self) -> int:
        """Number of periods of the horizon."""
        return self.case.settings.time.periods

    def shifted(self, profile: pl.DataFrame) -> pl.DataFrame:
        """Rows of options by relative quarter, as rows of the picks by period inside the horizon."""
        picked = profile.join(self.picks, on="option").with_columns(period=pl.col("start") + pl.col("quarter"))
        return picked.filter(pl.col("period") < self.periods)


def claims(
    case: Case, programme: Programme, effects: Effects, match: Match, prices: Prices
) -> tuple[ClaimedSolution, ClaimedSolution, pl.DataFrame]:
    """The programme's world, the world of doing nothing, and rows of `sites` whose option or start cannot be read."""
    kinds = effects.options.select("option", "site", "kind")
    named = (
        programme.sites.select(claimed="id", option="option", label="start")
        .filter(pl.col("option").is_not_null())
        .join(kinds, on="option", how="left")
        .with_columns(
            start=pl.Series(
                [_period(case.calendar, x) for x in programme.sites.filter(pl.col("option").is_not_null())["start"]],
                dtype=pl.Int64,
            )
        )
    )
    running = pl.col("kind").eq("as_is").fill_null(False)
    wrong = (pl.col("site") != pl.col("claimed")).fill_null(True) | (pl.col("start").is_null() & ~running)
    unreadable = named.filter(wrong).select(id=pl.format("{}/{}", "claimed", "option"))
    picks = named.filter(~wrong & ~running).select(*PICKS)
    does = ClaimedSolution(
        case, effects, match, prices, picks,
        programme.throughput, programme.flows, programme.supply, programme.draws,
    )  # fmt: skip
    idle = replace(
        does,
        picks=picks.clear(),
        throughput=programme.nothing_throughput,
        flows=programme.nothing_flows,
        supply=programme.supply.clear(),
        draws=programme.draws.clear(),
    )
    return does, idle, unreadable


def _period(calendar: Calendar, label: str | None) -> int | None:
    try:
        return None if label is None else calendar.parse(label)
    except ValueError:
        return None


def in_force(rows: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Rows with `start`, `end` and perhaps `season`, once for every period in which they hold, as `period`."""
    seasonal = "season" in rows.columns
    held: list[list[int]] = []
    for row in rows.iter_rows(named=True):
        first = 0 if row["start"] is None else max(0, calendar.period(row["start"]))
        last = calendar.periods - 1 if row["end"] is None else min(calendar.periods - 1, calendar.period(row["end"]))
        season = row["season"] if seasonal else None
        held.append([t for t in range(first, last + 1) if season is None or calendar.season(t) == season])
    return (
        rows.with_columns(period=pl.Series(held, dtype=pl.List(pl.Int64)))
        .filter(pl.col("period").list.len() > 0)
        .explode("period")
    )


def demanded(case: Case) -> pl.DataFrame:
    """Demand by row and period: id, region, commodity, period, quantity (grown), penalty."""
    grown = pl.col("quantity") * (1 + pl.col("growth")) ** (pl.col("period") / 4)
    return in_force(case.filled("demands"), case.calendar).select(
        "id", "region", "commodity", "period", grown.alias("quantity"), "penalty"
    )


def supplied(case: Case) -> pl.DataFrame:
    """Existing supply by row and period: id, region, commodity, period, quantity, variable_cost, foreign_share."""
    return in_force(case.filled("supplies"), case.calendar).select(
        "id", "region", "commodity", "period", "quantity", "variable_cost", "foreign_share"
    )
