"""A case in a folder becomes a workbook, and a workbook a folder, with everything that a case holds."""

from __future__ import annotations

import shutil
from pathlib import Path

from tawteen.case.atomic_write import replacing
from tawteen.case.findings import Finding
from tawteen.case.folder import write_folder
from tawteen.case.model import Case
from tawteen.case.read import read_with_notes
from tawteen.case.workbook import write_workbook
from tawteen.words import Lang


def _borders(case: Path) -> Path:
    """Path of a case's borders: in its folder, or beside its workbook under the same name."""
    return case.with_suffix(".geojson") if is_workbook(case) else case / "outline.geojson"


def is_workbook(path: Path) -> bool:
    """Whether a case of this name is a workbook; else it is a folder."""
    return path.suffix.lower() == ".xlsx" or path.is_file()


def convert(source: Path, target: Path, lang: Lang = "en") -> tuple[Case, list[Finding]]:
    """Writes the case at `source` to `target`: a workbook in the words of `lang` where its name ends in .xlsx, else a
    folder; the outline goes with it. Returns the case and what is worth knowing, such as notes that are not carried.

    Raises CaseError where the case cannot be read or does not fit into a workbook, OSError where it cannot be written.
    """
    case, findings = read_with_notes(source)
    if is_workbook(target):
        write_workbook(case, target, lang)
    else:
        write_folder(case, target)
    borders = _borders(source)
    if borders.is_file():
        with replacing(_borders(target)) as beside:
            shutil.copyfile(borders, beside)
    return case, findings
