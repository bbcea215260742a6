"""pareto: how much of one aim is given up for more of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import (
    Folder,
    OwnCase,
    solved_programme,
)
from tawteen.cli.interrupts import stoppable
from tawteen.cli.plan_report import write_report_into
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.tables import all_frames
from tawteen.runs.delivery import delivery
from tawteen.runs.programme_folder import (
    CASE,
    FRONT,
    PAGE,
    PICTURES,
    WORKBOOK,
    found_before,
    outline_of,
)

if TYPE_CHECKING:
    pass


def pareto(
    ctx: typer.Context,
    folder: Folder,
    given: OwnCase = None,
    *,
    aim: Annotated[str, typer.Option("--aim", metavar="AIM")] = "value",
    against: Annotated[str, typer.Option("--against", metavar="AIM")] = "jobs",
    points: Annotated[int, typer.Option("--points", min=2, metavar="N")] = 7,
    each: Annotated[float, typer.Option("--each", min=0.1, metavar="S")] = 20.0,
) -> CommandResult:
    """How much of one aim is given up for more of another."""
    from tawteen.plan.robust.file import write_found
    from tawteen.plan.robust.front import pareto as front_of

    console: Console = ctx.obj
    with stoppable(console) as stop, ProgressBar(console) as bar:
        programme, case = solved_programme(folder, given, console, bar)
        found = front_of(
            case, aim, against, points, earlier=programme, scenario=programme.scenario, seconds=each, stop=stop,
            progress=lambda share: bar.say(console.words.say("cli.stage.front"), share),
        )  # fmt: skip
        with delivery(folder, (FRONT, PAGE, WORKBOOK, PICTURES), whole=False) as staged:
            write_found(found, staged / FRONT)
            before = found_before(folder, programme)[0]
            write_report_into(
                case, programme, staged, bar, outline=outline_of(given or folder / CASE), robustness=before, front=found
            )
    rows = [
        ["–" if r[c] is None else console.words.number(r[c], 2 if c == "b" and ":" in against else 0)
         for c in ("point", "a", "b", "bound", "sites")]
        for r in found.points.iter_rows(named=True)
    ]  # fmt: skip
    heads = ["pareto.point", "pareto.first", "pareto.second", "pareto.bound", "pareto.sites"]
    told = console.words.say("cli.open", {"path": str(folder / PAGE)})
    return CommandResult(
        {"aim": aim, "against": against, **all_frames(found)}, (console.rows("pareto.front", heads, rows, 5), told)
    )
