"""check, template, generate, and the rooms before the plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Ask


def test_check_of_a_good_case(ask: Ask, folder: Path) -> None:
    told = ask("check", folder, "--json")
    assert told.found() == []
    assert told.json["case"] == "tiny"
    assert told.json["rows"]["sites"] == 3
    assert len(told.json["case_hash"]) == 64
    assert "Tiny. Sites: 3; rows: " in ask("check", folder).out
    assert "صغيرة" in ask("check", folder, "--lang", "ar").out


def test_template_is_an_empty_case(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    assert ask("template", path).code == 0
    told = ask("check", path, "--json")
    assert told.found() == []
    assert set(told.json["rows"].values()) == {0}
    again = ask("template", path, "--json")
    assert again.code == 2
    assert [finding["code"] for finding in again.found()] == ["cli.exists"]


@pytest.mark.parametrize("name", ["made", "made.xlsx"])
def test_generate_makes_a_case_that_checks(ask: Ask, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    told = ask("generate", path, "--sites", "6", "--seed", "3", "--json")
    assert told.code == 0
    assert told.json["case_hash"] == ask("check", path, "--json").json["case_hash"]
    assert ask("check", path, "--json").found() == []
    assert ask("generate", path, "--sites", "6").code == 2


def test_generate_needs_a_place(ask: Ask, tmp_path: Path) -> None:
    told = ask("generate", tmp_path / "not" / "there", "--json")
    assert told.code == 2
    assert [finding["code"] for finding in told.found()] == ["cli.no_parent"]


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize(
    ("verb", "frame", "titles"),
    [
        ("diagnose", "gates", ("Gates of sites", "بوابات المواقع")),
        ("match", "load", ("Load of those who can help", "أحمال من يستطيع المساعدة")),
        ("appraise", "indicators", ("Value of each option alone", "قيمة كل خيار وحده")),
    ],
)
def test_rooms_tell_what_they_find(  # noqa: PLR0917 - each is a case
    ask: Ask, folder: Path, verb: str, frame: str, titles: tuple[str, str], lang: str
) -> None:
    told = ask(verb, folder, "--json", "--lang", lang)
    assert told.code == 0
    assert told.json[frame]
    spoken = ask(verb, folder, "--lang", lang)
    assert spoken.code == 0
    assert titles[lang == "ar"] in spoken.out


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_amounts_come_with_their_units(ask: Ask, folder: Path, lang: str) -> None:
    load = ask("match", folder, "--lang", lang).out
    for unit in {"en": ("person-weeks", "trainees at once"), "ar": ("أسبوع عمل", "متدرب في آن واحد")}[lang]:
        assert unit in load
    assert "(USD)" in ask("appraise", folder, "--lang", lang).out
