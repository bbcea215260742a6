"""Cases that are wrong or extreme as a whole: each gets a programme that holds, or a clear answer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Answer, Ask
from tests.tiny import tables, tiny

from tawteen.case.folder import write_folder

RULE: dict[str, Any] = {"active": True, "text_en": "The mill works", "text_ar": "المطحنة تعمل"}
MUST: dict[str, Any] = {"id": "mill", "kind": "must", "sites": "mill", **RULE}


def rows(table: str, **changed: Any) -> list[dict[str, Any]]:
    return [{**row, **{k: v(row) if callable(v) else v for k, v in changed.items()}} for row in tables()[table]]


def case_with(path: Path, changes: dict[str, Any], **settings: Any) -> Path:
    write_folder(tiny(changes, **settings), path)
    return path


def small_to_large() -> dict[str, Any]:
    """Quantities a million times smaller, money as large as a country's: from 1e-6 to 1e12."""
    return {
        "costs": rows("costs", amount=lambda row: 1e12 if row["id"] == "parts" else row["amount"]),
        "demands": rows("demands", quantity=lambda row: 1e-6 if row["id"] == "flour-south" else row["quantity"]),
        "fund_limits": rows("fund_limits", amount=1e12),
    }


def alike() -> dict[str, Any]:
    """The mill five times over."""
    found: dict[str, Any] = {}
    for name, every in tables().items():
        mine = [row for row in every if str(row.get("option", row.get("site", row.get("id")))).split("-")[0] == "mill"]
        if mine and name in ("sites", "options", "blockers", "recipes", "works", "costs", "cadres", "lines"):
            found[name] = [*every, *(twin(row, i) for i in range(4) for row in mine)]
    return found


def twin(row: dict[str, Any], i: int) -> dict[str, Any]:
    named = ("id", "site", "option")
    return {k: v.replace("mill", f"mill{i}", 1) if k in named and isinstance(v, str) else v for k, v in row.items()}


ONE = ("sites", "blockers", "options", "recipes", "works", "costs", "cadres", "lines", "staff")
HOLDS: dict[str, dict[str, Any]] = {
    "a region cut off": {"routes": []},
    "demand that nobody can meet": {
        "commodities": rows("commodities", cif=lambda row: None if row["id"] == "flour" else row.get("cif")),
        "demands": rows("demands", quantity=1e7),
    },
    "from 1e-6 to 1e12": small_to_large(),
    "all sites alike": alike(),
    "one site": {
        name: [row for row in tables().get(name, [])
               if str(row.get("option", row.get("site", row.get("id")))).split("-")[0] == "mill"]
        for name in ONE if name in tables()
    },
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDS)
def test_a_programme_holds(ask: Ask, tmp_path: Path, name: str) -> None:
    case, out = case_with(tmp_path / "case", HOLDS[name]), tmp_path / "out"
    # Drawn once, with its scenarios.
    told = ask("plan", case, "--out", out, "--time-limit", "20", "--no-report", "--json")
    assert told.code == 0, told.found()
    assert told.json["value"] >= told.json["do_nothing"] - 1e-6 * abs(told.json["do_nothing"])
    robust = ask("robust", out, "--scenarios", "3", "--replans", "1", "--workers", "1", "--json", drawn=True)
    assert robust.code == 0, robust.all
    assert robust.json["scenarios"] == 3
    assert (out / "report.html").is_file()
    # The programme that was planned, with its scenarios beside it.
    assert ask("verify", out).code == 0


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "negative budgets": ({"fund_limits": rows("fund_limits", amount=-1e6)}, "amount"),
    "negative capacity": ({"options": rows("options", capacity=-5.0)}, "capacity"),
    "works of no time": ({"works": rows("works", weeks=0.0, lag=0.0)}, "kind"),
    "negative weeks": ({"works": rows("works", weeks=-1.0)}, "weeks"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("verb", ["check", "plan"])
def test_what_cannot_be_is_told_with_its_place(ask: Ask, tmp_path: Path, name: str, verb: str) -> None:
    changes, column = WRONG[name]
    case = case_with(tmp_path / "case", changes)
    told = ask(verb, case, *(("--out", tmp_path / "out") if verb == "plan" else ()), "--json")
    assert told.code == 1
    errors = told.found()
    assert {error["column"] for error in errors if error["column"]} == {column}
    assert all(error["file"] for error in errors if error["column"])
    assert not (tmp_path / "out").exists()


def planned(ask: Ask, tmp_path: Path, changes: dict[str, Any], *more: str) -> Answer:
    return ask("plan", case_with(tmp_path / "case", changes), "--out", tmp_path / "out", "--json", *more)


POOR: dict[str, dict[str, Any]] = {
    "no funds": {name: [] for name in ("funds", "fund_limits", "fund_uses")},
    "a budget of nothing": {"fund_limits": rows("fund_limits", amount=0.0)},
}


@pytest.mark.parametrize("name", POOR)
def test_what_must_be_done_without_money_lacks_money(ask: Ask, tmp_path: Path, name: str) -> None:
    told = planned(ask, tmp_path, {**POOR[name], "rules": [MUST]})
    assert told.code == 1
    assert [error["code"] for error in told.found()] == ["cli.infeasible_money"]
    said = ask("plan", tmp_path / "case", "--out", tmp_path / "again", "--lang", "ar")
    assert "المطحنة تعمل" in said.all
    assert "صندوق" in said.all


def test_rules_that_contradict_each_other_do_not_lack_money(ask: Ask, tmp_path: Path) -> None:
    none = {**RULE, "id": "none", "kind": "at_most", "measure": "sites", "value": 0.0}
    told = planned(ask, tmp_path, {"rules": [none, MUST]})
    assert [error["code"] for error in told.found()] == ["cli.infeasible"]


def test_a_rule_that_asks_too_much_is_not_said_to_clash_with_others(ask: Ask, tmp_path: Path) -> None:
    many = {**RULE, "id": "many", "kind": "at_least", "measure": "sites", "value": 50.0}
    told = planned(ask, tmp_path, {"rules": [many]})
    assert [error["code"] for error in told.found()] == ["cli.infeasible_alone"]
    assert "together" not in told.found()[0]["message"]


@pytest.mark.parametrize(("start", "end"), [(None, dt.date(2040, 12, 31)), (None, dt.date(2020, 12, 31)),
                                             (dt.date(2040, 1, 1), dt.date(2040, 12, 31))])  # fmt: skip
def test_what_must_be_done_beyond_the_horizon_is_not_forced_inside(
    ask: Ask, tmp_path: Path, start: dt.date | None, end: dt.date
) -> None:
    case = case_with(tmp_path / "case", {"rules": [{**MUST, "start": start, "end": end}]})
    for verb in (("check",), ("plan",)):
        told = ask(*verb, case, *(("--out", tmp_path / "out") if verb == ("plan",) else ()), "--json")
        assert told.code == 1
        assert {error["code"] for error in told.found()} == {"check.must_outside"}
        assert all(error["file"] == "rules.csv" and error["row"] for error in told.found())
    off = [{**MUST, "start": start, "end": end, "active": False}]
    assert not ask("check", case_with(tmp_path / "off", {"rules": off}), "--json").found()
