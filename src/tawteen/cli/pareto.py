"""pareto: trade-off between two aims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.drawing import NoReport, draw_report, where_to_look
from tawteen.cli.inputs import Folder, OwnCase, ParamsFile, solved_programme
from tawteen.cli.interrupts import stoppable
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.cli.tables import all_frames
from tawteen.runs.delivery import claim
from tawteen.runs.load import search_params
from tawteen.runs.programme_folder import FRONT, REPORT

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tawteen.plan.robust.front import Front


def pareto(
    ctx: typer.Context,
    folder: Folder,
    given: OwnCase = None,
    *,
    aim: Annotated[str, typer.Option("--aim", metavar="AIM")] = "value",
    against: Annotated[str, typer.Option("--against", metavar="AIM")] = "jobs",
    points: Annotated[int, typer.Option("--points", min=2, metavar="N")] = 7,
    each: Annotated[float, typer.Option("--each", min=0.1, metavar="S")] = 20.0,
    params: ParamsFile = None,
    no_report: NoReport = False,
) -> CommandResult:
    """Trade-off between two aims: programmes from the best of one to the best of the other."""
    from tawteen.runs.planning import FrontRequest, pareto_into

    console: Console = ctx.obj
    tuning = search_params(params)
    with claim(folder, (FRONT, *REPORT), foreign=True) as results, ProgressBar(console) as bar:
        with stoppable(console, "cli.stopping_points") as stop:
            programme, case = solved_programme(folder, given, console, bar)
            request = FrontRequest(aim, against, points, each, tuning.robust)
            outcome = pareto_into(results, case, programme, request, progress=bar, stop=stop)
        bar.pause()
        console.show([_table(outcome, against, console)])
        findings = [] if no_report else draw_report(results, folder, bar, given)
    next_step = where_to_look(folder, bar, drawn=not no_report and not findings)
    data = {"aim": aim, "against": against, **all_frames(outcome)}
    return CommandResult(data, (next_step,), findings, exit_code(findings))


def _table(outcome: Front, against: str, console: Console) -> RenderableType:
    rows = [
        ["–" if r[c] is None else console.words.number(r[c], 2 if c == "b" and ":" in against else 0)
         for c in ("point", "a", "b", "bound", "sites")]
        for r in outcome.points.iter_rows(named=True)
    ]  # fmt: skip
    heads = ["pareto.point", "pareto.first", "pareto.second", "pareto.bound", "pareto.sites"]
    return console.rows("pareto.front", heads, rows, 5)
