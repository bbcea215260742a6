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

    def wrong(self, place: Place, region: str) -> tuple[str, str]:
        """Code of what is wrong with a place, and the place or region that is more likely; empty where all is well."""
        lat, lon = place
        if place == (0.0, 0.0) or not self.holds(place):
            turned = ((lon, lat), (-lat, lon), (lat, -lon), (-lat, -lon))
            likely = next((one for one in turned if one != (0.0, 0.0) and self.holds(one)), None)
            return ("check.place_turned", f"{likely[0]:g}, {likely[1]:g}") if likely else ("check.place_outside", "")
        if region not in self.centres:
            return "", ""
        nearest = min(self.centres, key=lambda one: _kilometres(place, self.centres[one]))
        own = _kilometres(place, self.centres[region])
        far = nearest != region and own > PLAUSIBILITY.far_km and own > 3 * _kilometres(place, self.centres[nearest])
        return ("check.place_far", nearest) if far else ("", "")


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
    schema = {"at": pl.UInt32, "value": pl.String, "guess": pl.String, "code": pl.String, "region": pl.String}
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
    rows = []
    for row in _places(case, table):
        code, guess = country.wrong((row["lat"], row["lon"]), str(row["region"]))
        if code:
            rows.append({**row, "code": code, "guess": guess})
    return rows


def _astray_regions(case: Case, centres: dict[str, Place], borders: pl.DataFrame) -> list[dict[str, Any]]:
    """Regions whose centre lies outside the outline or, without one, far from all the others."""
    if not borders.height and len(centres) < 4:
        return []
    rows = []
    for row in _places(case, "regions"):
        name = case["regions"]["id"][row["at"]]
        others = {region: place for region, place in centres.items() if region != name}
        code, guess = _Country(others, borders).wrong((row["lat"], row["lon"]), "")
        if code:
            rows.append({**row, "code": code, "guess": guess, "region": name})
    return rows


def _kilometres(one: Place, other: Place) -> float:
    """Distance on a plane that touches the earth between the two: enough to tell regions apart."""
    lat = math.radians((one[0] + other[0]) / 2)
    return 111.2 * math.hypot(one[0] - other[0], (one[1] - other[1]) * math.cos(lat))


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
    return bool(crossings % 2 == 1 or 111.2 * math.sqrt(nearest) <= PLAUSIBILITY.coast_km)
