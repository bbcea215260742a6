"""A case after a field survey is checked and written beside the one before it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tawteen.case.atomic_write import replacing
from tawteen.case.checks import check
from tawteen.case.findings import CaseError
from tawteen.case.folder import write_folder
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.paths import is_workbook, outline_of
from tawteen.case.workbook import write_workbook
from tawteen.runs.delivery import claim
from tawteen.words import Lang


def write_surveyed_case(case: Case, original: Path, target: Path, lang: Lang) -> str:
    """Writes the case as a folder or, where the name of `target` ends in .xlsx, as a workbook, with the borders of
    the case at `original`, and returns its hash.

    Raises CaseError, and writes nothing, where the case has errors; OSError and UsageError where the place cannot take
    it.
    """
    findings = check(case)
    if any(finding.severity == "error" for finding in findings):
        raise CaseError([finding for finding in findings if finding.severity == "error"])
    borders = outline_of(original)
    if not is_workbook(target):
        with claim(target, ()) as claimed, claimed.staged(listed=False) as staged:
            write_folder(case, staged)
            if borders.is_file():
                shutil.copyfile(borders, outline_of(staged))
        return case_hash(case)
    with replacing(target) as beside:
        write_workbook(case, beside, lang)
        if borders.is_file():
            with replacing(outline_of(target)) as copied:
                shutil.copyfile(borders, copied)
    return case_hash(case)
