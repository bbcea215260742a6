"""Folder and workbook become each other with every table, setting, outline and piece of evidence."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.case.test_round_trip import cases, same
from tests.tiny import tiny

from tawteen.case.convert import convert
from tawteen.case.example import write_example
from tawteen.case.findings import CaseError
from tawteen.case.folder import write_folder
from tawteen.case.frames import case_from_tables
from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.case.read import read_case, read_case_with_findings
from tawteen.words import LANGS, Lang

LIBYA = Path(__file__).parents[2] / "cases/libya/case"


OUTLINE = json.dumps({"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {}, "geometry": {
        "type": "Polygon", "coordinates": [[[9, 19], [9, 34], [26, 34], [26, 19], [9, 19]]]}}]})  # fmt: skip


def there_and_back(case: Case, place: Path, lang: Lang) -> None:
    write_folder(case, place / "case")
    (place / "case/outline.geojson").write_text(OUTLINE, encoding="utf-8")
    convert(place / "case", place / "book.xlsx", lang)
    read, _ = convert(place / "book.xlsx", place / "again", lang)
    same(case, read)
    files = {path.name: path.read_bytes() for path in (place / "case").iterdir()}
    assert {path.name: path.read_bytes() for path in (place / "again").iterdir()} == files


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.sampled_from(LANGS))
def test_any_case_comes_back_byte_for_byte(case: Case, lang: Lang) -> None:
    with tempfile.TemporaryDirectory() as place:
        there_and_back(case, Path(place), lang)


@pytest.mark.parametrize("lang", LANGS)
def test_cases_with_all_their_tables_come_back(tmp_path: Path, lang: Lang) -> None:
    (tmp_path / "tiny").mkdir()
    there_and_back(tiny(), tmp_path / "tiny", lang)
    (tmp_path / "generated").mkdir()
    there_and_back(generate(6, seed=3), tmp_path / "generated", lang)


@pytest.mark.parametrize("lang", LANGS)
def test_the_libya_case_comes_back_with_evidence_and_outline(tmp_path: Path, lang: Lang) -> None:
    case, _ = convert(LIBYA, tmp_path / "libya.xlsx", lang)
    assert case["evidence"].height > 100
    convert(tmp_path / "libya.xlsx", tmp_path / "libya", lang)
    same(case, read_case(tmp_path / "libya"))
    assert (tmp_path / "libya/outline.geojson").read_bytes() == (LIBYA / "outline.geojson").read_bytes()


def test_people_s_own_notes_are_told_not_to_be_carried(tmp_path: Path) -> None:
    write_folder(tiny(), tmp_path / "case")
    convert(tmp_path / "case", tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(tmp_path / "case.xlsx")
    place = next(cell.column for cell in book["sites"][4] if cell.value == "notes")
    book["sites"].cell(5, place).value = "call Salem"
    book.save(tmp_path / "case.xlsx")
    assert read_case_with_findings(tmp_path / "case.xlsx")[1] == []
    _, (note,) = convert(tmp_path / "case.xlsx", tmp_path / "again")
    write_example(tmp_path / "example")
    assert [f.code for f in convert(tmp_path / "example", tmp_path / "example.xlsx")[1]] == ["column.notes"]
    assert (note.severity, note.code, note.args["count"]) == ("note", "column.notes", 1)


def test_people_s_own_notes_go_untold_where_nothing_is_carried(tmp_path: Path) -> None:
    write_example(tmp_path / "case")
    sites = tmp_path / "case" / "sites.csv"
    sites.write_text(sites.read_text(encoding="utf-8-sig").replace("under_used", "slow"), encoding="utf-8")
    with pytest.raises(CaseError) as refused:
        read_case_with_findings(tmp_path / "case")
    assert [finding.code for finding in refused.value.findings] == ["cell.code"]
    sites.unlink()
    rows = {"id": ["a"], "name_en": ["A"], "name_ar": ["أ"], "region": ["r"], "state": ["slow"], "notes": ["call"]}
    with pytest.raises(CaseError) as refused:
        case_from_tables({"sites": rows}, tiny().settings)
    assert "column.notes" not in {finding.code for finding in refused.value.findings}


def test_a_case_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    with pytest.raises(CaseError):
        convert(tmp_path / "case", tmp_path / "case.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["case"]
