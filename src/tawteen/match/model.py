"""What the match returns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tawteen.case.one_line import OneLine


@dataclass(frozen=True, repr=False)
class Match(OneLine):
    """Who can close which need, and how much per quarter.

    Frames:
    - `pools`: pool_kind, pool, reference_price (currency/unit, null when nobody offers it), sources (count).
    - `sources`: pool_kind, pool, source (unit id, `academy` for a course without provider, or `third_party`), origin
      (local, partner or foreign, of who is paid), price (currency per pool unit at market prices; cheapest first),
      multiplier_foreign (0–1, share of the price that is foreign), first_period (whole), start, end (periods,
      inclusive), capacity (pool units per quarter; null means no limit), trainer_pool, trainer_ratio.
    - `assignments`: option, pool_kind, pool, rank (1 is best), source, price, first_period, covers (share of the
      option's peak need it could supply alone in a quarter).
    - `gaps`: option, pool_kind, pool, amount (pool units that no source covers, even alone and in full).
    - `load`: source, pool_kind, pool, capacity, wanted (pool units per quarter if every option ran at once, spread
      over the horizon), load (ratio).
    """

    pools: pl.DataFrame
    sources: pl.DataFrame
    assignments: pl.DataFrame
    gaps: pl.DataFrame
    load: pl.DataFrame
