"""Cases in Python: read with their checks, written, generated, and their tables described."""

from __future__ import annotations

import warnings
from pathlib import Path

import openpyxl
import pytest
from tests.tiny import tables, tiny

import tawteen as tw
from tawteen.case.hash import case_hash
from tawteen.case.tables import TABLES


def test_reading_checks_and_keeps_warnings_on_the_case(tmp_path: Path) -> None:
    idle = {"id": "idle", "name_en": "Idle", "name_ar": "معطل"}
    funds = [*tables()["funds"], {**tables()["funds"][0], **idle}]
    tiny({"funds": funds}).write(tmp_path / "case")
    with pytest.warns(tw.CaseWarning, match="2 warnings"):
        case = tw.read_case(tmp_path / "case")
    assert "idle" in " ".join(str(finding) for finding in case.findings if finding.severity == "warning")
    assert case.path == tmp_path / "case"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tw.read_case(str(tmp_path / "case"), check=False).findings == ()


def test_errors_are_raised_with_place_and_remedy_or_told_by_check(tmp_path: Path) -> None:
    tiny({"demands": [{**tables()["demands"][0], "region": "north"}]}).write(tmp_path / "case.xlsx")
    with pytest.raises(tw.CaseError, match=r"demands · row 5 · column region · “north”") as error:
        tw.read_case(tmp_path / "case.xlsx")
    told = tw.check(tmp_path / "case.xlsx")
    assert [str(finding) for finding in told] == [str(finding) for finding in error.value.findings]
    assert [finding.code for finding in tw.check(tmp_path / "nothing")] == ["file.missing"]


def test_a_marked_copy_says_in_its_cells_what_check_finds(tmp_path: Path) -> None:
    tiny({"demands": [{**tables()["demands"][0], "region": "north"}]}).write(tmp_path / "case.xlsx")
    findings = tw.annotate(tmp_path / "case.xlsx", tmp_path / "marked.xlsx", "ar")
    assert [str(finding) for finding in findings] == [str(finding) for finding in tw.check(tmp_path / "case.xlsx")]
    cell = openpyxl.load_workbook(tmp_path / "marked.xlsx")["demands"]["B5"]
    assert cell.value == "north"
    assert "north" in cell.comment.text
    with pytest.raises(FileExistsError):
        tw.annotate(tmp_path / "case.xlsx", tmp_path / "marked.xlsx")


def test_somebody_else_s_table_becomes_a_case_and_its_mapping_is_kept(tmp_path: Path) -> None:
    table = tmp_path / "plants.csv"
    table.write_text("Plant,City,Status,Latitude,Longitude\nMill one,Misrata,Closed,32.4,15.1\n", encoding="utf-8")
    case = tw.import_case(table, tmp_path / "case")
    assert case["sites"]["name_en"].to_list() == ["Mill one"]
    assert (tmp_path / "case" / "mapping.toml").is_file()
    again = tw.import_case(table, tmp_path / "case", mapping=tmp_path / "case" / "mapping.toml")
    assert again["sites"].equals(case["sites"])


def test_a_template_is_written_once(tmp_path: Path) -> None:
    assert tw.template(tmp_path / "empty.xlsx", "ar").is_file()
    with pytest.raises(FileExistsError):
        tw.template(tmp_path / "empty.xlsx")


def test_a_generated_case_is_the_same_for_a_seed() -> None:
    assert case_hash(tw.generate(6, seed=3)) == case_hash(tw.generate(6, seed=3))


def test_tables_are_described_by_their_schema() -> None:
    described = tw.tables("en")
    assert described["table"].unique(maintain_order=True).to_list() == list(TABLES)
    region = described.filter(table="sites", column="region").row(0, named=True)
    assert (region["needed"], region["refers_to"], region["type"]) == (True, "regions", "text")
    assert tw.tables("ar").filter(table="sites", column="region")["label"].item() == "المنطقة"


def test_short_forms_change_what_they_say() -> None:
    forms = {row["form"]: row for row in tw.short_forms().iter_rows(named=True)}
    assert (forms["fund"]["table"], forms["fund"]["column"]) == ("fund_limits", "amount")
