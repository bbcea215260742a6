"""Field surveys: forms for telephones and on paper, and cases with what they brought back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.runs.delivery import claim
from tawteen.survey.collected import collected_posts
from tawteen.survey.form_folder import MANIFEST, write_forms
from tawteen.survey.submissions import read_submissions
from tawteen.survey.surveyed_case import SurveyedCase, with_survey


def forms(case: Case, out: str | Path, *, paper: Sequence[str] = ()) -> Path:
    """Writes a form for each kind of site, the lists that it loads and a manifest into the folder `out`; returns it.

    `paper`: sites of which a filled paper form is written too. Raises UsageError for a folder with other files.
    """
    folder = Path(out)
    with claim(folder, (MANIFEST,)) as claimed, claimed.staged() as staged:
        write_forms(case, staged, list(paper))
    return folder


def submissions(
    folder: str | Path,
    case: Case,
    *,
    accepted: Sequence[str] = (),
    evidence_only: bool = False,
    today: dt.date | None = None,
) -> SurveyedCase:
    """The case with what the submissions in `folder` saw, and its findings.

    `accepted`: further versions of forms. `evidence_only`: observations alone, no cell changes. `today`: the last day
    on which a submission can have arrived. Raises CaseError where none of them can be read.
    """
    posts, unread = collected_posts(Path(folder))
    day = dt.datetime.now(tz=dt.UTC).date() if today is None else today
    survey = read_submissions(posts, case, today=day, accepted=accepted)
    findings = [*unread, *survey.findings]
    if not survey.visits:
        raise CaseError([*findings, Finding("error", "cli.nothing_surveyed", args={"folder": str(folder)})])
    return with_survey(case, survey, take=not evidence_only)
