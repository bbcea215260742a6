"""Where money and crews go that are released at a site: which other starts become likelier with the finding that does
it (docs/method.md, Policies).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from tawteen.plan.model_builder import Floats
from tawteen.plan.policy_plan import MEAN_INTERVAL, policy_schema

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Event:
    """A start of a point that has taken place by a period; `among`: the futures in which the point may be reached."""

    site: str
    finding: int | None
    option: str
    period: int
    among: Mask
    begun: Mask


def released_to(
    starts: pl.DataFrame, outcomes: pl.DataFrame, solutions: Sequence[int], policy: pl.DataFrame
) -> pl.DataFrame:
    """Starts of other sites that take place more often, or by an earlier quarter, with a finding than without it.

    Columns of `ReleasedTo`; the arguments are those of `PolicyPlan`. Looked at are the findings after which nothing
    starts at a site where something does after another one. For each start of another site, the futures are those with
    the finding under which it starts; with the finding and without it, the share of them is compared in which it has
    started, at all or by its median quarter. Stated are differences whose interval lies above 0: Newcombe's of two
    shares (Statistics in Medicine 17 (1998) 873-890, method 10), so wide that all of them hold together with the chance
    of `MEAN_INTERVAL` (Bonferroni).
    """
    sites = policy.select("site", "option").unique()
    starts = starts.join(sites, on="option", maintain_order="left")
    columns = {site: np.array(by_future) for site, by_future in outcomes.select("site", "finding").iter_rows()}
    falling = list(_falling(starts.filter(pl.col("solution").is_in(list(set(solutions)))), columns))
    events = list(_events(starts, columns, np.array(solutions), policy))
    if not falling or not events:
        return pl.DataFrame(schema=policy_schema("released_to"))
    having = np.array([np.isin(columns[site], findings) for site, _, findings in falling], dtype=np.float64)
    among, begun = (
        np.array([getattr(event, name) for event in events], dtype=np.float64) for name in ("among", "begun")
    )
    count_with, begun_with = having @ among.T, having @ begun.T
    count_without, begun_without = among.sum(axis=1) - count_with, begun.sum(axis=1) - begun_with
    other = np.array([[event.site != site for event in events] for site, _, _ in falling])
    compared = other & (count_with > 0) & (count_without > 0)
    quantile = interval_quantile(int(compared.sum()))
    least, most = difference_interval(begun_with, count_with, begun_without, count_without, quantile)
    rows = [
        (
            *falling[i][:2], events[j].site, events[j].finding, events[j].option, events[j].period,
            begun_with[i, j] / count_with[i, j], begun_without[i, j] / count_without[i, j],
            int(count_with[i, j]), int(count_without[i, j]), least[i, j], most[i, j],
        )
        for i, j in zip(*np.nonzero(compared & (least > 0.0)), strict=True)
    ]  # fmt: skip
    key = ["site", "finding", "to_site", "to_finding", "option"]
    return (
        pl.DataFrame(rows, schema=policy_schema("released_to"), orient="row")
        .sort([*key, "least", "period"], descending=[False] * 5 + [True, True], nulls_last=False)
        .unique(key, keep="first", maintain_order=True)
    )


def interval_quantile(comparisons: int) -> float:
    """The quantile of the normal distribution with which so many intervals hold together."""
    chance = (1.0 - MEAN_INTERVAL.confidence) / (2.0 * max(comparisons, 1))
    return float(-special.ndtri(chance))


def difference_interval(
    first: Floats, first_count: Floats, second: Floats, second_count: Floats, quantile: float
) -> tuple[Floats, Floats]:
    """Both ends of Newcombe's interval of the difference of two shares: `first` of `first_count` less `second`.

    NaN where a count is 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = first / first_count - second / second_count
        (first_low, first_high), (second_low, second_high) = (
            _wilson(first, first_count, quantile), _wilson(second, second_count, quantile)
        )  # fmt: skip
        first_share, second_share = first / first_count, second / second_count
        least = difference - np.hypot(first_share - first_low, second_high - second_share)
        most = difference + np.hypot(first_high - first_share, second_share - second_low)
    return np.asarray(least), np.minimum(most, 1.0)


def _wilson(successes: Floats, count: Floats, quantile: float) -> tuple[Floats, Floats]:
    """Wilson's interval of a share."""
    centre = (successes + quantile**2 / 2.0) / (count + quantile**2)
    spread = np.sqrt(np.maximum(successes * (count - successes) / count, 0.0) + quantile**2 / 4.0)
    half = quantile / (count + quantile**2) * spread
    return centre - half, centre + half


def _falling(
    starts: pl.DataFrame, columns: Mapping[str, NDArray[np.int64]]
) -> Iterator[tuple[str, int | None, list[int]]]:
    """Findings after which nothing starts at a site where something does after another one, in their order.

    Site, finding (None: all of them together, where there are several), and the findings that this stands for.
    """
    following = starts.filter(pl.col("finding").is_not_null()).select("site", "finding").unique()
    begun: dict[str, set[int]] = {}
    for site, finding in following.iter_rows():
        begun.setdefault(site, set()).add(finding)
    for site, by_future in columns.items():
        if site in begun:
            falling = [int(finding) for finding in np.unique(by_future) if int(finding) not in begun[site]]
            yield from ((site, finding, [finding]) for finding in falling)
            if len(falling) > 1:
                yield site, None, falling


def _events(
    starts: pl.DataFrame, columns: Mapping[str, NDArray[np.int64]], solutions: NDArray[np.int64], policy: pl.DataFrame
) -> Iterator[_Event]:
    """Starts that take place in some of the futures in which they could, at all and by their median quarter."""
    everywhere = np.ones(len(solutions), dtype=bool)
    periods = {(site, finding, option): np.full(int(solutions.max()) + 1, -1) for site, finding, option in
               policy.select("site", "finding", "option").iter_rows()}  # fmt: skip
    for course, site, finding, option, period in starts.select(
        "solution", "site", "finding", "option", "period"
    ).iter_rows():
        if (site, finding, option) in periods and course < len(periods[site, finding, option]):
            periods[site, finding, option][course] = period
    for site, finding, option, median in policy.select("site", "finding", "option", "period").iter_rows():
        begins = periods[site, finding, option][solutions]
        among = everywhere if finding is None else columns[site] == finding
        seen = set[bytes]()
        for period in (int(begins.max()), median):
            begun = among & (begins >= 0) & (begins <= period)
            if begun.any() and (begun != among).any() and begun.tobytes() not in seen:
                seen.add(begun.tobytes())
                yield _Event(site, finding, option, period, among, begun)
