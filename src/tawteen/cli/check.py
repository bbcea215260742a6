"""check: faults of a case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tawteen.case.findings import CaseError, Finding
from tawteen.cli.console import Console
from tawteen.cli.inputs import CasePath, refuse_existing
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.load import read_whole
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.case.model import Case


def check(
    ctx: typer.Context,
    case: CasePath,
    annotate: Annotated[Path | None, typer.Option("--annotate", metavar="FILE.xlsx", show_default=False)] = None,
) -> CommandResult:
    """Reads a case and lists its errors, warnings and notes."""
    from tawteen.case.checks import check as check_case
    from tawteen.case.hash import case_hash

    console: Console = ctx.obj
    if annotate is not None:
        _refuse(annotate)
    with ProgressBar(console) as bar:
        bar.begin("reading")
        try:
            read, findings = read_whole(case)
        except CaseError as error:
            _annotate(console, case, annotate, error.findings, None)
            raise
        findings = [*findings, *check_case(read, bar)]
        counts = {name: frame.height for name, frame in read.tables.items()}
        _annotate(console, case, annotate, findings, read)
    data = {"case": read.settings.about.id, "case_hash": case_hash(read), "rows": counts}
    filled = sum(1 for count in counts.values() if count)
    counts_text = {"rows": console.words.number(sum(counts.values())), "tables": console.words.number(filled)}
    name = console.words.pick((read.settings.about.name_en, read.settings.about.name_ar))
    verdict = console.words.say(
        "cli.read_case", {"name": name, "sites": console.words.number(counts["sites"]), **counts_text}
    )
    return CommandResult(data, (verdict,), findings, exit_code(findings))


def _refuse(target: Path) -> None:
    if target.suffix.lower() != ".xlsx":
        raise UsageError("cli.not_xlsx", path=str(target))
    refuse_existing(target)


def _annotate(
    console: Console, source: Path, target: Path | None, findings: Sequence[Finding], case: Case | None
) -> None:
    """Writes the marked copy if `--annotate` names a file, and reports its path."""
    if target is None:
        return
    from tawteen.case.annotate import annotate

    annotate(source, target, findings, console.words, case)
    console.log(console.words.say("cli.annotated", {"path": str(target)}))
