"""Programmes on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.plan.planned import programme
from tests.tiny import tiny

from tawteen.case.findings import CaseError
from tawteen.plan.planning import plan
from tawteen.plan.programme import VERSION, Scenario
from tawteen.plan.programme_file import SCHEMAS, UPGRADES, read_programme, write_programme

KEPT = Path(__file__).parent / "programmes"
SEALED = ("version_4", "version_5", "version_6", "version_7", "version_8")
LEARNING = ("version_5", "version_6", "version_7", "version_8")


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


def code_of(path: Path) -> str:
    """The code of the one message with which the file is refused."""
    with pytest.raises(CaseError) as told:
        read_programme(path)
    (finding,) = told.value.findings
    assert str(finding)
    return finding.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "programme.unreadable"),
        ("[]", "programme.unreadable"),
        ('{"version": true}', "programme.unreadable"),
        ('{"version": 1, "value": NaN}', "programme.unreadable"),
        ('{"version": 1, "value": Infinity}', "programme.unreadable"),
        ('{"version": 1, "version": 2}', "programme.unreadable"),
        ("[" * 100_000, "programme.unreadable"),
        ('{"version": 2}', "programme.field_missing"),
        (json.dumps({"version": 99}), "programme.version"),
        (json.dumps({"version": 0}), "programme.version"),
    ],
)
def test_what_is_no_programme_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "programme.json"
    path.write_text(text)
    assert code_of(path) == code


@pytest.mark.parametrize("cell", [False, "", [], {}])
@pytest.mark.parametrize("column", ["period", "amount"])
def test_a_cell_that_is_no_number_is_refused_also_where_it_counts_as_false(
    tmp_path: Path, column: str, cell: object
) -> None:
    path = changed_file(tmp_path, lambda data: data["throughput"][column].__setitem__(0, cell))
    assert code_of(path) == "programme.cell"


def test_a_programme_whose_prices_prove_no_finite_bound_is_read_again(tmp_path: Path) -> None:
    made = replace(programme(), bound_by_prices=None)
    write_programme(made, tmp_path / "programme.json")
    again = read_programme(tmp_path / "programme.json")
    assert again.bound_by_prices is None
    assert again.bound_prices.equals(made.bound_prices)


def changed_file(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    path = tmp_path / "programme.json"
    write_programme(programme(), path)
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value": "abc"}, "field"), ({"seconds": None}, "field"), ({"seconds": -1.0}, "field"),
        ({"status": "fine"}, "field"), ({"gap": True}, "field"), ({"gap": -0.1}, "field"), ({"seed": 1.5}, "field"),
        ({"case_id": ""}, "field"), ({"conflict": [1]}, "field"), ({"figures": []}, "field"),
        ({"scenario": {"wish": []}}, "field"), ({"scenario": {"set": "x", "must": [], "without": []}}, "field"),
        ({"sites": [{"id": "mill"}]}, "shape"), ({"sites": ["mill"]}, "shape"), ({"flows": {}}, "shape"),
        ({"throughput": {"option": ["mill-repair"], "period": ["soon"], "amount": [1.0]}}, "cell"),
        ({"throughput": {"option": ["mill-repair"], "period": [-5], "amount": [1.0]}}, "cell"),
        ({"throughput": {"option": ["mill-repair"], "period": [1], "amount": [-1.0]}}, "cell"),
        ({"throughput": {"option": ["a", "a"], "period": [1, 1], "amount": [1.0, 1.0]}}, "twice"),
        ({"throughput": {"option": ["a", "a"], "period": [1], "amount": [1.0]}}, "shape"),
        ({"more": 1}, "field_unknown"), ({"value": None}, "contradiction"), ({"do_nothing": None}, "contradiction"),
        ({"gap": 0.5}, "contradiction"), ({"status": "within_gap"}, "contradiction"),
        ({"status": "infeasible"}, "contradiction"), ({"conflict": ["rule"]}, "contradiction"),
    ],
)  # fmt: skip
def test_a_programme_changed_by_hand_into_nonsense_is_refused(
    tmp_path: Path, change: dict[str, object], code: str
) -> None:
    assert code_of(changed_file(tmp_path, lambda data: data.update(change))) == f"programme.{code}"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"status": "perhaps"}, "cell"), ({"start": "soon"}, "cell"), ({"start": "2031-Q1"}, "site"),
        ({"option": None}, "site"), ({"period": -5}, "cell"), ({"period": 7}, "site"), ({"chance": 1.5}, "cell"),
        ({"status": "out"}, "site"), ({"id": None}, "cell"), ({"units": None}, "cell"),
    ],
)  # fmt: skip
def test_a_site_that_contradicts_itself_is_refused(tmp_path: Path, cells: dict[str, object], code: str) -> None:
    def change(data: dict[str, Any]) -> None:
        next(row for row in data["sites"] if row["start"] is not None).update(cells)

    assert code_of(changed_file(tmp_path, change)) == f"programme.{code}"


@pytest.mark.parametrize(
    "name",
    [
        "version_1_columns",
        "version_1_rows",
        "version_2",
        "version_3",
        "version_4",
        "version_5",
        "version_6",
        "version_7",
        "version_8",
    ],
)
def test_a_programme_of_every_version_that_was_is_read(name: str) -> None:
    newest = read_programme(KEPT / "version_8.json")
    found = read_programme(KEPT / f"{name}.json")
    assert found.version == VERSION == 8
    assert (found.value, found.bound, found.status) == (newest.value, newest.bound, newest.status)
    for table in SCHEMAS:
        if table != "bound_prices" or name in SEALED:
            assert getattr(found, table).equals(getattr(newest, table)), table
    assert (found.bound_by_prices is None) == (name not in SEALED)
    assert (found.policy is None) == (name not in LEARNING)
    if found.policy is not None and newest.policy is not None:
        assert (found.policy.bound, found.policy.gap) == (newest.policy.bound, newest.policy.gap)


def test_every_version_has_a_file_and_a_way_to_the_next() -> None:
    assert set(UPGRADES) == set(range(1, VERSION))
    assert {int(path.stem.split("_")[1]) for path in KEPT.glob("version_*.json")} == set(range(1, VERSION + 1))


@pytest.mark.parametrize(
    ("name", "other"), [("seed", 7), ("seconds", 0.5), ("peak_mb", 1.0), ("figures", {}), ("seal", ""), ("seal", None)]
)
def test_a_change_by_hand_of_what_cannot_be_computed_again_breaks_the_seal(
    tmp_path: Path, name: str, other: object
) -> None:
    assert code_of(changed_file(tmp_path, lambda data: data.update({name: other}))) == "programme.seal"


def test_sites_are_rows(tmp_path: Path) -> None:
    write_programme(programme(), tmp_path / "programme.json")
    sites = json.loads((tmp_path / "programme.json").read_text())["sites"]
    assert sites == programme().sites.to_dicts()
    assert {"id", "option", "start", "units"} <= sites[0].keys()


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert code_of(tmp_path / "programme.json") == "programme.missing"
