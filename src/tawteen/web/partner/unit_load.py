"""What a programme asks of units by quarter, and for which sites."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tawteen.case.model import Calendar
from tawteen.match.sources import THIRD_PARTY
from tawteen.report.params import THRESHOLDS


@dataclass
class Assignment:
    """What a programme asks of a unit: amounts of a capability by period, and the sites that it works for."""

    unit: str
    capability: str
    amounts: dict[int, float] = field(default_factory=dict)
    sites: list[str] = field(default_factory=list)

    @property
    def peak(self) -> float:
        """The most that is asked in a quarter."""
        return max(self.amounts.values(), default=0.0)


def assignments(supply: Mapping[str, Sequence[Any]], sites: Sequence[Mapping[str, Any]]) -> list[Assignment]:
    """The assignments of all units, from the tables `supply` and `sites` of a programme as its file has them."""
    by_offer: dict[tuple[str, str], Assignment] = {}
    rows = zip(*(supply[name] for name in ("pool_kind", "pool", "source", "period", "amount")), strict=True)
    for kind, pool, source, period, amount in rows:
        if kind == "capability" and source != THIRD_PARTY and amount > THRESHOLDS.least_amount:
            one = by_offer.setdefault((source, pool), Assignment(source, pool))
            one.amounts[period] = one.amounts.get(period, 0.0) + amount
    for site in sites:
        for part in site["units"]:
            served = by_offer.get((part["unit"], part["capability"]))
            if served is not None and site["id"] not in served.sites:
                served.sites.append(site["id"])
    return [one for _, one in sorted(by_offer.items())]


def quarter_labels(sites: Sequence[Mapping[str, Any]], periods: Sequence[int]) -> dict[int, str]:
    """Labels of periods such as 2028-Q1, told from a site that states both; the period itself where none does."""
    stated = next(((one["period"], one["start"]) for one in sites if one["period"] is not None and one["start"]), None)
    if stated is None:
        return {period: str(period) for period in periods}
    begin = Calendar(dt.date(1, 1, 1), 0)
    calendar = Calendar(begin.first_day(begin.parse(stated[1]) - stated[0]), 0)
    return {period: calendar.label(period) for period in periods}
