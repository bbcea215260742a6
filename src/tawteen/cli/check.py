"""check: what is wrong with a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import (
    CasePath,
)
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.load import read_whole

if TYPE_CHECKING:
    pass


def check(ctx: typer.Context, case: CasePath) -> CommandResult:
    """Reads a case and tells all that is wrong or worth knowing."""
    from tawteen.case.checks import check as check_case
    from tawteen.case.hash import case_hash

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        bar.say(console.words.say("cli.reading"))
        read, findings = read_whole(case)
        findings = [*findings, *check_case(read, lambda share: bar.say(console.words.say("cli.checking"), share))]
        counts = {name: frame.height for name, frame in read.tables.items()}
    data = {"case": read.settings.about.id, "case_hash": case_hash(read), "rows": counts}
    filled = sum(1 for count in counts.values() if count)
    told = {"rows": console.words.number(sum(counts.values())), "tables": console.words.number(filled)}
    name = console.words.pick((read.settings.about.name_en, read.settings.about.name_ar))
    verdict = console.words.say("cli.read_case", {"name": name, "sites": console.words.number(counts["sites"]), **told})
    return CommandResult(data, (verdict,), findings, exit_code(findings))
