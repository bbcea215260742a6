"""init: a case made from somebody else's table, projects or answers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code

if TYPE_CHECKING:
    from tawteen.case.mapping import Import


def init(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    source: Annotated[Path, typer.Option("--from", metavar="FILE", show_default=False)],
    mapping: Annotated[Path | None, typer.Option("--mapping", metavar="FILE", show_default=False)] = None,
    form: Annotated[Path | None, typer.Option("--form", metavar="FILE", show_default=False)] = None,
) -> CommandResult:
    """Makes a case of a source, or brings an earlier import up to date."""
    from tawteen.case.hash import case_hash
    from tawteen.case.mapping import import_case

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        bar.say(console.words.say("cli.reading"))
        today = dt.datetime.now(tz=dt.UTC).date()
        done = import_case(source, target, mapping=mapping, form=form, today=today)
    data = {
        "path": str(target), "mapping": str(done.mapping), "proposed": done.proposed, "added": done.added,
        "filled": done.filled, "differing": done.differing, "gone": done.gone, "observations": done.observations,
        "case_hash": case_hash(done.case),
    }  # fmt: skip
    return CommandResult(data, _summary(console, done, target), done.findings, exit_code(done.findings))


def _summary(console: Console, done: Import, target: Path) -> list[Any]:
    """What was added and what a person should look at next."""
    say, words = console.words.say, console.words
    parts: list[Any] = []
    if done.added:
        rows = [[words.pick(_titles()[table]), words.number(count)] for table, count in done.added.items()]
        parts.append(console.rows("cli.imported", ["cli.table", "cli.new_rows"], rows, 1))
    for name in ("observations", "filled", "differing", "gone"):
        count: int = getattr(done, name)
        if count:
            parts.append(say(f"cli.imported.{name}", n=count))
    if not parts:
        parts.append(say("cli.imported.unchanged"))
    next_step = "cli.imported.proposed" if done.proposed else "cli.imported.check"
    parts.append(say(next_step, {"mapping": str(done.mapping), "path": str(target)}))
    return parts


def _titles() -> Any:
    from tawteen.case.tables import TITLES

    return TITLES
