"""The smallest single change with which a site pays while all other sites keep their choices.

Tried are cheaper cost items, more of the limits that cost the option most or stand behind the prices of its goods, and
an exception for the site from each rule that keeps it out.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np

from tawteen.plan.explain.cost_reduction import reduce_costs
from tawteen.plan.explain.counterfactuals import (
    Counterfactual,
    cost_reduction,
    lever_prices,
    nearest_start,
    own_limits,
    trade_limits,
)
from tawteen.plan.explain.forced_choice import flat_index
from tawteen.plan.explain.lever import Lever, lever_value
from tawteen.plan.explain.reasons import Reasons
from tawteen.plan.explain.shortlist import Pair
from tawteen.plan.explain.site_choices import SiteChoice, SiteChoices
from tawteen.plan.tolerances import TOLERANCES


def levers_of(reasons: Reasons, site: str, pair: Pair) -> tuple[Lever, ...]:
    """The limits that are widened in turn for a site: those of its nearest start, and of trade in its goods."""
    levers = [*own_limits(reasons, pair), *trade_limits(reasons, site)]
    return tuple(lever for lever, _ in levers)


def smallest_single_change(reasons: Reasons, choices: SiteChoices, *, ends: float) -> Counterfactual | None:
    """The change worth least at today's prices with which a start of works is worth more than leaving the site as
    planned; None where none that was tried until the monotonic time `ends` is.
    """
    ways = []
    for way in _changes(reasons, choices, ends):
        ways.append(way)
        if time.monotonic() > ends:
            break
    return min((way for way in ways if way is not None), key=lambda way: way.worth, default=None)


def _changes(reasons: Reasons, choices: SiteChoices, ends: float) -> Iterator[Counterfactual | None]:
    """The changes that suffice, one after the other."""
    yield from _exceptions(reasons, choices)
    cheaper = _cheaper(reasons, choices)
    yield cheaper
    if cheaper is None and not all(map(math.isfinite, choices.values.values())):
        yield _affordable(reasons, choices, ends)
    for lever in choices.levers:
        least = choices.least_share(lever)
        if least is None:
            yield None
            continue
        share, choice = least
        gain = choice.value - choices.known
        worth = max(lever_value(lever, share, lever_prices(reasons, lever)), gain)
        yield Counterfactual("more", share, worth, *choice.pair, lever, gain)


def _exceptions(reasons: Reasons, choices: SiteChoices) -> Iterator[Counterfactual | None]:
    """Exceptions for the site from a rule that keeps an option out."""
    rules = reasons.rules_of_case
    options = dict.fromkeys(option for option, _ in choices.ranked)
    for lever in {lever.id: lever for option in options for lever in rules.own(option)}.values():
        choice = choices.best(choices.exempt([lever.id]))
        gain = -math.inf if choice is None else choice.value - choices.known
        if choice is None or gain <= choices.tolerance:
            yield None
            continue
        chosen = [option for other, option in reasons.chosen.items() if other != choices.site]
        share = min(1.0, rules.needed(lever, [*chosen, choice.pair[0]]))
        yield Counterfactual("more", share, gain, *choice.pair, lever, gain)


def _cheaper(reasons: Reasons, choices: SiteChoices) -> Counterfactual | None:
    """The cut of an option's own cost items, in whole percent, that makes up for the least loss.

    A start is worth more by what is saved on its cost items, which is in proportion to the cut.
    """
    priced, params = reasons.priced, reasons.params
    losses = {
        pair: choices.known + choices.tolerance - value
        for pair, value in choices.values.items()
        if math.isfinite(value)
    }
    options = list(dict.fromkeys(option for option, _ in losses))
    half = reduce_costs(priced, reasons.case, choices.site, options, 0.5) if options else None
    if half is None:
        return None
    before, after = (
        np.where(np.isfinite(priced.worth), programme.sites.value, 0.0).ravel() for programme in (priced, half)
    )
    saved = 2.0 * (after - before)
    ways = []
    for pair, loss in losses.items():
        most = float(saved[flat_index(priced, pair)])
        if most > 0 and loss <= params.largest_cut * most:
            percent = max(math.ceil(100 * loss / most - TOLERANCES.whole_amount), 1)
            ways.append(Counterfactual("cheaper", percent / 100, most * percent / 100, *pair))
    return min(ways, key=lambda way: way.worth, default=None)


def _affordable(reasons: Reasons, choices: SiteChoices, ends: float) -> Counterfactual | None:
    """The cut of an option's own cost items with which it is chosen when its rivals may change.

    Of a start that breaks a limit at full cost, such as that of a fund, `_cheaper` cannot tell what a cut is worth.
    """
    priced, site = reasons.priced, reasons.priced.place[choices.site]
    pair, guess = nearest_start(priced, reasons, site)
    if guess is None:
        return None
    room = (reasons.params.fewer_rivals, ends)
    return cost_reduction(priced, reasons, site, (pair, guess), room, largest_first=True)


__all__ = ["SiteChoice", "levers_of", "smallest_single_change"]
