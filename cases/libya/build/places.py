"""Regions, and roads between them."""

from __future__ import annotations

from facts import Row, assumed, parameter, rows
from figure import Book, Figure


def region_at(lat: float, lon: float) -> str:
    """Region of a place, by the convention of the facts (west to Misrata, centre to Ras Lanuf, east, Fezzan)."""
    if lat < 28.5 and lon < 20:
        return "south"
    if lon > 19:
        return "east"
    return "centre" if lon > 15.6 else "west"


def population_shares() -> dict[str, Figure]:
    """Share of the people by region: listed towns of GeoNames, with Fezzan at its census share."""
    towns = [r for r in rows("geo/geonames_cities500_LY_EG.csv") if r["country"] == "LY"]
    people = dict.fromkeys(("west", "centre", "east", "south"), 0.0)
    for town in towns:
        people[region_at(float(town["lat"]), float(town["lon"]))] += float(town["population"])
    south = parameter("fezzan_share")
    rest = (1 - south.value) / sum(v for k, v in people.items() if k != "south")
    note = "population of the listed towns (GeoNames, CC BY 4.0) scaled to the census share of Fezzan"
    shares = {k: v * rest for k, v in people.items()}
    return {k: Figure(v, 0.85 * v, 1.15 * v, note) for k, v in shares.items()} | {"south": south}


def add(book: Book) -> None:
    """Regions and routes; a road has both directions."""
    for row in rows("assumptions/regions.csv"):
        words = {k: row[k] for k in ("id", "name_en", "name_ar")}
        port = row["port"] == "true"
        book.add("regions", **words, lat=float(row["lat"]), lon=float(row["lon"]), port=port, **_inland(row))
    for row in rows("assumptions/roads.csv"):
        distance = Figure(float(row["value"]), float(row["low"]), float(row["high"]), row["reason"])
        cost = distance * parameter("freight_per_tonne_km")
        for start, end in ((row["a"], row["b"]), (row["b"], row["a"])):
            book.add(
                "routes", id=f"{start}-{end}", from_region=start, to_region=end, carries="goods", distance=distance,
                cost=cost,
            )  # fmt: skip


def _inland(row: Row) -> dict[str, Figure]:
    return assumed("regions", row["id"])
