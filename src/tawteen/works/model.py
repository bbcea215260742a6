"""The network of works as frames."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tawteen.case.one_line import OneLine
from tawteen.works.needs import needs_by_step


@dataclass(frozen=True, repr=False)
class WorksNetwork(OneLine):
    """The works of every option, timed in weeks from the start of the option.

    Frames:
    - `schedule`: option, work, start, finish (weeks from the start of the works proper, which follows survey and gates;
      after duration correction), critical (bool).
    - `lead`: option, survey_weeks, gate_weeks, works_weeks, first_release (weeks from option start to first capacity,
      null when it never operates), total_weeks, chance, available (bool), blocked_by (gate or null), opens
      (date of the last authority gate, or null).
    - `loads`: option, pool_kind (capability or course), pool, start, finish (weeks from the start of the option),
      amount (pool units: person-weeks of a capability, seat-quarters of a course), even between start and finish.
    - `needs`: the same by quarter: option, quarter (0 = first of the option), pool_kind, pool, amount (in full).
    """

    schedule: pl.DataFrame
    lead: pl.DataFrame
    loads: pl.DataFrame
    needs: pl.DataFrame

    def needs_by_week(self) -> pl.DataFrame:
        """The needs by week: option, week (0 = first of the option), pool_kind, pool, amount.

        The 13 weeks of a quarter sum to the need of that quarter.
        """
        return needs_by_step(self.loads, "week", 1.0)
