"""The network of works as frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import dataframely as dy
import polars as pl

from tawteen.case.frame_columns import Frames
from tawteen.works.needs import needs_by_step
from tawteen.works.tables import LeadTimes, LineStops, Loads, Needs, Schedule


@dataclass(frozen=True, repr=False)
class WorksNetwork(Frames):
    """The works of every option, timed in weeks from its start; `works.tables` documents the columns.

    The schedule counts from the start of the works proper, which follow survey and gates.
    """

    SCHEMAS: ClassVar[Mapping[str, type[dy.Schema]]] = {
        "schedule": Schedule,
        "lead": LeadTimes,
        "loads": Loads,
        "needs": Needs,
        "stops": LineStops,
    }

    schedule: pl.DataFrame
    lead: pl.DataFrame
    loads: pl.DataFrame
    needs: pl.DataFrame
    stops: pl.DataFrame

    def needs_by_week(self) -> pl.DataFrame:
        """The needs by week: option, week (0 = first of the option), pool_kind, pool, amount, sure.

        The 13 weeks of a quarter sum to the need of that quarter.
        """
        return needs_by_step(self.loads, "week", 1.0)
