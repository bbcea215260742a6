"""robust: a programme in many scenarios."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.drawing import NoReport, draw_report, where_to_look
from tawteen.cli.inputs import Folder, OwnCase, ParamsFile, solved_programme
from tawteen.cli.interrupts import stoppable
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.cli.tables import all_frames, names
from tawteen.runs.delivery import claim
from tawteen.runs.load import search_params
from tawteen.runs.programme_folder import REPORT, ROBUSTNESS
from tawteen.runs.workers import open_workers

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.robust.model import Robustness
    from tawteen.words import Words

FIGURE_COLUMNS = ("base", "mean", "p50", "p80")


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
    params: ParamsFile = None,
    no_report: NoReport = False,
) -> CommandResult:
    """Figures of a programme in many scenarios, frequency of each option, and sites to survey first."""
    from tawteen.plan.robust.robustness import Stopped
    from tawteen.runs.planning import RobustnessRequest, robust_into

    console: Console = ctx.obj
    tuning = search_params(params)
    with claim(folder, (ROBUSTNESS, *REPORT), foreign=True) as results, ProgressBar(console) as bar:
        with stoppable(console, "cli.stopping_scenarios") as stop:
            programme, case = solved_programme(folder, given, console, bar)
            request = RobustnessRequest(
                scenarios, replans, seed, nodes, math.inf if each is None else each, tuning.robust
            )
            with open_workers(workers, cluster) as executor:
                try:
                    outcome = robust_into(results, case, programme, request, executor=executor, progress=bar, stop=stop)
                except Stopped as error:
                    raise typer.Abort from error
        bar.pause()
        console.show([*_parts(case, outcome, console), ""])
        findings = [] if no_report else draw_report(results, folder, bar, given)
    next_step = where_to_look(folder, bar, drawn=not no_report and not findings)
    data = {
        "seconds": outcome.seconds,
        "scenarios": outcome.scenarios,
        "replans": outcome.replans,
        "beats": outcome.beats,
    }
    data |= {"gains": outcome.gains, "replan_gap": outcome.replan_gap}
    frames = {**all_frames(outcome), "policy_figures": outcome.policy_figures.to_dicts()}
    return CommandResult({**data, **frames}, (next_step,), findings, exit_code(findings))


def _parts(case: Case, outcome: Robustness, console: Console) -> list[Any]:
    number, percent = console.words.number, console.words.percent
    sites, options = names(case, "sites", console), names(case, "options", console)
    figures = [
        [
            console.words.say(f"robust.{r['figure']}"),
            *("–" if r[c] is None else number(r[c], 0) for c in FIGURE_COLUMNS),
        ]
        for r in outcome.figures.iter_rows(named=True)
    ]
    often = [
        [sites.get(r["site"], r["site"]), options.get(r["option"], r["option"]), percent(r["chosen"], 0)]
        for r in outcome.options.iter_rows(named=True)
        if r["chosen"] > 0 and r["kind"] != "survey"
    ]
    surveys = [
        [sites.get(r["site"], r["site"]), *(number(r[c], 0) for c in ("worth", "cost", "net"))]
        for r in outcome.surveys.iter_rows(named=True)
        if r["worth"] > 0
    ]
    parts: list[Any] = [
        console.words.say("robust.scenarios", {"gains": percent(outcome.gains, 0)}, n=outcome.scenarios),
        *([] if outcome.beats is None else [console.words.say("robust.beats", {"share": percent(outcome.beats, 0)})]),
        console.rows("robust.figures", ["robust.figure", *(f"robust.{c}" for c in FIGURE_COLUMNS)], figures, 4),
        console.words.say("robust.replans", n=outcome.replans),
        *(
            []
            if outcome.replan_gap is None
            else [console.words.say("robust.gap", {"share": percent(outcome.replan_gap, 1)})]
        ),
        *_policy_and_path(outcome, console),
        console.rows("robust.chosen", ["cli.site", "cli.option", "robust.often"], often, 1),
        console.rows("robust.surveys", ["cli.site", "robust.worth", "robust.cost", "robust.net"], surveys, 3),
    ]
    return parts


def _policy_and_path(outcome: Robustness, console: Console) -> list[Any]:
    """The policy beside the single path in the same futures; nothing where the programme has no policy."""
    runs, words = outcome.policy_runs, console.words
    if runs.is_empty():
        return []
    rows = [
        [words.say(f"robust.policy_{figure}"), *(_figure_text(words, figure, value) for value in sides)]
        for figure, *sides in outcome.policy_figures.iter_rows()
    ]
    better = float((runs["policy"] > runs["path"]).mean())  # type: ignore[arg-type]
    return [
        words.say("robust.beside", n=runs.height),
        words.say("robust.beside_how"),
        console.rows("robust.figures_of_both", ["robust.figure", "robust.policy", "robust.path"], rows, 2),
        words.say("robust.policy_better", {"share": words.percent(better, 0)}),
    ]


def _figure_text(words: Words, figure: str, value: float) -> str:
    return words.percent(value, 0) if figure == "chance_of_loss" else words.number(value, 0)
