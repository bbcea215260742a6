"""Programmes on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.plan.planned import programme
from tests.tiny import tiny

from tawteen.case.findings import CaseError
from tawteen.plan.planning import plan
from tawteen.plan.programme import Scenario
from tawteen.plan.programme_file import SCHEMAS, read_programme, write_programme


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    made = plan(tiny(), scenario=Scenario(set=("fund.budget*0.9",), must=("mill",)))
    write_programme(made, tmp_path / "programme.json")
    again = read_programme(tmp_path / "programme.json")
    for name in SCHEMAS:
        assert getattr(again, name).equals(getattr(made, name)), name
    assert again.scenario == made.scenario
    assert (again.value, again.bound, again.gap, again.status) == (
        made.value,
        made.bound,
        made.gap,
        made.status,
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


@pytest.mark.parametrize(
    "change",
    [
        {"value": "abc"}, {"seconds": None}, {"status": "fine"}, {"gap": True}, {"sites": [{"id": "mill"}]},
        {"sites": ["mill"]}, {"throughput": {"option": ["mill-repair"], "period": ["soon"], "amount": [1.0]}},
        {"scenario": {"wish": []}}, {"more": 1},
    ],
)  # fmt: skip
def test_a_programme_changed_by_hand_into_nonsense_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "programme.json"
    write_programme(programme(), path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(CaseError, match=r"programme\.unreadable"):
        read_programme(path)


def test_sites_are_rows(tmp_path: Path) -> None:
    write_programme(programme(), tmp_path / "programme.json")
    sites = json.loads((tmp_path / "programme.json").read_text())["sites"]
    assert [site["id"] for site in sites] == programme().sites["id"].to_list()
    assert {"id", "option", "start", "units"} <= sites[0].keys()
    assert sites == programme().sites.to_dicts()


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"programme\.missing"):
        read_programme(tmp_path / "programme.json")
