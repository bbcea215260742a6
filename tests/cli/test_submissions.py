"""submissions, as a person or a machine asks for it, and what planning makes of the case after it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Ask
from tests.survey.instances import filled, surveyed_case

from tawteen.case.folder import write_folder
from tawteen.case.hash import case_hash
from tawteen.case.read import read_case

DAY = ("--today", "2026-11-21")
CABLES = {"site": "cables", "seen_name": "Cable works", "seen_name_ar": "مصنع كابلات", "title_state": "open",
          "title_basis": None, "title_as_of": None, "machinery_state": None, "contamination_state": None,
          "machinery_stops": None, "machinery_opens_by": None}  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Path:
    write_folder(surveyed_case(), tmp_path / "case")
    return tmp_path / "case"


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    folder = tmp_path / "collected"
    for number, content in enumerate(
        (filled(), filled(CABLES, instance="uuid:2"), filled(form="other", instance="u3"))
    ):
        (folder / str(number)).mkdir(parents=True)
        (folder / str(number) / "submission.xml").write_bytes(content)
    for name in ("gate.jpg", "letter.jpg"):
        (folder / "0" / name).write_bytes(name.encode())
        (folder / "1" / name).write_bytes(name.encode())
    return folder


def test_what_was_seen_stands_in_the_new_case(ask: Ask, case: Path, collected: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in case.iterdir()}
    told = ask("submissions", collected, "--case", case, "--out", tmp_path / "new", "--json", *DAY)
    assert told.code == 1
    assert [(f["code"], f["file"]) for f in told.found()] == [("survey.other_form", "2/submission.xml")]
    assert [visit["site"] for visit in told.json["visits"]] == ["mill", "cables"]
    assert told.json["visits"][0]["photos"][0] == {
        "name": "gate.jpg", "field": "gate_photo", "caption": "", "arrived": True}  # fmt: skip
    done = read_case(tmp_path / "new")
    assert case_hash(done) == told.json["case_hash"]
    assert done["evidence"].height == told.json["observations"]
    assert done["blockers"].filter(site="cables", gate="title")["state"].to_list() == ["open"]
    assert {"table": "blockers", "row": "cables/title", "column": "state", "before": "unknown", "after": "open"} in (
        told.json["taken"])  # fmt: skip
    assert {path.name: path.read_bytes() for path in case.iterdir()} == before


def test_without_findings_the_exit_code_is_zero(ask: Ask, case: Path, collected: Path, tmp_path: Path) -> None:
    shutil.rmtree(collected / "2")
    told = ask("submissions", collected, "--case", case, "--out", tmp_path / "new.xlsx", *DAY)
    assert told.code == 0, told.all
    assert "Cells that were changed" in told.out
    assert read_case(tmp_path / "new.xlsx")["evidence"].height
    arabic = ask("submissions", collected, "--case", case, "--out", tmp_path / "ar", "--lang", "ar", *DAY)
    assert "خلايا عدلت" in arabic.out


def test_evidence_only_changes_no_cell(ask: Ask, case: Path, collected: Path, tmp_path: Path) -> None:
    told = ask("submissions", collected, "--case", case, "--out", tmp_path / "new", "--evidence-only", "--json", *DAY)
    assert told.json["taken"] == []
    assert read_case(tmp_path / "new")["blockers"].equals(read_case(case)["blockers"])


def test_another_version_is_read_where_it_is_accepted(ask: Ask, case: Path, collected: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        shutil.rmtree(collected / str(number))
    (collected / "0/submission.xml").write_bytes(filled(version="0.0"))
    refused = ask("submissions", collected, "--case", case, "--out", tmp_path / "new", *DAY)
    assert refused.code == 1
    assert "--accept-version 0.0" in refused.all
    assert not (tmp_path / "new").exists()
    asked = ("submissions", collected, "--case", case, "--out", tmp_path / "new", "--accept-version", "0.0", *DAY)
    assert ask(*asked).code == 0


def test_nothing_is_written_where_nothing_can_be_read(ask: Ask, case: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    told = ask("submissions", tmp_path / "empty", "--case", case, "--out", tmp_path / "new", "--json")
    assert (told.code, [f["code"] for f in told.found()]) == (1, ["cli.nothing_surveyed"])
    assert not (tmp_path / "new").exists()
    assert ask("submissions", tmp_path / "none", "--case", case, "--out", tmp_path / "new").code == 2
    assert ask("submissions", tmp_path / "empty", "--case", case, "--out", case).code == 2
    assert ask("submissions", tmp_path / "empty", "--case", case, "--out", tmp_path / "new", "--today", "x").code == 2


def test_planning_again_takes_what_was_found(ask: Ask, case: Path, collected: Path, tmp_path: Path) -> None:
    """What telephones found moves the programme as far as the same change typed by hand."""
    for number in ("0", "2"):
        shutil.rmtree(collected / number)
    answers = {**CABLES, "site_idle_staff": None, "site_owner": None, "position": None}
    (collected / "1/submission.xml").write_bytes(filled(answers, instance="uuid:2"))
    limits = ("--time-limit", "20", "--scenarios", "0")
    planned = ask("plan", case, "--out", tmp_path / "first", "--fixed", *limits)
    assert planned.code in (0, 1), planned.all
    assert ask("submissions", collected, "--case", case, "--out", tmp_path / "new", *DAY).code == 0
    later = ("--today", "2027-Q2", "--json", *limits)
    surveyed = ask("replan", tmp_path / "first", tmp_path / "new", "--out", tmp_path / "surveyed", *later)
    typed = ask("replan", tmp_path / "first", "--set", "blockers.cables/title.state=open", "--out", tmp_path / "typed",
                *later)  # fmt: skip
    unchanged = ask("replan", tmp_path / "first", "--out", tmp_path / "unchanged", *later)
    assert surveyed.json["value"] == pytest.approx(typed.json["value"], rel=1e-6)
    assert surveyed.json["value"] != pytest.approx(unchanged.json["value"], rel=1e-6)
