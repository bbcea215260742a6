"""Planning into a folder: worked out once, checked before it is delivered, whole or not at all."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.planning_command import plan_command
from tests.tiny import tiny

from tawteen.case.findings import CaseError
from tawteen.case.folder import write_folder
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.cli.entry import run
from tawteen.plan.inputs import prepare
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.verify import verify
from tawteen.runs import planning
from tawteen.runs.delivery import claim, delivery
from tawteen.runs.load import load_programme, read_whole
from tawteen.runs.planning import (
    FrontRequest,
    ReplanRequest,
    RobustnessRequest,
    SearchRequest,
    deliver,
    pareto_into,
    plan_into,
    replan_into,
    robust_into,
)
from tawteen.runs.programme_folder import CASE, DELIVERED, FRONT, PAGE, REPORT, ROBUSTNESS
from tawteen.runs.usage_error import UsageError


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planning") / "out"
    with claim(out, DELIVERED) as results:
        plan_into(results, tiny(), SearchRequest(time_limit=20, fixed=True))
    return out


def test_programme_and_case_lie_side_by_side_and_hold(planned: Path) -> None:
    assert sorted(path.name for path in planned.iterdir()) == [".tawteen", "case", "programme.json"]
    case, _ = read_whole(planned / CASE)
    assert verify(case, load_programme(planned)).holds


def test_a_programme_that_does_not_hold_is_not_delivered(planned: Path, tmp_path: Path) -> None:
    programme = load_programme(planned)
    wrong: Programme = dataclasses.replace(programme, value=(programme.value or 0.0) + 1e6)
    with claim(tmp_path / "out", DELIVERED) as results, pytest.raises(CaseError):
        deliver(results, tiny(), wrong)
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_does_not_fit_is_wrong_use_and_leaves_nothing(tmp_path: Path) -> None:
    request = SearchRequest(Scenario(("fund.nobody*2",)))
    with claim(tmp_path / "out", DELIVERED) as results, pytest.raises(UsageError):
        plan_into(results, tiny(), request)
    assert list(tmp_path.iterdir()) == []


def test_what_is_planned_again_is_checked_too(planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[float | None] = []
    require = planning.require_verified

    def listen(case: Any, programme: Programme, progress: Any = None) -> Any:
        checked.append(programme.value)
        return require(case, programme, progress)

    monkeypatch.setattr(planning, "require_verified", listen)
    request = ReplanRequest(1, penalty=1000.0, time_limit=20)
    with claim(tmp_path / "out", DELIVERED) as results:
        outcome = replan_into(results, tiny(), load_programme(planned), request)
    assert checked == [outcome.programme.value]
    assert load_programme(tmp_path / "out").value == outcome.programme.value


@pytest.mark.parametrize("study", ["scenarios", "front"])
def test_a_report_that_does_not_show_the_newest_study_is_removed(planned: Path, tmp_path: Path, study: str) -> None:
    out = tmp_path / "out"
    shutil.copytree(planned, out)
    with delivery(out, (PAGE,), whole=False) as staged:
        (staged / PAGE).write_text("drawn before")
    programme = load_programme(out)
    with claim(out, REPORT, foreign=True) as results:
        if study == "scenarios":
            robust_into(results, tiny(), programme, RobustnessRequest(scenarios=2, replans=0))
        else:
            pareto_into(results, tiny(), programme, FrontRequest(points=1, seconds=1.0))
    assert {path.name for path in out.iterdir()} == {
        ".tawteen", CASE, "programme.json", ROBUSTNESS if study == "scenarios" else FRONT}  # fmt: skip


def test_a_command_prepares_its_case_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepared: list[str] = []

    def counted(case: Case, *args: Any, **kwargs: Any) -> Any:
        prepared.append(case_hash(replace(case, stated=None)))
        return prepare(case, *args, **kwargs)

    write_folder(tiny(), tmp_path / "case")
    import tawteen.report.report  # noqa: F401 - a module that is loaded later would not be counted

    for module in [module for name, module in sys.modules.items() if name.startswith("tawteen.")]:
        if getattr(module, "prepare", None) is prepare:
            monkeypatch.setattr(module, "prepare", counted)
    assert run(plan_command(tmp_path / "case", tmp_path / "out", "--no-report", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["summary"]
    # Reasons prepare the case with its starts free as well, which is another case.
    assert prepared.count(case_hash(tiny())) == 1
