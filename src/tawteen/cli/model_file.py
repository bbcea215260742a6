"""The whole model of a case, written for other solvers, with what is said of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.case.findings import Finding
from tawteen.cli.console import Console
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.runs.model_file import write_whole_model

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.params import SearchParams
    from tawteen.plan.programme import Scenario


def model_shown(
    case: Case, path: Path | None, scenario: Scenario, *, params: SearchParams, console: Console, bar: ProgressBar
) -> CommandResult:
    """Writes the model to `path` and returns its size in data and words; an empty result without a path.

    A note says where the case is larger than those whose whole model Tawteen itself solves.
    """
    if path is None:
        return CommandResult()
    size = asdict(write_whole_model(case, path, scenario, bar))
    counts = {name: console.words.number(count) for name, count in size.items()}
    sentence = console.words.say("cli.model_written", {"path": str(path), **counts})
    sites, most = case["sites"].height, params.whole_model_sites
    notes = [Finding("note", "cli.model_large", args={"sites": sites, "most": most})] if sites > most else []
    return CommandResult({"model": {"path": str(path), **size}}, (sentence,), notes)
