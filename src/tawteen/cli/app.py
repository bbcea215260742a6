"""The commands put together, with their help in one language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tawteen import __version__
from tawteen.cli.appraise import appraise
from tawteen.cli.check import check
from tawteen.cli.compare import compare
from tawteen.cli.diagnose import diagnose
from tawteen.cli.explain import explain
from tawteen.cli.generate import generate
from tawteen.cli.init import init
from tawteen.cli.localise import localise
from tawteen.cli.match import match
from tawteen.cli.pareto import pareto
from tawteen.cli.plan import plan
from tawteen.cli.replan import replan
from tawteen.cli.report import report
from tawteen.cli.result import CommandResult
from tawteen.cli.robust import robust
from tawteen.cli.template import template
from tawteen.cli.verify import verify
from tawteen.runs.usage_error import UsageError
from tawteen.words import Lang, Words

COMMANDS: dict[str, Callable[..., CommandResult]] = {
    "check": check,
    "template": template,
    "generate": generate,
    "init": init,
    "diagnose": diagnose,
    "match": match,
    "appraise": appraise,
    "localise": localise,
    "plan": plan,
    "verify": verify,
    "explain": explain,
    "compare": compare,
    "report": report,
    "robust": robust,
    "replan": replan,
    "pareto": pareto,
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
