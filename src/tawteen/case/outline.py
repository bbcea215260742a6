"""The outline of the country on the map (GeoJSON): checked before anything is drawn with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from tawteen.case.findings import Finding
from tawteen.case.paths import outline_of
from tawteen.case.size_limits import SIZE_LIMITS, too_long

Ring = list[Any]


class _OutlineError(ValueError):
    """What is wrong with an outline: a code and its arguments."""

    def __init__(self, code: str, **args: object) -> None:
        super().__init__(code)
        self.code, self.details = code, args


def borders_of(case: Path | None) -> pl.DataFrame:
    """Sides of all rings of the outline of a case: lon, lat, to_lon, to_lat; empty without an outline that is sound."""
    path = None if case is None else outline_of(case)
    sides = []
    if path is not None and path.is_file() and not check_outline(path):
        for number, feature in enumerate(json.loads(path.read_bytes())["features"], 1):
            for ring in _rings(feature, number):
                sides += [(*one[:2], *other[:2]) for one, other in pairwise(ring)]
    schema = dict.fromkeys(("lon", "lat", "to_lon", "to_lat"), pl.Float64)
    return pl.DataFrame(sides, schema=schema, orient="row")


def check_outline(path: Path) -> list[Finding]:
    """What is wrong with the outline at `path`; nothing where there is none.

    It must be UTF-8 without a byte-order mark and hold a FeatureCollection of polygons or multipolygons whose rings
    are closed, of at least four points, with longitude before latitude (RFC 7946).
    """
    if not path.is_file():
        return []
    if path.stat().st_size > SIZE_LIMITS.outline_bytes:
        return [too_long(path.name, path.stat().st_size, SIZE_LIMITS.outline_bytes)]
    try:
        _check(path.read_bytes())
    except _OutlineError as error:
        return [Finding("error", error.code, file=path.name, args=error.details)]
    except OSError as error:
        args = {"path": str(path), "said": error.strerror or str(error)}
        return [Finding("error", "file.unreadable", file=path.name, args=args)]
    return []


def _check(data: bytes) -> None:
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _OutlineError("outline.mark")
    try:
        whole = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _OutlineError("outline.syntax", row=getattr(error, "lineno", "")) from None
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list) or whole.get("type") != "FeatureCollection" or not features:
        raise _OutlineError("outline.no_features")
    points = 0
    for number, feature in enumerate(features, 1):
        for ring in _rings(feature, number):
            _check_ring(ring, number)
            points += len(ring)
    if points > SIZE_LIMITS.outline_points:
        raise _OutlineError("outline.points", count=f"{points:,}", most=f"{SIZE_LIMITS.outline_points:,}")


def _rings(feature: Any, number: int) -> Iterator[Ring]:
    """Rings of a feature's polygons. Raises _OutlineError for another geometry."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"} or not isinstance(parts, list) or not parts:
        raise _OutlineError("outline.geometry", number=number, kind=str(kind)[:40])
    for polygon in [parts] if kind == "Polygon" else parts:
        if not isinstance(polygon, list) or not polygon:
            raise _OutlineError("outline.ring", number=number)
        yield from polygon


def _check_ring(ring: Any, number: int) -> None:
    if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
        raise _OutlineError("outline.ring", number=number)
    for point in ring:
        numbers = isinstance(point, list) and len(point) in {2, 3} and all(type(c) in {int, float} for c in point)
        if not numbers or not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
            raise _OutlineError("outline.place", number=number, value=str(point)[:60])
