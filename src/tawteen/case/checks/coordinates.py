"""Rules about coordinates: places lie in the country, near their region, and are not turned round."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.params import PLAUSIBILITY
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.outline import borders_of

Place = tuple[float, float]
"""Latitude and longitude."""

KM_PER_DEGREE = 111.2
"""Kilometres of a degree of latitude, on a sphere with the mean radius of the earth (6,371 km)."""

CODES = ("check.place_turned", "check.place_outside", "check.place_far")


@dataclass(frozen=True)
class _Country:
    """Where places of the case lie: within its outline if it has one, else around the centres of its regions."""

    centres: dict[str, Place]
    borders: pl.DataFrame

    def holds(self, place: Place) -> bool:
        """Whether a place may lie in the country."""
        if self.borders.height:
            return _within(place, self.borders)
        return bool(self.centres) and all(
            min(known) - PLAUSIBILITY.region_margin <= value <= max(known) + PLAUSIBILITY.region_margin
            for value, known in zip(place, zip(*self.centres.values(), strict=True), strict=True)
        )

    def wrong(self, place: Place, region: str) -> dict[str, str]:
        """What is wrong with a place: the code, and arguments of its sentence; empty where all is well.

        `guess` is the place or region that is more likely, or empty; `own_km` and `guess_km` are the distances from the
        centres of the stated and of the likely region.
        """
        lat, lon = place
        if place == (0.0, 0.0) or not self.holds(place):
            turned = ((lon, lat), (-lat, lon), (lat, -lon), (-lat, -lon))
            likely = next((one for one in turned if one != (0.0, 0.0) and self.holds(one)), None)
            if likely is None:
                return {"code": "check.place_outside", "guess": ""}
            return {"code": "check.place_turned", "guess": f"{likely[0]:g}, {likely[1]:g}"}
        if region not in self.centres:
            return {}
        nearest = min(self.centres, key=lambda one: kilometres_between(place, self.centres[one]))
        own, least = (kilometres_between(place, self.centres[one]) for one in (region, nearest))
        if nearest == region or own <= max(PLAUSIBILITY.far_km, PLAUSIBILITY.nearer_times * least):
            return {}
        return {"code": "check.place_far", "guess": nearest, "own_km": f"{own:,.0f}", "guess_km": f"{least:,.0f}"}


def unlikely_places(case: Case) -> list[Finding]:
    """Regions and sites lie in the country, sites near their region; units of partners may lie anywhere but at 0, 0."""
    regions = case["regions"].drop_nulls(["lat", "lon"])
    centres: dict[str, Place] = {row[0]: (row[1], row[2]) for row in regions.select("id", "lat", "lon").iter_rows()}
    borders = borders_of(case.path)
    astray = {
        "regions": _astray_regions(case, centres, borders),
        "sites": _astray(case, "sites", _Country(centres, borders)) if centres or borders.height else [],
        "units": [row for row in _places(case, "units") if (row["lat"], row["lon"]) == (0.0, 0.0)],
    }
    for row in astray["units"]:
        row |= {"code": "check.place_outside", "guess": "", "region": ""}
    texts = ("value", "guess", "code", "region", "own_km", "guess_km")
    schema = {"at": pl.UInt32, **dict.fromkeys(texts, pl.String)}
    findings = []
    for table, rows in astray.items():
        frame = pl.DataFrame(
            [{**row, "value": f"{row['lat']:g}, {row['lon']:g}"} for row in rows], schema=schema
        )  # fmt: skip
        for code in CODES:
            findings += tell(case, "warning", code, table, frame.filter(pl.col("code") == code).drop("code"), "lat")
    return findings


def _places(case: Case, table: str) -> list[dict[str, Any]]:
    """Rows of a table that have a place: at, lat, lon, and region where they have one."""
    return rows_of(case, table).drop_nulls(["lat", "lon"]).select(
        "at", "lat", "lon", *(["region"] if "region" in case[table].columns else [])
    ).to_dicts()  # fmt: skip


def _astray(case: Case, table: str, country: _Country) -> list[dict[str, Any]]:
    judged = ((row, country.wrong((row["lat"], row["lon"]), str(row["region"]))) for row in _places(case, table))
    return [{**row, **wrong} for row, wrong in judged if wrong]


def _astray_regions(case: Case, centres: dict[str, Place], borders: pl.DataFrame) -> list[dict[str, Any]]:
    """Regions whose centre lies outside the outline or, without one, far from all the others."""
    if not borders.height and len(centres) < 4:
        return []
    rows = []
    for row in _places(case, "regions"):
        name = case["regions"]["id"][row["at"]]
        others = {region: place for region, place in centres.items() if region != name}
        if wrong := _Country(others, borders).wrong((row["lat"], row["lon"]), ""):
            rows.append({**row, **wrong, "region": name})
    return rows


def kilometres_between(one: Place, other: Place) -> float:
    """Distance on a plane that touches the earth between the two: enough to tell regions apart."""
    lat = math.radians((one[0] + other[0]) / 2)
    return KM_PER_DEGREE * math.hypot(one[0] - other[0], (one[1] - other[1]) * math.cos(lat))


def _within(place: Place, borders: pl.DataFrame) -> bool:
    """Whether a place lies inside the outline (even-odd rule) or within `coast_km` of it."""
    lat, lon = place
    x, y, to_x, to_y = (pl.col(name) for name in ("lon", "lat", "to_lon", "to_lat"))
    crossing = ((y > lat) != (to_y > lat)) & (lon < x + (lat - y) * (to_x - x) / (to_y - y))
    east = math.cos(math.radians(lat))
    across, along = (to_x - x) * east, to_y - y
    share = (((lon - x) * east * across + (lat - y) * along) / (across**2 + along**2)).fill_nan(0.0).clip(0, 1)
    distance = (((x - lon) * east + share * across) ** 2 + (y - lat + share * along) ** 2).min()
    crossings, nearest = borders.select(crossing.sum().alias("crossings"), distance.alias("nearest")).row(0)
    return bool(crossings % 2 == 1 or KM_PER_DEGREE * math.sqrt(nearest) <= PLAUSIBILITY.coast_km)
