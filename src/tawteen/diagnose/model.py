"""The diagnosis as frames."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tawteen.case.one_line import OneLine


@dataclass(frozen=True, repr=False)
class Diagnosis(OneLine):
    """Why sites stand still or run badly.

    Frames (one row each):
    - `sites`: site, blocked_now, blocked_next, unknown_gates, closed_gates (whole numbers), conditional (bool),
      available (bool: some works option may start), chance (0–1 product of the hard unknown gates), gate_weeks (tasks
      before the works), soft_weeks (tasks with the works), blocked_by (first gate that nothing opens, or null), opens
      (last date at which an authority opens a gate, or null).
    - `gates`: site, gate, hard, state, stops, opens_by, authority, open_date, cost, weeks, chance, task_en, task_ar.
    - `losses`: line, site, commodity, nominal, oee, lost_availability, lost_performance, lost_quality, output
      (unit/quarter); null where the line's rates are unknown.
    """

    sites: pl.DataFrame
    gates: pl.DataFrame
    losses: pl.DataFrame
