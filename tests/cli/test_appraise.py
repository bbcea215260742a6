from __future__ import annotations

import pytest
from tests.cli.conftest import Ask
from tests.tiny import tables, tiny

from tawteen.case.folder import write_folder


def test_all_options_in_one_table(ask: Ask, folder) -> None:
    told = ask("appraise", folder, "--json")
    assert told.code == 0
    assert {row["option"] for row in told.json["indicators"]} >= {"mill-repair", "cables-rehab", "pasta-more"}


@pytest.mark.parametrize(("lang", "said"), [("en", "Conventions: Excel"), ("ar", "الاصطلاحات")])
def test_an_option_in_full_says_its_profile(ask: Ask, folder, lang: str, said: str) -> None:
    told = ask("appraise", folder, "--option", "mill-repair", "--paths", 200, "--lang", lang)
    assert told.code == 0
    assert said in told.out


def test_papers_of_a_site(ask: Ask, folder, tmp_path) -> None:
    out = tmp_path / "papers"
    told = ask("appraise", folder, "--site", "mill", "--paths", 100, "--profile", "comfar_iii", "--out", out, "--json")
    assert told.code == 0
    assert [one["option"] for one in told.json["options"]] == ["mill-repair", "mill-new"]
    assert {one["profile"] for one in told.json["options"]} == {"comfar_iii"}
    for option in ("mill-repair", "mill-new"):
        for name in ("appraisal.xlsx", "opportunity.en.pdf", "opportunity.ar.pdf"):
            assert (out / option / name).is_file()
    assert told.json["options"][0]["paths"] == 100


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--site", "nowhere"), "cli.no_site"),
        (("--option", "nothing"), "cli.no_such_option"),
        (("--profile", "oecd"), "cli.no_profile"),
        (("--out", "papers"), "cli.papers_of_which"),
    ],
)
def test_what_was_asked_wrongly_is_said(ask: Ask, folder, args, code: str) -> None:
    told = ask("appraise", folder, *args, "--json")
    assert told.code == 2
    assert [one["code"] for one in told.found()] == [code]


def test_a_deficit_is_said_once_for_an_option(ask: Ask, folder) -> None:
    told = ask("appraise", folder, "--option", "mill-repair", "--paths", 50, "--json")
    (short,) = told.found("warning")
    cash = told.json["options"][0]["cash"]
    below = {period: amount for period, amount in cash.items() if amount < 0}
    assert short["code"] == "opportunity.deficit"
    assert short["args"]["periods"] == len(below) > 0
    assert short["args"]["period"] == min(below, key=lambda period: below[period])


PAST = [
    {"id": str(n), "reference_class": "food", "name_en": "Past", "name_ar": "سابقة", "cost_ratio": ratio,
     "duration_ratio": 1.5, "output_reached": 0.8, "survived": True}
    for n, ratio in enumerate((1.2, 1.4, 2.0))
]  # fmt: skip


@pytest.mark.parametrize(("lang", "said"), [("en", "cost × 1.53"), ("ar", "مصحح بسوابق الفئة")])
def test_class_and_correction_are_said(ask: Ask, tmp_path, lang: str, said: str) -> None:
    options = [{**row, "reference_class": "food", "estimate_class": 3} for row in tables()["options"]]
    write_folder(tiny({"options": options, "precedents": PAST}), tmp_path / "tiny")
    told = ask("appraise", tmp_path / "tiny", "--option", "mill-repair", "--paths", 50, "--lang", lang)
    assert said in " ".join(told.out.split())
    (one,) = ask("appraise", tmp_path / "tiny", "--option", "mill-repair", "--paths", 50, "--json").json["options"]
    # Nobody inspected anything: what the case calls class 3 counts as class 5.
    assert one["estimate"] == {"stated": 3, "borne": 5, "code": "risk.class_only_evidence"}
    assert one["outside_view"]["members"] == 3
    assert one["outside_view"]["cost"] == pytest.approx(4.6 / 3)
    assert one["outside_view"]["output"] == pytest.approx(0.8)
