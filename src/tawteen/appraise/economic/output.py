"""What options are expected to make by period, each alone and started as early as it may."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.appraise.cash import OptionCash
from tawteen.appraise.flows import Grid, flows_of
from tawteen.appraise.prices import Prices
from tawteen.case.model import Case
from tawteen.effects.model import Effects


@dataclass(frozen=True)
class OptionOutput:
    """Rows as those of the cash it belongs to, periods as columns.

    `made`: expected units of throughput; `taken`: share of the line of today that the option has taken over.
    """

    made: Grid
    taken: Grid


def output_of(case: Case, effects: Effects, prices: Prices, cash: OptionCash) -> OptionOutput:
    """Output of the options of `cash`."""
    flows, periods = flows_of(case, effects, prices), case.settings.time.periods
    place = {name: n for n, name in enumerate(flows.options["option"])}
    made, taken = np.zeros((cash.options.height, periods)), np.zeros((cash.options.height, periods))
    for n, (option, start) in enumerate(cash.options.select("option", "start").iter_rows()):
        made[n, start:] = flows.capacity[place[option], : periods - start]
        taken[n, start:] = flows.taken[place[option], : periods - start]
    return OptionOutput(made, taken)
