"""reassess: what a change of the case does to a programme."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import Folder, OwnCase, planned_case, programme_with_solution, sound_case
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.runs.scenario import refuse_unknown


def reassess(
    ctx: typer.Context,
    folder: Folder,
    given: OwnCase = None,
    *,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="EXPR", show_default=False)] = None,
) -> CommandResult:
    """Whether a programme stands in a changed case, what it is then worth, and what others could win beyond it."""
    from tawteen.case.changes import change_case
    from tawteen.plan.programme import Scenario
    from tawteen.plan.robust.reassess import reassess as reassess_programme
    from tawteen.plan.robust.reassess import say_reassessment

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        earlier = programme_with_solution(folder, bar)
        case = planned_case(earlier, folder, None, console)
        changed = case if given is None else sound_case(given, console)
        if changes:
            refuse_unknown(changed, Scenario(tuple(changes)))
            changed = change_case(changed, changes)
        bar.begin("comparing")
        reassessed = reassess_programme(case, earlier, changed)
    sentences = say_reassessment(reassessed, case.settings.money.currency, console.words)
    data = {
        **asdict(reassessed),
        "change": reassessed.change,
        "to_win_before": reassessed.to_win_before,
        "to_win": reassessed.to_win,
    }
    return CommandResult({**data, "sentences": sentences}, sentences)
