"""generate: a synthetic case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import refuse_existing
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.runs.delivery import claim


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
        bar.begin("generating")
        case = make(sites, seed=seed, hard=hard)
        bar.begin("writing")
        if target.suffix.lower() == ".xlsx":
            write_workbook(case, target)
        else:
            with claim(target, ()) as claimed, claimed.staged(listed=False) as staged:
                write_folder(case, staged)
    data = {"path": str(target), "sites": sites, "seed": seed, "hard": hard, "case_hash": case_hash(case)}
    args = {"path": str(target), "sites": console.words.number(sites), "seed": seed}
    return CommandResult(data, (console.words.say("cli.generated", args),))
