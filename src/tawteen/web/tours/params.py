"""Numbers that tune tours: how fast a team travels, when it rests, how long a tour may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TourParams:
    """How tours are planned. All of it is said on the page of a tour."""

    road_factor: float = 1.35
    """Length of a road over that of the straight line."""
    speed: float = 60.0
    """Kilometres per hour on the road, with stops at checkpoints."""
    evening_hours: float = 3.0
    """Hours on the road that are driven after a day's work; for more the team is on the road for whole days."""
    drive_hours: float = 7.0
    """Hours on the road in a day on which nothing else is done."""
    rest_days: tuple[int, ...] = (4, 5)
    """Days of the week on which a team rests: 0 is Monday, so that these are Friday and Saturday."""
    most_sites: int = 60
    """Sites of a tour."""
    most_days: int = 30
    """Days at a site."""
    years_ahead: int = 5
    """Years from today within which a tour begins."""
    passes: int = 20
    """Passes over a tour that turn parts of it round where that makes it shorter; more gain little."""
    listed: int = 200
    """Sites that the list shows."""
    proposed: int = 8
    """Sites at the head of the list that are chosen for a tour at first."""
    team_characters: int = 100
    """Characters of the name of a team."""
    name_bytes: int = 8
    """Random bytes of the name of a tour."""


TOURS = TourParams()
