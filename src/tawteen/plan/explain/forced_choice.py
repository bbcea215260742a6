"""What turning the choice for one site round costs, within a time: at most by a programme found, at least by a proof.

First the other sites keep their choices; then those that compete with the site may change, while time is left and the
answer is open. Where a rule keeps the site out, what an exception from it for this site alone would cost is told.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tawteen.plan.decomposition.dual import lagrangian_bound
from tawteen.plan.decomposition.sizes import typical_sizes
from tawteen.plan.explain.lever import Lever
from tawteen.plan.explain.market_prices import prices_around
from tawteen.plan.explain.priced_programme import PricedProgramme
from tawteen.plan.explain.reasons import Reasons
from tawteen.plan.explain.resolve import (
    Changed,
    ForcedComparison,
    ResolvedProgramme,
    compare_forced,
    resolve_site,
    start_of_site,
    unchanged,
    upper_bound,
)
from tawteen.plan.explain.shortlist import Pair
from tawteen.plan.explain.site_choices import SiteChoices
from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.problem import Problem

GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
"""Ratio of golden-section search."""
GIVING_WAY = ("one_of", "at_most", "share", "after")
"""Kinds of rules that keep a site out because of what is chosen at others."""


def compare_whole(reasons: Reasons, site: int, *, seconds: float) -> ForcedComparison:
    """Both choices of a site (its place) in a case so small that all sites are free."""
    comparison = compare_forced(reasons.priced, site, seconds=seconds)
    rules = rules_against(reasons, reasons.priced.names[site]) if comparison.within.value is None else ()
    if not rules:
        return comparison
    within = _within(reasons, site, rules, seconds)
    begins = ("", 0) if within.value is None else start_of_site(reasons.priced, site, within)
    return comparison if within.value is None else replace(comparison, within=within, site_start=begins, exempt=rules)


def compare_alone(reasons: Reasons, choices: SiteChoices, site: int) -> ForcedComparison:
    """Both choices of a site (its place) while all other sites keep theirs."""
    priced, name = reasons.priced, reasons.priced.names[site]
    inside = bool(np.any((priced.taken == site) & priced.works[priced.flat // priced.periods]))
    known = priced.programme.value
    planned = ResolvedProgramme(known, upper_bound(priced, site, inside), priced.flat, False, 0.0, 0, inside)
    if inside:
        most = upper_bound(priced, site, False)
        turned = _alone(priced, site, None, choices.value(None), most, inside=False)
        return ForcedComparison(planned, turned, reasons.shortlist.best[name])
    rules: tuple[Lever, ...] = ()
    choice = choices.best()
    if choice is None:
        rules = rules_against(reasons, name)
        choice = choices.best(choices.exempt([lever.id for lever in rules])) if rules else None
        rules = rules if choice is not None else ()
    pair, value = (None, -np.inf) if choice is None else (choice.pair, choice.value)
    most = upper_bound(priced, site, True, [lever.id for lever in rules])
    turned = _alone(priced, site, pair, value, most, inside=True)
    return ForcedComparison(turned, planned, ("", 0) if pair is None else pair, rules)


def tighten_bound(reasons: Reasons, choices: SiteChoices, comparison: ForcedComparison, site: int) -> ForcedComparison:
    """The comparison with a lower upper bound on the opposite choice, at prices between two that are known.

    These are the prices of the programme's proof and those of the model with the opposite choice while the other sites
    keep theirs. Any prices prove a bound, and it is convex in them: golden-section search (Kiefer 1953).
    """
    priced, inside = reasons.priced, comparison.within.flat is reasons.priced.flat
    side = comparison.without if inside else comparison.within
    if side.value is None:
        return comparison
    rules = [lever.id for lever in comparison.exempt]
    pair = None if inside else comparison.site_start
    row_price = choices.row_prices(pair, choices.exempt(rules) if rules else None)
    if row_price is None:
        return comparison
    market, known = priced.market, priced.proof.prices
    other = prices_around(market, known, choices.model.problem.rows, row_price)
    typical = typical_sizes(priced.sites, market)

    def bound_at(share: float) -> float:
        proof = lagrangian_bound(priced.sites, market, typical, known + share * (other - known))
        return upper_bound(replace(priced, proof=proof), site, not inside, rules)

    most = max(min(side.most, _least_value(bound_at, priced.params.blend_steps)), side.value)
    if inside:
        return replace(comparison, without=replace(side, most=most))
    return replace(comparison, within=replace(side, most=most))


def _least_value(function: Callable[[float], float], steps: int) -> float:
    """The least value of a convex function on 0 to 1 that golden-section search finds."""
    low, high = 0.0, 1.0
    inner = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
    values = [function(share) for share in inner]
    least = min(values)
    for _ in range(steps):
        if values[0] < values[1]:
            high, inner[1], values[1] = inner[1], inner[0], values[0]
            inner[0] = high - GOLDEN * (high - low)
            values[0] = function(inner[0])
        else:
            low, inner[0], values[0] = inner[0], inner[1], values[1]
            inner[1] = low + GOLDEN * (high - low)
            values[1] = function(inner[1])
        least = min(least, *values)
    return least


def search_rivals(reasons: Reasons, comparison: ForcedComparison, site: int, *, seconds: float) -> ForcedComparison:
    """The comparison after a search in which the site's rivals may change, which never makes it worse.

    None is begun where the proof leaves no room, or too little time.
    """
    priced = reasons.priced
    inside = comparison.within.flat is priced.flat
    side = comparison.without if inside else comparison.within
    gain = (priced.programme.value or 0.0) - (priced.programme.do_nothing or 0.0)
    known = priced.programme.value or 0.0
    room = np.inf if side.value is None else side.most - side.value
    params, rules = priced.params, comparison.exempt
    close = params.close_range * abs(known - side.most)
    many = params.fewer_rivals if seconds < params.whole_seconds / 2 else params.rivals
    within_rules = not rules or _rivals_give_way(reasons, rules)
    closed = room <= max(params.gap * gain, 1.0, close) and not (rules and within_rules)
    if closed or seconds < params.least_seconds:
        return comparison
    ends = time.monotonic() + seconds
    resolved = side
    if within_rules:
        resolved = resolve_site(priced, site, not inside, seconds=seconds, many=many)
        if resolved.value is not None and rules:
            return replace(comparison, within=resolved, site_start=start_of_site(priced, site, resolved), exempt=())
    if rules and (left := ends - time.monotonic()) > params.least_seconds:
        lifted = _lifted(reasons, rules)
        resolved = resolve_site(priced, site, True, changed=lifted, seconds=left, many=many)
    if resolved.value is None or (side.value is not None and resolved.value <= side.value):
        return comparison
    resolved = replace(resolved, most=side.most)
    if inside:
        return replace(comparison, without=resolved)
    return replace(comparison, within=resolved, site_start=start_of_site(priced, site, resolved))


def _rivals_give_way(reasons: Reasons, rules: Sequence[Lever]) -> bool:
    """Whether the site could come in within the rules if other sites changed."""
    return all(reasons.rules_of_case.rules[rule.id]["kind"] in GIVING_WAY for rule in rules)


def rules_against(reasons: Reasons, site: str) -> tuple[Lever, ...]:
    """The fewest rules that keep an option of works at a site out, all of which would have to be lifted for it."""
    options = dict.fromkeys(option for option, _ in reasons.earliest_starts(site))
    sets = [tuple(reasons.rules_of_case.own(option)) for option in options]
    return min((rules for rules in sets if rules), key=len, default=())


def _alone(
    priced: PricedProgramme, site: int, pair: Pair | None, value: float, most: float, *, inside: bool
) -> ResolvedProgramme:
    """The programme with another choice for the site alone: in with `pair`, or out; −∞ where that breaks a limit."""
    others = priced.flat[priced.taken != site]
    flat = others if pair is None else np.sort(np.append(others, flat_index(priced, pair)))
    return ResolvedProgramme(value if np.isfinite(value) else None, most, flat, False, 0.0, 0, inside)


def flat_index(priced: PricedProgramme, pair: Pair) -> int:
    """Place (option · periods + start) of a start."""
    return priced.sites.options["option"].to_list().index(pair[0]) * priced.periods + pair[1]


def _within(reasons: Reasons, site: int, rules: Sequence[Lever], seconds: float) -> ResolvedProgramme:
    resolved = resolve_site(reasons.priced, site, True, changed=_lifted(reasons, rules), seconds=seconds)
    return replace(
        resolved, most=min(resolved.most, upper_bound(reasons.priced, site, True, [rule.id for rule in rules]))
    )


def _lifted(reasons: Reasons, rules: Sequence[Lever]) -> Changed:
    """The model in which some rules are loosened for the site as far as their levers say."""
    if not rules:
        return unchanged

    def change(problem: Problem, arrays: MilpArrays) -> MilpArrays:
        for lever in rules:
            arrays = reasons.rules_of_case.loosened(lever, 1.0)(problem, arrays)
        return arrays

    return change


__all__ = ["compare_alone", "compare_whole", "flat_index", "rules_against", "search_rivals", "tighten_bound"]
