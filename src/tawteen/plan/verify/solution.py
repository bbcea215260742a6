"""What a programme claims, beside the facts it is held against, both as plain frames with periods as numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from tawteen.appraise.prices import Prices
from tawteen.case.derived import once_per_tables
from tawteen.case.model import Calendar, Case
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.plan.programme import Programme

NO_ROWS: dict[str, dict[str, Any]] = {
    "throughput": {"option": pl.String, "period": pl.Int64, "amount": pl.Float64},
    "flows": {"kind": pl.String, "id": pl.String, "commodity": pl.String, "region": pl.String, "period": pl.Int64,
              "amount": pl.Float64},
    "supply": {"pool_kind": pl.String, "pool": pl.String, "source": pl.String, "period": pl.Int64,
               "amount": pl.Float64},
    "draws": {"fund": pl.String, "option": pl.String, "category": pl.String, "origin": pl.String, "period": pl.Int64,
              "amount": pl.Float64},
}  # fmt: skip
PICKS = {"site": pl.String, "option": pl.String, "kind": pl.String, "start": pl.Int64}


@dataclass(frozen=True)
class ClaimedSolution:
    """The options that are picked, and the flows that a programme states for them.

    `picks`: site, option, kind, start (period), one row per option that is started (none for sites as they are).
    `throughput`, `flows`, `supply`, `draws` are the programme's tables; `lead` is that of the network of works.
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
    lead: pl.DataFrame

    @property
    def periods(self) -> int:
        """Number of periods of the horizon."""
        return self.case.settings.time.periods

    def shifted(self, profile: pl.DataFrame) -> pl.DataFrame:
        """Rows of options by relative quarter, as rows of the picks by period inside the horizon."""
        picked = profile.join(self.picks, on="option").with_columns(period=pl.col("start") + pl.col("quarter"))
        return picked.filter(pl.col("period") < self.periods)


def claimed_solutions(
    case: Case, programme: Programme, effects: Effects, match: Match, prices: Prices, *, lead: pl.DataFrame
) -> tuple[ClaimedSolution, ClaimedSolution, pl.DataFrame]:
    """The programme's solution, that of doing nothing, and rows of `sites` whose option or start cannot be read."""
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
    solution = ClaimedSolution(
        case, effects, match, prices, picks,
        programme.throughput, programme.flows, programme.supply, programme.draws, lead,
    )  # fmt: skip
    baseline = replace(
        solution,
        picks=picks.clear(),
        throughput=programme.nothing_throughput,
        flows=programme.nothing_flows,
        supply=programme.supply.clear(),
        draws=programme.draws.clear(),
    )
    return solution, baseline, unreadable


def empty_solution(case: Case, effects: Effects, match: Match, prices: Prices) -> ClaimedSolution:
    """A solution in which no option is picked and no good flows."""
    tables = {name: pl.DataFrame(schema=schema) for name, schema in NO_ROWS.items()}
    return ClaimedSolution(case, effects, match, prices, pl.DataFrame(schema=PICKS), **tables, lead=pl.DataFrame())


def _period(calendar: Calendar, label: str | None) -> int | None:
    try:
        return None if label is None else calendar.parse(label)
    except ValueError:
        return None


def in_force(rows: pl.DataFrame, calendar: Calendar, amount: str, subject: tuple[str, ...] = ()) -> pl.DataFrame:
    """Rows with `start`, `end` and perhaps `season`, once for every period in which they hold, as `period`.

    `amount` is that of a whole quarter; of a quarter in part it is in proportion to the days, both ends counted. A row
    of the same `subject` that begins on the day another ends takes that day.
    """
    begins = {(tuple(row[name] for name in subject), row["start"]): n for n, row in enumerate(rows.to_dicts())}
    quarters = [(t, *_days_of(calendar, t), calendar.season(t)) for t in range(calendar.periods)]
    held: list[dict[str, Any]] = []
    for n, row in enumerate(rows.to_dicts()):
        begin, end = row["start"] or calendar.start, row["end"] or dt.date.max
        if end > begin and begins.get((tuple(row[name] for name in subject), end), n) != n:
            end -= dt.timedelta(days=1)
        for t, first, last, season in quarters:
            days = (min(last, end) - max(first, begin)).days + 1
            if days > 0 and row.get("season") in {None, season}:
                held.append({**row, "period": t, amount: row[amount] * (days / ((last - first).days + 1))})
    return pl.DataFrame(held, schema={**rows.schema, "period": pl.Int64})


def _days_of(calendar: Calendar, period: int) -> tuple[dt.date, dt.date]:
    """First and last day of a period."""
    year, quarter = map(int, calendar.label(period).split("-Q"))
    after = dt.date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return dt.date(year, 3 * quarter - 2, 1), after - dt.timedelta(days=1)


@once_per_tables(lambda: ("demands", "settings.time"))
def demanded(case: Case) -> pl.DataFrame:
    """Demand by row and period: id, region, commodity, period, quantity (grown), penalty."""
    grown = pl.col("quantity") * (1 + pl.col("growth")) ** (pl.col("period") / 4)
    return in_force(
        case.filled("demands"), case.calendar, "quantity", ("region", "commodity", "season", "project")
    ).select("id", "region", "commodity", "period", grown.alias("quantity"), "penalty")


@once_per_tables(lambda: ("supplies", "settings.time"))
def supplied(case: Case) -> pl.DataFrame:
    """Existing supply by row and period: id, region, commodity, period, quantity, variable_cost, foreign_share."""
    return in_force(
        case.filled("supplies"), case.calendar, "quantity", ("region", "commodity", "season", "site")
    ).select("id", "region", "commodity", "period", "quantity", "variable_cost", "foreign_share")
