"""Stocks and receivables of the study of an option, beyond those of the line that runs today."""

from __future__ import annotations

import numpy as np

from tawteen.appraise.option_periods import StudyPeriods
from tawteen.appraise.profile import PROFILES
from tawteen.appraise.statements.operations import operations
from tawteen.appraise.statements.timing import Array, Timeline
from tawteen.appraise.statements.working_capital import working_capital
from tawteen.appraise.study import OpeningBalance, Study

STOCKS_ID = "working_capital"
"""Item of the working capital that the option states."""


def with_stocks(study: Study, stated_by_quarter: Array, periods: StudyPeriods) -> Study:
    """Returns the study with stated working capital reduced by receivables, which are part of it, down to 0.

    Both are those beyond the line of today, whose buyers owe at the opening what they owe without the option.
    """
    owed, nothing = receivables(study), study.doing_nothing()
    before = np.zeros_like(owed) if nothing is None else receivables(nothing)
    if before[0]:
        opening = OpeningBalance(receivables=float(before[0]), equity=float(before[0]))
        study = study.model_copy(update={"opening": opening})
    added = owed - before
    if not added.any():
        return study
    stated = periods.lasts(stated_by_quarter) * periods.level
    remaining_stock = periods.amounts(np.maximum(stated - added, 0.0))
    costs = [c.model_copy(update={"extra_stock": remaining_stock}) if c.id == STOCKS_ID else c for c in study.costs]
    return study.model_copy(update={"costs": tuple(costs)})


def receivables(study: Study) -> Array:
    """Returns what buyers owe by period."""
    profile, time = PROFILES[study.profile], Timeline(study.horizon)
    holdings = working_capital(study, profile, time, operations(study, time))
    return np.asarray(sum((h.values for h in holdings if h.item == "receivables"), np.zeros(time.periods)))
