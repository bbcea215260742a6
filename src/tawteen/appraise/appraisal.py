"""Appraisal of each option on its own, in the financial and the economic view."""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.appraise.cash import CASH_LINES, OptionCash, cash_of
from tawteen.appraise.indicators import indicators_of
from tawteen.appraise.model import Appraisal
from tawteen.appraise.prices import View, prices
from tawteen.case.model import Case
from tawteen.case.ranges import expected_case
from tawteen.effects.model import Effects

VIEWS: tuple[View, ...] = ("financial", "economic")


def appraise(case: Case, effects: Effects) -> Appraisal:
    """Returns cash and indicators of every available option except `as_is`, in both views."""
    case = expected_case(case)
    cash, indicators = [], []
    for view in VIEWS:
        priced = prices(case, view)
        flows = cash_of(case, effects, priced)
        cash.append(_table(flows, view))
        indicators.append(indicators_of(case, effects, priced, flows))
    return Appraisal(cash=pl.concat(cash), indicators=pl.concat(indicators))


def _table(cash: OptionCash, view: View) -> pl.DataFrame:
    """Returns `cash` as a frame of one row for each option and period."""
    count, periods = cash.without.shape
    # Adding zero turns the −0.0 of empty costs into 0.0.
    columns = {name: cash.with_it[name].ravel() + 0.0 for name in CASH_LINES}
    frame = pl.DataFrame({"period": np.tile(np.arange(periods), count), **columns}).with_columns(
        net=pl.Series(cash.net.ravel()), net_without=pl.Series(cash.without.ravel())
    )
    option = cash.options["option"].gather(np.repeat(np.arange(count), periods))
    return frame.select(option.alias("option"), pl.lit(view).alias("view"), pl.all())
