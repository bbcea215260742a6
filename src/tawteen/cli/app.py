"""The commands put together, with their help in one language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tawteen import __version__
from tawteen.cli.appraise import appraise
from tawteen.cli.backup import backup
from tawteen.cli.check import check
from tawteen.cli.compare import compare
from tawteen.cli.convert import convert
from tawteen.cli.cosign import cosign
from tawteen.cli.demo import demo
from tawteen.cli.diagnose import diagnose
from tawteen.cli.explain import explain
from tawteen.cli.export_record import export_record
from tawteen.cli.forms import forms
from tawteen.cli.generate import generate
from tawteen.cli.help import Command, Group
from tawteen.cli.init import init
from tawteen.cli.localise import localise
from tawteen.cli.match import match
from tawteen.cli.new_key import new_key
from tawteen.cli.pareto import pareto
from tawteen.cli.plan import plan
from tawteen.cli.reassess import reassess
from tawteen.cli.rebuild import rebuild
from tawteen.cli.replan import replan
from tawteen.cli.report import report
from tawteen.cli.reset_sign_in import reset_sign_in
from tawteen.cli.restore import restore
from tawteen.cli.result import CommandResult
from tawteen.cli.robust import robust
from tawteen.cli.serve import serve
from tawteen.cli.submissions import submissions
from tawteen.cli.template import template
from tawteen.cli.verify import verify
from tawteen.cli.verify_record import verify_record
from tawteen.cli.work import work
from tawteen.words import Lang, Words

COMMANDS: dict[str, Callable[..., CommandResult]] = {
    "check": check,
    "template": template,
    "convert": convert,
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
    "reassess": reassess,
    "replan": replan,
    "pareto": pareto,
    "forms": forms,
    "submissions": submissions,
    "verify-record": verify_record,
    "cosign": cosign,
    "new-key": new_key,
    "serve": serve,
    "work": work,
    "demo": demo,
    "backup": backup,
    "restore": restore,
    "rebuild": rebuild,
    "reset-sign-in": reset_sign_in,
    "export-record": export_record,
}
EVERYWHERE = ("lang", "json")
HELP = ["-h", "--help"]


def _version(show_version: bool) -> None:
    if show_version:
        typer.echo(__version__)
        raise typer.Exit


def _everywhere(
    lang: Annotated[Lang, typer.Option("--lang", show_default=False)] = "en",
    json: Annotated[bool, typer.Option("--json", show_default=False)] = False,
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, show_default=False)] = False,
) -> None:
    """Options that every command accepts; `Console` has read them already."""


def command(words: Words) -> TyperGroup:
    """The whole program with its help said in `words`."""
    settings = {"help_option_names": HELP}
    app = typer.Typer(cls=Group, no_args_is_help=True, context_settings=settings)
    app.callback()(_everywhere)
    for name, verb in COMMANDS.items():
        app.command(name, cls=Command, context_settings=settings)(verb)
    group = typer.main.get_command(app)
    if not isinstance(group, Group):
        raise TypeError("a program of several commands is a group")
    shared = [param for param in group.params if param.name in EVERYWHERE]
    for one in group.commands.values():
        one.params.extend(shared)
        _translate(one, f"cli.help.{one.name}", words)
        one.epilog = words.say(f"cli.help.{one.name}.examples")
    for param in shared:
        param.expose_value = False
    _translate(group, "cli.help", words)
    group.epilog = words.say("cli.help.examples")
    return group


def _translate(one: Any, code: str, words: Words) -> None:
    one.help = words.say(code)
    for param in one.get_params(typer.Context(one, help_option_names=HELP)):
        param.help = words.say(f"cli.help.of.{param.name}")
