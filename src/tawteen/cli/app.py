"""The commands put together, with their help in one language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tawteen import __version__
from tawteen.cli import appraisals, cases, localise, plans, proofs, reports, robust, rooms
from tawteen.cli.result import CommandResult, UsageError
from tawteen.words import Lang, Words

COMMANDS: dict[str, Callable[..., CommandResult]] = {
    "check": cases.check,
    "template": cases.template,
    "generate": cases.generate,
    "diagnose": rooms.diagnose,
    "match": rooms.match,
    "appraise": appraisals.appraise,
    "localise": localise.localise,
    "plan": plans.plan,
    "verify": proofs.verify,
    "explain": proofs.explain,
    "compare": reports.compare,
    "report": reports.report,
    "robust": robust.robust,
    "replan": robust.replan,
    "pareto": robust.pareto,
}
EVERYWHERE = ("lang", "json")


class Group(TyperGroup):
    """The program; an unknown command is answered with the known ones."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that `args` begin with. Raises UsageError where there is none."""
        if args and args[0] not in self.commands:
            raise UsageError("cli.no_command", name=args[0], known=", ".join(self.commands))
        return super().resolve_command(ctx, args)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


def _everywhere(
    lang: Annotated[Lang, typer.Option("--lang", show_default=False)] = "en",
    json: Annotated[bool, typer.Option("--json", show_default=False)] = False,
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, show_default=False)] = False,
) -> None:
    """What every command understands; `Console` has read it already."""


def command(words: Words) -> TyperGroup:
    """The whole program with its help said in `words`."""
    app = typer.Typer(cls=Group, no_args_is_help=True, add_completion=False, rich_markup_mode="rich")
    app.callback()(_everywhere)
    for name, verb in COMMANDS.items():
        app.command(name)(verb)
    group = typer.main.get_command(app)
    if not isinstance(group, Group):
        raise TypeError("a program of several commands is a group")
    shared = [param for param in group.params if param.name in EVERYWHERE]
    for one in group.commands.values():
        one.params.extend(shared)
        _translate(one, f"cli.help.{one.name}", words)
        one.epilog = words.say(f"cli.help.{one.name}.examples")
        one.rich_help_panel = words.say("cli.help.commands")  # type: ignore[attr-defined]
    for param in shared:
        param.expose_value = False
    _translate(group, "cli.help", words)
    group.epilog = words.say("cli.help.examples")
    return group


def _translate(one: Any, code: str, words: Words) -> None:
    one.help = words.say(code)
    one.options_metavar = words.say("cli.help.options_mark")
    for param in one.get_params(typer.Context(one)):
        param.help = words.say(f"cli.help.of.{param.name}")
        arguments = param.param_type_name == "argument"
        param.rich_help_panel = words.say("cli.help.arguments" if arguments else "cli.help.options")
