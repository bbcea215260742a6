"""Keeps the table of tours as the record says."""

from __future__ import annotations

from tawteen.record.entry import Entry
from tawteen.web.log.derived import DerivedTables
from tawteen.web.tours.models import TourRow

TOUR_ACT = "tour"


def _apply_tour(entry: Entry) -> None:
    if entry.act != TOUR_ACT:
        return
    content, (tour,) = entry.content, entry.subject
    days = [stop["last_day"] for stop in content["stops"]]
    stated = {
        "number": entry.number, "party": entry.party, "person": entry.person, "time": entry.time,
        "team": content["team"], "first_day": content["first_day"], "last_day": max(days, default=content["first_day"]),
        "stops": content["stops"],
    }  # fmt: skip
    TourRow.objects.update_or_create(tour=tour, defaults=stated)


def _clear_tours() -> None:
    TourRow.objects.all().delete()


DERIVED_TOURS = DerivedTables(_clear_tours, _apply_tour)
