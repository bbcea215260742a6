"""Read the case or programme that an argument names."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tawteen.case.findings import CaseError, Finding
from tawteen.cli.console import Console
from tawteen.cli.progress import ProgressBar
from tawteen.runs.load import load_programme, read_whole
from tawteen.runs.programme_folder import CASE
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Programme

CasePath = Annotated[Path, typer.Argument(metavar="CASE", show_default=False)]

OwnCase = Annotated[Path | None, typer.Argument(metavar="[CASE]", show_default=False)]

ParamsFile = Annotated[Path | None, typer.Option("--params", metavar="FILE", show_default=False)]

Folder = Annotated[Path, typer.Argument(metavar="DIR", show_default=False)]


def sound_case(path: Path, console: Console) -> Case:
    """A case without errors; notes and warnings are counted beside the result. Raises CaseError otherwise."""
    from tawteen.case.checks import check

    case, read = read_whole(path)
    findings = [*read, *check(case)]
    if any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    if warnings := sum(finding.severity == "warning" for finding in findings):
        console.log(console.words.say("cli.warnings", {"path": str(path)}, n=warnings))
    return case


def its_case(folder: Path, given: Path | None, console: Console) -> Case:
    """The case a programme was made from: the one given, else the copy kept beside the programme."""
    kept = (folder if folder.is_dir() else folder.parent) / CASE
    if given is None and not kept.exists():
        raise UsageError("cli.no_case_kept", path=str(kept))
    return sound_case(given or kept, console)


def planned_case(programme: Programme, folder: Path, given: Path | None, console: Console) -> Case:
    """The case of `its_case`, without checks where it is still the one that was planned: these were made then.

    Raises CaseError where it is another case than the one that was planned.
    """
    from tawteen.case.hash import case_hash
    from tawteen.plan.scenario import apply

    kept = (folder if folder.is_dir() else folder.parent) / CASE
    if given is None and kept.exists():
        case, findings = read_whole(kept)
        if not any(finding.severity == "error" for finding in findings):
            with contextlib.suppress(CaseError):
                if case_hash(apply(case, programme.scenario)) == programme.case_hash:
                    return case
    case = its_case(folder, given, console)
    if case_hash(apply(case, programme.scenario)) != programme.case_hash:
        raise CaseError([Finding("error", "verify.hash", args={"key": programme.case_id})])
    return case


def solved_programme(folder: Path, given: Path | None, console: Console, bar: ProgressBar) -> tuple[Programme, Case]:
    """A programme with a solution, and the case it was planned from. Raises CaseError as `planned_case`."""
    programme = programme_with_solution(folder, bar)
    return programme, planned_case(programme, folder, given, console)


def programme_with_solution(folder: Path, bar: ProgressBar) -> Programme:
    """The programme in a folder. Raises UsageError where it has no solution."""
    bar.begin("reading")
    programme = load_programme(folder)
    if programme.value is None:
        raise UsageError("cli.nothing_to_report", path=str(folder), status=programme.status)
    return programme


def refuse_existing(path: Path) -> None:
    """Raises UsageError if anything, a broken link included, stands at `path`, or if its folder does not exist."""
    if path.is_symlink() and not path.exists():
        raise UsageError("cli.broken_link", path=str(path))
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise UsageError("cli.exists", path=str(path))
    if not path.absolute().parent.is_dir():
        raise UsageError("cli.no_parent", path=str(path.absolute().parent))
