"""Typer's messages on wrong arguments as findings, because Typer speaks English alone."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tawteen.case.findings import Finding

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_KINDS = {
    "greater_than": "cli.value.bound",
    "less_than": "cli.value.bound",
    "int_": "cli.value.whole",
    "float_": "cli.value.number",
    "finite_number": "cli.value.number",
    "bool_": "cli.value.flag",
    "value_error": "cli.value.choice",
}
_CHOICES = re.compile(r"is not one of (.+?)\.?$")
_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((.+)\)$")


def wrong_use(error: Exception) -> Finding:
    """A message of Typer as a finding; its own words are kept only for causes that no code of ours covers."""
    name = _name(error)
    kind, detail = type(error).__name__, str(error)
    if kind == "NoSuchOption":
        near = _near(name or "", _options(error))
        return (
            _finding("cli.no_option_like", name=name, guess=near[0]) if near else _finding("cli.no_option", name=name)
        )
    if kind == "MissingParameter":
        return _finding("cli.missing", name=name)
    if kind == "BadOptionUsage":
        return _finding("cli.takes_no_value" if "does not take" in detail else "cli.needs_value", name=name)
    if extra := _EXTRA.search(detail):
        return _finding("cli.too_many", words=extra[1])
    if kind == "BadParameter":
        return _value(error, name)
    return _finding("cli.wrong_use", detail=detail)


def _options(error: Exception) -> set[str]:
    """The options of the command that was typed; the complaint itself names similar ones alone."""
    command = getattr(getattr(error, "ctx", None), "command", None)
    known = {option for param in getattr(command, "params", ()) for option in param.opts if option.startswith("--")}
    return known | set(getattr(error, "possibilities", None) or ())


def _near(typed: str, options: Iterable[str]) -> list[str]:
    """The option that begins as typed, else the most similar one, if any."""
    known = sorted(options)
    begun = [option for option in known if len(typed) > len("--") and option.startswith(typed)]
    return begun[:1] or difflib.get_close_matches(typed, known, n=1, cutoff=0.5)


def _name(error: Exception) -> str | None:
    """The option as typed, or the argument as the help calls it."""
    param = getattr(error, "param", None)
    if param is None:
        return getattr(error, "option_name", None)
    return str(param.opts[-1] if param.param_type_name == "option" else param.metavar or param.name.upper())


def _value(error: Exception, name: str | None) -> Finding:
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        problem = cause.errors(include_url=False)[0]
        code = next((c for start, c in _KINDS.items() if problem["type"].startswith(start)), "cli.bad_value")
        limits = _limits(problem)
        if limits or code not in ("cli.value.bound", "cli.value.choice"):
            return _finding(code, name=name, given=problem["input"], limits=limits, detail=str(error))
    return _finding("cli.bad_value", name=name, detail=str(error))


def _limits(problem: ErrorDetails) -> str:
    if choices := _CHOICES.search(problem["msg"]):
        return choices[1].replace("'", "")
    from tawteen.case.settings_file import limits_of

    return limits_of(problem)


def _finding(code: str, **args: Any) -> Finding:
    return Finding("error", code, args=args)
