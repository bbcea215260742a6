"""The smallest change of costs, limits or rules with which a re-solved programme contains the site."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from tawteen.plan.explain.cost_reduction import reduce_costs
from tawteen.plan.explain.lever import TRADE, Lever, lever_value, widen_limit
from tawteen.plan.explain.params import REASON_PARAMS
from tawteen.plan.explain.priced_programme import PricedProgramme
from tawteen.plan.explain.reasons import Reasons
from tawteen.plan.explain.resolve import (
    Changed,
    ForcedComparison,
    ResolvedProgramme,
    is_small,
    resolve_site,
    start_of_site,
    unchanged,
)
from tawteen.plan.explain.shortlist import Pair, value_breakdown
from tawteen.plan.model_builder import Floats
from tawteen.plan.tolerances import TOLERANCES


@dataclass(frozen=True)
class Counterfactual:
    """A change with which a programme solved again has the site in.

    `kind`: cheaper (the option's own cost items by `share`) or more (`share` of what the `lever` says). `worth` is what
    is given up or given, at today's prices. `option`, `start` are what comes in. `gain` is what the programme with the
    change is worth more than the one known without it; None where that was not told.
    """

    kind: str
    share: float
    worth: float
    option: str
    start: int
    lever: Lever | None = None
    gain: float | None = None


def smallest_change(
    priced: PricedProgramme, reasons: Reasons, site: int, comparison: ForcedComparison, *, seconds: float
) -> Counterfactual | None:
    """The change worth least at today's prices that brings the site (its place) in; None where none that is tried does.

    Tried are cheaper cost items, more of the limits that cost the option most or stand behind the prices of its goods,
    and looser rules; `seconds` for all. What a change is worth is what it costs at today's prices, or adds to the value
    of the programme solved again where that is more: a rule has no price where nobody may go beyond it.
    """
    if comparison.cost is not None and comparison.cost <= 0 and not comparison.exempt:
        return None
    ends = time.monotonic() + seconds
    pair, guess = nearest_start(priced, reasons, site)
    many = comparison.within.rivals
    cheaper = None if guess is None else cost_reduction(priced, reasons, site, (pair, guess), (many, ends))
    ways = [cheaper] if cheaper is not None else []
    possible = (comparison.without,) if comparison.exempt else (comparison.within, comparison.without)
    sides = [side.value for side in possible if side.value is not None]
    known = max(sides, default=priced.programme.value or 0.0)
    for trial in _trials(reasons, site, pair):
        result = None if time.monotonic() > ends else _smallest_share(priced, reasons, site, trial, (many, ends))
        if result is not None:
            lever, share, begins, value = result
            worth = max(lever_value(lever, share, trial.prices), value - known)
            ways.append(Counterfactual("more", share, worth, *begins, lever, value - known))
    return min(ways, key=lambda way: way.worth, default=None)


def exception(reasons: Reasons, comparison: ForcedComparison) -> Counterfactual | None:
    """The exception with which the best programme found with the site is worth more than the one without it; None
    where it takes more than one, or is worth less.
    """
    within, known = comparison.within, comparison.without.value
    if len(comparison.exempt) != 1 or within.value is None or known is None or within.value <= known:
        return None
    lever, gain = comparison.exempt[0], within.value - known
    share = min(1.0, reasons.rules_of_case.needed(lever, _chosen_options(reasons.priced, within)))
    return Counterfactual("more", share, gain, *comparison.site_start, lever, gain)


@dataclass(frozen=True)
class LeverTrial:
    """A lever that is tried, the prices of its limit by period, and the `shares` of it that are tried, least first;
    where one does, it is narrowed down `halvings` times.
    """

    lever: Lever
    prices: Floats
    shares: tuple[float, ...]
    changed: Callable[[float], Changed]
    halvings: int


def _trials(reasons: Reasons, site: int, pair: Pair) -> list[LeverTrial]:
    """Levers to try: the costliest limits and those without room, trade limits of its goods, and rules."""
    loss = max(-float(value_breakdown([pair], reasons.market)["amount"].sum()), 0.0)
    params = reasons.params
    halvings = params.halvings_whole if is_small(reasons.priced) else params.halvings
    levers = [*own_limits(reasons, pair), *trade_limits(reasons, reasons.priced.names[site])]
    trials = []
    for lever, rent in levers:
        least = min(max(loss / rent, params.least_share), params.widest_share)
        tried = (least, 1.0, params.widest_share)
        shares = tuple(dict.fromkeys(share for share in tried if least <= share <= params.widest_share))
        trials.append(LeverTrial(lever, lever_prices(reasons, lever), shares, partial(widen_limit, lever), halvings))
    for lever in reasons.rules_of_case.levers(pair):
        counted = lever.per in ("investment", "jobs", "share") or lever.output_side
        least = params.least_share if lever.per != "sites" else 1.0 / max(lever.amount, 1.0)
        changed = partial(reasons.rules_of_case.loosened, lever)
        shares = (least, 1.0) if counted and least < 1 else (1.0,)
        trials.append(LeverTrial(lever, np.zeros(1), shares, changed, halvings if counted else 0))
    return trials


def own_limits(reasons: Reasons, pair: Pair) -> list[tuple[Lever, float]]:
    """The levers on what the start takes itself, and what each limit costs it (infinite where it lacks room)."""
    rents = [rent for rent in _scarcity_costs(reasons, pair) if rent[0] != "rule"][: reasons.params.limits_tried]
    if (lack := reasons.slack.shortage(*pair)) is not None and (lack.kind, lack.id) not in [rent[:2] for rent in rents]:
        rents.append((lack.kind, lack.id, np.inf))
    levers = [(reasons.levers.lever(*pair, kind, id_), rent) for kind, id_, rent in rents]
    return [(lever, rent) for lever, rent in levers if lever is not None and _can_increase(reasons, lever)]


def trade_limits(reasons: Reasons, site: str) -> list[tuple[Lever, float]]:
    """The levers on trade and routes behind the prices of what a site could make and take: what each costs it, dearest
    first; then those without a price that leave less than it needs.
    """
    priced_in, full = [], []
    for lever in reasons.levers.trade(reasons.earliest_starts(site)):
        cost = lever_value(lever, 1.0, lever_prices(reasons, lever))
        if cost > 0:
            priced_in.append((lever, cost))
        elif reasons.slack.left(lever.kind, lever.id, lever.start) < lever.rows * (1 - reasons.params.least_share):
            full.append((lever, float("inf")))
    return [*sorted(priced_in, key=lambda pair: -pair[1]), *full][: reasons.params.limits_tried]


def nearest_start(priced: PricedProgramme, reasons: Reasons, site: int) -> tuple[Pair, float | None]:
    """The start of works whose own cost items would have to fall by the least share at today's prices, and that share.

    Where no cost item can fall, the start of works that loses least, and None.
    """
    mine = np.flatnonzero((priced.sites.site == site) & priced.works)
    names = [priced.sites.options["option"][int(row)] for row in mine]
    half = reduce_costs(priced, reasons.case, priced.names[site], names, 0.5)
    worth = priced.worth[mine]
    share = np.where(np.isfinite(worth), -worth, np.inf)
    priced_in = half is not None
    if half is not None:
        before, after = (np.where(np.isfinite(worth), programme.sites.value[mine], 0.0) for programme in (priced, half))
        saved = 2.0 * (after - before)
        least = np.where(saved > 0, share / np.where(saved > 0, saved, 1.0), np.inf)
        priced_in = bool(np.isfinite(least).any())
        share = least if priced_in else share
    row, start = np.unravel_index(int(share.argmin()), share.shape)
    return (names[int(row)], int(start)), max(float(share.min()), 0.0) if priced_in else None


def _scarcity_costs(reasons: Reasons, pair: Pair) -> list[tuple[str, str, float]]:
    """The limits that cost the start most, at today's prices."""
    sums = (
        value_breakdown([pair], reasons.market)
        .filter(pl.col("kind").is_not_null() & (pl.col("rent") > 0) & pl.col("rent").is_finite())
        .group_by("kind", "id")
        .agg(pl.col("rent").sum())
        .sort(["rent", "kind", "id"], descending=[True, False, False])
    )
    return list(sums.iter_rows())


def _can_increase(reasons: Reasons, lever: Lever) -> bool:
    """False for more demand of a good that cannot be imported: it would force the site in, whatever it costs."""
    if not lever.output_side:
        return True
    goods = reasons.case["commodities"].filter(pl.col("id") == lever.id)
    return bool(goods["cif"].is_not_null().any())


def _chosen_freely(
    priced: PricedProgramme, site: int, changed: Changed, room: tuple[int, float]
) -> ResolvedProgramme | None:
    """What is found when the site is free, where it then is in; `room` is how many rivals are open, and until when."""
    many, ends = room
    remaining = ends - time.monotonic()
    if remaining <= 0:
        return None
    solution = resolve_site(
        priced, site, None, changed=changed, seconds=min(remaining, priced.params.seconds), many=many
    )
    return solution if solution.inside else None


def _smallest_share(
    priced: PricedProgramme, reasons: Reasons, site: int, trial: LeverTrial, room: tuple[int, float]
) -> tuple[Lever, float, Pair, float] | None:
    """The lever and its least share, of those tried, with which the site is chosen freely, what starts there, and what
    that programme is worth.
    """

    def tried(share: float) -> ResolvedProgramme | None:
        return _chosen_freely(priced, site, trial.changed(share), room)

    outside = 0.0
    for share in trial.shares:
        solution = tried(share)
        if solution is None:
            outside = share
            continue
        inside = share
        for _ in range(trial.halvings if share > trial.shares[0] or trial.lever.kind != "rule" else 0):
            middle = (outside + inside) / 2
            better = tried(middle)
            inside, outside, solution = (middle, outside, better) if better else (inside, middle, solution)
        lever, begins = trial.lever, start_of_site(priced, site, solution)
        if lever.kind == "rule":
            inside = min(inside, reasons.rules_of_case.needed(lever, _chosen_options(priced, solution)))
        elif lever.kind in TRADE and (own := _own_lever(reasons, lever, begins)) is not None:
            later = _chosen_freely(priced, site, widen_limit(own, inside * lever.rows / own.rows), room)
            if later is not None:
                lever, inside, solution = own, inside * lever.rows / own.rows, later
                begins = start_of_site(priced, site, solution)
        return (lever, inside, begins, solution.value or 0.0) if inside > 0 else None
    return None


def _own_lever(reasons: Reasons, lever: Lever, pair: Pair) -> Lever | None:
    """The lever on the same limit for the chosen option, from the first period in which the option needs it."""
    same = [own for own in reasons.levers.trade([pair]) if (own.kind, own.id) == (lever.kind, lever.id)]
    return same[0] if same and same[0] != lever else None


def _chosen_options(priced: PricedProgramme, solution: ResolvedProgramme) -> list[str]:
    """Options chosen in a re-solved programme."""
    return priced.sites.options["option"].gather(solution.flat // priced.periods).to_list()


def lever_prices(reasons: Reasons, lever: Lever) -> Floats:
    """Value of one more unit of the lever's limit, by period (discounted currency)."""
    market, prices = reasons.market, np.zeros(reasons.case.settings.time.periods)
    match lever.kind:
        case "fund":
            rows = market.funds.filter(pl.col("fund") == lever.id)
        case "credit":
            rows = market.credit.rename({"credit_price": "price"})
        case "balance":
            matches = (pl.col("commodity") == lever.id) & (pl.col("region") == lever.region)
            rows = market.goods.filter(matches)
        case "import" | "export" | "uptake" | "route":
            rows = reasons.limits.filter((pl.col("kind") == lever.kind) & (pl.col("id") == lever.id))
        case _:
            matches = (pl.col("pool_kind") == lever.kind) & (pl.col("pool") == lever.id)
            rows = market.pools.filter(matches).with_columns(price=(pl.col("price") - pl.col("usual")).clip(0.0))
    prices[rows["period"].to_numpy()] = rows["price"].to_numpy()
    return prices


def cost_reduction(
    priced: PricedProgramme,
    reasons: Reasons,
    site: int,
    nearest: tuple[Pair, float],
    room: tuple[int, float],
    *,
    largest_first: bool = False,
) -> Counterfactual | None:
    """The least cut of an option's own cost items, in whole percent, with which it is chosen freely; `room` is how many
    rivals are open, and until when. With `largest_first` none is looked for where the largest cut does not suffice.
    """
    (option, start), guess = nearest
    row = priced.sites.options["option"].to_list().index(option)
    params = priced.params
    guess, most = max(guess, params.least_share), math.floor(100 * params.largest_cut)

    def tried(percent: int) -> Counterfactual | None:
        late = time.monotonic() > room[1]
        other = None if late else reduce_costs(priced, reasons.case, priced.names[site], [option], percent / 100)
        solution = None if other is None else _chosen_freely(other, site, unchanged, room)
        if other is None or solution is None:
            return None
        saved = float(other.sites.value[row, start] - priced.sites.value[row, start])
        return Counterfactual("cheaper", percent / 100, saved, *start_of_site(other, site, solution))

    outside = 0
    cuts = (math.ceil(100 * guess * times - TOLERANCES.whole_amount) for times in REASON_PARAMS.cut_multiples)
    for percent in [most] if largest_first else sorted({min(cut, most) for cut in cuts}):
        way = tried(percent)
        if way is None:
            outside = percent
            continue
        inside = percent
        while inside - outside > max(1, params.cut_accuracy * inside):
            middle = (outside + inside) // 2
            better = tried(middle)
            inside, outside, way = (middle, outside, better) if better else (inside, middle, way)
        return way
    return None
