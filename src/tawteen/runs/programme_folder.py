"""The files of a programme: their names, and how case and programme are kept together."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.case.paths import outline_of
from tawteen.plan.file_names import FLOWS_FILE

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Programme
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness

PROGRAMME, WORKBOOK_FILE, PAGE, BRIEF, PICTURES_FOLDER, CASE = (
    "programme.json",
    "programme.xlsx",
    "report.html",
    "brief.html",
    "pictures",
    "case",
)

DELIVERED = (PROGRAMME, FLOWS_FILE, WORKBOOK_FILE, PAGE, BRIEF, PICTURES_FOLDER, CASE)
"""What planning puts into a folder."""
REPORT = (PAGE, BRIEF, WORKBOOK_FILE, PICTURES_FOLDER)
"""What a report draws anew there."""
ROBUSTNESS, FRONT = "robustness.json", "front.json"
"""What simulating and the front of two aims leave there, for reports."""


def keep(case: Case, programme: Programme, staged: Path, outline: Path | None) -> None:
    """Programme and case side by side: together they are all that verifying, explaining and reporting need."""
    from tawteen.case.folder import write_folder
    from tawteen.plan.programme_file import write_programme

    write_programme(programme, staged / PROGRAMME)
    write_folder(case, staged / CASE)
    if outline is not None and outline.is_file():
        shutil.copyfile(outline, outline_of(staged / CASE))


def found_before(folder: Path, programme: Programme) -> tuple[Robustness | None, Front | None]:
    """What was found of the very programme in `folder` before, and of its case, as far as it is there."""
    from tawteen.plan.robust.file import read_analysis
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness

    robustness, front = read_analysis(folder / ROBUSTNESS, Robustness), read_analysis(folder / FRONT, Front)
    return (
        robustness if robustness is not None and _is_of(robustness, programme) else None,
        front if front is not None and front.case_hash == programme.case_hash else None,
    )


def _is_of(robustness: Robustness, programme: Programme) -> bool:
    """Whether scenarios were simulated of this programme: the same case, and the same options at the same starts."""
    started = programme.sites.drop_nulls(["option", "period"]).select("option", "period").rows()
    simulated = robustness.sites.drop_nulls("status").select("option", "start").rows()
    return robustness.case_hash == programme.case_hash and set(started) == set(simulated)
