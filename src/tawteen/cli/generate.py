"""generate: a synthetic case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import (
    refuse_existing,
)
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult

if TYPE_CHECKING:
    pass


def generate(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    sites: Annotated[int, typer.Option("--sites", min=1, metavar="N")] = 50,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N")] = 1,
    hard: Annotated[bool, typer.Option("--hard")] = False,
) -> CommandResult:
    """Makes a synthetic case, a folder or, where the name ends in .xlsx, a workbook."""
    from tawteen.case.folder import write_folder
    from tawteen.case.generate import generate as make
    from tawteen.case.hash import case_hash
    from tawteen.case.workbook import write_workbook

    console: Console = ctx.obj
    refuse_existing(target)
    with ProgressBar(console) as bar:
        bar.say(console.words.say("cli.generating"))
        case = make(sites, seed=seed, hard=hard)
        bar.say(console.words.say("cli.writing"))
        (write_workbook if target.suffix.lower() == ".xlsx" else write_folder)(case, target)
    data = {"path": str(target), "sites": sites, "seed": seed, "hard": hard, "case_hash": case_hash(case)}
    told = {"path": str(target), "sites": console.words.number(sites), "seed": seed}
    return CommandResult(data, (console.words.say("cli.generated", told),))
