"""Where telephones were: a position that the registry lacks, and one that is far from the site."""

from __future__ import annotations

from collections.abc import Iterable

from tawteen.case.checks.coordinates import kilometres_between
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.survey.params import SURVEY
from tawteen.survey.visit import Observation, Position, SiteVisit


def position_observations(
    case: Case, visits: Iterable[SiteVisit]
) -> tuple[list[tuple[SiteVisit, Observation]], list[Finding]]:
    """Latitude and longitude of sites of which the registry has none, and findings about positions far apart.

    Of several visits that were at one place the most accurate position counts, of equal ones that of the first
    instance. Positions less accurate than `SURVEY.accuracy_metres` do not count.
    """
    known = {site: (lat, lon) for site, lat, lon in case["sites"].select("id", "lat", "lon").iter_rows()}
    by_site: dict[str, list[tuple[Position, SiteVisit]]] = {}
    for visit in visits:
        position = visit.position
        if position is not None and (position.accuracy or 0.0) <= SURVEY.accuracy_metres:
            by_site.setdefault(visit.site, []).append((position, visit))
    observations, findings = [], []
    for site, places in sorted(by_site.items()):
        lat, lon = known[site]
        if lat is not None and lon is not None:
            registered = Position(lat, lon)
            findings += [_far("survey.far", visit, position, registered) for position, visit in places
                         if _metres(position, registered) > SURVEY.near_metres]  # fmt: skip
            continue
        best, visit = min(places, key=lambda one: (one[0].accuracy or SURVEY.accuracy_metres, one[1].instance))
        others = [(position, one) for position, one in places if _metres(position, best) > SURVEY.near_metres]
        if others:
            findings += [_far("survey.positions_differ", one, position, best) for position, one in others]
            continue
        for column, value in (("lat", best.lat), ("lon", best.lon)):
            observations.append((visit, Observation("sites", site, column, round(value, 6), "deg", visit.day)))
    return observations, findings


def _metres(one: Position, other: Position) -> float:
    return 1_000.0 * kilometres_between((one.lat, one.lon), (other.lat, other.lon))


def _far(code: str, visit: SiteVisit, position: Position, other: Position) -> Finding:
    args = {"site": visit.site, "other": str(other), "km": f"{_metres(position, other) / 1_000:.1f}"}
    return Finding("warning", code, None, visit.file, None, "position", str(position), args)
