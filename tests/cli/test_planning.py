"""plan and what is asked of a programme afterwards."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Ask
from tests.tiny import SETTINGS, tables, tiny

from tawteen.case.folder import write_folder
from tawteen.case.workbook import write_workbook


def stored(out: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((out / "programme.json").read_text(encoding="utf-8"))
    return told


def written(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()}


def case_with(path: Path, changes: dict[str, Any] | None = None, **settings: Any) -> Path:
    write_folder(tiny(changes, **settings), path)
    return path


def test_everything_is_written(planned: Path) -> None:
    assert written(planned) == {
        "programme.json",
        "programme.xlsx",
        "report.html",
        "brief.html",
        "pictures",
        "case",
        ".tawteen",
        "robustness.json",
    }
    assert list((planned / "pictures").iterdir())
    told = stored(planned)
    needed = {"version", "case_hash", "status", "value", "bound", "do_nothing", "gap", "seconds", "peak_mb", "sites"}
    assert needed <= told.keys()
    assert told["value"] >= told["do_nothing"]
    assert told["bound"] >= told["value"] - 1e-6 * abs(told["value"])


def test_summary_says_what_a_chair_asks(ask: Ask, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    told = ask("plan", folder, "--out", out, "--time-limit", "30", drawn=True)
    assert told.code == 0
    for label in ("firm", "Money drawn", "Jobs", "Gain over doing nothing", "Gap", "Seconds", "assumed"):
        assert label in told.out
    assert "Value of doing nothing" not in told.out  # the value of the whole economy is no news of the programme
    assert told.out.rstrip().endswith(str(out / "report.html"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deep", "tiny"]


def test_json_is_one_object(ask: Ask, folder: Path, tmp_path: Path) -> None:
    told = ask("plan", folder, "--out", tmp_path / "out", "--time-limit", "30", "--json", "--lang", "ar")
    assert told.code == 0
    assert told.out.count("\n") == 1
    kept = stored(tmp_path / "out")
    assert told.json["command"] == "plan"
    assert {key: told.json[key] for key in ("value", "bound", "status")} == {
        key: kept[key] for key in ("value", "bound", "status")
    }
    assert [site["id"] for site in told.json["sites"]] == [site["id"] for site in kept["sites"]]
    assert told.json["summary"]["value"] == kept["value"]


def test_workbook_and_folder_give_one_value(ask: Ask, planned: Path, tmp_path: Path) -> None:
    write_workbook(tiny(), tmp_path / "tiny.xlsx")
    told = ask("plan", tmp_path / "tiny.xlsx", "--out", tmp_path / "out", "--json")
    assert told.json["case_hash"] == stored(planned)["case_hash"]
    assert told.json["value"] == pytest.approx(stored(planned)["value"], rel=1e-9)


def test_verify_needs_only_the_folder_or_the_case(ask: Ask, planned: Path, tmp_path: Path) -> None:
    assert ask("verify", planned).code == 0
    told = ask("verify", planned, planned / "case", "--json")
    assert told.code == 0
    assert told.json["holds"] is True
    assert told.json["checks"]
    assert told.json["value"] == pytest.approx(stored(planned)["value"], rel=1e-6)
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(planned / "programme.json", alone)
    assert ask("verify", alone).code == 2
    assert ask("verify", alone, planned / "case").code == 0


def test_verify_finds_a_false_value_and_another_case(ask: Ask, planned: Path, tmp_path: Path) -> None:
    false = tmp_path / "false"
    shutil.copytree(planned, false)
    told = stored(false)
    told["value"] += 1e6
    (false / "programme.json").write_text(json.dumps(told), encoding="utf-8")
    answer = ask("verify", false, "--json")
    assert answer.code == 1
    assert [finding["code"] for finding in answer.found()] == ["programme.contradiction"]
    other = case_with(tmp_path / "other", discount={"financial": 0.12, "economic": 0.07})
    answer = ask("verify", planned, other, "--json")
    assert answer.code == 1
    assert "verify.hash" in [finding["code"] for finding in answer.found()]
    arabic = ask("verify", planned, other, "--lang", "ar")
    assert arabic.code == 1
    assert "البرنامج غير سليم" in arabic.out


def test_what_is_asked_of_a_programme_is_asked_with_its_own_case(ask: Ask, planned: Path, tmp_path: Path) -> None:
    other = case_with(tmp_path / "other", discount={"financial": 0.12, "economic": 0.07})
    for command in (["robust", planned, other], ["pareto", planned, other], ["explain", planned, "--case", other],
                    ["report", planned, other]):  # fmt: skip
        answer = ask(*command, "--json")
        assert answer.code == 1, command
        assert [finding["code"] for finding in answer.found()] == ["verify.hash"], command


def test_planning_again_refuses_values_that_cannot_be_compared(ask: Ask, planned: Path, tmp_path: Path) -> None:
    other = case_with(tmp_path / "other", money={**SETTINGS["money"], "price_year": 2020})
    answer = ask("replan", planned, other, "--today", "2027-Q2", "--out", tmp_path / "out", "--json")
    assert answer.code == 1
    assert [finding["code"] for finding in answer.found()] == ["compare.price_year"]
    assert not (tmp_path / "out").exists()


def test_a_spoilt_programme_is_one_message(ask: Ask, planned: Path, tmp_path: Path) -> None:
    (tmp_path / "programme.json").write_text("{", encoding="utf-8")
    told = ask("verify", tmp_path, planned / "case", "--json")
    assert told.code == 1
    assert [finding["code"] for finding in told.found()] == ["programme.unreadable"]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_explain_says_why(ask: Ask, planned: Path, lang: str) -> None:
    names = {"mill": ("Mill", "مطحنة"), "cables": ("Cable works", "مصنع كابلات")}
    # What is searched for does not depend on the language: one site in Arabic is enough.
    for site, both in list(names.items())[lang == "ar" :]:
        told = ask("explain", planned, site, "--time-limit", "20", "--lang", lang, "--json")
        assert told.code == 0
        assert told.json["sentences"]
        assert both[lang == "ar"] in " ".join(told.json["sentences"])
        spoken = ask("explain", planned, site, "--time-limit", "0", "--lang", lang)
        assert spoken.out.startswith(told.json["sentences"][0])


def test_explain_tells_of_every_site_and_limit(ask: Ask, planned: Path) -> None:
    told = ask("explain", planned, "--json")
    assert told.code == 0
    assert {row["site"] for row in told.json["sites"]} == {"mill", "cables", "pasta"}
    assert ask("explain", planned, "--case", planned / "case").code == 0


def test_explain_of_an_unknown_site_names_the_known(ask: Ask, planned: Path) -> None:
    told = ask("explain", planned, "smelter")
    assert told.code == 2
    assert "mill" in told.err


def test_without_and_must_are_kept_and_compared(ask: Ask, planned: Path, tmp_path: Path) -> None:
    chosen = {site["id"] for site in stored(planned)["sites"] if site["status"] in ("firm", "conditional")}
    assert chosen
    site = min(chosen)
    told = ask("plan", planned / "case", "--out", tmp_path / "less", "--without", site, "--json")
    assert told.code == 0
    assert {row["id"]: row["status"] for row in told.json["sites"]}[site] not in ("firm", "conditional")
    assert told.json["value"] <= stored(planned)["value"] + 1e-6 * abs(stored(planned)["value"])
    assert ask("verify", tmp_path / "less").code == 0
    moved = ask("compare", planned, tmp_path / "less", "--json")
    assert moved.code == 0
    assert site in [row["site"] for row in moved.json["sites"] if row["move"] == "out"]
    back = ask("plan", planned / "case", "--out", tmp_path / "more", "--must", site, "--json")
    assert {row["id"]: row["status"] for row in back.json["sites"]}[site] in ("firm", "conditional")
    spoken = ask("compare", tmp_path / "less", tmp_path / "more", "--lang", "ar")
    assert spoken.code == 0
    assert "القيمة" in spoken.out


def test_less_money_is_never_worth_more(ask: Ask, planned: Path, tmp_path: Path) -> None:
    told = ask("plan", planned / "case", "--out", tmp_path / "out", "--set", "fund.budget*0.5", "--gap", "0", "--json")
    assert told.code == 0
    assert told.json["value"] <= stored(planned)["bound"] + 1e-6 * abs(stored(planned)["bound"])


@pytest.mark.parametrize(
    "wrong", [["--set", "fund.nobody*0.5"], ["--set", "nonsense"], ["--must", "smelter"], ["--without", "smelter"]]
)
def test_a_scenario_that_means_nothing(ask: Ask, folder: Path, tmp_path: Path, wrong: list[str]) -> None:
    told = ask("plan", folder, "--out", tmp_path / "out", *wrong, "--json")
    assert told.code == 2
    assert len(told.found()) == 1
    assert not (tmp_path / "out").exists()


def test_report_is_written_again(ask: Ask, planned: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(planned, copy)
    (copy / "report.html").unlink()
    before = (copy / "programme.json").read_bytes()
    told = ask("report", copy, "--lang", "ar", "--json")
    assert told.code == 0
    assert (copy / "report.html").stat().st_size > 10_000
    assert (copy / "programme.json").read_bytes() == before
    assert "report.html" in told.json["files"]


def test_results_of_others_are_not_overwritten(ask: Ask, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("mine", encoding="utf-8")
    told = ask("plan", folder, "--out", out, "--json")
    assert told.code == 2
    assert [finding["code"] for finding in told.found()] == ["cli.foreign_folder"]
    assert written(out) == {"report.html"}
    assert (out / "report.html").read_text(encoding="utf-8") == "mine"


NOTHING: dict[str, dict[str, Any]] = {
    "no funds": {name: [] for name in ("funds", "fund_limits", "fund_uses")},
    "a budget of nothing": {"fund_limits": [{**row, "amount": 0.0} for row in tables()["fund_limits"]]},
}


@pytest.mark.parametrize("name", NOTHING)
def test_where_nothing_can_be_done_nothing_is(ask: Ask, tmp_path: Path, name: str) -> None:
    case = case_with(tmp_path / "case", NOTHING[name])
    told = ask("plan", case, "--out", tmp_path / "out", "--json", drawn=True)
    assert told.code == 0, told.json["findings"]
    assert told.json["status"] == "optimal"
    assert told.json["value"] == pytest.approx(told.json["do_nothing"], rel=1e-9)
    assert not [row for row in told.json["sites"] if row["status"] in ("firm", "conditional")]
    assert ask("verify", tmp_path / "out").code == 0


EMPTY = ("options", "recipes", "works", "costs", "cadres")


@pytest.mark.parametrize("emptied", [("sites", "blockers", *EMPTY), EMPTY])
def test_a_case_without_sites_or_options_is_refused_in_one_message(
    ask: Ask, tmp_path: Path, emptied: tuple[str, ...]
) -> None:
    """Planned, it would be proven optimal at once, with nothing in it."""
    case = case_with(tmp_path / "case", {name: [] for name in emptied})
    told = ask("plan", case, "--out", tmp_path / "out", "--json")
    assert told.code == 1
    assert [finding["code"] for finding in told.found()] == ["case.not_plannable"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("demands", [[], [{**row, "quantity": 0.0} for row in tables()["demands"]]])
def test_without_demand_nothing_is_missed(ask: Ask, tmp_path: Path, demands: list[dict[str, Any]]) -> None:
    """Sites may still save running cost; nobody buys what they make."""
    case = case_with(tmp_path / "case", {"demands": demands})
    told = ask("plan", case, "--out", tmp_path / "out", "--json", drawn=True)
    assert told.code == 0, told.json["findings"]
    assert told.json["value"] >= told.json["do_nothing"] - 1e-6 * abs(told.json["do_nothing"])
    flows = stored(tmp_path / "out")["flows"]
    missed = [amount for kind, amount in zip(flows["kind"], flows["amount"], strict=True) if kind == "unmet"]
    assert sum(missed) == pytest.approx(0.0, abs=1e-6)
    assert ask("verify", tmp_path / "out").code == 0


def test_one_period(ask: Ask, tmp_path: Path) -> None:
    case = case_with(tmp_path / "case", time={"start": tiny().settings.time.start, "periods": 1})
    told = ask("plan", case, "--out", tmp_path / "out", "--json", drawn=True)
    assert told.code == 0
    assert told.json["status"] == "optimal"
    assert ask("verify", tmp_path / "out").code == 0


def test_contradictory_rules_are_named(ask: Ask, tmp_path: Path) -> None:
    none = {"text_en": "No site at all", "text_ar": "لا موقع إطلاقا", "active": True}
    mill = {"text_en": "The mill now", "text_ar": "المطحنة الآن", "active": True}
    rules = [
        {"id": "most", "kind": "at_most", "measure": "sites", "value": 0.0, **none},
        {"id": "mill-now", "kind": "must", "sites": "mill", **mill},
    ]
    case = case_with(tmp_path / "case", {"rules": rules})
    told = ask("plan", case, "--out", tmp_path / "out", "--json")
    assert told.code == 1
    assert len(told.found()) == 1
    said = ask("plan", case, "--out", tmp_path / "out2", "--lang", "ar")
    assert said.code == 1
    assert "لا موقع إطلاقا" in said.all
    assert "المطحنة الآن" in said.all


def test_a_change_is_reassessed_without_planning_again(ask: Ask, planned: Path) -> None:
    told = ask("reassess", planned, "--json").json
    assert (told["verdict"], told["change"]) == ("unread", 0.0)
    dearer = ask("reassess", planned, "--set", "discount.economic*1.1", "--json").json
    assert dearer["verdict"] in ("stands", "open")
    assert dearer["to_win"] >= 0
    assert ask("reassess", planned, "--set", "discount.economic*1.1", "--lang", "ar").out.count("\n") >= 3
    wrong = ask("reassess", planned, "--set", "site.nowhere*2", "--json")
    assert wrong.code == 2
