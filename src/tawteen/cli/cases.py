"""check, template, generate: cases before anything is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import CasePath, read_whole
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, UsageError, exit_code


def check(ctx: typer.Context, case: CasePath) -> CommandResult:
    """Reads a case and tells all that is wrong or worth knowing."""
    from tawteen.case.checks import check as check_case
    from tawteen.case.hash import case_hash

    desk: Console = ctx.obj
    with ProgressBar(desk) as bar:
        bar.say(desk.words.say("cli.reading"))
        read, findings = read_whole(case)
        findings = [*findings, *check_case(read, lambda share: bar.say(desk.words.say("cli.checking"), share))]
        counts = {name: frame.height for name, frame in read.tables.items()}
    data = {"case": read.settings.about.id, "case_hash": case_hash(read), "rows": counts}
    filled = sum(1 for count in counts.values() if count)
    told = {"rows": desk.words.number(sum(counts.values())), "tables": desk.words.number(filled)}
    name = desk.words.pick((read.settings.about.name_en, read.settings.about.name_ar))
    verdict = desk.words.say("cli.read_case", {"name": name, "sites": desk.words.number(counts["sites"]), **told})
    return CommandResult(data, (verdict,), findings, exit_code(findings))


def _new(path: Path) -> None:
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise UsageError("cli.exists", path=str(path))
    if not path.absolute().parent.is_dir():
        raise UsageError("cli.no_parent", path=str(path.absolute().parent))


def template(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", show_default=False)]
) -> CommandResult:
    """Writes an empty workbook with every table, its words and its drop-downs."""
    from tawteen.case.template import write_template

    desk: Console = ctx.obj
    if file.suffix.lower() != ".xlsx":
        raise UsageError("cli.not_xlsx", path=str(file))
    _new(file)
    write_template(file, desk.words.lang)
    return CommandResult({"file": str(file)}, (desk.words.say("cli.template_written", {"path": str(file)}),))


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

    desk: Console = ctx.obj
    _new(target)
    with ProgressBar(desk) as bar:
        bar.say(desk.words.say("cli.generating"))
        case = make(sites, seed=seed, hard=hard)
        bar.say(desk.words.say("cli.writing"))
        (write_workbook if target.suffix.lower() == ".xlsx" else write_folder)(case, target)
    data = {"path": str(target), "sites": sites, "seed": seed, "hard": hard, "case_hash": case_hash(case)}
    told = {"path": str(target), "sites": desk.words.number(sites), "seed": seed}
    return CommandResult(data, (desk.words.say("cli.generated", told),))
