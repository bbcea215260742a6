"""Programmes on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.tiny import tiny

from tawteen.case.findings import CaseError
from tawteen.plan.planning import plan
from tawteen.plan.programme import Scenario
from tawteen.plan.programme_file import SCHEMAS, read_programme, write_programme


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    programme = plan(tiny(), scenario=Scenario(set=("fund.budget*0.9",), must=("mill",)))
    write_programme(programme, tmp_path / "programme.json")
    again = read_programme(tmp_path / "programme.json")
    for name in SCHEMAS:
        assert getattr(again, name).equals(getattr(programme, name)), name
    assert again.scenario == programme.scenario
    assert (again.value, again.bound, again.gap, again.status) == (
        programme.value,
        programme.bound,
        programme.gap,
        programme.status,
    )
    assert [path.name for path in tmp_path.iterdir()] == ["programme.json"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "programme.unreadable"),
        ("[]", "programme.unreadable"),
        ('{"version": 1}', "programme.unreadable"),
        (json.dumps({"version": 99}), "programme.version"),
    ],
)
def test_what_is_no_programme_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "programme.json"
    path.write_text(text)
    with pytest.raises(CaseError, match=code):
        read_programme(path)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"programme\.missing"):
        read_programme(tmp_path / "programme.json")
