"""plan: the programme of a case, its report and the case it was made from."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.case.findings import Finding
from tawteen.case.paths import outline_of
from tawteen.cli.console import Console
from tawteen.cli.drawing import NoReport, draw_report, where_to_look
from tawteen.cli.inputs import CasePath, ParamsFile, sound_case
from tawteen.cli.interrupts import stoppable
from tawteen.cli.outlook import outlook_shown
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.delivery import claim
from tawteen.runs.load import load_programme, search_params
from tawteen.runs.programme_folder import DELIVERED
from tawteen.runs.sites import site_id
from tawteen.runs.workers import open_workers

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.inputs import PlanInputs
    from tawteen.plan.programme import Programme


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
    scenarios: Annotated[int | None, typer.Option("--scenarios", min=0, metavar="N", show_default=False)] = None,
    params: ParamsFile = None,
    no_report: NoReport = False,
) -> CommandResult:
    """Chooses which sites start, how and when; writes the programme, its report and the case it was made from."""
    from tawteen.plan.programme import Scenario
    from tawteen.runs.planning import SearchRequest, plan_into

    console: Console = ctx.obj
    tuning = search_params(params)
    earlier = None if start is None else load_programme(start)
    shared = nullcontext() if cluster is None else open_workers(None, cluster)
    with claim(out, DELIVERED) as results, shared as executor, ProgressBar(console) as bar:
        with stoppable(console) as stop:
            bar.begin("reading")
            read = sound_case(case, console)
            sites = [tuple(site_id(read, site) for site in names or ()) for names in (must, without)]
            request = SearchRequest(
                Scenario(tuple(changes or ()), *sites), time_limit, seed, gap, earlier, steps, executor, tuning
            )
            programme, inputs = plan_into(results, read, request, outline=outline_of(case), progress=bar, stop=stop)
        data = {**_data(programme), "out": str(out)}
        try:
            findings = _unsolved(read, programme, inputs, console)
            if programme.value is None:
                return CommandResult(data, (), findings, exit_code(findings))
            ended = programme.status == "interrupted"
            outlook = tuning.outlook.with_scenarios(0 if ended else scenarios)
            tuned = tuning.model_copy(update={"outlook": outlook})
            shown, reasons, warnings = outlook_shown(results, read, programme, bar, inputs=inputs, params=tuned)
            data |= shown
            findings += warnings
            if not no_report:
                findings += draw_report(results, out, bar, reasons=reasons)
        except KeyboardInterrupt:
            # The programme is there: what is not, is told.
            findings = [Finding("warning", "cli.report_stopped", args={"path": str(out)})]
    drawn = not no_report and not any(finding.code.startswith("cli.report_") for finding in findings)
    data["report"] = drawn
    return CommandResult(data, (where_to_look(out, bar, drawn=drawn),), findings, exit_code(findings))


def _unsolved(case: Case, programme: Programme, inputs: PlanInputs, console: Console) -> list[Finding]:
    from tawteen.plan.conflict import lacks_money
    from tawteen.plan.explain import conflict_in_words
    from tawteen.plan.problem import build_problem

    if programme.status == "infeasible":
        rules = conflict_in_words(case, programme, console.words)
        poor = lacks_money(build_problem(inputs))
        alone = "cli.infeasible_alone" if len(programme.conflict) == 1 else "cli.infeasible"
        return [Finding("error", "cli.infeasible_money" if poor else alone, args={"rules": rules})]
    return [Finding("warning", "cli.nothing_found")] if programme.value is None else []


def _data(programme: Programme) -> dict[str, Any]:
    names = ("case_id", "case_hash", "status", "value", "bound", "do_nothing", "gap", "seed", "seconds", "peak_mb")
    fields = {name: getattr(programme, name) for name in names}
    return {**fields, "sites": programme.sites.to_dicts(), "conflict": programme.conflict}
