"""Field surveys: forms for telephones and on paper, and cases with what they brought back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from tawteen.case.model import Case
from tawteen.runs.delivery import claim
from tawteen.runs.surveying import FORM_FILES, SurveyRequest, forms_into, surveyed_from
from tawteen.survey.surveyed_case import SurveyedCase


def forms(case: Case, out: str | Path, *, paper: Sequence[str] = ()) -> Path:
    """Writes a form for each kind of site, the lists that it loads and a manifest into the folder `out`; returns it.

    `paper`: sites (ids) of which a paper form with what is known of them is written too. Raises UsageError for a folder
    with other files.
    """
    folder = Path(out)
    with claim(folder, FORM_FILES) as claimed:
        forms_into(claimed, case, paper)
    return folder


def submissions(
    folder: str | Path,
    case: Case,
    *,
    accepted: Sequence[str] = (),
    evidence_only: bool = False,
    today: dt.date | None = None,
) -> SurveyedCase:
    """The case with what the submissions in `folder` saw, the cells that changed or are contested, and all findings.

    `accepted`: further versions of forms. `evidence_only`: observations alone, no cell changes. `today`: the last day
    on which a submission can have arrived. Raises CaseError where none of them can be read.
    """
    day = dt.datetime.now(tz=dt.UTC).date() if today is None else today
    return surveyed_from(Path(folder), case, SurveyRequest(day, accepted, evidence_only))[1]
