"""Run a command line and return its exit code, with every exception turned into a message."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from typer import Abort
from typer.exceptions import TyperException

from tawteen.case.findings import CaseError, Finding
from tawteen.cli.app import command
from tawteen.cli.console import Console
from tawteen.cli.interrupts import end_on_terminate
from tawteen.cli.result import BROKEN, FOUND, STOPPED, WRONG, CommandResult
from tawteen.cli.usage_errors import wrong_use
from tawteen.runs.unused_libraries import leave_out_unused
from tawteen.runs.usage_error import UsageError


def main() -> None:
    """The program `tawteen`."""
    end_on_terminate()
    leave_out_unused()
    code = run(sys.argv[1:])
    if code in (STOPPED, BROKEN):
        # The solver may still be at work in a thread of its own, which would abort while Python takes itself down.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run(args: Sequence[str]) -> int:
    """Does what `args` ask and returns the exit code: 0 fine, 1 findings, 2 wrong use, 70 broken, 130 stopped."""
    console = Console.from_args(args, os.environ)
    reply = _reply(args, console)
    if isinstance(reply, int):
        return reply
    name = next((arg for arg in args if not arg.startswith("-") and arg not in ("ar", "en")), "")
    try:
        console.print_result(name, reply)
        sys.stdout.flush()
    except (KeyError, ValueError, IndexError) as error:
        # A sentence that does not fit its arguments must not hide what was found.
        reply = _broken(error)
        console.print_result(name, reply)
    except BrokenPipeError:
        # The reader has seen enough; Python would complain once more while it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return reply.code


def _reply(args: Sequence[str], console: Console) -> CommandResult | int:
    try:
        answer = command(console.words).main(list(args), prog_name="tawteen", standalone_mode=False, obj=console)
    except (Exception, KeyboardInterrupt) as error:
        return _error_result(error)
    if answer == STOPPED:
        return _error_result(KeyboardInterrupt())
    return answer if isinstance(answer, (CommandResult, int)) else 0


def _error_result(error: BaseException) -> CommandResult | int:
    """Findings and exit code of an exception."""
    match error:
        case UsageError():
            return CommandResult(findings=error.findings, code=WRONG)
        case TyperException():
            # Help that nobody asked for by name has been shown already.
            helped = type(error).__name__ == "NoArgsIsHelpError"
            return WRONG if helped else CommandResult(findings=[wrong_use(error)], code=WRONG)
        case CaseError():
            return CommandResult(findings=error.findings, code=FOUND)
        case Abort() | KeyboardInterrupt():
            return CommandResult(findings=[Finding("error", "cli.stopped")], code=STOPPED)
        case OSError():
            args = {"path": str(error.filename or ""), "reason": error.strerror or str(error)}
            return CommandResult(findings=[Finding("error", "cli.system", args=args)], code=WRONG)
    return _broken(error)


def _broken(error: BaseException) -> CommandResult:
    if os.environ.get("TAWTEEN_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    args = {"kind": type(error).__name__, "detail": str(error).splitlines()[0][:200] if str(error) else ""}
    return CommandResult(findings=[Finding("error", "cli.broken", args=args)], code=BROKEN)
