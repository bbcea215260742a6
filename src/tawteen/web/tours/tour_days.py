"""A tour day by day, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tawteen.survey.kinds import kind_of
from tawteen.web.registry.site_names import site_names
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.tours.models import TourRow
from tawteen.web.tours.params import TOURS
from tawteen.web.tours.survey_list import day_text
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words


def tour_context(row: TourRow, words: Words) -> dict[str, Any]:
    """What the page of a tour shows: stops with days, road and form; how many of each form to take along."""
    party_view = PartyView(row.party)
    sites = [stop["site"] for stop in row.stops]
    names, cells = site_names(row.party, sites, words), party_view.rows(SITE_TABLE, sites)
    stops, forms = [], dict[str, int]()
    for number, stop in enumerate(row.stops, 1):
        texts = {
            column: str(value_of(cells.get(stop["site"], {}), column) or "")
            for column in ("town", "authority", "isic", "field")
        }
        kind = kind_of(texts["isic"] or None, texts["field"] or None)
        forms[kind] = forms.get(kind, 0) + 1
        stops.append({
            "number": words.number(number), "site": stop["site"], "name": names.get(stop["site"], stop["site"]),
            "shown": stop["site"] in names, "town": texts["town"], "authority": texts["authority"],
            "days": _days(stop, words), "road": road_text(stop.get("km"), words),
            "form": words.say(f"survey.kind.{kind}"),
        })  # fmt: skip
    roads = [stop.get("km") for stop in row.stops[1:]]
    return {
        "tour": row,
        "days": words.say("web.tour.days", {"first": day_text(row.first_day, words),
                                            "last": day_text(row.last_day, words)}),
        "sites": words.say("web.tour.sites", n=len(stops)),
        "road": _whole_road(roads, words),
        "stops": stops,
        "forms": [
            words.say("web.tour.form", {"form": words.say(f"survey.kind.{kind}")}, n) for kind, n in forms.items()
        ],
        "assumed": words.say("web.tour.assumed", {
            "factor": words.number(TOURS.road_factor), "speed": words.number(TOURS.speed),
            "evening": words.number(TOURS.evening_hours), "day": words.number(TOURS.drive_hours),
        }),
    }  # fmt: skip


def _days(stop: dict[str, Any], words: Words) -> str:
    first, last = day_text(stop["first_day"], words), day_text(stop["last_day"], words)
    return first if first == last else words.say("web.tour.days", {"first": first, "last": last})


def _whole_road(roads: Sequence[float | None], words: Words) -> str:
    """The length of the roads of a tour; where some are not known, of the others, and how many these are."""
    known = [km for km in roads if km is not None]
    unknown = len(roads) - len(known)
    whole = road_text(sum(known) if known or not unknown else None, words)
    return whole if not unknown else words.say("web.tour.road_unknown", {"road": whole}, unknown)


def road_text(km: float | None, words: Words) -> str:
    """The road to a stop in kilometres and hours; a dash where it is not known."""
    if km is None:
        return "–"
    return words.say("web.tour.road", {"km": words.number(km), "hours": words.number(km / TOURS.speed, 1)})
