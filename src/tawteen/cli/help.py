"""Help in the language of the reader: usage, arguments, options with their limits and defaults, examples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from tawteen.runs.usage_error import UsageError
from tawteen.words import Words, catalog

if TYPE_CHECKING:
    from tawteen.cli.console import Console


class Command(TyperCommand):
    """A command whose help is written by this module."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the signature is Typer's
        """Writes the help to the console of the run."""
        show_help(self, ctx)


class Group(TyperGroup):
    """The program; an unknown command is answered with the nearest, or with all."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the signature is Typer's
        """Writes the help to the console of the run."""
        show_help(self, ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that `args` begin with. Raises UsageError where there is none."""
        if args and args[0] not in self.commands:
            from tawteen.case.names import closest

            if near := closest(args[0], self.commands):
                raise UsageError("cli.no_command_like", name=args[0], guess=near)
            raise UsageError("cli.no_command", name=args[0], known=", ".join(self.commands))
        return super().resolve_command(ctx, args)


def show_help(command: Any, ctx: Any) -> None:
    """Writes usage, arguments, options, commands and examples of `command`."""
    console: Console = ctx.find_root().obj
    words, out = console.words, console.out
    commands = getattr(command, "commands", {})
    params = [param for param in command.get_params(ctx) if not getattr(param, "hidden", False)]
    arguments = [param for param in params if param.param_type_name == "argument"]
    options = [param for param in params if param.param_type_name != "argument"]
    parts = [ctx.command_path, words.say("cli.help.options_mark"), *(argument_mark(p, words) for p in arguments)]
    if commands:
        parts.append(words.say("cli.help.command_mark"))
    out.print(Text(words.say("cli.help.usage", {"usage": " ".join(parts)})))
    out.print(Text(f"\n{command.help}\n"))
    sections = [
        ("cli.help.arguments", [(argument_mark(param, words), _parameter_help(param, words)) for param in arguments]),
        ("cli.help.options", [(_option_mark(param, words), _parameter_help(param, words)) for param in options]),
        ("cli.help.commands", [(name, one.help) for name, one in commands.items()]),
    ]
    for title, rows in sections:
        if rows:
            out.print(Text(words.say(title), "bold"))
            out.print(_table(rows))
            out.print()
    out.print(Text(command.epilog), soft_wrap=True)


def _table(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for mark, text in rows:
        table.add_row(Text(f"  {mark}", "cyan"), Text(text))
    return table


def metavar(name: str, words: Words) -> str:
    """Placeholder of an option's value in the reader's language."""
    code = f"cli.metavar.{name.strip('[]').lower().partition('.')[0]}"
    return words.say(code) if code in catalog(words.lang) else name.strip("[]")


def argument_mark(param: Any, words: Words) -> str:
    """Placeholder of an argument in the usage line; in brackets if the argument is optional."""
    name = metavar(param.metavar or param.name.upper(), words)
    return name if param.required else f"[{name}]"


def _option_mark(param: Any, words: Words) -> str:
    names = ", ".join(sorted(param.opts, key=len))
    choices = getattr(param, "choices", None) or _choices(param)
    if choices:
        return f"{names} {'|'.join(choices)}"
    return names if param.is_flag or not param.metavar else f"{names} {metavar(param.metavar, words)}"


def _choices(param: Any) -> tuple[str, ...]:
    return ("en", "ar") if param.name == "lang" else ()


def _parameter_help(param: Any, words: Words) -> str:
    """Help line of a parameter: meaning, whether it is required, default and least value."""
    notes = []
    if param.required:
        notes.append(words.say("cli.help.required"))
    # Typer shows a default only where it was asked to; flags and texts without one say nothing.
    if getattr(param, "show_default", False) and param.default is not None and not getattr(param, "is_flag", False):
        notes.append(words.say("cli.help.default", {"value": param.default}))
    if (least := getattr(param, "min", None)) is not None:
        notes.append(words.say("cli.help.least", {"value": f"{least:g}"}))
    return str(param.help) + (f" ({words.say('cli.comma').join(notes)})" if notes else "")
