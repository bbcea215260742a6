"""Field surveys: their forms are written into a folder, what came back is put into a case, and that is written."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from tawteen.case.atomic_write import replacing
from tawteen.case.checks import check
from tawteen.case.findings import CaseError, Finding
from tawteen.case.folder import write_folder
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.paths import is_workbook, outline_of
from tawteen.case.workbook import write_workbook
from tawteen.runs.delivery import Delivery, claim
from tawteen.survey.collected import collected_posts
from tawteen.survey.form import SurveyForm
from tawteen.survey.form_folder import MANIFEST, write_forms
from tawteen.survey.submissions import Survey, read_submissions
from tawteen.survey.surveyed_case import SurveyedCase, with_survey
from tawteen.words import Lang

FORM_FILES = (MANIFEST,)
"""Files by which a folder is known to be one of forms, which may be written again."""


@dataclass(frozen=True)
class SurveyRequest:
    """How submissions are read: `today` is the last day on which one can have arrived, `versions` are further versions
    of forms, and with `evidence_only` no cell changes.
    """

    today: dt.date
    versions: Collection[str] = ()
    evidence_only: bool = False


def forms_into(results: Delivery, case: Case, paper_sites: Collection[str] = ()) -> list[SurveyForm]:
    """Puts the forms of a case into the folder and returns them; see `survey.form_folder.write_forms`."""
    with results.staged() as staged:
        return write_forms(case, staged, paper_sites)


def surveyed_from(folder: Path, case: Case, request: SurveyRequest) -> tuple[Survey, SurveyedCase]:
    """The submissions of a folder, and the case with what they saw, in whose findings all stands that was found.

    Raises CaseError where none of them can be read.
    """
    posts, unread = collected_posts(folder)
    survey = read_submissions(posts, case, today=request.today, accepted=request.versions)
    findings = [*unread, *survey.findings]
    if not survey.visits:
        raise CaseError([*findings, Finding("error", "cli.nothing_surveyed", args={"folder": str(folder)})])
    surveyed = with_survey(case, survey, take=not request.evidence_only)
    return survey, replace(surveyed, findings=(*findings, *surveyed.findings))


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
