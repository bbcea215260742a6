"""verify: the value and every limit of a programme, recomputed."""

from __future__ import annotations

from dataclasses import dataclass
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
    from tawteen.plan.policy_plan import PolicyPlan
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
        "policy_bound": None if programme.policy is None else programme.policy.proven_bound,
        "policy_bound_by_prices": verification.policy_bound_by_prices,
        "unproved": UNPROVED,
    }
    proof = _proof_lines(console, programme, verification)
    lines: list[RenderableType] = [console.pairs(rows), verdict, *proof, say("cli.not_proved_again")]
    if programme.policy is not None and verification.policy_courses:
        lines += [say("cli.policy_recomputed", n=verification.policy_courses), say("cli.policy_not_proved")]
    if programme.policy is not None:
        lines += _policy_proof_lines(console, programme.policy, verification.policy_bound_by_prices)
    return CommandResult(data, lines, verification.findings, exit_code(verification.findings))


@dataclass(frozen=True)
class ProofCodes:
    """Codes of what is said of a bound: proved again, in part, or not (without prices, or none that is finite)."""

    proved: str
    partly: str
    unproved: str
    infinite: str


def _proof_lines(console: Console, programme: Programme, verification: Verification) -> tuple[str, ...]:
    """How far the bound is proved again."""
    proved, priced = verification.bound_by_prices, programme.bound_prices.height > 0
    codes = ProofCodes("cli.bound_proved", "cli.bound_partly", "cli.bound_unproved", "cli.bound_infinite")
    return _bound_lines(console, codes, programme.bound, proved, priced=priced)


def _policy_proof_lines(console: Console, policy: PolicyPlan, proved: float | None) -> tuple[str, ...]:
    """How far the bound on the gain of any policy is proved again, and that an estimated one is not."""
    priced = policy.bound_prices.height > 0
    codes = ProofCodes(
        "cli.policy_bound_proved", "cli.policy_bound_partly", "cli.policy_bound_unproved", "cli.policy_bound_infinite"
    )
    lines = _bound_lines(console, codes, policy.proven_bound, proved, priced=priced)
    if not policy.bound_is_estimated or policy.bound is None:
        return lines
    estimated = {"bound": console.words.number(policy.bound, 0)}
    return (*lines, console.words.say("cli.policy_bound_estimated", estimated))


def _bound_lines(
    console: Console, codes: ProofCodes, bound: float | None, proved: float | None, *, priced: bool
) -> tuple[str, ...]:
    """How far `bound` is proved again, where there is one: `proved` is what its prices prove, if it has any."""
    if bound is None:
        return ()
    number, say = console.words.number, console.words.say
    if proved is None:
        return (say(codes.infinite if priced else codes.unproved, {"bound": number(bound, 0)}),)
    if proved <= bound + CONSOLE.bound_rounding * abs(bound):
        return (say(codes.proved, {"bound": number(bound, 0)}),)
    return (say(codes.partly, {"bound": number(bound, 0), "proved": number(proved, 0)}),)
