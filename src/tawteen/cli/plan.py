"""plan: the programme of a case, its report and the case it was made from."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.case.findings import Finding
from tawteen.cli.console import Console
from tawteen.cli.inputs import (
    CasePath,
    sound_case,
)
from tawteen.cli.interrupts import stoppable
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.cli.summary import figures, lines
from tawteen.runs.delivery import delivery
from tawteen.runs.load import load_programme
from tawteen.runs.programme_folder import (
    CASE,
    DELIVERED,
    PAGE,
    keep,
    outline_of,
)
from tawteen.runs.scenario import refuse_unknown
from tawteen.runs.workers import open_workers

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Programme
    from tawteen.report.report_data import ReportData


def plan(
    ctx: typer.Context,
    *,
    case: CasePath,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", show_default=False)],
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.0, metavar="S")] = 60.0,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N")] = 1,
    gap: Annotated[float, typer.Option("--gap", min=0.0, metavar="G")] = 0.001,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="EXPR", show_default=False)] = None,
    must: Annotated[list[str] | None, typer.Option("--must", metavar="SITE", show_default=False)] = None,
    without: Annotated[list[str] | None, typer.Option("--without", metavar="SITE", show_default=False)] = None,
    start: Annotated[Path | None, typer.Option("--start", metavar="DIR", show_default=False)] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", metavar="ADDRESS", show_default=False)] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=0, metavar="N", show_default=False)] = None,
) -> CommandResult:
    """Chooses which sites start, how and when; writes the programme, its report and the case it was made from."""
    from tawteen.plan.planning import plan as plan_case
    from tawteen.plan.programme import Scenario

    console: Console = ctx.obj
    scenario = Scenario(tuple(changes or ()), tuple(must or ()), tuple(without or ()))
    earlier = None if start is None else load_programme(start)
    shared = nullcontext() if cluster is None else open_workers(None, cluster)
    with (
        delivery(out, DELIVERED) as staged,
        shared as executor,
        stoppable(console) as stop,
        ProgressBar(console) as bar,
    ):
        bar.say(console.words.say("cli.reading"))
        read = sound_case(case, console)
        refuse_unknown(read, scenario)
        programme = plan_case(
            read, scenario=scenario, time_limit=time_limit, seed=seed, gap=gap, stop=stop, progress=bar.plan,
            start=earlier, executor=executor, steps=steps,
        )  # fmt: skip
        keep(read, programme, staged, outline_of(case))
        reported = _reported(read, programme, staged, console, bar) if programme.value is not None else None
    findings = _unsolved(read, programme, console)
    data = {**_data(programme), "out": str(out)}
    if reported is None:
        return CommandResult(data, (), findings, exit_code(findings))
    data["summary"] = {key: value for key, _, value, *_ in figures(reported)}
    told = console.words.say("cli.open", {"path": str(out / PAGE)})
    return CommandResult(data, (console.pairs(lines(console, reported)), "", told), findings, exit_code(findings))


def _reported(case: Case, programme: Programme, staged: Path, console: Console, bar: ProgressBar) -> ReportData:
    from tawteen.report import report, study

    report(case, programme, staged, console.words.lang, progress=bar.report, outline=outline_of(staged / CASE))
    return study(case, programme)


def _unsolved(case: Case, programme: Programme, console: Console) -> list[Finding]:
    from tawteen.plan.conflict import lacks_money
    from tawteen.plan.explain import conflict_in_words
    from tawteen.plan.planning import problem_of
    from tawteen.plan.scenario import apply

    if programme.status == "infeasible":
        rules = conflict_in_words(case, programme, console.words)
        poor = lacks_money(problem_of(apply(case, programme.scenario)))
        alone = "cli.infeasible_alone" if len(programme.conflict) == 1 else "cli.infeasible"
        return [Finding("error", "cli.infeasible_money" if poor else alone, args={"rules": rules})]
    return [Finding("warning", "cli.nothing_found")] if programme.value is None else []


def _data(programme: Programme) -> dict[str, Any]:
    names = ("case_id", "case_hash", "status", "value", "bound", "do_nothing", "gap", "seed", "seconds", "peak_mb")
    told = {name: getattr(programme, name) for name in names}
    return {**told, "sites": programme.sites.to_dicts(), "conflict": programme.conflict}
