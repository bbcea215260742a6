"""What the diagnosis returns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tawteen.case.one_line import OneLine


@dataclass(frozen=True, repr=False)
class Diagnosis(OneLine):
    """Why sites stand still or run badly, and what each option needs.

    Frames (one row each):
    - `sites`: site, blocked_now, blocked_next, unknown_gates, closed_gates (whole numbers), conditional (bool),
      available (bool: some works option may start), chance (0–1 product of the hard unknown gates).
    - `gates`: site, gate, hard, state, stops, opens_by, authority, open_date, cost, weeks, chance, task_en, task_ar.
    - `losses`: line, site, commodity, nominal, oee, lost_availability, lost_performance, lost_quality, output
      (unit/quarter); null where the line's rates are unknown.
    - `schedule`: option, work, start, finish (weeks from the start of the works proper, after duration correction),
      critical (bool).
    - `lead`: option, survey_weeks, gate_weeks, works_weeks, first_release (weeks from option start to first capacity,
      null when it never operates), total_weeks, chance, available (bool), blocked_by (gate or null), opens
      (date of the last authority gate, or null).
    - `needs`: option, quarter (0 = first of the option), pool_kind (capability or course), pool, amount (pool units).
    """

    sites: pl.DataFrame
    gates: pl.DataFrame
    losses: pl.DataFrame
    schedule: pl.DataFrame
    lead: pl.DataFrame
    needs: pl.DataFrame
