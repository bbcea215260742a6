"""Map: sites by decision, partner units, and flows between regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import cos, pi, sin
from typing import Any

import polars as pl

from tawteen.report.bilingual import Both, bilingual, join_sentences
from tawteen.report.drawing import STATUS_COLOURS, colours, specs, spoken
from tawteen.report.exhibit import (
    COMMODITY,
    REGION,
    SITE,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    text_column,
)
from tawteen.report.labels import in_lines
from tawteen.report.lists import STATUS_LABELS
from tawteen.report.params import LAYOUT, THRESHOLDS
from tawteen.report.report_data import PLANNED_STATUSES, ReportData
from tawteen.report.vega_lite import Chart, Rows, channel, chart_of, layered, part


def map_note(study: ReportData, site_places: pl.DataFrame) -> Both:
    """What the signs of this map mean; signs that it does not have are not spoken of."""
    parts = [bilingual("exhibit.map_note")]
    if study.outline and study.case["units"].drop_nulls(["lat", "lon"]).height:
        parts.append(bilingual("exhibit.map_note_units"))
    if site_places.height > LAYOUT.map_points:
        parts.append(bilingual("exhibit.map_note_cells", site_places.height))
    else:
        parts.append(bilingual("exhibit.map_note_rings"))
    return join_sentences(parts)


def clockwise(outline: Mapping[str, Any]) -> dict[str, Any]:
    """Borders whose outer rings run clockwise, as Vega wants them; polygons and multipolygons only."""
    features = []
    for feature in outline.get("features", ()):
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        turned = [[_turned(ring, i == 0) for i, ring in enumerate(polygon)] for polygon in polygons]
        features.append(
            {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": turned}}
        )
    return {"type": "FeatureCollection", "features": features}


def _turned(ring: list[list[float]], clock: bool) -> list[list[float]]:
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
    return ring if (area < 0) == clock else ring[::-1]


def places(study: ReportData) -> pl.DataFrame:
    """site, status, lat, lon, placed (site or region); sites at one point stand in a ring around it."""
    regions = study.case["regions"].select(region="id", rlat="lat", rlon="lon")
    status = study.programme.sites.select(site="id", status="status")
    frame = (
        study.case["sites"].select("region", "lat", "lon", site="id").join(regions, on="region", how="left")
        .join(status, on="site", how="inner")
        .with_columns(
            placed=pl.when(pl.col("lat").is_not_null()).then(pl.lit("site")).otherwise(pl.lit("region")),
            lat=pl.coalesce("lat", "rlat"), lon=pl.coalesce("lon", "rlon"),
        )
        .drop_nulls(["lat", "lon"])
    )  # fmt: skip
    rows = []
    for (lat, lon), group in frame.group_by("lat", "lon", maintain_order=True):
        size = group.height
        for i, row in enumerate(group.iter_rows(named=True)):
            turn, ring = 2 * pi * i / max(size, 1), LAYOUT.map_ring * (1 + i // 12) if size > 1 else 0.0
            position = {"lat": float(lat) + ring * sin(turn), "lon": float(lon) + ring * cos(turn)}
            rows.append({**row, **position})
    schema = {"site": pl.String, "status": pl.String, "lat": pl.Float64, "lon": pl.Float64, "placed": pl.String}
    return pl.DataFrame(rows, schema=schema)


def flows(study: ReportData) -> pl.DataFrame:
    """route, origin, target, commodity, amount (units), tonnes, cost (currency) over the horizon."""
    routes = study.case["routes"].select(
        id="id", origin="from_region", target="to_region", rate="cost", carries="carries"
    )
    mass = study.case.filled("commodities").select(commodity="id", mass="mass", unit="unit")
    moved = study.programme.flows.filter((pl.col("kind") == "transport") & (pl.col("amount") > THRESHOLDS.least_amount))
    return (
        moved.join(routes, on="id").join(mass, on="commodity")
        .group_by("id", "origin", "target", "carries", "commodity", "unit")
        .agg(pl.col("amount").sum(), tonnes=(pl.col("amount") * pl.col("mass")).sum(),
             cost=(pl.col("amount") * pl.col("mass") * pl.col("rate")).sum())
        .sort("tonnes", descending=True)
    )  # fmt: skip


def sites_map(study: ReportData) -> list[Exhibit]:
    """The map, and the table of flows beside it."""
    site_places, moved = places(study), flows(study)
    note = map_note(study, site_places)
    sites = study.named(
        site_places.join(study.case["sites"].select("region", "town", "authority", site="id"), on="site"),
        site="sites",
        region="regions",
    ).sort("status", "site")
    site_columns: dict[str, ColumnFormat] = {
        "site": SITE, "region": REGION, "town": text_column("column.town"),
        "authority": text_column("column.controlling_authority"), "status": code_column("column.status", "status"),
        "lat": number_column("column.latitude", decimals=2), "lon": number_column("column.longitude", decimals=2),
        "placed": code_column("column.placed_by", "placed"),
    }  # fmt: skip
    flow_columns: dict[str, ColumnFormat] = {
        "origin": text_column("column.from"), "target": text_column("column.to"), "commodity": COMMODITY,
        "amount": number_column("column.quantity"), "unit": code_column("column.unit", "units"),
        "tonnes": number_column("column.tonnes_mwh_m"), "cost": money_column("column.cost_of_transport"),
    }  # fmt: skip
    return [
        Exhibit(
            "map", "chair", bilingual("exhibit.map"),
            note,
            bilingual("exhibit.map_origin"),
            sites, site_columns, specs(lambda k: drawn(study, site_places, moved, k)) if site_places.height else {},
            limit=200, inputs=("sites", "regions", "units", "programme.sites", "programme.flows"),
        ),
        Exhibit(
            "flows", "goods", bilingual("exhibit.flows"),
            bilingual("exhibit.flows_note"),
            bilingual("exhibit.flows_origin"),
            study.named(moved, origin="regions", target="regions", commodity="commodities"), flow_columns,
            limit=100, inputs=("routes", "commodities", "programme.flows"),
        ),
    ]  # fmt: skip


def drawn(study: ReportData, site_places: pl.DataFrame, moved: pl.DataFrame, k: int) -> Any:
    """The map as layers: borders or graticule, flows, partner units, sites, names."""
    layers: list[Any] = []
    window = _window(study, site_places)
    if study.outline:
        ground = chart_of(clockwise(study.outline)["features"])
        layers.append(ground.mark("geoshape", fill="#f4f1ea", stroke="#b9b3a4", strokeWidth=0.8, clip=True))
    else:
        west, south, east, north = window
        extent = [[west - 14, south - 8], [east + 14, north + 8]]
        lines = Chart({"data": {"graticule": {"step": [2, 2], "extent": extent}}})
        layers.append(lines.mark("geoshape", filled=False, stroke="#d8dfe4", clip=True))
    layers += _lines(study, moved) + _units(study)
    layers.append(
        chart_of(_points(site_places, window, k)).mark("circle", opacity=0.95, stroke="white", strokeWidth=0.8).encode(
            longitude=channel("lon:Q"), latitude=channel("lat:Q"),
            size=channel("area:Q", scale=None, legend=None),
            color=channel("status:N", scale=colours(STATUS_LABELS, site_places["status"], k, STATUS_COLOURS),
                            legend=part(symbolType="circle")),
        )
    )  # fmt: skip
    layers += _names(study, site_places, window, k)
    return layered(*layers).properties(projection=_projection(window), width=LAYOUT.map_width, height=LAYOUT.map_height)


def _points(site_places: pl.DataFrame, window: tuple[float, float, float, float], k: int) -> Rows:
    """One point a site; of more than `map_points` one a cell and decision, its area by the number of sites."""
    order = {status: i for i, status in enumerate(STATUS_LABELS)}
    spots = site_places.with_columns(n=pl.lit(1))
    if site_places.height > LAYOUT.map_points:
        west, south, east, north = window
        step = max(east - west, north - south) / LAYOUT.map_cells
        cell = [((pl.col(c) / step).floor() * step + step / 2).alias(c) for c in ("lat", "lon")]
        spots = (
            site_places.with_columns(cell).group_by("lat", "lon", "status").agg(n=pl.len()).sort("lat", "lon", "status")
        )
    spots = spots.sort(pl.col("status").replace_strict(order), descending=True, maintain_order=True)
    return [
        {
            "lat": r["lat"],
            "lon": r["lon"],
            "status": spoken(STATUS_LABELS[r["status"]], k),
            "area": min(72 * r["n"] ** 0.5, 900),
        }
        for r in spots.iter_rows(named=True)
    ]


def _window(study: ReportData, site_places: pl.DataFrame) -> tuple[float, float, float, float]:
    """West, south, east, north around sites, regions and (with borders) units, with a margin."""
    box = site_places.select("lat", "lon")
    for table in ("regions", *(["units"] if study.outline else [])):
        box = pl.concat([box, study.case[table].select("lat", "lon").drop_nulls()])
    south, north = float(box["lat"].min()) - 1.2, float(box["lat"].max()) + 1.0  # type: ignore[arg-type]
    west, east = float(box["lon"].min()) - 1.5, float(box["lon"].max()) + 1.5  # type: ignore[arg-type]
    return west, south, east, north


def _projection(window: tuple[float, float, float, float]) -> dict[str, Any]:
    """A Mercator projection that fits the window into the picture."""
    west, south, east, north = window
    corners = [[[west, south], [west, north], [east, north], [east, south], [west, south]]]
    shape = {"type": "Polygon", "coordinates": corners}
    return {
        "type": "mercator",
        "fit": {"type": "Feature", "geometry": shape, "properties": {}},
        "size": [LAYOUT.map_width, LAYOUT.map_height],
    }


def _lines(study: ReportData, moved: pl.DataFrame) -> list[Any]:
    regions = study.case["regions"].drop_nulls(["lat", "lon"]).select("id", "lat", "lon")
    sums = moved.group_by("origin", "target", maintain_order=True).agg(pl.col("tonnes").sum())
    rows: Rows = (
        sums.join(regions.rename({"id": "origin"}), on="origin")
        .join(regions.select(target="id", lat2="lat", lon2="lon"), on="target")
        .to_dicts()
    )
    if not rows:
        return []
    top = max(r["tonnes"] for r in rows)
    for r in rows:
        r["w"] = 1.2 + 5 * (r["tonnes"] / top) ** 0.5
    line = chart_of(rows).mark("rule", color="#2a6f97", opacity=0.45).encode(
        longitude=channel("lon:Q"), latitude=channel("lat:Q"),
        longitude2=channel("lon2"), latitude2=channel("lat2"),
        strokeWidth=channel("w:Q", scale=None, legend=None),
    )  # fmt: skip
    return [line]


def _units(study: ReportData) -> list[Any]:
    units = study.case["units"].drop_nulls(["lat", "lon"])
    if units.is_empty() or not study.outline:
        return []
    spots = units.group_by("lat", "lon", maintain_order=True).agg(city=pl.col("city").first(), n=pl.len())
    rows = [{"lat": r["lat"], "lon": r["lon"]} for r in spots.iter_rows(named=True)]
    return [
        chart_of(rows)
        .mark("square", size=60, color="#5b3f8c", opacity=0.85)
        .encode(longitude=channel("lon:Q"), latitude=channel("lat:Q"))
    ]


@dataclass
class _Room:
    """Where words may stand on the map without covering a point or other words; degrees."""

    per_degree: float
    points: list[tuple[float, float]]
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def box(self, lat: float, lon: float, text: str, size: float, *, beside: bool) -> tuple[float, float, float, float]:
        """South, west, north, east of words centred on a place or beginning beside it."""
        lines = text.split("\n")
        wide = 0.6 * size * max(len(line) for line in lines) / self.per_degree
        high = 1.2 * size * len(lines) / self.per_degree
        west = lon + 6 / self.per_degree if beside else lon - wide / 2
        return lat - high / 2, west, lat + high / 2, west + wide

    def covered(self, box: tuple[float, float, float, float]) -> int:
        """How many points and words the box would cover."""
        south, west, north, east = box
        near = 4 / self.per_degree
        points = sum(south - near < a < north + near and west - near < o < east + near for a, o in self.points)
        return points + 3 * sum(s < north and n > south and w < east and e > west for s, w, n, e in self.taken)


def _names(
    study: ReportData, site_places: pl.DataFrame, window: tuple[float, float, float, float], k: int
) -> list[Any]:
    """Names of regions where they cover least, and of chosen sites where they cover nothing."""
    west, south, east, north = window
    per_degree = min(LAYOUT.map_width / (east - west), LAYOUT.map_height / ((north - south) * 1.15))
    room = _Room(per_degree, list(zip(site_places["lat"], site_places["lon"], strict=True)))
    regions: Rows = []
    for r in study.case["regions"].drop_nulls(["lat", "lon"]).iter_rows(named=True):
        name = (r["name_en"], r["name_ar"])
        steps = [r["lat"] + px / per_degree for px in (-24, 24, -38, 38, -54, 54)]
        boxes = {lat: room.box(lat, r["lon"], name[k], 13, beside=False) for lat in steps}
        best = min(steps, key=lambda lat: room.covered(boxes[lat]))
        room.taken.append(boxes[best])
        regions.append({"lat": best, "lon": r["lon"], "name": spoken(name, k)})
    sites: Rows = []
    named_kinds = PLANNED_STATUSES if site_places.height <= LAYOUT.map_points else ()
    chosen = [r for s in named_kinds for r in site_places.filter(pl.col("status") == s).iter_rows(named=True)]
    for r in chosen:
        label = in_lines(study.name("sites", r["site"]), k, LAYOUT.map_names_width, lines=3)
        box = room.box(r["lat"], r["lon"], label, 12, beside=True)
        if len(sites) < LAYOUT.map_names and not room.covered(box):
            room.taken.append(box)
            sites.append({"lat": r["lat"], "lon": r["lon"], "name": label})
    layers = _text(regions, fontSize=13, fontWeight=600, color="#6d6552") if regions else []
    return layers + (_text(sites, fontSize=12, align="left", dx=7, lineHeight=14) if sites else [])


def _text(rows: Rows, **look: Any) -> list[Any]:
    """Words on a pale halo, so that lines under them do not disturb."""
    chart = chart_of(rows)
    place = {"longitude": channel("lon:Q"), "latitude": channel("lat:Q"), "text": channel("name:N")}
    halo = {**look, "color": "white", "stroke": "white", "strokeWidth": 3, "opacity": 0.75}
    return [chart.mark("text", baseline="middle", **some).encode(**place) for some in (halo, look)]
