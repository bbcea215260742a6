"""Outlines that would stop a drawing are told when the case is checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.tiny import tiny

from tawteen.case.findings import CaseError
from tawteen.case.folder import write_folder
from tawteen.case.outline import check_outline
from tawteen.case.read import read_case_with_findings
from tawteen.case.size_limits import SIZE_LIMITS
from tawteen.words import LANGS, Words

RING = [[10.0, 20.0], [20.0, 20.0], [20.0, 30.0], [10.0, 20.0]]


def outline(kind: str = "Polygon", coordinates: Any = (RING,)) -> bytes:
    geometry = {"type": kind, "coordinates": coordinates}
    return json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": geometry}]}).encode()


@pytest.mark.parametrize("data", [outline(), outline("MultiPolygon", [[RING], [RING, RING]])])
def test_good_outlines(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "outline.geojson").write_bytes(data)
    assert check_outline(tmp_path / "outline.geojson") == []
    assert check_outline(tmp_path / "none.geojson") == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xef\xbb\xbf" + outline(), "outline.mark"),
        (b"", "outline.syntax"),
        (b"{", "outline.syntax"),
        (b"\xff\xfe{", "outline.mark"),
        (b"\x80", "outline.syntax"),
        (b"[" * 100_000, "outline.syntax"),
        (b"[]", "outline.no_features"),
        (b"null", "outline.no_features"),
        (b'{"type": "FeatureCollection", "features": []}', "outline.no_features"),
        (b'{"type": "FeatureCollection", "features": 3}', "outline.no_features"),
        (b'{"type": "FeatureCollection", "features": [null]}', "outline.geometry"),
        (b'{"type": "FeatureCollection", "features": [{"geometry": null}]}', "outline.geometry"),
        (outline("Point", [13, 32]), "outline.geometry"),
        (outline("LineString", RING), "outline.geometry"),
        (outline("Polygon", []), "outline.geometry"),
        (outline("Polygon", [[]]), "outline.ring"),
        (outline("Polygon", [RING[:3]]), "outline.ring"),
        (outline("Polygon", [[*RING, [1.0, 1.0]]]), "outline.ring"),
        (outline("MultiPolygon", [RING]), "outline.ring"),
        (outline("MultiPolygon", [[]]), "outline.ring"),
        *((outline("Polygon", [ring]), "outline.ring") for ring in (3, None, True, "ring", {"a": 1})),
        *((outline("MultiPolygon", [[ring]]), "outline.ring") for ring in (3, None, True, "ring", {"a": 1})),
        (outline("Polygon", [[[10.0, 200.0], *RING[1:3], [10.0, 200.0]]]), "outline.place"),
        (outline("Polygon", [[[10.0, "x"], *RING[1:3], [10.0, "x"]]]), "outline.place"),
        (outline("Polygon", [[[True, 1.0], *RING[1:3], [True, 1.0]]]), "outline.place"),
        (outline("Polygon", [[[1e400, 1.0], *RING[1:3], [1e400, 1.0]]]), "outline.place"),
        (outline("Polygon", [RING[:1] * (SIZE_LIMITS.outline_points + 1)]), "outline.points"),
    ],
)
def test_outlines_that_cannot_be_drawn(tmp_path: Path, data: bytes, code: str) -> None:
    write_folder(tiny(), tmp_path / "case")
    (tmp_path / "case" / "outline.geojson").write_bytes(data)
    with pytest.raises(CaseError) as caught:
        read_case_with_findings(tmp_path / "case")
    (finding,) = caught.value.findings
    assert (finding.code, finding.file) == (code, "outline.geojson")
    for lang in LANGS:
        assert "{" not in Words(lang).say(finding.code, {"file": finding.file, **finding.args})
