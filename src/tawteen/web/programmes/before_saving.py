"""What an edit or a release that is not saved yet would do to the latest programmes that a person sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from tawteen.case.findings import CaseError, Finding
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.plan.programme import Programme
from tawteen.plan.robust.reassess import Reassessment, reads_same, reassess, say_reassessment
from tawteen.record.cells import CellRelease, Place
from tawteen.web.access import signed_in
from tawteen.web.findings_list import listed_findings
from tawteen.web.language import words_of
from tawteen.web.params import BEFORE_SAVING
from tawteen.web.pending_view import PendingView
from tawteen.web.programmes.foreseen_outcomes import (
    ALREADY_FAULTY,
    FAULTY_CASE,
    INCOMPARABLE,
    LARGE_CASE,
    NO_PROGRAMME,
    REASSESSED,
    UNREAD,
)
from tawteen.web.programmes.kept_programme import programme_of
from tawteen.web.programmes.models import RunRow
from tawteen.web.programmes.planning_run import case_of_run
from tawteen.web.programmes.visible_runs import registry_programmes
from tawteen.web.registry.cell_text import view_label
from tawteen.web.registry.view_case import view_case
from tawteen.web.rights import Person
from tawteen.web.visibility import CellView, view_named, views_of
from tawteen.words import Words

ASK_INPUT = "foresee"
"""The name of the button with which a form asks what it would do."""


@dataclass(frozen=True)
class Foreseen:
    """What a view and its latest programme would be.

    `outcome`: one of `tawteen.web.programmes.foreseen_outcomes`, or `REASSESSED`: then `reassessed` is the programme in
    the changed case, `currency` that of its figures, and `moved_on` says whether the registry had changed before since
    the programme was planned. `findings` are errors of the case: those that are not there now, or
    those that would stay.
    """

    view: str
    outcome: str
    run: RunRow | None = None
    reassessed: Reassessment | None = None
    currency: str = ""
    findings: Sequence[Finding] = ()
    moved_on: bool = False


def foresee(person: Person, cells: Mapping[Place, Any], releases: Sequence[CellRelease] = ()) -> list[Foreseen]:
    """What new values of cells, or releases, of the person's party would do in each view that the person sees."""
    views = {view: PendingView(view, person.party, cells, releases) for view in views_of(person)}
    return [_foreseen(person, view, pending) for view, pending in views.items() if pending.changes_something]


def _foreseen(person: Person, view: str, pending: PendingView) -> Foreseen:
    run = latest_run(person, view)
    most = BEFORE_SAVING.most_sites
    if len(view_named(view).rows_after("sites", "", most + 1)) > most or len(pending.rows("sites")) > most:
        return Foreseen(view, LARGE_CASE, run)
    now, faults = _case_of(view_named(view))
    changed, later_faults = _case_of(pending)
    if changed is None:
        added = [fault for fault in later_faults if fault not in faults]
        return Foreseen(view, FAULTY_CASE if added else ALREADY_FAULTY, run, findings=added or later_faults)
    programme = None if run is None else programme_of(run)
    if run is None or programme is None:
        return Foreseen(view, NO_PROGRAMME)
    try:
        return _reassessed(run, programme, now, changed)
    except CaseError as error:
        return Foreseen(view, INCOMPARABLE, run, findings=error.findings)


def _reassessed(run: RunRow, programme: Programme, now: Case | None, changed: Case) -> Foreseen:
    """The programme of a run in a changed case; `now` is the case before the change. Raises CaseError as `reassess`."""
    if now is not None and reads_same(now, changed, programme.scenario, policies=programme.policy is not None):
        return Foreseen(run.view, UNREAD, run)
    planned, currency = case_of_run(run), changed.settings.money.currency
    moved_on = now is None or case_hash(now) != case_hash(planned)
    return Foreseen(run.view, REASSESSED, run, reassess(planned, programme, changed), currency, moved_on=moved_on)


def _case_of(view: CellView) -> tuple[Case | None, list[Finding]]:
    """The case of a view, or None and its errors."""
    try:
        return view_case(view)[0], []
    except CaseError as error:
        return None, [finding for finding in error.findings if finding.severity == "error"]


def latest_run(person: Person, view: str) -> RunRow | None:
    """The latest run in a view that found a programme of the registry itself, no what-if."""
    latest = next(registry_programmes(person, view), None)
    return None if latest is None else latest.row


def asks_before_saving(request: HttpRequest) -> bool:
    """Whether a form was sent to be told what it would do, not to be saved."""
    return ASK_INPUT in request.POST


def foreseen_context(
    request: HttpRequest, cells: Mapping[Place, Any], releases: Sequence[CellRelease] = ()
) -> dict[str, Any]:
    """What new values of cells, or releases, would do, as the template `foreseen.html` shows it."""
    words = words_of(request)
    return {"foreseen": [shown_foreseen(one, words) for one in foresee(signed_in(request), cells, releases)]}


def shown_foreseen(one: Foreseen, words: Words) -> dict[str, Any]:
    """What is foreseen of a view, in the reader's words."""
    if one.reassessed is not None:
        sentences = say_reassessment(one.reassessed, one.currency, words)
        if one.moved_on:
            sentences.append(words.say("web.before.moved_on"))
    else:
        sentences = [words.say(f"web.before.{one.outcome}")]
    return {
        "view": view_label(one.view, words),
        "run": one.run,
        "sentences": sentences,
        **listed_findings(one.findings, words),
    }
