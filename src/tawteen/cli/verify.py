"""verify: the value and every limit of a programme, recomputed."""

from __future__ import annotations

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import Folder, OwnCase, its_case
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.load import load_programme


def verify(ctx: typer.Context, folder: Folder, case: OwnCase = None) -> CommandResult:
    """Recomputes every limit and the value of a programme from it and its case alone."""
    from tawteen.plan.verify import UNPROVED
    from tawteen.plan.verify import verify as verification_of

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        bar.begin("reading")
        programme = load_programme(folder)
        read = its_case(folder, case, console)
        verification = verification_of(read, programme, bar)
    number, say = console.words.number, console.words.say
    rows = [
        (say("cli.limits_checked"), number(sum(verification.checks.values()))),
        (say("cli.value_stored"), "–" if programme.value is None else number(programme.value, 0)),
        (say("cli.value_recomputed"), "–" if verification.value is None else number(verification.value, 0)),
    ]
    held = "cli.holds" if programme.value is not None else "cli.holds_nothing"
    verdict = console.words.say(held if verification.holds else "cli.does_not_hold")
    data = {
        "holds": verification.holds,
        "checks": verification.checks,
        "value": verification.value,
        "do_nothing": verification.do_nothing,
        "difference": verification.difference,
        "nothing_excess": verification.nothing_excess,
        "unproved": UNPROVED,
    }
    lines = (console.pairs(rows), verdict, say("cli.not_proved_again"))
    return CommandResult(data, lines, verification.findings, exit_code(verification.findings))
