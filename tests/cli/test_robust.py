"""robust, replan and pareto: what is asked of a programme in an uncertain world."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Ask


@pytest.fixture
def out(planned: Path, tmp_path: Path) -> Path:
    """A copy of the programme that may be written into."""
    path = tmp_path / "out"
    shutil.copytree(planned, path)
    return path


def test_robust_tells_and_shows(ask: Ask, out: Path) -> None:
    told = ask("robust", out, "--scenarios", 8, "--replans", 3, "--workers", 1, drawn=True)
    assert told.code == 0
    for label in ("8 scenarios", "P80", "Chosen anew in 3 scenarios", "Sites to survey first"):
        assert label in told.out
    kept = json.loads((out / "robustness.json").read_text(encoding="utf-8"))
    assert kept["scenarios"] == 8
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "How often each option is chosen" in page
    assert "كم مرة يختار كل خيار" in page
    again = ask("report", out)
    assert again.code == 0
    assert "How often each option is chosen" in (out / "report.html").read_text(encoding="utf-8")


def test_a_copy_without_its_list_of_files_is_simulated_too(ask: Ask, out: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(
        out, copy, ignore=shutil.ignore_patterns(".tawteen", "robustness.json", "*.html", "*.xlsx", "pictures")
    )
    assert ask("robust", copy, "--scenarios", 2, "--replans", 0, "--no-report").code == 0
    data = json.loads((copy / "programme.json").read_text(encoding="utf-8"))
    assert len(data["outlook"]["gains"]) == 2
    assert data["expected"] == pytest.approx(sum(data["outlook"]["gains"]) / 2)


def test_robust_for_machines(ask: Ask, out: Path) -> None:
    told = ask("robust", out, "--scenarios", 10, "--replans", 0, "--workers", 1, "--no-report", "--json", "--lang",
               "ar").json  # fmt: skip
    assert told["scenarios"] == len(told["runs"]) == 10
    assert told["replans"] == 0
    assert {row["figure"] for row in told["figures"]} >= {"gain", "cash", "first"}


def test_replan_writes_a_programme_that_holds(ask: Ask, out: Path, tmp_path: Path) -> None:
    told = ask("replan", out, "--today", "2027-Q2", "--penalty", 1000, "--out", tmp_path / "next", "--json",
               "--set", "commodity.flour*1.3", drawn=True)  # fmt: skip
    assert told.code == 0
    assert ask("verify", tmp_path / "next").code == 0
    assert told.json["value"] >= told.json["kept_value"] - 1000 * len(told.json["changes"])
    said = ask("replan", out, "--today", "2027-Q2", "--out", tmp_path / "next", "--no-report", "--lang", "ar")
    assert said.code == 0
    assert "كسب التخطيط من جديد" in said.out


def test_pareto_shows_a_front(ask: Ask, out: Path) -> None:
    told = ask("pareto", out, "--against", "cash", "--points", 3, "--each", 5, drawn=True)
    assert told.code == 0
    assert "Front between the two aims" in told.out
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Money not paid out" in page


def hurried(client: Callable[..., Any], address: str, **options: Any) -> Any:
    return client(address, **{**options, "timeout": "1s"})


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["robust", "--cluster", "tcp://127.0.0.1:9"], "cli.no_cluster"),
        (["robust", "--scenarios", "0"], "cli.value.bound"),
        (["replan", "--out", "next"], "cli.missing"),
        (["replan", "--out", "next", "--today", "soon"], "cli.no_quarter"),
        (["replan", "--out", "next", "--today", "2027-Q1", "--signed", "nowhere"], "cli.no_site"),
        (["replan", "--out", "next", "--today", "2027-Q1", "--set", "fund.nix*2"], "scenario.key"),
    ],
)
def test_wrong_use(ask: Ask, out: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], code: str) -> None:
    monkeypatch.chdir(out.parent)
    if "--cluster" in args:
        # Nobody answers there, however long one waits.
        distributed = pytest.importorskip("distributed")
        monkeypatch.setattr(distributed, "Client", partial(hurried, distributed.Client))
    told = ask(args[0], out, *args[1:], "--json")
    assert told.code == 2
    assert [finding["code"] for finding in told.found()] == [code]
    assert sorted(p.name for p in out.parent.iterdir()) == ["out"]


def test_an_aim_that_is_none(ask: Ask, out: Path) -> None:
    told = ask("pareto", out, "--against", "fame", "--json")
    assert told.code == 1
    (finding,) = told.found()
    assert finding["code"] == "pareto.aim"
    assert "share:south" in finding["message"]
