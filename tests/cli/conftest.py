"""The program, asked as a person or a machine asks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.made_once import made_once
from tests.planning_command import plan_command
from tests.tiny import tiny

from tawteen.case.folder import write_folder
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.cli.entry import run
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.programme import Programme
from tawteen.runs import planning
from tawteen.runs.planning import SearchRequest


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.out)
        return told

    def found(self, severity: str = "error") -> list[dict[str, Any]]:
        return [f for f in self.json["findings"] if f["severity"] == severity]


Ask = Callable[..., Answer]


DRAWING = ("plan", "replan", "robust", "pareto")
"""Commands that draw a report when they have done their work."""


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Ask:
    """A command, asked by its words. Reports have tests of their own: none is drawn where `drawn` is not said."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "TAWTEEN_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def asked(*args: object, drawn: bool = False) -> Answer:
        capsys.readouterr()
        words = [str(arg) for arg in args]
        if drawn or words[:1] == ["report"]:
            request.getfixturevalue("drawn_here")
        elif words[:1] and words[0] in DRAWING and "--no-report" not in words and len(words) > 2:
            words.append("--no-report")
        if words[:1] in (["plan"], ["replan"]) and "--scenarios" not in words and len(words) > 2:
            # Simulation has tests of its own.
            words += ["--scenarios", "0"]
        if words[:1] == ["plan"] and "--learn" in words:
            words.remove("--learn")
        elif words[:1] == ["plan"] and "--fixed" not in words and "--out" in words:
            # So have policies: a test that wants one says `--learn`.
            words.append("--fixed")
        code = run(words)
        told = capsys.readouterr()
        answer = Answer(code, told.out, told.err)
        assert "Traceback" not in answer.all
        return answer

    return asked


PLANNED: dict[tuple[str, str], tuple[Programme, PlanInputs]] = {}


@pytest.fixture
def planned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that ask for the same programme of the same case search for it once; all that follows is done by each.

    For tests of what is said and written of a programme, in either language: the search knows nothing of these.
    """
    search = planning.planned

    def known(case: Case, request: SearchRequest, **more: Any) -> tuple[Programme, PlanInputs]:
        key = (case_hash(case), repr(request))
        if key not in PLANNED:
            PLANNED[key] = search(case, request, **more)
        return PLANNED[key]

    monkeypatch.setattr(planning, "planned", known)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tiny case as a folder."""
    path = tmp_path / "tiny"
    write_folder(tiny(), path)
    return path


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `tawteen plan` wrote for the tiny case; nobody changes it."""
    return made_once(tmp_path_factory, "planned-by-command", _plan) / "out"


def _plan(path: Path) -> None:
    write_folder(tiny(), path / "case")
    assert run(plan_command(path / "case", path / "out", seconds=60, scenarios=6)) == 0
