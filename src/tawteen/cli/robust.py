"""robust, replan, pareto: a programme in many scenarios, planned again, and against a second aim."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import (
    CASE,
    DELIVERED,
    PAGE,
    PICTURES,
    WORKBOOK,
    Folder,
    OwnCase,
    its_case,
    nearest,
    the_programme,
)
from tawteen.cli.output_folder import delivery
from tawteen.cli.plans import fits, keep, stoppable, workers_of
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, UsageError
from tawteen.cli.rooms import names
from tawteen.cli.summary import outline_of

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Programme
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness

ROBUSTNESS, FRONT = "robustness.json", "front.json"


def found_before(folder: Path, programme: Programme) -> tuple[Robustness | None, Front | None]:
    """What was found of the very programme in `folder` before, as far as it is there."""
    from tawteen.plan.robust.file import read_found
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness

    robustness, front = read_found(folder / ROBUSTNESS, Robustness), read_found(folder / FRONT, Front)
    fits = robustness is not None and robustness.case_hash == programme.case_hash
    return (robustness if fits else None), front


def robust(
    ctx: typer.Context,
    folder: Folder,
    given: OwnCase = None,
    *,
    scenarios: Annotated[int, typer.Option("--scenarios", min=1, metavar="N")] = 1000,
    replans: Annotated[int, typer.Option("--replans", min=0, metavar="M")] = 200,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N")] = 1,
    nodes: Annotated[int, typer.Option("--nodes", min=1, metavar="N")] = 50,
    each: Annotated[float | None, typer.Option("--each", min=0.1, metavar="S", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, metavar="N", show_default=False)] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", metavar="ADDRESS", show_default=False)] = None,
) -> CommandResult:
    """What a programme comes to in many scenarios, what stays chosen, and what to survey first."""
    from tawteen.plan.robust.file import write_found
    from tawteen.plan.robust.robustness import Stopped, robustness

    desk: Console = ctx.obj
    with stoppable(desk) as stop, ProgressBar(desk) as bar:
        programme, case = _both(folder, given, desk, bar)

        def said(stage: str, share: float) -> None:
            bar.say(desk.words.say(f"cli.stage.{stage}"), share)

        with workers_of(workers, cluster) as executor:
            try:
                found = robustness(
                    case, programme, scenarios=scenarios, replans=replans, seed=seed, nodes=nodes,
                    seconds=math.inf if each is None else each, executor=executor, progress=said, stop=stop,
                )  # fmt: skip
            except Stopped as error:
                raise typer.Abort from error
        with delivery(folder, (ROBUSTNESS, PAGE, WORKBOOK, PICTURES), whole=False) as staged:
            write_found(found, staged / ROBUSTNESS)
            front = found_before(folder, programme)[1]
            _report(
                case, programme, staged, bar, outline=outline_of(given or folder / CASE), robustness=found, front=front
            )
    told = desk.words.say("cli.open", {"path": str(folder / PAGE)})
    data = {"seconds": found.seconds, "scenarios": found.scenarios, "replans": found.replans, "beats": found.beats}
    data |= {"gains": found.gains, "replan_gap": found.replan_gap}
    return CommandResult({**data, **_tables(found)}, (*_said(case, found, desk), "", told))


def _tables(found: Robustness | Front) -> dict[str, Any]:
    """Every frame as rows."""
    import polars as pl

    held = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    return {name: value.to_dicts() for name, value in held.items() if isinstance(value, pl.DataFrame)}


def _both(folder: Path, given: Path | None, desk: Console, bar: ProgressBar) -> tuple[Programme, Case]:
    """A programme with a solution, and its case."""
    bar.say(desk.words.say("cli.reading"))
    programme = the_programme(folder)
    if programme.value is None:
        raise UsageError("cli.nothing_to_report", path=str(folder), status=programme.status)
    return programme, its_case(folder, given, desk)


def _report(
    case: Case,
    programme: Programme,
    staged: Path,
    bar: ProgressBar,
    *,
    outline: Path,
    robustness: Robustness | None = None,
    front: Front | None = None,
) -> None:  # fmt: skip
    from tawteen.report import report as write_report

    write_report(case, programme, staged, bar.desk.words.lang, progress=bar.report, outline=outline,
                 robustness=robustness, front=front)  # fmt: skip


def _said(case: Case, found: Robustness, desk: Console) -> list[Any]:
    number, percent = desk.words.number, desk.words.percent
    sites, options = names(case, "sites", desk), names(case, "options", desk)
    figures = [
        [desk.words.say(f"robust.{r['figure']}"), *("–" if r[c] is None else number(r[c], 0) for c in COLUMNS)]
        for r in found.figures.iter_rows(named=True)
    ]
    often = [
        [sites.get(r["site"], r["site"]), options.get(r["option"], r["option"]), percent(r["chosen"], 0)]
        for r in found.options.iter_rows(named=True)
        if r["chosen"] > 0 and r["kind"] != "survey"
    ]
    surveys = [
        [sites.get(r["site"], r["site"]), *(number(r[c], 0) for c in ("worth", "cost", "net"))]
        for r in found.surveys.iter_rows(named=True)
        if r["worth"] > 0
    ]
    parts: list[Any] = [
        desk.words.say("robust.scenarios", {"gains": percent(found.gains, 0)}, n=found.scenarios),
        *([] if found.beats is None else [desk.words.say("robust.beats", {"share": percent(found.beats, 0)})]),
        desk.rows("robust.figures", ["robust.figure", *(f"robust.{c}" for c in COLUMNS)], figures, 4),
        desk.words.say("robust.replans", n=found.replans),
        *([] if found.replan_gap is None else [desk.words.say("robust.gap", {"share": percent(found.replan_gap, 1)})]),
        desk.rows("robust.chosen", ["cli.site", "cli.option", "robust.often"], often, 1),
        desk.rows("robust.surveys", ["cli.site", "robust.worth", "robust.cost", "robust.net"], surveys, 3),
    ]
    return parts


COLUMNS = ("base", "mean", "p50", "p80")


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

    desk: Console = ctx.obj
    with delivery(out, DELIVERED) as staged, stoppable(desk) as stop, ProgressBar(desk) as bar:
        earlier, case = _both(folder, given, desk, bar)
        try:
            period = case.calendar.parse(today)
        except ValueError as error:
            raise UsageError("cli.no_quarter", text=today) from error
        unknown = [site for site in signed or () if site not in case["sites"]["id"]]
        if unknown:
            raise UsageError("cli.no_site", site=unknown[0], known=nearest(unknown[0], case["sites"]["id"]))
        asked = earlier.scenario
        scenario = Scenario((*asked.set, *(changes or ())), asked.must, asked.without)
        fits(case, scenario)
        found = plan_again(
            case, earlier, today=period, penalty=penalty, signed=signed or (), scenario=scenario,
            time_limit=time_limit, seed=seed, progress=bar.plan, stop=stop,
        )  # fmt: skip
        keep(case, found.programme, staged, outline_of(given or folder / CASE))
        _report(case, found.programme, staged, bar, outline=outline_of(given or folder / CASE))
    rows = list(found.changes.iter_rows(named=True))
    moves = say_moves(case, earlier, found.moves, desk.words)
    worth = ["–" if r["worth"] is None else desk.words.number(r["worth"], 0) for r in rows]
    reached, before = found.programme.value or 0.0, found.kept_value
    gain = "–" if before is None else desk.words.number(reached - before, 0)
    table = desk.rows(
        "replan.changes", ["replan.change", "replan.worth"], [list(r) for r in zip(moves, worth, strict=True)], 1
    )
    summary = desk.words.say("replan.summary", {"worth": gain, "held": desk.words.number(len(found.held))})
    data = {"value": found.programme.value, "bound": found.programme.bound, "gap": found.programme.gap,
            "kept_value": before, "held": found.held, "changes": rows, "out": str(out)}  # fmt: skip
    return CommandResult(data, (summary, table, "", desk.words.say("cli.open", {"path": str(out / PAGE)})))


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

    desk: Console = ctx.obj
    with stoppable(desk) as stop, ProgressBar(desk) as bar:
        programme, case = _both(folder, given, desk, bar)
        found = front_of(
            case, aim, against, points, earlier=programme, scenario=programme.scenario, seconds=each, stop=stop,
            progress=lambda share: bar.say(desk.words.say("cli.stage.front"), share),
        )  # fmt: skip
        with delivery(folder, (FRONT, PAGE, WORKBOOK, PICTURES), whole=False) as staged:
            write_found(found, staged / FRONT)
            before = found_before(folder, programme)[0]
            _report(
                case, programme, staged, bar, outline=outline_of(given or folder / CASE), robustness=before, front=found
            )
    rows = [
        ["–" if r[c] is None else desk.words.number(r[c], 2 if c == "b" and ":" in against else 0)
         for c in ("point", "a", "b", "bound", "sites")]
        for r in found.points.iter_rows(named=True)
    ]  # fmt: skip
    heads = ["pareto.point", "pareto.first", "pareto.second", "pareto.bound", "pareto.sites"]
    told = desk.words.say("cli.open", {"path": str(folder / PAGE)})
    return CommandResult(
        {"aim": aim, "against": against, **_tables(found)}, (desk.rows("pareto.front", heads, rows, 5), told)
    )
