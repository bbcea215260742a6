"""replan: a programme planned again from a quarter on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.drawing import NoReport, draw_report, where_to_look
from tawteen.cli.inputs import Folder, OwnCase, ParamsFile, solved_programme
from tawteen.cli.interrupts import stoppable
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.delivery import claim
from tawteen.runs.load import search_params
from tawteen.runs.programme_folder import CASE, DELIVERED, keep, outline_of
from tawteen.runs.scenario import refuse_unknown
from tawteen.runs.sites import site_id
from tawteen.runs.usage_error import UsageError
from tawteen.runs.verified import require_verified

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tawteen.case.model import Case
    from tawteen.plan.robust.replan import Replan


def replan(
    ctx: typer.Context,
    folder: Folder,
    given: OwnCase = None,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", show_default=False)],
    today: Annotated[str, typer.Option("--today", metavar="QUARTER", show_default=False)],
    penalty: Annotated[float, typer.Option("--penalty", min=0.0, metavar="MONEY")] = 0.0,
    signed: Annotated[list[str] | None, typer.Option("--signed", metavar="SITE", show_default=False)] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="EXPR", show_default=False)] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.0, metavar="S")] = 60.0,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N")] = 1,
    params: ParamsFile = None,
    no_report: NoReport = False,
) -> CommandResult:
    """Plans again from a quarter on: what is signed or started stays, each moved start costs a stated penalty."""
    from tawteen.plan.compare import say_moves
    from tawteen.plan.programme import Scenario
    from tawteen.plan.robust.replan import replan as plan_again

    console: Console = ctx.obj
    tuning = search_params(params)
    with claim(out, DELIVERED) as results, ProgressBar(console) as bar:
        with stoppable(console) as stop, results.staged() as staged:
            earlier, case = solved_programme(folder, given, console, bar)
            period = _period(case, today)
            new_scenario = earlier.scenario
            scenario = Scenario((*new_scenario.set, *(changes or ())), new_scenario.must, new_scenario.without)
            refuse_unknown(case, scenario)
            result = plan_again(
                case, earlier, today=period, penalty=penalty, signed=[site_id(case, site) for site in signed or ()],
                scenario=scenario, time_limit=time_limit, seed=seed, progress=bar.plan, stop=stop, params=tuning,
            )  # fmt: skip
            require_verified(case, result.programme, lambda share: bar.say(console.words.say("cli.verifying"), share))
            keep(case, result.programme, staged, outline_of(given or folder / CASE))
        bar.pause()
        rows = list(result.changes.iter_rows(named=True))
        moves = say_moves(case, earlier, result.moves, console.words)
        console.show([*_said(result, rows, moves, console), ""])
        findings = [] if no_report else draw_report(results, out, bar)
    hints = where_to_look(out, bar, drawn=not no_report and not findings)
    data = {"value": result.programme.value, "bound": result.programme.bound, "gap": result.programme.gap,
            "kept_value": result.kept_value, "held": result.held, "changes": rows, "out": str(out)}  # fmt: skip
    return CommandResult(data, (hints,), findings, exit_code(findings))


def _period(case: Case, today: str) -> int:
    """The place of a quarter such as 2028-Q1 in the calendar of the case. Raises UsageError."""
    try:
        return case.calendar.parse(today)
    except ValueError as error:
        raise UsageError("cli.no_quarter", text=today) from error


def _said(result: Replan, rows: list[dict[str, Any]], moves: list[str], console: Console) -> list[RenderableType]:
    """What replanning gains, and each change with its worth."""
    number = console.words.number
    gain = "–" if result.kept_value is None else number((result.programme.value or 0.0) - result.kept_value, 0)
    worth = ["–" if row["worth"] is None else number(row["worth"], 0) for row in rows]
    changes = [list(pair) for pair in zip(moves, worth, strict=True)]
    summary = console.words.say("replan.summary", {"worth": gain, "held": number(len(result.held))})
    return [summary, console.rows("replan.changes", ["replan.change", "replan.worth"], changes, 1)]
