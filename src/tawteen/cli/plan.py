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
from tawteen.cli.model_file import model_shown
from tawteen.cli.outlook import outlook_shown
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.delivery import claim
from tawteen.runs.load import load_programme, search_params
from tawteen.runs.model_file import require_model_path
from tawteen.runs.programme_folder import DELIVERED
from tawteen.runs.sites import site_id
from tawteen.runs.usage_error import UsageError
from tawteen.runs.workers import open_workers

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.inputs import PlanInputs
    from tawteen.plan.programme import Programme, Scenario


UNSHOWN = ("bound_prices", "flows_hash", "gains", "gains_without", "outcomes", "solutions", "starts")
"""Fields of the policy that the programme's file alone holds: all futures, and prices of limits."""


def plan(
    ctx: typer.Context,
    *,
    case: CasePath,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", show_default=False)] = None,
    model: Annotated[Path | None, typer.Option("--model", metavar="FILE.mps", show_default=False)] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.0, metavar="S")] = 60.0,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N")] = 1,
    gap: Annotated[float, typer.Option("--gap", min=0.0, metavar="G")] = 0.001,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="EXPR", show_default=False)] = None,
    must: Annotated[list[str] | None, typer.Option("--must", metavar="SITE", show_default=False)] = None,
    without: Annotated[list[str] | None, typer.Option("--without", metavar="SITE", show_default=False)] = None,
    start: Annotated[Path | None, typer.Option("--start", metavar="DIR", show_default=False)] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", metavar="ADDRESS", show_default=False)] = None,
    fixed: Annotated[bool, typer.Option("--fixed")] = False,
    steps: Annotated[int | None, typer.Option("--steps", min=0, metavar="N", show_default=False)] = None,
    scenarios: Annotated[int | None, typer.Option("--scenarios", min=0, metavar="N", show_default=False)] = None,
    params: ParamsFile = None,
    no_report: NoReport = False,
) -> CommandResult:
    """Chooses which sites start, how and when, and what to do for each thing that surveys may find.

    It writes the programme, its report and the case it was made from.

    With `model` it writes the whole model first; without `out` that is all it does.
    """
    from tawteen.runs.planning import SearchRequest, plan_into

    console: Console = ctx.obj
    _require_target(out, model)
    tuning = search_params(params)
    if out is None:
        with ProgressBar(console) as bar:
            read, scenario = _read(case, changes, must, without, console=console, bar=bar)
            return model_shown(read, model, scenario, params=tuning, console=console, bar=bar)
    earlier = None if start is None else load_programme(start)
    shared = nullcontext() if cluster is None else open_workers(None, cluster)
    with claim(out, DELIVERED) as results, shared as executor, ProgressBar(console) as bar:
        with stoppable(console) as stop:
            read, scenario = _read(case, changes, must, without, console=console, bar=bar)
            written = model_shown(read, model, scenario, params=tuning, console=console, bar=bar)
            request = SearchRequest(scenario, time_limit, seed, gap, earlier, fixed, steps, executor, tuning)
            programme, inputs = plan_into(results, read, request, outline=outline_of(case), progress=bar, stop=stop)
        data = {**_data(programme), **written.data, "out": str(out)}
        findings = [*written.findings]
        try:
            findings += [*_unsolved(read, programme, inputs, console), *_unlearned(programme, inputs, fixed=fixed)]
            if programme.value is None:
                return CommandResult(data, written.parts, findings, exit_code(findings))
            tuned = tuning.with_scenarios(0 if programme.status == "interrupted" else scenarios)
            shown, reasons, warnings = outlook_shown(results, read, programme, bar, inputs=inputs, params=tuned)
            data |= shown
            findings += warnings
            findings += [] if no_report else draw_report(results, out, bar, reasons=reasons)
        except KeyboardInterrupt:
            # The programme is there: what is not, is told.
            findings = [*written.findings, Finding("warning", "cli.report_stopped", args={"path": str(out)})]
    data["report"] = drawn = not no_report and not any(one.code.startswith("cli.report_") for one in findings)
    parts = (*written.parts, where_to_look(out, bar, drawn=drawn))
    return CommandResult(data, parts, findings, exit_code(findings))


def _require_target(out: Path | None, model: Path | None) -> None:
    """Raises UsageError where there is nowhere to write to, or where the model cannot be written."""
    if model is not None:
        require_model_path(model)
    elif out is None:
        raise UsageError("cli.missing", name="--out")


def _read(
    path: Path, changes: list[str] | None, must: list[str] | None, without: list[str] | None, *, console: Console,
    bar: ProgressBar,
) -> tuple[Case, Scenario]:  # fmt: skip
    """The case at `path` without errors, and the scenario that the options make of it."""
    from tawteen.plan.programme import Scenario

    bar.begin("reading")
    case = sound_case(path, console)
    sites = [tuple(site_id(case, site) for site in names or ()) for names in (must, without)]
    return case, Scenario(tuple(changes or ()), *sites)


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


def _unlearned(programme: Programme, inputs: PlanInputs, *, fixed: bool) -> list[Finding]:
    """A warning where surveys may find one thing or another, and no policy was planned."""
    from tawteen.runs.policy import can_learn

    missing = not fixed and programme.value is not None and programme.policy is None
    return [Finding("warning", "cli.no_policy")] if missing and can_learn(inputs) else []


def _data(programme: Programme) -> dict[str, Any]:
    """Figures, sites and policy of a programme."""
    from tawteen.plan.policy_file import policy_fields

    names = ("case_id", "case_hash", "status", "value", "bound", "do_nothing", "gap", "seed", "seconds", "peak_mb")
    fields = {name: getattr(programme, name) for name in names}
    policy = policy_fields(programme.policy, None)
    shown = None if policy is None else {name: value for name, value in policy.items() if name not in UNSHOWN}
    return {**fields, "sites": _sites(programme), "conflict": programme.conflict, "policy": shown}


def _sites(programme: Programme) -> list[dict[str, Any]]:
    """The sites of the programme, each with what the policy does there and what knowing it is worth."""
    rows, policy = programme.sites.to_dicts(), programme.policy
    decisions = {} if policy is None else policy.policy.rows_by_key("site", named=True)
    worths = {} if policy is None else dict(policy.information.select("site", "value_of_information").iter_rows())
    return [
        {**row, "policy": decisions.get(row["id"], []), "value_of_information": worths.get(row["id"])} for row in rows
    ]
