"""Commands that write workbooks of a case: its marked copy, and the case in its other form."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tests.cli.conftest import Ask
from tests.tiny import tiny

from tawteen.case.folder import write_folder
from tawteen.case.workbook import write_workbook
from tawteen.words import LANGS


@pytest.mark.parametrize("lang", LANGS)
def test_check_marks_a_copy_and_says_where(ask: Ask, tmp_path: Path, lang: str) -> None:
    source, target = tmp_path / "case.xlsx", tmp_path / "marked.xlsx"
    write_workbook(tiny(), source)
    book = openpyxl.load_workbook(source)
    book["sites"]["F5"] = "somewhere"
    book.save(source)
    told = ask("check", source, "--annotate", target, "--lang", lang)
    assert told.code == 1
    assert str(target) in told.err
    assert "somewhere" in openpyxl.load_workbook(target)["sites"]["F5"].comment.text
    again = ask("check", source, "--annotate", target, "--lang", lang)
    assert again.code == 2  # somebody may have worked in it
    assert ask("check", source, "--annotate", tmp_path / "marked.pdf", "--lang", lang).code == 2


def test_convert_there_and_back(ask: Ask, tmp_path: Path) -> None:
    write_folder(tiny(), tmp_path / "case")
    first = ask("convert", tmp_path / "case", tmp_path / "case.xlsx", "--lang", "ar", "--json")
    back = ask("convert", tmp_path / "case.xlsx", tmp_path / "again", "--json")
    assert (first.code, back.code) == (0, 0)
    assert first.json["case_hash"] == back.json["case_hash"]
    files = {path.name: path.read_bytes() for path in (tmp_path / "case").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == files
    assert ask("convert", tmp_path / "case.xlsx", tmp_path / "again").code == 2
    assert ask("convert", tmp_path / "nowhere", tmp_path / "new.xlsx").code == 2
    assert not (tmp_path / "new.xlsx").exists()
