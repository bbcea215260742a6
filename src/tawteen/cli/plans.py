"""plan, verify, explain: the programme, its proof and its reasons."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.case.findings import CaseError, Finding
from tawteen.cli.console import Console
from tawteen.cli.inputs import (
    CASE,
    DELIVERED,
    PAGE,
    PROGRAMME,
    CasePath,
    sound_case,
    the_programme,
)
from tawteen.cli.output_folder import delivery
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, UsageError, exit_code
from tawteen.cli.summary import figures, lines, outline_of

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Programme, Scenario
    from tawteen.report.report_data import ReportData


@contextmanager
def stoppable(desk: Console) -> Iterator[Callable[[], bool]]:
    """Turns the first Ctrl-C into a flag that planning looks at; the second one stops everything."""
    asked = threading.Event()

    def heard(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        desk.log(desk.words.say("cli.stopping"))

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def workers_of(workers: int | None, address: str | None) -> Iterator[Executor | None]:
    """Processes of this machine, or a Dask cluster by its address."""
    from tawteen.plan.robust.parallel import cluster, processes

    if address is None:
        with processes(workers) as executor:
            yield executor
        return
    try:
        entered = cluster(address)
        executor = entered.__enter__()
    except (ImportError, OSError, ValueError) as error:
        raise UsageError("cli.no_cluster", address=address, reason=str(error)) from error
    try:
        yield executor
    finally:
        entered.__exit__(None, None, None)


def fits(case: Case, scenario: Scenario) -> None:
    """Raises UsageError where an expression or a site of the scenario means nothing in this case."""
    from tawteen.plan.scenario import apply

    try:
        apply(case, scenario)
    except CaseError as error:
        raise UsageError.of(error.findings) from error


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

    desk: Console = ctx.obj
    scenario = Scenario(tuple(changes or ()), tuple(must or ()), tuple(without or ()))
    earlier = None if start is None else the_programme(start)
    shared = nullcontext() if cluster is None else workers_of(None, cluster)
    with delivery(out, DELIVERED) as staged, shared as executor, stoppable(desk) as stop, ProgressBar(desk) as bar:
        bar.say(desk.words.say("cli.reading"))
        read = sound_case(case, desk)
        fits(read, scenario)
        programme = plan_case(
            read, scenario=scenario, time_limit=time_limit, seed=seed, gap=gap, stop=stop, progress=bar.plan,
            start=earlier, executor=executor, steps=steps,
        )  # fmt: skip
        keep(read, programme, staged, outline_of(case))
        reported = _reported(read, programme, staged, desk, bar) if programme.value is not None else None
    findings = _unsolved(read, programme, desk)
    data = {**_data(programme), "out": str(out)}
    if reported is None:
        return CommandResult(data, (), findings, exit_code(findings))
    data["summary"] = {key: value for key, _, value, *_ in figures(reported)}
    told = desk.words.say("cli.open", {"path": str(out / PAGE)})
    return CommandResult(data, (desk.pairs(lines(desk, reported)), "", told), findings, exit_code(findings))


def keep(case: Case, programme: Programme, staged: Path, outline: Path) -> None:
    """Programme and case side by side: together they are all that verifying, explaining and reporting need."""
    from tawteen.case.folder import write_folder
    from tawteen.plan.programme_file import write_programme

    write_programme(programme, staged / PROGRAMME)
    write_folder(case, staged / CASE)
    if outline.is_file():
        shutil.copyfile(outline, outline_of(staged / CASE))


def _reported(case: Case, programme: Programme, staged: Path, desk: Console, bar: ProgressBar) -> ReportData:
    from tawteen.report import report, study

    report(case, programme, staged, desk.words.lang, progress=bar.report, outline=outline_of(staged / CASE))
    return study(case, programme)


def _unsolved(case: Case, programme: Programme, desk: Console) -> list[Finding]:
    from tawteen.plan.conflict import lacks_money
    from tawteen.plan.explain import conflict_in_words
    from tawteen.plan.planning import problem_of
    from tawteen.plan.scenario import apply

    if programme.status == "infeasible":
        rules = conflict_in_words(case, programme, desk.words)
        poor = lacks_money(problem_of(apply(case, programme.scenario)))
        alone = "cli.infeasible_alone" if len(programme.conflict) == 1 else "cli.infeasible"
        return [Finding("error", "cli.infeasible_money" if poor else alone, args={"rules": rules})]
    return [Finding("warning", "cli.nothing_found")] if programme.value is None else []


def _data(programme: Programme) -> dict[str, Any]:
    names = ("case_id", "case_hash", "status", "value", "bound", "do_nothing", "gap", "seed", "seconds", "peak_mb")
    told = {name: getattr(programme, name) for name in names}
    return {**told, "sites": programme.sites.to_dicts(), "conflict": programme.conflict}
