"""init: a case of somebody's own table, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tawteen.case.read import read_case
from tawteen.cli.entry import run


def machine(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, object]:
    code = run([*args, "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    assert told["exit"] == code
    return told


def test_a_table_becomes_a_case_and_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "plants.csv"
    source.write_text("Plant name,Status\nMill,closed\n", encoding="utf-8")
    first = machine(capsys, "init", str(tmp_path / "case"), "--from", str(source))
    assert (first["exit"], first["proposed"]) == (0, True)
    assert first["added"] == {"regions": 1, "sites": 1, "sources": 1}
    source.write_text("Plant name,Status\nMill,running\nDairy,closed\n", encoding="utf-8")
    again = machine(capsys, "init", str(tmp_path / "case"), "--from", str(source))
    # The mapping that was kept does not know the new word; it is told with its row, and the case keeps its value.
    assert again["exit"] == 1
    assert [f["code"] for f in again["findings"]] == ["mapping.no_code"]  # type: ignore[attr-defined]
    case = read_case(tmp_path / "case")
    assert case["sites"].select("id", "state").rows() == [("Mill", "suspended"), ("Dairy", "suspended")]


def test_a_source_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = machine(capsys, "init", str(tmp_path / "case"), "--from", str(tmp_path / "missing.csv"))
    assert told["exit"] != 0
    assert not (tmp_path / "case").exists()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_what_to_do_next_is_said(lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "plants.csv"
    source.write_text("Plant name,Status\nMill,closed\n", encoding="utf-8")
    assert run(["--lang", lang, "init", str(tmp_path / "case"), "--from", str(source)]) == 0
    out = capsys.readouterr().out
    assert str(tmp_path / "case" / "mapping.toml") in out
    assert "tawteen check" in out


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_without_a_source_the_example_is_written_and_checks_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    folder = str(tmp_path / "example")
    assert run(["--lang", lang, "init", folder]) == 0
    assert folder in capsys.readouterr().out
    told = machine(capsys, "check", folder)
    assert (told["exit"], told["findings"], told["rows"]["sites"]) == (0, [], 5)  # type: ignore[index]
    assert run(["init", folder]) == 2
    assert run(["init", str(tmp_path / "other"), "--mapping", folder]) == 2
    assert not (tmp_path / "other").exists()
