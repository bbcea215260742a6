"""`plan` with a policy: what is said first, in `--json` and in files, and that it is left out where asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Ask

from tawteen.plan.file_names import FLOWS_FILE

pytestmark = pytest.mark.usefixtures("planned_once")
FIGURES = ("expected", "p10", "p50", "p90", "chance_of_loss", "bound", "gap", "gap_interval", "value_of_information")


def test_a_plan_says_first_what_each_finding_leads_to(ask: Ask, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = ask("plan", folder, "--out", out, "--steps", "2", "--scenarios", "2", "--learn", "--json")
    assert told.code == 0, told.all
    policy = told.json["policy"]
    assert policy.keys() >= set(FIGURES)
    assert policy["p10"] <= policy["p50"] <= policy["p90"]
    cables = next(site for site in told.json["sites"] if site["id"] == "cables")
    assert cables["value_of_information"] > 0
    assert {row["option"] for row in cables["policy"]} == {"cables:survey", "cables-rehab"}
    assert {"finding", "chance", "option", "futures", "start"} <= cables["policy"][0].keys()
    assert (out / FLOWS_FILE).is_file()
    again = ask("verify", out, "--json")
    assert again.json["holds"]
    assert again.json["policy_courses"] > 1
    assert again.json["policy_bound_by_prices"] >= again.json["policy_bound"] > 0
    sentences = ask("verify", out).out
    assert "courses that its futures take" in sentences
    assert "on the gain of any policy is proved again" in " ".join(sentences.split())


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("en", ["In the first quarter", "Inspect one site: Cable works", "waits for what its inspection finds",
                "Inspecting first and deciding by what is found is expected to gain", "four of five futures",
                "exchange rate and power are the same", "What the inspections find is worth",
                "Cable works (", "Beside it, the single path"]),
        ("ar", ["في الربع الأول", "ينتظر ما يلي ما تكشفه معاينته", "المعاينة أولا ثم القرار", "سعر الصرف",
                "قيمة ما تكشفه المعاينات", "المسار الثابت"]),
    ],
)  # fmt: skip
def test_the_first_sentences_are_of_the_policy(
    ask: Ask, folder: Path, tmp_path: Path, lang: str, sentences: list[str]
) -> None:
    told = ask(
        "plan", folder, "--out", tmp_path / "out", "--steps", "2", "--scenarios", "2", "--learn", "--lang", lang
    )  # fmt: skip
    text = " ".join(told.out.split())
    for sentence in sentences:
        assert sentence in text, sentence


def test_explain_begins_with_what_the_policy_does(ask: Ask, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ask("plan", folder, "--out", out, "--steps", "2", "--learn")
    told = ask("explain", out, "cables", "--json")
    assert told.code == 0, told.all
    site = told.json["policy"]
    assert site["code"] == "surveyed"
    follows = [start for finding in site["findings"] for start in finding["starts"]]
    assert follows
    assert all(start["worth"] is not None for start in follows)
    # The policy is told without a search; what delays a start on the single path has been searched for above.
    text = " ".join(ask("explain", out, "cables", "--time-limit", "0").out.split())
    assert text.index("inspected in") < text.index("If nothing could be found out (the single path") < len(text) - 80
    every = ask("explain", out, "--json").json["sites"]
    row = next(row for row in every if row["site"] == "cables")
    assert row["policy_code"] == "surveyed"
    assert row["survey_start"]
    assert "Single path" in ask("explain", out).out
    fixed = ask("plan", folder, "--out", tmp_path / "fixed", "--steps", "2", "--fixed")
    assert fixed.code == 0
    assert ask("explain", tmp_path / "fixed", "cables", "--time-limit", "0", "--json").json["policy"] is None
    assert "single path" not in ask("explain", tmp_path / "fixed").out.lower()


def test_a_single_path_alone_has_no_policy(ask: Ask, folder: Path, tmp_path: Path) -> None:
    told = ask("plan", folder, "--out", tmp_path / "out", "--steps", "2", "--fixed", "--json")
    assert told.json["policy"] is None
    assert {site["value_of_information"] for site in told.json["sites"]} == {None}
    assert not (tmp_path / "out" / FLOWS_FILE).exists()


def test_without_time_for_a_policy_it_is_said(ask: Ask, folder: Path, tmp_path: Path) -> None:
    told = ask("plan", folder, "--out", tmp_path / "out", "--time-limit", "0", "--learn", "--json")
    warned = [finding["code"] for finding in told.found("warning")]
    assert told.json["value"] is None or told.json["policy"] is not None or "cli.no_policy" in warned


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("en", ["in the same 4 futures", "Single path", "Chance of loss"]),
        ("ar", ["4 حالات", "المسار الثابت", "احتمال الخسارة"]),
    ],
)
def test_robust_sets_the_policy_beside_the_path(
    ask: Ask, folder: Path, tmp_path: Path, lang: str, sentences: list[str]
) -> None:
    out = tmp_path / "out"
    ask("plan", folder, "--out", out, "--steps", "2", "--learn")
    told = ask("robust", out, "--scenarios", 4, "--replans", 0, "--workers", 1, "--lang", lang, drawn=lang == "en")
    assert told.code == 0, told.all
    for sentence in sentences:
        assert sentence in told.out, sentence
    if lang == "en":
        assert "The policy beside the single path" in (out / "report.html").read_text(encoding="utf-8")
    machine = ask("robust", out, "--scenarios", 4, "--replans", 0, "--workers", 1, "--json").json
    assert len(machine["policy_runs"]) == 4
    assert [row["figure"] for row in machine["policy_figures"]] == ["expected", "p10", "p50", "p90", "chance_of_loss"]
