"""Every stage that any room names has its sentence in both languages, and the bar can show it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tawteen.cli.console import Console
from tawteen.cli.progress import ProgressBar
from tawteen.progress import STAGES, ProgressEvent, Stage
from tawteen.words import LANGS, Lang, Words

SRC = Path(__file__).parents[1] / "src" / "tawteen"


def named() -> dict[str, str]:
    """Stages named in calls that make an event, with the place of one of them."""
    stages = {}
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            owner = getattr(
                getattr(node.func, "value", None), "attr", getattr(getattr(node.func, "value", None), "id", "")
            )
            if name in {"ProgressEvent", "begin"} or (name == "report" and owner in {"watch", "choice", "budget"}):
                stages[str(node.args[0].value)] = f"{path.relative_to(SRC)}:{node.lineno}"
    return stages


def test_stages_are_those_that_the_rooms_name() -> None:
    stages = named()
    assert stages.keys() == set(STAGES), {stage: stages[stage] for stage in stages.keys() - set(STAGES)}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_said_in_words(stage: Stage, lang: Lang, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    bar = ProgressBar(Console.from_args(["--lang", lang], {}))
    monkeypatch.setattr(bar, "_write", lambda text, _share: lines.append(text))
    bar(ProgressEvent(stage, 0.5, 1e6, 2e6, subject="mill:repair"))
    assert "stage" not in lines[0]
    assert "{" not in lines[0]
    assert ("mill:repair" in lines[0]) == (stage in {"stating", "simulating"})


def test_who_reports_to_a_budget_names_no_subject_and_its_stage_asks_for_none() -> None:
    """`SearchBudget.report` tells of a search as a whole, so that a sentence about one option would have a hole."""
    reported = {
        str(node.args[0].value)
        for path in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "report"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value in STAGES
    }
    assert "valuing" in reported
    for lang in LANGS:
        words = Words(lang)
        about_one = {stage for stage in reported if "mill" in words.say(f"cli.stage.{stage}", {"subject": "mill"})}
        assert not about_one
