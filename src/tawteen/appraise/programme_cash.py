"""Cash flow of a programme by option, from the same flows as the appraisal."""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.appraise.cash import CASH_LINES, ProgrammeSchedule, cash_of
from tawteen.appraise.prices import View, prices
from tawteen.case.model import Case
from tawteen.effects.model import Effects


def programme_cash(
    case: Case,
    effects: Effects,
    chosen: pl.DataFrame,
    throughput: pl.DataFrame,
    without: pl.DataFrame,
    *,
    view: View = "financial",
) -> pl.DataFrame:
    """Returns the cash of the chosen options by site, option and period, with and without the programme.

    `chosen`: option, period (of its start); `throughput` and `without`: option, period, amount, of the programme and
    of doing nothing. Columns: site, option, view, period, those of `Appraisal.cash`. Sums over options are the cash of
    the programme at reference prices: the cost of pools above them is in the plan only.
    """
    starts = dict(zip(chosen["option"], chosen["period"], strict=True))
    priced = prices(case, view)
    cash = cash_of(case, effects, priced, ProgrammeSchedule(starts, throughput, without))
    count, periods = cash.without.shape
    rows = np.repeat(np.arange(count), periods)
    lines = {name: cash.with_it[name].ravel() + 0.0 for name in CASH_LINES}
    return pl.DataFrame(
        {
            "site": cash.options["site"].gather(rows),
            "option": cash.options["option"].gather(rows),
            "view": pl.Series([view] * len(rows), dtype=pl.String),
            "period": np.tile(np.arange(periods), count),
            **lines,
            "net": cash.net.ravel(),
            "net_without": cash.without.ravel(),
        }
    )
