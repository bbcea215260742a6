"""replan: a programme planned again from a quarter on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.case.paths import outline_of
from tawteen.cli.console import Console
from tawteen.cli.drawing import NoReport, draw_report, where_to_look
from tawteen.cli.inputs import Folder, OwnCase, ParamsFile, its_case, programme_with_solution
from tawteen.cli.interrupts import stoppable
from tawteen.cli.outlook import outlook_shown
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.delivery import claim
from tawteen.runs.load import read_whole, search_params
from tawteen.runs.programme_folder import CASE, DELIVERED
from tawteen.runs.sites import site_id
from tawteen.runs.usage_error import UsageError

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
    not_begun: Annotated[list[str] | None, typer.Option("--not-begun", metavar="SITE", show_default=False)] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="EXPR", show_default=False)] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.0, metavar="S")] = 60.0,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N")] = 1,
    scenarios: Annotated[int | None, typer.Option("--scenarios", min=0, metavar="N", show_default=False)] = None,
    params: ParamsFile = None,
    no_report: NoReport = False,
) -> CommandResult:
    """Plans again from a quarter on: what is signed or started stays, each moved start costs a stated penalty."""
    from tawteen.plan.compare import require_same_terms, say_moves
    from tawteen.plan.programme import Scenario
    from tawteen.runs.planning import ReplanRequest, replan_into

    console: Console = ctx.obj
    tuning = search_params(params)
    with claim(out, DELIVERED) as results, ProgressBar(console) as bar:
        with stoppable(console) as stop:
            earlier = programme_with_solution(folder, bar)
            case = its_case(folder, given, console)
            if given is not None and (folder / CASE).exists():
                require_same_terms(read_whole(folder / CASE)[0], case)
            period = _period(case, today)
            planned = earlier.scenario
            scenario = Scenario((*planned.set, *(changes or ())), planned.must, planned.without)
            kept, late = ([site_id(case, site) for site in sites or ()] for sites in (signed, not_begun))
            request = ReplanRequest(period, penalty, kept, late, scenario, time_limit, seed, tuning)
            outline = outline_of(given or folder / CASE)
            outcome = replan_into(results, case, earlier, request, outline=outline, progress=bar, stop=stop)
        bar.pause()
        rows = list(outcome.changes.iter_rows(named=True))
        moves = say_moves(case, earlier, outcome.moves, console.words)
        console.show([*_parts(outcome, rows, moves, console), ""])
        shown, reasons, findings = outlook_shown(
            results, outcome.case, outcome.programme, bar, inputs=None, params=tuning.with_scenarios(scenarios)
        )
        findings += [] if no_report else draw_report(results, out, bar, reasons=reasons)
    next_step = where_to_look(out, bar, drawn=not no_report and not findings)
    data = {"value": outcome.programme.value, "bound": outcome.programme.bound, "gap": outcome.programme.gap,
            "kept_value": outcome.kept_value, "held": outcome.held, "surveyed": outcome.surveyed,
            "causes": asdict(outcome.causes), "changes": rows, "out": str(out), **shown}  # fmt: skip
    return CommandResult(data, (next_step,), findings, exit_code(findings))


def _period(case: Case, today: str) -> int:
    """The place of a quarter such as 2028-Q1 in the calendar of the case. Raises UsageError."""
    try:
        return case.calendar.parse(today)
    except ValueError as error:
        raise UsageError("cli.no_quarter", text=today) from error


def _causes(outcome: Replan, console: Console) -> list[RenderableType]:
    """What the gain changed by: learning, time, decision; and what surveys that are done cost."""
    causes, number = outcome.causes, console.words.number
    if causes.learning is None:
        return [console.words.say("replan.not_separable")] if causes.earlier is not None else []
    amounts = {name: "–" if value is None else number(value, 0) for name, value in asdict(causes).items()}
    sentences = [console.words.say("replan.causes", amounts)]
    if causes.left_out:
        sentences.append(console.words.say("replan.left_out", n=causes.left_out))
    if outcome.surveyed:
        cost = number(causes.surveys or 0.0, 0)
        sentences.append(console.words.say("replan.surveyed", {"cost": cost}, len(outcome.surveyed)))
    return [" ".join(sentences)]


def _parts(outcome: Replan, rows: list[dict[str, Any]], moves: list[str], console: Console) -> list[RenderableType]:
    """Gain of replanning, and each change with its worth."""
    number = console.words.number
    gain = "–" if outcome.kept_value is None else number((outcome.programme.value or 0.0) - outcome.kept_value, 0)
    worth = ["–" if row["worth"] is None else number(row["worth"], 0) for row in rows]
    changes = [list(pair) for pair in zip(moves, worth, strict=True)]
    summary = console.words.say("replan.summary", {"worth": gain, "held": number(len(outcome.held))})
    return [
        summary,
        *_causes(outcome, console),
        console.rows("replan.changes", ["replan.change", "replan.worth"], changes, 1),
    ]
