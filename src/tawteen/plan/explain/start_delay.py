"""Which limit delays the start of a site, and what more of it is worth with the site's starts free.

Method: the other sites keep their options and starts. Each earlier start of the site is valued by a linear model, first
within all limits, then with each limit relaxed in turn. A limit delays the start if relaxing it alone makes some
earlier start worth more than the planned one; the amount is found by bisection. Prices of the planned starts cannot
tell this: a limit that only an earlier start would exceed has no price there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial, reduce

import numpy as np

from tawteen.plan.explain.lever import Lever, widen_limit
from tawteen.plan.explain.reasons import Reasons
from tawteen.plan.explain.shortlist import Pair
from tawteen.plan.explain.start_model import SiteStarts, StartModel
from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.params import ExplainParams
from tawteen.plan.tolerances import TOLERANCES

Key = tuple[str, str]
DATES = ("gate", "date")
WITHOUT_AMOUNT = ("rule", "class")
STARTED = ("firm", "conditional")


@dataclass(frozen=True)
class DelayingLimit:
    """What keeps a site from an earlier start: `kind` (that of a `Lever`, gate, date, rule, class), `id`.

    A class is a course whose classes cannot be held in part.

    `lever` is the limit where it has an amount, from the period in which the start needs it (`least_lever` for the
    least amount). `least` is the least amount more of it (in the units of `Lever.amount`; quarters of a date, null for
    a rule or a class) that brings the start forward, to `least_start`. With `amount` more the site starts as `option`
    in `start`, and the programme is worth `worth` more (discounted currency).
    """

    kind: str
    id: str
    least: float | None
    least_start: int
    amount: float | None
    option: str
    start: int
    worth: float
    site: str
    lever: Lever | None = None
    least_lever: Lever | None = None


@dataclass(frozen=True)
class StartDelay:
    """Why a site does not start earlier, the other sites as they are; proven by valuing each of its earlier starts.

    `code`: first (no earlier start exists), limit (any one of `limits` delays it), limits (only all of `limits`
    together), none (an earlier start is worth less even without limits), improvable (`start` with `option` is worth
    `worth` more within all limits: the search had not found the best programme). `planned` is the period planned.
    """

    site: str
    planned: int
    code: str
    limits: tuple[DelayingLimit, ...] = ()
    option: str | None = None
    start: int | None = None
    worth: float = 0.0


class DelaySearch:
    """The delays of the chosen sites of one programme."""

    def __init__(self, reasons: Reasons, sites: Iterable[str]) -> None:
        self.reasons = reasons
        best = reasons.shortlist.best
        free = {site: best[site] for site in sites}
        fixed = [best[site] for site in reasons.chosen if site not in free]
        self.model = StartModel(reasons.inputs, fixed, free)
        gain = abs((reasons.programme.value or 0.0) - (reasons.programme.do_nothing or 0.0))
        self.tolerance = max(TOLERANCES.start_value * gain, 1.0)

    def site_delay(self, site: str) -> StartDelay:
        """The delay of one site."""
        return _SiteSearch(self, site).delay()


class _SiteSearch:
    """The search around one site. `earlier` are its earlier starts that gain if every limit and date is relaxed."""

    def __init__(self, search: DelaySearch, site: str) -> None:
        self.model, self.reasons, self.tolerance, self.site = search.model, search.reasons, search.tolerance, site
        self.params, self.planned = self.reasons.params, search.reasons.shortlist.best[site]
        self.pairs = [pair for pair in self.model.starts[site] if pair[1] < self.planned[1]]
        self.levers: dict[Key, dict[Pair, Lever]] = {}
        self._widened: dict[Key, MilpArrays] = {}
        self._models: dict[frozenset[Key], MilpArrays] = {}
        self._values: dict[tuple[Pair, frozenset[Key]], float] = {}
        for pair in self.pairs:
            for lever in self.reasons.levers.timing(*pair):
                self.levers.setdefault((lever.kind, lever.id), {})[pair] = lever

    def delay(self) -> StartDelay:
        """What delays the start."""
        planned = self.planned[1]
        if not self.pairs:
            return StartDelay(self.site, planned, "first")
        now = self.relaxed_value(self.planned, ())
        unlimited = {pair: self.relaxed_value(pair, self.keys) for pair in self.pairs}
        earlier = sorted((p for p in self.pairs if unlimited[p] > now + self.tolerance), key=lambda p: -unlimited[p])
        better = {pair: self.relaxed_value(pair, ()) for pair in earlier if self._is_allowed(pair, ())}
        best = max(better, key=lambda pair: better[pair], default=None)
        if best is not None and better[best] > now + self.tolerance:
            return StartDelay(self.site, planned, "improvable", option=best[0], start=best[1], worth=better[best] - now)
        moved = self.relaxed_value(self.planned, self.keys)
        if not earlier or unlimited[earlier[0]] <= moved + self.tolerance:
            return StartDelay(self.site, planned, "none")
        probes = list(dict.fromkeys([earlier[0], max(earlier, key=lambda pair: pair[1])]))
        keys = self._sufficient(self.keys, probes, now)
        single = [limit for key in keys if (limit := self._delaying_limit(key, earlier, now)) is not None]
        if single:
            single = _without_wider(single)
            return StartDelay(self.site, planned, "limit", tuple(sorted(single, key=lambda limit: -limit.worth)))
        return StartDelay(self.site, planned, "limits", self._together(earlier[0], now))

    def _sufficient(self, keys: list[Key], probes: list[Pair], now: float) -> list[Key]:
        """The limits that may each suffice for one of the starts `probes`: halves of a set that does not are left out.

        More of a limit never lowers a value, so that what a whole set does not bring no member of it brings alone.
        """
        if not any(self._is_allowed(p, keys) and self.relaxed_value(p, keys) > now + self.tolerance for p in probes):
            return []
        if len(keys) == 1:
            return keys
        middle = len(keys) // 2
        return self._sufficient(keys[:middle], probes, now) + self._sufficient(keys[middle:], probes, now)

    def value(self, pair: Pair, arrays: MilpArrays) -> float:
        """Value of the programme with the site's start moved to `pair` under the limits of `arrays`."""
        return self._starts.value(pair, arrays)

    def relaxed_value(self, pair: Pair, keys: Iterable[Key]) -> float:
        """Value of the programme with the site's start moved to `pair` and the limits `keys` relaxed; solved once."""
        question = pair, _limits_in(keys)
        if question not in self._values:
            self._values[question] = self.value(pair, self._relaxed(question[1]))
        return self._values[question]

    @cached_property
    def _starts(self) -> SiteStarts:
        return self.model.site(self.site, self._relaxed(self.keys).upper)

    @cached_property
    def keys(self) -> list[Key]:
        """What may delay an earlier start: limits, the dates of gates and options, rules of order."""
        dated = [self.model.dates[option] for option in dict.fromkeys(pair[0] for pair in self.pairs)]
        gates = dict.fromkeys(date.gate for date in dated if date.gate and date.by_gate > date.by_option)
        own = ["own"] if any(date.by_option > 0 for date in dated) else []
        rules = [
            rule["id"]
            for rule in self.reasons.rules
            if rule["kind"] == "after" and rule["before"] != self.site and self._spoken(rule["id"])
        ]
        return [
            *self.levers,
            *(("gate", gate) for gate in gates),
            *(("date", name) for name in own),
            *(("rule", rule) for rule in rules),
            *(("class", course) for course in self.model.taught([pair[0] for pair in self.pairs])),
        ]

    def _spoken(self, rule: str) -> bool:
        return any(pair[0] in self.reasons.rules_of_case.spoken[rule] for pair in self.pairs)

    def _is_allowed(self, pair: Pair, relaxed: Iterable[Key]) -> bool:
        """Whether the dates of the case, without those that are relaxed, allow a start."""
        dates, kinds = self.model.dates[pair[0]], {kind for kind, _ in relaxed}
        first = [0 if "gate" in kinds else dates.by_gate, 0 if "date" in kinds else dates.by_option]
        return pair[1] >= (max(first) if kinds & set(DATES) else dates.earliest)

    def _relaxed(self, keys: Iterable[Key]) -> MilpArrays:
        """The model with some limits so wide that no earlier start lacks any of them, and without some rules."""
        limits = _limits_in(keys)
        if limits not in self._models:
            arrays = self.model.problem.arrays
            for wide in map(self._wide, limits):
                arrays = replace(
                    arrays,
                    upper=np.maximum(arrays.upper, wide.upper),
                    row_lower=np.minimum(arrays.row_lower, wide.row_lower),
                    row_upper=np.maximum(arrays.row_upper, wide.row_upper),
                    whole=np.intersect1d(arrays.whole, wide.whole),
                )
            self._models[limits] = arrays
        return self._models[limits]

    def _wide(self, key: Key) -> MilpArrays:
        """The model in which no earlier start lacks one limit, or without one rule, or with parts of classes."""
        if key not in self._widened:
            arrays = self.model.problem.arrays
            if key[0] == "rule":
                self._widened[key] = self.model.exempt(key[1], self.site, arrays)
            elif key[0] == "class":
                self._widened[key] = self.model.with_parts_of_classes(key[1])
            else:
                levers = self.levers[key].values()
                rows, start = max(lever.rows for lever in levers), min(lever.start for lever in levers)
                widest = replace(next(iter(levers)), rows=rows, start=start)
                self._widened[key] = widen_limit(widest, self.params.delay_widest)(self.model.problem, arrays)
        return self._widened[key]

    def _delaying_limit(self, key: Key, earlier: list[Pair], now: float) -> DelayingLimit | None:
        """The limit, if relaxing it alone makes an earlier start worth more than the planned one."""
        moved = self.relaxed_value(self.planned, [key])
        tried = dict.fromkeys([*earlier[: self.params.delay_best], *self._latest(earlier)])
        values = {pair: self.relaxed_value(pair, [key]) for pair in tried if self._is_allowed(pair, [key])}
        gaining = [pair for pair in values if values[pair] > moved + self.tolerance]
        if not gaining:
            return None
        best = max(gaining, key=lambda pair: values[pair])
        if key not in self.levers:
            nearest = max(gaining, key=lambda pair: pair[1])
            quarters = [float(self.model.dates[p[0]].earliest - p[1]) for p in (nearest, best)]
            least, amount = (None, None) if key[0] in WITHOUT_AMOUNT else quarters
            return DelayingLimit(*key, least, nearest[1], amount, *best, values[best] - now, self.site)
        return self._amounts(key, self._latest(gaining), best, now)

    def _latest(self, pairs: list[Pair]) -> list[Pair]:
        """The starts nearest to the planned one, the latest first."""
        return sorted(pairs, key=lambda pair: -pair[1])[: self.params.delay_near]

    def _amounts(self, key: Key, gaining: list[Pair], best: Pair, now: float) -> DelayingLimit | None:
        """The least amount of a limit that brings the start forward, and the amount for the best start."""
        levers = self.levers[key]
        least: tuple[float, Pair] | None = None
        for pair in gaining:
            own = levers.get(pair)
            if own is None or (least is not None and not self._moves(own, pair, 0.98 * least[0] / own.rows)):
                continue
            share = _least_share(partial(self._moves, own, pair), self.params)
            if share is not None and (least is None or share * own.rows < least[0]):
                least = (share * own.rows, pair)
        if least is None:
            return None
        lever: Lever = levers.get(best, levers[least[1]])
        wide = widen_limit(lever, self.params.delay_widest)(self.model.problem, self.model.problem.arrays)
        most = self.value(best, wide)

        def gives_most(share: float) -> bool:
            value = self.value(best, widen_limit(lever, share)(self.model.problem, self.model.problem.arrays))
            return value >= now + self.params.delay_share * (most - now)

        full = _least_share(gives_most, self.params) if best in levers and most > now else None
        unit = levers[least[1]].amount / levers[least[1]].rows
        if full is None or full * lever.rows < least[0]:
            best, full, lever = least[1], least[0] / levers[least[1]].rows, levers[least[1]]
        arrays = widen_limit(lever, full)(self.model.problem, self.model.problem.arrays)
        worth = max(self.value(best, arrays) - now, 0.0)
        return DelayingLimit(
            *key, least[0] * unit, least[1][1], full * lever.amount, *best, worth, self.site, lever, levers[least[1]]
        )

    def _moves(self, lever: Lever, pair: Pair, share: float) -> bool:
        """Whether with `share` of the lever the start `pair` is worth more than the planned one."""
        arrays = widen_limit(lever, share)(self.model.problem, self.model.problem.arrays)
        return self.value(pair, arrays) > self.value(self.planned, arrays) + self.tolerance

    def _together(self, best: Pair, now: float) -> tuple[DelayingLimit, ...]:
        """A smallest set of limits that, relaxed together, make the start `best` worth more than the planned one."""
        needed = list(self.keys)

        def gains(keys: list[Key]) -> bool:
            if not self._is_allowed(best, keys):
                return False
            return self.relaxed_value(best, keys) > self.relaxed_value(self.planned, keys) + self.tolerance

        for key in self.keys:
            others = [other for other in needed if other != key]
            if gains(others):
                needed = others
        levers = [self.levers[key][best] for key in needed if best in self.levers.get(key, {})]
        fixed = self._relaxed([key for key in needed if key not in self.levers])

        def arrays_of(share: float) -> MilpArrays:
            return reduce(lambda known, lever: widen_limit(lever, share)(self.model.problem, known), levers, fixed)

        def moves(share: float) -> bool:
            arrays = arrays_of(share)
            return self.value(best, arrays) > self.value(self.planned, arrays) + self.tolerance

        share = _least_share(moves, self.params) or 1.0
        worth = max(self.value(best, arrays_of(share)) - now, 0.0)
        limits = []
        for key in needed:
            lever = self.levers.get(key, {}).get(best)
            quarters = float(self.model.dates[best[0]].earliest - best[1]) if key[0] in DATES else None
            amount = quarters if lever is None else share * lever.amount
            limits.append(DelayingLimit(*key, amount, best[1], amount, *best, worth, self.site, lever))
        return tuple(limits)


def _limits_in(keys: Iterable[Key]) -> frozenset[Key]:
    """What of `keys` the model holds; dates are not in it."""
    return frozenset(key for key in keys if key[0] not in DATES)


def _least_share(suffices: Callable[[float], bool], params: ExplainParams) -> float | None:
    """The least share of a lever that suffices, to `params.delay_accuracy`; None where `params.delay_widest` does not.

    Shares are doubled from 1 until one suffices, then bisected.
    """
    doubled = [2.0**power for power in range(math.ceil(math.log2(params.delay_widest)))]
    inside = next((share for share in [*doubled, params.delay_widest] if suffices(share)), None)
    if inside is None:
        return None
    outside = 0.0
    while inside - outside > params.delay_accuracy * inside and inside > TOLERANCES.shortage:
        middle = (outside + inside) / 2 if outside else inside / 4
        inside, outside = (middle, outside) if suffices(middle) else (inside, middle)
    return inside


def _without_wider(limits: list[DelayingLimit]) -> list[DelayingLimit]:
    """Without a course (seats and trainers together) where its seats or its trainers alone delay the start."""
    parts = any(limit.kind in ("seats", "trainers") for limit in limits)
    return [limit for limit in limits if not (parts and limit.kind == "course")]


def start_delays(reasons: Reasons) -> dict[str, StartDelay]:
    """The delays of chosen sites with works, at most `params.delay_sites`: those worth most at its prices."""
    worth = {
        site: reasons.shortlist.worth(option)
        for site, option in reasons.chosen.items()
        if reasons.rows[site]["status"] in STARTED
    }
    sites = sorted(worth, key=lambda site: (-worth[site], site))[: reasons.params.delay_sites]
    if not sites:
        return {}
    search = DelaySearch(reasons, sites)
    return {site: search.site_delay(site) for site in sites}


__all__ = ["DelaySearch", "DelayingLimit", "StartDelay", "start_delays"]
