"""A case in a folder becomes a workbook, and a workbook a folder, with everything that a case holds."""

from __future__ import annotations

import shutil
from pathlib import Path

from tawteen.case.atomic_write import replacing
from tawteen.case.findings import Finding
from tawteen.case.folder import write_folder
from tawteen.case.model import Case
from tawteen.case.paths import is_workbook, outline_of
from tawteen.case.prior_options import with_prior_options
from tawteen.case.read import read_with_notes
from tawteen.case.workbook import write_workbook
from tawteen.words import Lang


def same_borders(source: Path, target: Path) -> bool:
    """Whether no borders stand at `target` yet, or those of `source`, as a conversion that was stopped leaves them."""
    new, old = outline_of(target), outline_of(source)
    return not new.exists() or (old.is_file() and new.is_file() and old.read_bytes() == new.read_bytes())


def convert(
    source: Path, target: Path, lang: Lang = "en", *, prior_options: bool = False
) -> tuple[Case, list[Finding]]:
    """Writes the case at `source` to `target`: a workbook in the words of `lang` where its name ends in .xlsx, else a
    folder; the outline goes with it. With `prior_options`, sites without options get assumed ones where the case has
    sites like them. Returns the case and what is worth knowing, such as notes that are not carried and what is assumed.

    Raises CaseError where the case cannot be read or does not fit into a workbook, OSError where it cannot be written.
    """
    case, findings = read_with_notes(source)
    if prior_options:
        case, assumed = with_prior_options(case)
        findings = [*findings, *assumed]
    borders = outline_of(source)
    if not is_workbook(target):
        write_folder(case, target)
        if borders.is_file():
            shutil.copyfile(borders, outline_of(target))
        return case, findings
    with replacing(target) as beside:
        write_workbook(case, beside, lang)
        if borders.is_file():
            # The borders come first: where the workbook stands, all of the case does.
            with replacing(outline_of(target)) as copied:
                shutil.copyfile(borders, copied)
    return case, findings
