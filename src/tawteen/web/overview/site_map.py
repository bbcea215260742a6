"""The map of the sites that a party sees, drawn as SVG without styles of its own, and the same as a table."""

from __future__ import annotations

import json
import marshal
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from math import cos, hypot, pi, sin, sqrt
from threading import Lock
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, F, Max, Min, QuerySet
from django.db.models.functions import Floor
from django.urls import reverse

from tawteen.case.codes import codes
from tawteen.record.cells import Version
from tawteen.web.overview.projection import Position, Projection
from tawteen.web.params import OVERVIEW
from tawteen.web.registry.cell_text import code_label
from tawteen.web.registry.models import SiteRow
from tawteen.web.registry.record_tables import OUTLINE_COLUMN, OUTLINE_TABLE
from tawteen.web.registry.site_rows import position_of
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words

STATES = "site_states"
_GOLDEN_ANGLE = pi * (3 - sqrt(5))
"""Turn between two signs at one place: no two of them come to lie on a line (Vogel 1979)."""

_KEPT: OrderedDict[tuple[str, str], dict[str, Any] | None] = OrderedDict()
"""Maps by language and by the hash of what is drawn; the one that was asked for last is the last."""
_KEPT_LOCK = Lock()

_DRAWN_FIELDS = ("site", "name_en", "name_ar", "state", "region", "lat", "lon")
Rows = Mapping[str, Mapping[str, list[Version]]]
Ring = Sequence[Sequence[float]]


def site_map(party_view: PartyView, words: Words) -> dict[str, Any] | None:
    """The map of the sites that a party sees; None where none of them has a place.

    A site without a position stands at that of its region. While the party sees the same, the map that was drawn is
    given again, and must not be changed: how long that takes tells nothing of what others did in private.
    """
    sites = SiteRow.objects.filter(party=party_view.party)
    regions, outlines = party_view.rows("regions"), party_view.rows(OUTLINE_TABLE)
    key = (words.lang, _hash_of(sites, regions, outlines))
    with _KEPT_LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]
    drawn = _drawn_map(sites, regions, outlines, words)
    with _KEPT_LOCK:
        _KEPT[key] = drawn
        while len(_KEPT) > OVERVIEW.maps_kept:
            _KEPT.popitem(last=False)
    return drawn


def _hash_of(sites: QuerySet[SiteRow], *tables: Rows) -> str:
    """The hash of all that a map is drawn from."""
    digest = sha256(repr(OVERVIEW).encode())
    with connection.cursor() as cursor:  # ten thousand rows with each start page: what Django makes of rows costs more
        cursor.execute(*sites.order_by("site").values_list(*_DRAWN_FIELDS).query.sql_with_params())
        digest.update(marshal.dumps(cursor.fetchall(), 2))
    for rows in tables:
        shown = [(row, column, value_of(cells, column)) for row, cells in rows.items() for column in sorted(cells)]
        digest.update(repr(sorted(shown, key=lambda cell: cell[:2])).encode())
    return digest.hexdigest()


def _drawn_map(rows: QuerySet[SiteRow], regions: Rows, outlines: Rows, words: Words) -> dict[str, Any] | None:
    places = {region: place for region, cells in regions.items() if (place := _place(position_of(cells)))}
    rings = list(outline_rings(outlines))
    shown = rows.exclude(lat=None) | rows.filter(region__in=places)
    count = shown.count()
    if not count:
        return None
    by_region = shown.filter(lat=None).count()
    many = count > OVERVIEW.map_points
    signs = _cells(shown, places) if many else _points(shown, places, words)
    projection = Projection.window(sign["place"] for sign in signs)
    names = {region: str(value_of(cells, words.pick(("name_en", "name_ar"))) or region) for region, cells in
             regions.items()}  # fmt: skip
    return {
        "width": round(projection.width), "height": round(projection.height),
        "land": " ".join(_path(ring, projection) for ring in rings),
        "signs": list(_placed(signs, projection, words)),
        "many": many,
        "regions": [{"name": names[region], **_xy(projection.point(place))} for region, place in places.items()],
        "states": _states(rows, words),
        "by_region": _by_region(rows, names, words),
        "by_place_of_region": words.say("web.map.by_region", n=by_region) if by_region else "",
        "unplaced": rows.count() - count,
    }  # fmt: skip


def outline_rings(outlines: Rows) -> Iterator[Ring]:
    """The outer rings of the outlines that a party sees: points of longitude and latitude."""
    for cells in outlines.values():
        try:
            features = json.loads(str(value_of(cells, OUTLINE_COLUMN)))["features"]
            for shape in (feature["geometry"] for feature in features):
                polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
                for polygon in polygons:
                    yield [[float(lon), float(lat)] for lon, lat, *_ in polygon[0]]
        except (ValueError, LookupError, TypeError):
            continue


def _place(position: tuple[float | None, float | None]) -> Position | None:
    lat, lon = position
    return None if lat is None or lon is None else (lat, lon)


def _points(rows: QuerySet[SiteRow], places: dict[str, Position], words: Words) -> list[dict[str, Any]]:
    """A sign for each site."""
    name = words.pick(("name_en", "name_ar"))
    signs = []
    for row in rows.order_by("region", name, "site"):
        state = code_label(STATES, row.state, words)
        signs.append({
            "place": _place((row.lat, row.lon)) or places[row.region], "state": _known(row.state),
            "href": reverse("site", args=[row.site]),
            "title": words.say("web.map.sign", {"name": getattr(row, name) or row.site, "state": state}),
        })  # fmt: skip
    return signs


def _cells(rows: QuerySet[SiteRow], places: dict[str, Position]) -> list[dict[str, Any]]:
    """A sign for each cell with sites, at their mean position. The database counts, so that many sites cost little."""
    placed = rows.exclude(lat=None)
    signs = []
    if placed.exists():
        step = _cell_size(placed)
        grouped = (
            placed.annotate(row=Floor(F("lat") / step), column=Floor(F("lon") / step)).values("row", "column")
            .annotate(n=Count("pk"), mean_lat=Avg("lat"), mean_lon=Avg("lon")).order_by("row", "column")
        )  # fmt: skip
        signs = [{"place": (one["mean_lat"], one["mean_lon"]), "n": one["n"]} for one in grouped]
    unplaced = rows.filter(lat=None).values("region").annotate(n=Count("pk")).order_by("region")
    return signs + [{"place": places[one["region"]], "n": one["n"]} for one in unplaced]


def _cell_size(placed: QuerySet[SiteRow]) -> float:
    """Degrees of a side of the cells in which sites are counted."""
    ends = placed.aggregate(south=Min("lat"), north=Max("lat"), west=Min("lon"), east=Max("lon"))
    span: float = max(ends["north"] - ends["south"], ends["east"] - ends["west"], 1.0)
    return span / OVERVIEW.map_cells


def _placed(signs: list[dict[str, Any]], projection: Projection, words: Words) -> Iterator[dict[str, Any]]:
    """The signs where they are drawn. Those at one place stand in a spiral; circles grow with their number."""
    at_place: dict[Position, int] = {}
    most = max(sign.get("n", 1) for sign in signs)
    for sign in signs:
        turn = at_place[sign["place"]] = at_place.get(sign["place"], -1) + 1
        x, y = projection.point(sign["place"])
        reach = 0.0 if "n" in sign else OVERVIEW.map_sign * sqrt(turn)
        moved = (x + reach * cos(turn * _GOLDEN_ANGLE), y + reach * sin(turn * _GOLDEN_ANGLE))
        drawn = {**sign, **_xy(moved)}
        if "n" in sign:
            drawn["radius"] = round(OVERVIEW.map_sign * (0.5 + 1.5 * sqrt(sign["n"] / most)), 1)
            drawn["title"] = words.say("web.map.sites", n=sign["n"])
        yield drawn


def _xy(point: tuple[float, float]) -> dict[str, str]:
    """A point as SVG writes it, whatever the language writes."""
    return {"x": f"{point[0]:.1f}", "y": f"{point[1]:.1f}"}


def _path(ring: Ring, projection: Projection) -> str:
    """A ring as a path, without points that are too near to the last one to be seen."""
    drawn: list[tuple[float, float]] = []
    for lon, lat in ring:
        point = projection.point((lat, lon))
        if not drawn or hypot(point[0] - drawn[-1][0], point[1] - drawn[-1][1]) >= OVERVIEW.map_step:
            drawn.append(point)
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in drawn) + "Z" if len(drawn) > 2 else ""


def _known(state: str) -> str:
    """The state of a site, `unknown` where it is none of the code list."""
    return state if state in codes(STATES) else "unknown"


def _states(rows: QuerySet[SiteRow], words: Words) -> list[dict[str, Any]]:
    """The states that there are, in the order of the code list, with how many sites have each."""
    counts: dict[str, int] = {}
    for state, n in rows.values_list("state").annotate(n=Count("pk")).order_by("state"):
        counts[_known(state)] = counts.get(_known(state), 0) + n
    return [
        {"code": code, "label": words.pick(labels), "count": words.number(counts[code])}
        for code, labels in codes(STATES).items()
        if code in counts
    ]


def _by_region(rows: QuerySet[SiteRow], names: dict[str, str], words: Words) -> list[dict[str, Any]]:
    """By region, how many sites are in each of the states that `_states` lists, and in all of them."""
    counted: dict[str, dict[str, int]] = {}
    for region, state, n in rows.values_list("region", "state").annotate(n=Count("pk")).order_by("region", "state"):
        of_region = counted.setdefault(region, {})
        of_region[_known(state)] = of_region.get(_known(state), 0) + n
    present = [code for code in codes(STATES) if any(code in counts for counts in counted.values())]
    return [
        {
            "code": region, "name": names.get(region, region) or "–", "sites": words.number(sum(counts.values())),
            "states": [
                {"code": code, "label": words.pick(codes(STATES)[code]), "n": counts.get(code, 0),
                 "count": words.number(counts.get(code, 0))}
                for code in present
            ],
        }
        for region, counts in sorted(counted.items(), key=lambda one: names.get(one[0], one[0]))
    ]  # fmt: skip
