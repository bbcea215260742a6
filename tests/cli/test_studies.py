"""`tawteen appraise STUDY.toml`: the textbook studies as a user reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.cli.conftest import Ask

from tawteen.appraise.statements import statements
from tawteen.appraise.study_file import read_study

STEEL = Path(__file__).parents[2] / "cases" / "textbook" / "steel_mill" / "study.toml"


@pytest.mark.parametrize(("lang", "said"), [("en", "Conventions: COMFAR III"), ("ar", "صافي القيمة الحالية")])
def test_a_study_is_told_and_kept_as_a_live_workbook(ask: Ask, tmp_path: Path, lang: str, said: str) -> None:
    told = ask("appraise", STEEL, "--lang", lang, "--out", tmp_path / "out")
    assert told.code == 0
    assert said in told.out
    book = load_workbook(tmp_path / "out" / "statements.xlsx")
    assert any(str(cell.value).startswith("=") for sheet in book for row in sheet.iter_rows() for cell in row)


def test_machines_read_what_the_statements_say(ask: Ask) -> None:
    known = statements(read_study(STEEL))
    told = ask("appraise", STEEL, "--json").json
    assert told["profile"] == "comfar_iii"
    assert told["indicators"]["with"] == known.indicators.to_dicts()
    assert ask("appraise", STEEL, "--profile", "excel", "--json").json["profile"] == "excel"


def test_a_study_that_cannot_be_read_says_why(ask: Ask, tmp_path: Path) -> None:
    missing = ask("appraise", tmp_path / "none.toml", "--json")
    assert (missing.code, missing.found()[0]["code"]) == (2, "cli.no_case")
    (tmp_path / "bad.toml").write_text(STEEL.read_text(encoding="utf-8") + "\nnonsense = 1\n", encoding="utf-8")
    bad = ask("appraise", tmp_path / "bad.toml", "--json")
    assert bad.code == 1
    assert "nonsense" in bad.out
