"""Places are held against the outline of the country, or against its regions where there is none."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from tests.tiny import tables, tiny

from tawteen.case.checks.coordinates import unlikely_places
from tawteen.case.model import Case

# A country with a gulf cut into its north coast and a lake.
LAND = [[10, 20], [26, 20], [26, 33], [20, 33], [18, 30], [16, 33], [10, 33], [10, 20]]
LAKE = [[20, 22], [24, 22], [24, 26], [20, 26], [20, 22]]


def case_with(tmp_path: Path, lat: float, lon: float, *, outline: bool = True) -> Case:
    """The tiny case whose first site lies at a place, with the outline beside it."""
    if outline:
        geometry = {"type": "Polygon", "coordinates": [LAND, LAKE]}
        feature = {"type": "Feature", "properties": {}, "geometry": geometry}
        text = json.dumps({"type": "FeatureCollection", "features": [feature]})
        (tmp_path / "outline.geojson").write_text(text, encoding="utf-8")
    sites = [{**tables()["sites"][0], "lat": lat, "lon": lon}, *tables()["sites"][1:]]
    return dataclasses.replace(tiny({"sites": sites}), path=tmp_path)


@pytest.mark.parametrize(
    ("lat", "lon", "code", "guess"),
    [
        (27.0, 14.0, "", ""),
        (33.2, 14.0, "", ""),  # 22 km off a coast that is drawn roughly
        (32.5, 18.0, "check.place_outside", ""),  # in the gulf, within the box of the regions
        (24.0, 22.0, "check.place_turned", "22, 24"),  # in the lake; turned round it would lie on its shore
        (14.0, 27.0, "check.place_turned", "27, 14"),
        (-27.0, 14.0, "check.place_turned", "27, 14"),
        (0.0, 0.0, "check.place_outside", ""),
    ],
)
def test_a_site_lies_inside_the_outline(tmp_path: Path, lat: float, lon: float, code: str, guess: str) -> None:
    found = unlikely_places(case_with(tmp_path, lat, lon))
    assert [(f.code, f.args["guess"]) for f in found] == ([(code, guess)] if code else [])


def test_without_an_outline_the_regions_tell_where_the_country_is(tmp_path: Path) -> None:
    assert unlikely_places(case_with(tmp_path, 30.0, 16.5, outline=False)) == []
    assert [f.code for f in unlikely_places(case_with(tmp_path, 32.5, 18.0, outline=False))] == ["check.place_far"]
    assert [f.code for f in unlikely_places(case_with(tmp_path, 50.0, 18.0, outline=False))] == ["check.place_outside"]


def test_a_site_far_from_its_region_is_told_how_far(tmp_path: Path) -> None:
    """0.3 degrees of longitude at 30 degrees north are 0.3 · 111.2 · cos 30° = 29 km."""
    regions = [
        {"id": name, "name_en": name, "name_ar": name, "lat": 30.0, "lon": lon} for name, lon in (("a", 10), ("b", 20))
    ]
    site = {**tables()["sites"][0], "region": "a", "lat": 30.0, "lon": 19.7}
    (found,) = unlikely_places(tiny({"regions": regions, "sites": [site]}))
    assert (found.code, found.args["guess"]) == ("check.place_far", "b")
    assert (found.args["own_km"], found.args["guess_km"]) == ("934", "29")
    assert "934 km" in str(found)
    assert "29 km" in str(found)


def test_the_centre_of_a_region_is_held_against_the_others(tmp_path: Path) -> None:
    regions = [
        {"id": f"r{n}", "name_en": f"R{n}", "name_ar": f"R{n}", "lat": lat, "lon": lon}
        for n, (lat, lon) in enumerate([(32.3, 13.2), (31.2, 16.4), (31.9, 20.9), (27.4, 14.6)])
    ]
    assert unlikely_places(tiny({"regions": regions, "sites": []})) == []
    regions[0] |= {"lat": 13.2, "lon": 32.3}
    (found,) = unlikely_places(tiny({"regions": regions, "sites": []}))
    assert (found.code, found.table, found.args["guess"]) == ("check.place_turned", "regions", "32.3, 13.2")
