"""What the choices of one site are worth while all other sites keep theirs.

Method: the linear model of the programme with the starts of one site open, solved for one start after the other from
the last basis. What it finds keeps every limit; other sites that may change too can only make more of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tawteen.plan.explain.lever import Lever, widen_limit
from tawteen.plan.explain.reasons import Reasons
from tawteen.plan.explain.shortlist import Pair
from tawteen.plan.explain.start_model import SiteStarts, StartModel
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.tolerances import TOLERANCES
from tawteen.works.periods import QUARTERS_PER_YEAR


@dataclass(frozen=True)
class SiteChoice:
    """An option and start of works at the site, and the value of the programme with it."""

    pair: Pair
    value: float


class SiteChoices:
    """The choices of one site of a programme. `levers` are the limits that may be widened in questions; `values` those
    of starts of works within the limits of the case, as far as they were valued.
    """

    def __init__(self, reasons: Reasons, site: str, levers: tuple[Lever, ...] = ()) -> None:
        self.reasons, self.site, self.params = reasons, site, reasons.params
        best = reasons.shortlist.best
        self.planned = best[site] if site in reasons.chosen else None
        fixed = [best[other] for other in reasons.chosen if other != site]
        self.model = StartModel(reasons.inputs, fixed, {site: self.planned}, dated=True)
        self.arrays = self.model.problem.arrays
        programme = reasons.programme
        gain = abs((programme.value or 0.0) - (programme.do_nothing or 0.0))
        self.tolerance = max(TOLERANCES.start_value * gain, 1.0)
        self.levers = levers
        self.values: dict[Pair, float] = {}
        self._widest = [widen_limit(lever, self.params.widest_share) for lever in levers]

    @cached_property
    def _starts(self) -> SiteStarts:
        upper = self.arrays.upper
        for widened in self._widest:
            upper = np.maximum(upper, widened(self.model.problem, self.arrays).upper)
        return self.model.site(self.site, upper)

    def value(self, pair: Pair | None, arrays: MilpArrays | None = None) -> float:
        """Value of the programme with the start `pair` of the site (None for none), within the limits of `arrays`."""
        value = self._starts.value(pair, arrays or self.arrays)
        if arrays is None and pair is not None and pair != self.planned:
            self.values[pair] = value
        return value

    def row_prices(self, pair: Pair | None, arrays: MilpArrays | None = None) -> Floats | None:
        """Prices of the rows of the whole model with the start `pair`, NaN for rows that no choice of the site touches;
        None where it breaks a limit.
        """
        return self._starts.row_prices() if np.isfinite(self.value(pair, arrays)) else None

    @cached_property
    def known(self) -> float:
        """Value of the programme as planned."""
        return self.value(self.planned)

    @cached_property
    def ranked(self) -> list[Pair]:
        """Starts of works: the best of each option and year at today's prices, the best first; then the others."""
        reasons = self.reasons
        row = {option: row for row, option in enumerate(reasons.sites.options["option"])}
        worth = reasons.worths.worth
        pairs = [pair for pair in self.model.starts[self.site] if np.isfinite(worth[row[pair[0]], pair[1]])]
        pairs.sort(key=lambda pair: -float(worth[row[pair[0]], pair[1]]))
        yearly = {(option, start // QUARTERS_PER_YEAR): (option, start) for option, start in reversed(pairs)}
        first = [pair for pair in pairs if yearly[pair[0], pair[1] // QUARTERS_PER_YEAR] == pair]
        return list(dict.fromkeys([*first, *pairs]))

    def best(self, arrays: MilpArrays | None = None, *, among: list[Pair] | None = None) -> SiteChoice | None:
        """The most valuable start of works of those that are valued; None where no start keeps the limits.

        Valued are `among`, else the first `params.starts_valued` of `ranked`, and then those of the most valuable one's
        option that are less than a year from it.
        """
        tried = self.ranked[: self.params.starts_valued] if among is None else among
        values = {pair: self.value(pair, arrays) for pair in tried}
        if among is None and (best := _highest(values)) is not None:
            near = [pair for pair in self.model.starts[self.site] if self._is_near(pair, best.pair)]
            values |= {pair: self.value(pair, arrays) for pair in near if pair not in values}
        return _highest(values)

    def several(self, arrays: MilpArrays, count: int) -> list[Pair]:
        """The most valuable of the first `params.starts_valued` of `ranked`, at most `count`, the best first."""
        values = {pair: self.value(pair, arrays) for pair in self.ranked[: self.params.starts_valued]}
        possible = [pair for pair in values if np.isfinite(values[pair])]
        return sorted(possible, key=lambda pair: -values[pair])[:count]

    @staticmethod
    def _is_near(pair: Pair, best: Pair) -> bool:
        return pair[0] == best[0] and 0 < abs(pair[1] - best[1]) < QUARTERS_PER_YEAR

    def widened(self, lever: Lever, share: float) -> MilpArrays:
        """The model with `share` of the lever's amount more of its limit."""
        return widen_limit(lever, share)(self.model.problem, self.arrays)

    def exempt(self, rules: list[str]) -> MilpArrays:
        """The model in which some rules do not bind the site."""
        arrays = self.arrays
        for rule in rules:
            arrays = self.model.exempt(rule, self.site, arrays)
        return arrays

    def least_share(self, lever: Lever) -> tuple[float, SiteChoice] | None:
        """The least share of a lever with which a start of works is worth more than leaving the site as planned.

        Both have the wider limit. None where the widest share that is tried does not suffice.
        """
        params = self.params
        arrays = self.widened(lever, params.widest_share)
        outside = self.value(self.planned, arrays)
        likely = self.several(arrays, params.starts_narrowed)
        if not any(self.value(pair, arrays) > outside + self.tolerance for pair in likely):
            return None
        best: SiteChoice | None = None

        def suffices(share: float) -> bool:
            nonlocal best
            arrays = self.widened(lever, share)
            choice = self.best(arrays, among=likely)
            if choice is None or choice.value <= self.value(self.planned, arrays) + self.tolerance:
                return False
            best = choice
            return True

        share = bisected(suffices, params.least_share, params.widest_share, params.delay_accuracy)
        suffices(share)
        return None if best is None else (share, best)


def bisected(suffices: Callable[[float], bool], least: float, widest: float, accuracy: float) -> float:
    """The least share that suffices, to `accuracy` of it; `widest` does, and none below `least` is tried."""
    if suffices(least):
        return least
    outside, inside = least, widest
    while inside - outside > accuracy * inside:
        middle = float(np.sqrt(outside * inside))
        inside, outside = (middle, outside) if suffices(middle) else (inside, middle)
    return inside


def _highest(values: dict[Pair, float]) -> SiteChoice | None:
    pair = max(values, key=lambda pair: values[pair], default=None)
    return None if pair is None or not np.isfinite(values[pair]) else SiteChoice(pair, values[pair])


__all__ = ["SiteChoice", "SiteChoices", "bisected"]
