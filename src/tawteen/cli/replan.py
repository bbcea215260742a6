"""replan: a programme planned again from a quarter on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import (
    Folder,
    OwnCase,
    nearest,
    solved_programme,
)
from tawteen.cli.interrupts import stoppable
from tawteen.cli.plan_report import write_report_into
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.runs.delivery import delivery
from tawteen.runs.programme_folder import (
    CASE,
    DELIVERED,
    PAGE,
    keep,
    outline_of,
)
from tawteen.runs.scenario import refuse_unknown
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    pass


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
) -> CommandResult:
    """Plans again from a quarter on: what is signed or started stays, each moved start costs a stated penalty."""
    from tawteen.plan.compare import say_moves
    from tawteen.plan.programme import Scenario
    from tawteen.plan.robust.replan import replan as plan_again

    console: Console = ctx.obj
    with delivery(out, DELIVERED) as staged, stoppable(console) as stop, ProgressBar(console) as bar:
        earlier, case = solved_programme(folder, given, console, bar)
        try:
            period = case.calendar.parse(today)
        except ValueError as error:
            raise UsageError("cli.no_quarter", text=today) from error
        unknown = [site for site in signed or () if site not in case["sites"]["id"]]
        if unknown:
            raise UsageError("cli.no_site", site=unknown[0], known=nearest(unknown[0], case["sites"]["id"]))
        asked = earlier.scenario
        scenario = Scenario((*asked.set, *(changes or ())), asked.must, asked.without)
        refuse_unknown(case, scenario)
        found = plan_again(
            case, earlier, today=period, penalty=penalty, signed=signed or (), scenario=scenario,
            time_limit=time_limit, seed=seed, progress=bar.plan, stop=stop,
        )  # fmt: skip
        keep(case, found.programme, staged, outline_of(given or folder / CASE))
        write_report_into(case, found.programme, staged, bar, outline=outline_of(given or folder / CASE))
    rows = list(found.changes.iter_rows(named=True))
    moves = say_moves(case, earlier, found.moves, console.words)
    worth = ["–" if r["worth"] is None else console.words.number(r["worth"], 0) for r in rows]
    reached, before = found.programme.value or 0.0, found.kept_value
    gain = "–" if before is None else console.words.number(reached - before, 0)
    table = console.rows(
        "replan.changes", ["replan.change", "replan.worth"], [list(r) for r in zip(moves, worth, strict=True)], 1
    )
    summary = console.words.say("replan.summary", {"worth": gain, "held": console.words.number(len(found.held))})
    data = {"value": found.programme.value, "bound": found.programme.bound, "gap": found.programme.gap,
            "kept_value": before, "held": found.held, "changes": rows, "out": str(out)}  # fmt: skip
    return CommandResult(data, (summary, table, "", console.words.say("cli.open", {"path": str(out / PAGE)})))
