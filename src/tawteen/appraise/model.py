"""What the appraisal returns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tawteen.case.one_line import OneLine


@dataclass(frozen=True, repr=False)
class Appraisal(OneLine):
    """Each option alone, started as early as it may, at parity prices and full expected throughput.

    Frames:
    - `cash`: option, view (financial or economic), period, investment_local, investment_foreign, working_capital,
      sales, inputs, running, wages, fees, residual, net (currency; costs negative), net_without (the site as it is).
    - `indicators`: option, view, npv, irr (null with `irr_reason`), payback_quarters (null when never), investment,
      investment_foreign, local_content (share), jobs, new_jobs, foreign_exchange (net per year at full output,
      currency), margin (per unit of throughput), irr_reason.
    """

    cash: pl.DataFrame
    indicators: pl.DataFrame
