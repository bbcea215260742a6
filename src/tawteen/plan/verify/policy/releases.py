"""Where released money and crews go, derived again from the futures for the check alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import NormalDist
from typing import Any

from tawteen.plan.policy_plan import MEAN_INTERVAL, PolicyPlan
from tawteen.plan.verify.policy.knowledge import FutureStart

Point = tuple[str, int | None, str]


def releases(policy: PolicyPlan, begun: Mapping[int, Sequence[FutureStart]]) -> list[dict[str, Any]]:
    """Rows of `released_to`. Sets of futures are whole numbers whose bit n stands for future n."""
    having, everything = _findings(policy), (1 << len(policy.gains)) - 1
    events = list(_events(policy, begun, having, everything))
    pairs = [
        (falling, event, *_counts(falling[2], event))
        for falling in _falling(policy, begun, having)
        for event in events
        if falling[0] != event[0][0]
    ]
    pairs = [pair for pair in pairs if pair[3] and pair[5]]
    quantile = NormalDist().inv_cdf(1.0 - (1.0 - MEAN_INTERVAL.confidence) / (2.0 * max(len(pairs), 1)))
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for (site, finding, _), (point, period, _, _), begun_with, count_with, begun_without, count_without in pairs:
        least, most = _interval(begun_with, count_with, begun_without, count_without, quantile)
        key = (site, finding, *point)
        if least > 0.0 and (key not in rows or (least, period) > (rows[key]["least"], rows[key]["period"])):
            rows[key] = {
                "site": site, "finding": finding, "to_site": point[0], "to_finding": point[1], "option": point[2],
                "period": period, "share_with": begun_with / count_with, "share_without": begun_without / count_without,
                "futures_with": count_with, "futures_without": count_without, "least": least, "most": most,
            }  # fmt: skip
    return list(rows.values())


def _findings(policy: PolicyPlan) -> dict[tuple[str, int], int]:
    """The futures with each finding of each site."""
    having: dict[tuple[str, int], int] = defaultdict(int)
    for site, column in policy.outcomes.select("site", "finding").iter_rows():
        for number, finding in enumerate(column):
            having[site, finding] |= 1 << number
    return having


def _falling(
    policy: PolicyPlan, begun: Mapping[int, Sequence[FutureStart]], having: Mapping[tuple[str, int], int]
) -> Iterator[tuple[str, int | None, int]]:
    """Sites with a finding after which nothing starts where something does after another; None: all such findings."""
    starting = {(s.site, s.finding) for n in set(policy.solutions) for s in begun[n] if s.finding is not None}
    for site in {site for site, _ in starting}:
        idle = sorted(finding for name, finding in having if name == site and (site, finding) not in starting)
        for finding in idle:
            yield site, finding, having[site, finding]
        if len(idle) > 1:
            yield site, None, sum(having[site, finding] for finding in idle)


def _events(
    policy: PolicyPlan,
    begun: Mapping[int, Sequence[FutureStart]],
    having: Mapping[tuple[str, int], int],
    everything: int,
) -> Iterator[tuple[Point, int, int, int]]:
    """Starts with the futures in which they could take place, and those in which they have by a quarter."""
    periods: dict[Point, dict[int, int]] = defaultdict(dict)
    for number, course in enumerate(policy.solutions):
        for start in begun[course]:
            periods[start.site, start.finding, start.option][number] = start.period
    stated = policy.policy.select("site", "finding", "option", "period").iter_rows()
    medians = {(site, finding, option): period for site, finding, option, period in stated}
    for point, starts in periods.items():
        site, finding, _ = point
        among, seen = everything if finding is None else having[site, finding], set[int]()
        for period in (max(starts.values()), medians.get(point, -1)):
            done = sum(1 << number for number, start in starts.items() if start <= period) & among
            if done and done != among and done not in seen:
                seen.add(done)
                yield point, period, among, done


def _counts(falling: int, event: tuple[Point, int, int, int]) -> tuple[int, int, int, int]:
    """Futures in which a start has taken place, of so many in which it could, with a finding and without it."""
    _, _, among, done = event
    return (
        (done & falling).bit_count(), (among & falling).bit_count(),
        (done & ~falling).bit_count(), (among & ~falling).bit_count(),
    )  # fmt: skip


def _interval(first: int, first_count: int, second: int, second_count: int, quantile: float) -> tuple[float, float]:
    """Newcombe's interval of the difference of two shares (1998, method 10)."""
    first_share, second_share = first / first_count, second / second_count
    first_low, first_high = _share_interval(first_share, first_count, quantile)
    second_low, second_high = _share_interval(second_share, second_count, quantile)
    difference = first_share - second_share
    least = difference - math.sqrt((first_share - first_low) ** 2 + (second_high - second_share) ** 2)
    return least, min(difference + math.sqrt((first_high - first_share) ** 2 + (second_share - second_low) ** 2), 1.0)


def _share_interval(share: float, count: int, quantile: float) -> tuple[float, float]:
    """Wilson's interval: the shares from which the observed one is `quantile` standard errors away."""
    square = quantile**2 / count
    middle = (share + square / 2.0) / (1.0 + square)
    half = math.sqrt(share * (1.0 - share) * square + square**2 / 4.0) / (1.0 + square)
    return middle - half, middle + half
