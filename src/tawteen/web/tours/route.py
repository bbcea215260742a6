"""The way of a team from site to site, and the days it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from tawteen.case.checks.coordinates import kilometres_between
from tawteen.web.tours.params import TOURS

Place = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True)
class Stop:
    """A site of a tour with its days; `km` and `hours` of the road to it, None where a place is not known."""

    site: str
    first_day: dt.date
    last_day: dt.date
    km: float | None
    hours: float | None


def short_route(sites: Sequence[str], places: Mapping[str, Place]) -> list[str]:
    """An order of sites with short ways: from the first site to the nearest one that is left, then parts turned round
    where that is shorter (2-opt, Croes 1958). Sites without a place come last, in their order.
    """
    placed = [site for site in sites if site in places]
    route, left = placed[:1], placed[1:]
    while left:
        nearest = min(left, key=lambda site: _km(route[-1], site, places))
        route.append(nearest)
        left.remove(nearest)
    for _ in range(TOURS.passes):
        if not _turn_parts(route, places):
            break
    return route + [site for site in sites if site not in places]


def _km(one: str, other: str, places: Mapping[str, Place]) -> float:
    return kilometres_between(places[one], places[other])


def _turn_parts(route: list[str], places: Mapping[str, Place]) -> bool:
    """Turns parts of a route round where it becomes shorter; the first site stays. Whether one was turned."""
    turned = False
    for i in range(1, len(route) - 1):
        for k in range(i + 1, len(route)):
            before = _km(route[i - 1], route[i], places)
            after = _km(route[i - 1], route[k], places)
            if k + 1 < len(route):
                before += _km(route[k], route[k + 1], places)
                after += _km(route[i], route[k + 1], places)
            if after < before - 1e-9:
                route[i : k + 1] = route[i : k + 1][::-1]
                turned = True
    return turned


def plan_stops(route: Sequence[str], places: Mapping[str, Place], first_day: dt.date, days_at_site: int) -> list[Stop]:
    """The stops of a route in their order, on working days from `first_day` on.

    A short way is driven after the day's work; a longer one takes whole days. The way to the first site, and to one
    whose place is not known, takes no time.
    """
    stops: list[Stop] = []
    day = first_day
    for site in route:
        last = stops[-1].site if stops else None
        km = hours = None
        if last in places and site in places and last is not None:
            km = round(TOURS.road_factor * _km(last, site, places))
            hours = km / TOURS.speed
            if hours > TOURS.evening_hours:
                day = _after(day, ceil(hours / TOURS.drive_hours))
        arrival = _after(day, 0)
        departure = _after(arrival, days_at_site - 1)
        stops.append(Stop(site, arrival, departure, km, hours))
        day = departure + dt.timedelta(days=1)
    return stops


def _after(day: dt.date, working_days: int) -> dt.date:
    """The working day that comes so many working days after the first one from `day` on."""
    while True:
        if day.weekday() not in TOURS.rest_days:
            if working_days == 0:
                return day
            working_days -= 1
        day += dt.timedelta(days=1)
