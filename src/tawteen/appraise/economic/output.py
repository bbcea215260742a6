"""Expected output of each option on its own by period, from its earliest start."""

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
    """Grids with the rows of an `OptionCash` and one column a period.

    `throughput`: expected units; `taken_over`: share of the line of today that the option has replaced.
    """

    throughput: Grid
    taken_over: Grid


def output_of(case: Case, effects: Effects, prices: Prices, cash: OptionCash) -> OptionOutput:
    """Returns the output of the options of `cash`."""
    flows, periods = flows_of(case, effects, prices), case.settings.time.periods
    row_of = {name: n for n, name in enumerate(flows.options["option"])}
    output, taken_over = np.zeros((cash.options.height, periods)), np.zeros((cash.options.height, periods))
    for n, (option, start) in enumerate(cash.options.select("option", "start").iter_rows()):
        output[n, start:] = flows.capacity[row_of[option], : periods - start]
        taken_over[n, start:] = flows.taken_over[row_of[option], : periods - start]
    return OptionOutput(output, taken_over)
