"""verify: the value and every limit of a programme, recomputed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.console import RenderableType

from tawteen.cli.console import Console
from tawteen.cli.inputs import Folder, OwnCase, its_case
from tawteen.cli.params import CONSOLE
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.load import load_programme

if TYPE_CHECKING:
    from tawteen.plan.programme import Programme
    from tawteen.plan.verify import Verification


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
        "bound": programme.bound,
        "bound_by_prices": verification.bound_by_prices,
        "policy_courses": verification.policy_courses,
        "unproved": UNPROVED,
    }
    proof = _proof_lines(console, programme, verification)
    lines: list[RenderableType] = [console.pairs(rows), verdict, *proof, say("cli.not_proved_again")]
    if programme.policy is not None and verification.policy_courses:
        lines += [say("cli.policy_recomputed", n=verification.policy_courses), say("cli.policy_not_proved")]
    return CommandResult(data, lines, verification.findings, exit_code(verification.findings))


def _proof_lines(console: Console, programme: Programme, verification: Verification) -> tuple[str, ...]:
    """How far the bound is proved again."""
    if programme.bound is None:
        return ()
    number, say = console.words.number, console.words.say
    bound, proved = number(programme.bound, 0), verification.bound_by_prices
    if proved is None:
        code = "cli.bound_unproved" if programme.bound_prices.is_empty() else "cli.bound_infinite"
        return (say(code, {"bound": bound}),)
    if proved <= programme.bound + CONSOLE.bound_rounding * abs(programme.bound):
        return (say("cli.bound_proved", {"bound": bound}),)
    return (say("cli.bound_partly", {"bound": bound, "proved": number(proved, 0)}),)
