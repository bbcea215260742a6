"""What every limit is written from: the case, its effects, who can help, prices, and the draft of the model."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from tawteen.appraise.prices import Prices
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.plan.model_builder import ModelBuilder


@dataclass(frozen=True)
class Ground:
    """The inputs of one planning problem and the draft that the limits write into.

    `only`: the starts (option, period) that may be chosen at all; None for all that their effects allow.
    """

    case: Case
    effects: Effects
    match: Match
    prices: Prices
    draft: ModelBuilder = field(default_factory=ModelBuilder)
    only: pl.DataFrame | None = None

    @property
    def periods(self) -> int:
        """Number of periods of the horizon."""
        return self.case.calendar.periods

    def discount(self) -> pl.DataFrame:
        """`period`, `discount`."""
        periods = range(self.periods)
        return pl.DataFrame(
            {"period": list(periods), "discount": [self.prices.discount(t) for t in periods]},
            schema={"period": pl.Int64, "discount": pl.Float64},
        )

    def by_period(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows of a table repeated for each `period` between their `start` and `end` (and in their `season`)."""
        calendar, last = self.case.calendar, self.periods - 1

        def index(name: str, default: int) -> pl.Series:
            return pl.Series([default if day is None else calendar.period(day) for day in frame[name]], dtype=pl.Int64)

        spread = (
            frame.with_columns(_from=index("start", 0), _to=index("end", last))
            .with_columns(period=pl.int_ranges(pl.max_horizontal("_from", 0), pl.min_horizontal("_to", last) + 1))
            .drop("_from", "_to")
            .explode("period")
            .drop_nulls("period")
        )
        if "season" not in frame.columns:
            return spread
        season = (pl.col("period") + calendar.season(0) - 1) % 4 + 1
        return spread.filter(pl.col("season").is_null() | (pl.col("season") == season))
