"""Finding a case or a programme where an argument says it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tawteen.case.findings import CaseError, Finding
from tawteen.cli.console import Console
from tawteen.cli.result import UsageError

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Programme

PROGRAMME, WORKBOOK, PAGE, PICTURES, CASE = "programme.json", "programme.xlsx", "report.html", "pictures", "case"
DELIVERED = (PROGRAMME, WORKBOOK, PAGE, PICTURES, CASE)

FEW = 20

CasePath = Annotated[Path, typer.Argument(metavar="CASE", show_default=False)]
OwnCase = Annotated[Path | None, typer.Argument(metavar="[CASE]", show_default=False)]
Folder = Annotated[Path, typer.Argument(metavar="DIR", show_default=False)]


def nearest(asked: str, known: Iterable[str]) -> str:
    """All names where they are few, else those that come nearest to what was asked for."""
    names = sorted(set(known))
    if len(names) <= FEW:
        return ", ".join(names)
    return ", ".join([*difflib.get_close_matches(asked, names, n=5, cutoff=0.0), "…"])


def the_case(path: Path) -> Case:
    """The case in a folder or workbook. Raises UsageError where nothing is there, CaseError where it cannot be read."""
    return read_whole(path)[0]


def read_whole(path: Path) -> tuple[Case, list[Finding]]:
    """The case and what is worth knowing about how it was read. Raises as `the_case`."""
    if not path.exists():
        raise UsageError("cli.no_case", path=str(path))
    from tawteen.case.read import read_case_with_findings

    return read_case_with_findings(path)


def sound_case(path: Path, desk: Console) -> Case:
    """A case without errors; what is only worth knowing is counted beside the result. Raises CaseError otherwise."""
    from tawteen.case.checks import check

    case, read = read_whole(path)
    findings = [*read, *check(case)]
    if any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    if warnings := sum(finding.severity == "warning" for finding in findings):
        desk.log(desk.words.say("cli.warnings", {"path": str(path)}, n=warnings))
    return case


def the_programme(folder: Path) -> Programme:
    """The programme that `tawteen plan` left in `folder`. Raises UsageError where there is none."""
    path = folder / PROGRAMME if folder.is_dir() else folder
    if not path.is_file():
        raise UsageError("cli.no_programme", path=str(path))
    from tawteen.plan.programme_file import read_programme

    return read_programme(path)


def its_case(folder: Path, given: Path | None, desk: Console) -> Case:
    """The case a programme was made from: the one given, else the copy kept beside the programme."""
    kept = (folder if folder.is_dir() else folder.parent) / CASE
    if given is None and not kept.exists():
        raise UsageError("cli.no_case_kept", path=str(kept))
    return sound_case(given or kept, desk)
