from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Ask
from tests.tiny import tiny

from tawteen.case.folder import write_folder

KITS = [{"option": "mill-repair", "year": 1, "form": "kits", "fee": 40_000.0, "local_share": 0.1}]


def test_worths_rules_and_ways_for_machines(ask: Ask, tmp_path: Path) -> None:
    write_folder(tiny({"transfers": KITS}), tmp_path / "tiny")
    told = ask("localise", tmp_path / "tiny", "--json")
    assert told.code == 0
    wheat = next(row for row in told.json["worth"] if row["item"] == "wheat")
    assert (wheat["kind"], wheat["reason"]) == ("input", "home.no_maker")
    assert {one["id"] for one in told.json["rules"]} == {"egypt_components", "sats_1286"}
    assert all(one["citation"] in one["said"] for one in told.json["rules"])
    assert {row["path"] for row in told.json["transfers"]} == {"none", "stated"}


@pytest.mark.parametrize(("lang", "said"), [("en", "not calculable"), ("ar", "لا يحسب")])
def test_people_read_which_rule_and_why_not(ask: Ask, folder: Path, lang: str, said: str) -> None:
    told = ask("localise", folder, "--rule", "sats_1286", "--lang", lang)
    assert told.code == 0
    assert "SATS 1286" in told.out
    assert "transfer_paths" in told.out
    assert said in " ".join(told.out.split())


def test_a_rule_of_the_case_stands_alone(ask: Ask, tmp_path: Path) -> None:
    own = {"id": "ours", "name_en": "Ours", "name_ar": "لنا", "formula": "build_up", "unknown": "imported",
           "least": 0.05, "citation": "Contract, article 7"}  # fmt: skip
    write_folder(tiny({"content_rules": [own]}), tmp_path / "tiny")
    told = ask("localise", tmp_path / "tiny", "--json")
    assert [one["id"] for one in told.json["rules"]] == ["ours"]
    assert "Contract, article 7" in ask("localise", tmp_path / "tiny", "--lang", "ar").out
    assert {row["meets"] for row in told.json["local_content"]} <= {True, False}


@pytest.mark.parametrize(
    ("args", "code"), [(("--rule", "x"), "home.no_rule"), (("--programme", "nowhere.json"), "cli.no_programme")]
)
def test_what_was_asked_wrongly_is_said(ask: Ask, folder: Path, args: tuple[str, str], code: str) -> None:
    told = ask("localise", folder, *args, "--json")
    assert told.code == 2
    assert [one["code"] for one in told.found()] == [code]
