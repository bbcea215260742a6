"""init: an example case, or a case made from somebody else's table, projects or answers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import refuse_existing
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.delivery import claim
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.case.mapping import Import


def init(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    source: Annotated[Path | None, typer.Option("--from", metavar="FILE", show_default=False)] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", metavar="FILE", show_default=False)] = None,
    form: Annotated[Path | None, typer.Option("--form", metavar="FILE", show_default=False)] = None,
) -> CommandResult:
    """Writes the example case, or makes a case of a source, or brings an earlier import up to date."""
    from tawteen.case.hash import case_hash
    from tawteen.runs.importing import import_into

    console: Console = ctx.obj
    if source is None:
        return _example(console, target, mapping or form)
    with ProgressBar(console) as bar:
        bar.begin("reading")
        today = dt.datetime.now(tz=dt.UTC).date()
        done = import_into(source, target, mapping=mapping, form=form, today=today)
    data = {
        "path": str(target), "mapping": str(done.mapping), "proposed": done.proposed is not None, "added": done.added,
        "filled": done.filled, "differing": done.differing, "gone": done.gone, "observations": done.observations,
        "case_hash": case_hash(done.case),
    }  # fmt: skip
    return CommandResult(data, _summary(console, done, target), done.findings, exit_code(done.findings))


def _example(console: Console, target: Path, given: Path | None) -> CommandResult:
    """The example of five factories; UsageError where a mapping or form is given without what they are for."""
    from tawteen.case.example import write_example
    from tawteen.case.hash import case_hash
    from tawteen.case.read import read_case

    if given is not None:
        raise UsageError("cli.init_without_source", given=str(given))
    refuse_existing(target)
    with claim(target, ()) as claimed, claimed.staged(listed=False) as staged:
        files = [path.name for path in write_example(staged, console.words.lang)]
    data = {"path": str(target), "files": files, "case_hash": case_hash(read_case(target))}
    return CommandResult(data, (console.words.say("cli.example_written", {"path": str(target)}),))


def _summary(console: Console, done: Import, target: Path) -> list[Any]:
    """Counts of the records added, and the next steps."""
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
