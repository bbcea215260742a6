"""A submission becomes an act on the record: kept as sent, and, where it can be read, what was seen as cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tawteen.case.findings import CaseError, Finding
from tawteen.record.acts import is_name
from tawteen.survey.field_evidence import source_id
from tawteen.survey.form_folder import forms_of_case
from tawteen.survey.instance import Instance, SubmissionError, read_instance
from tawteen.survey.posts import Post
from tawteen.survey.submissions import Survey, read_submissions
from tawteen.survey.surveyed_case import with_survey
from tawteen.survey.visit import SiteVisit
from tawteen.web.log.append import LogWriter, NewEntry
from tawteen.web.registry.models import CellVersion
from tawteen.web.rights import Person
from tawteen.web.survey.derived import SUBMISSION_ACT
from tawteen.web.survey.models import FileRow, SubmissionRow
from tawteen.web.survey.posted import FORM_FILE, KeptFile, PostedForm
from tawteen.web.survey.stored_findings import findings_text, read_findings
from tawteen.web.survey.submission_states import FAULTY, SET_ASIDE, TAKEN
from tawteen.web.survey.survey_case import EarlierView, site_case, survey_case
from tawteen.web.survey.surveyed_cells import Seen, shown_words, surveyed_cells
from tawteen.web.visibility import PartyView

NO_FORM = "–"
"""The form of what cannot be read as one."""

_MISSING = "survey.photos_missing"

Content = dict[str, Any]


@dataclass(frozen=True)
class ReadPost:
    """A form that was posted, as it is called on the record; `instance` is None where it cannot be read."""

    posted: PostedForm
    form: str
    name: str
    instance: Instance | None
    findings: tuple[Finding, ...] = ()

    @property
    def variant(self) -> str:
        """The hash of the form."""
        return self.posted.files[0].sha256


@dataclass(frozen=True)
class Arrival:
    """A form of a party with the files that are new and those (name and hash) that came before; `day`: of the first."""

    party: str
    read: ReadPost
    new: tuple[KeptFile, ...]
    kept: frozenset[tuple[str, str]]
    day: dt.date


@dataclass(frozen=True)
class ByHand:
    """What a person says of a submission: the site that is meant, whether an older form is read, and why."""

    reason: str
    site: str | None = None
    any_version: bool = False


def read_post(posted: PostedForm) -> ReadPost:
    """Names of form and instance; a form that cannot be read is called by its hash."""
    try:
        instance = read_instance(posted.content, FORM_FILE)
    except SubmissionError as error:
        return ReadPost(posted, NO_FORM, f"sha256:{posted.files[0].sha256}", None, tuple(error.findings))
    return ReadPost(posted, instance.form if is_name(instance.form) else NO_FORM, instance.id, instance)


def take_post(log: LogWriter, person: Person, read: ReadPost) -> SubmissionRow:
    """Appends what a telephone sent, and returns how the submission stands; what is known already is not appended.

    Further photos of a known form are joined with it. One instance with other answers is kept beside the first as
    faulty: nobody can say which is meant.
    """
    own = SubmissionRow.objects.filter(party=person.party, instance=read.name)
    known = own.filter(variant=read.variant).first()
    kept = set(FileRow.objects.filter(party=person.party, instance=read.name).values_list("name", "sha256"))
    new = [file for file in read.posted.files if known is None or (file.name, file.sha256) not in kept]
    if known is not None and not new:
        return known
    arrival = Arrival(person.party, read, tuple(new), frozenset(kept), _today())
    if known is not None:
        content = _joined(replace(arrival, day=dt.date.fromisoformat(known.time[:10])), known, own.count() > 1)
    elif own.exists():
        finding = Finding("error", "survey.instance_differs", value=read.name, args={"files": read.name})
        content = _content(new, None) | {"fault": findings_text([finding])}
    else:
        content = _taken_over(arrival)
    return _append(log, person, read, content, known)


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _joined(arrival: Arrival, known: SubmissionRow, differs: bool) -> Content:
    """The content of an entry with further files of a submission: it stands as before, unless it can be read now."""
    settled = {"reason": known.reason} if known.reason else {}
    if known.state == SET_ASIDE or (known.state == FAULTY and differs):
        return _content(arrival.new, None) | {"fault": known.fault} | settled
    if known.state == FAULTY:
        return _taken_over(arrival)
    by_hand = ByHand(known.reason, known.site, any_version=True) if known.reason else None
    survey, _ = _read_survey(arrival, by_hand)
    visit = survey.visits[0] if survey and survey.visits else None
    content = _content(arrival.new, visit) | settled
    names = {"site": known.site if known.state == TAKEN else "", "replaces": known.replaces}
    content |= {name: value for name, value in names.items() if value}
    notes = [one for one in read_findings(known.notes) if one.code != _MISSING]
    notes += [one for one in (survey.findings if survey else ()) if one.code == _MISSING]
    return content | ({"notes": findings_text(notes)} if notes else {})


def _append(
    log: LogWriter, person: Person, read: ReadPost, content: Content, known: SubmissionRow | None
) -> SubmissionRow:
    based_on = () if known is None else (known.number,)
    if known is None and (replaces := content.get("replaces")):
        replaced = SubmissionRow.objects.filter(party=person.party, instance=replaces).order_by("-number").first()
        based_on = () if replaced is None else (replaced.number,)
    entry = log.append(NewEntry(person.name, person.party, SUBMISSION_ACT, (read.form, read.name), content, based_on))
    return SubmissionRow.objects.get(number=entry.number)


def settle_by_hand(log: LogWriter, person: Person, row: SubmissionRow, read: ReadPost, by_hand: ByHand) -> Content:
    """Appends a faulty submission as a person says it is meant; returns the content of the entry.

    Nothing is appended where it still has a `fault`.
    """
    files = tuple(KeptFile(one.name, one.sha256, one.media) for one in _files_of(row))
    day = dt.date.fromisoformat(row.time[:10])
    content = _taken_over(Arrival(row.party, read, files, frozenset(), day), by_hand) | {"reason": by_hand.reason}
    if "fault" not in content:
        _append(log, person, read, content, row)
    return content


def set_aside(log: LogWriter, person: Person, row: SubmissionRow, reason: str) -> None:
    """Appends that a faulty submission says nothing."""
    content = {"files": [], "fault": row.fault, "reason": reason}
    subject = (row.form, row.instance)
    log.append(NewEntry(person.name, person.party, SUBMISSION_ACT, subject, content, (row.number,)))


def _files_of(row: SubmissionRow) -> list[FileRow]:
    """Files of a submission; of several forms of one instance the one that is meant."""
    files = FileRow.objects.filter(party=row.party, instance=row.instance).order_by("pk")
    return [one for one in files if one.name != FORM_FILE or one.sha256 == row.variant]


def _read_survey(arrival: Arrival, by_hand: ByHand | None) -> tuple[Survey | None, list[Finding]]:
    """The submission read alone; None, and why, where not even that can be done."""
    read = arrival.read
    if read.instance is None:
        return None, list(read.findings)
    try:
        case = site_case(PartyView(arrival.party), _stated_site(read.instance, by_hand)) or survey_case(arrival.party)
    except CaseError as error:
        return None, error.findings
    photos = sorted({*arrival.kept, *((file.name, file.sha256) for file in arrival.new)})
    attached = [{}, *({name: sha256} for name, sha256 in photos if name != FORM_FILE)]
    survey = read_submissions(
        [Post(FORM_FILE, read.posted.content, one, arrival.day) for one in attached], case, today=arrival.day,
        assigned=None if by_hand is None else by_hand.site,
        accepted=[read.instance.version] if by_hand is not None and by_hand.any_version else (),
    )  # fmt: skip
    return survey, [finding for finding in survey.findings if finding.severity == "error"]


def _stated_site(instance: Instance, by_hand: ByHand | None) -> str:
    """The site that a person says is meant, else the one that was chosen on the telephone; one is read faster than all.

    Empty where it has to be looked for by its name.
    """
    if by_hand is not None and by_hand.site:
        return by_hand.site
    answers = {one.path[-1]: one.text for one in instance.answers if one.path[0] == "visit"}
    return "" if answers.get("listed") == "no" else answers.get("site", "")


def _taken_over(arrival: Arrival, by_hand: ByHand | None = None) -> Content:
    """The content of an entry that takes a submission over: files with their rows, cells, or why there are none."""
    survey, faults = _read_survey(arrival, by_hand)
    if survey is None or not survey.visits:
        return _content(arrival.new, None) | {"fault": findings_text(faults)}
    (visit,) = survey.visits
    content = _content(arrival.new, visit)
    if _replaced_by_later(arrival.party, visit):
        return content
    instance, replaced = arrival.read.instance, _replaced_instance(arrival.party, visit, by_hand)
    earlier_view = EarlierView(arrival.party, entries_of(arrival.party, replaced))
    case = site_case(earlier_view, visit.site)
    if instance is None or case is None:
        raise TypeError("a visit has a form and a site that the party sees")
    surveyed = with_survey(case, Survey((visit,), (), (), ()))
    seen = Seen(visit, shown_words(instance, forms_of_case(case)[instance.form], visit.site))
    cells = surveyed_cells(case, surveyed, seen, PartyView(arrival.party), earlier_view)
    notes = [*survey.findings, *surveyed.findings]
    content |= {"site": visit.site} | ({"replaces": replaced} if replaced else {})
    return content | ({"cells": cells} if cells else {}) | ({"notes": findings_text(notes)} if notes else {})


def _replaced_instance(party: str, visit: SiteVisit, by_hand: ByHand | None) -> str | None:
    """The instance in whose place the visit stands: the one it corrects, or its own where a person chose its form."""
    if by_hand is not None and SubmissionRow.objects.filter(party=party, instance=visit.instance, state=TAKEN).exists():
        return visit.instance
    return visit.replaces if visit.replaces is not None and not _in_circle(party, visit) else None


def entries_of(party: str, instance: str | None) -> set[int]:
    """Numbers of the entries in which a party took an instance over: each of them stated it as a source."""
    if instance is None:
        return set()
    stated = CellVersion.objects.filter(table="sources", row=source_id(instance), party=party, value__isnull=False)
    return set(stated.values_list("number", flat=True))


def _replaced_by_later(party: str, visit: SiteVisit) -> bool:
    """Whether a corrected copy of the visit came before it."""
    corrected = SubmissionRow.objects.filter(party=party, replaces=visit.instance, state=TAKEN)
    return corrected.exists() and not _in_circle(party, visit)


def _in_circle(party: str, visit: SiteVisit) -> bool:
    """Whether submissions name each other as replaced; then all of them count."""
    replaces = dict(SubmissionRow.objects.filter(party=party).exclude(replaces="").values_list("instance", "replaces"))
    instance, seen = visit.replaces, {visit.instance}
    while instance is not None and instance not in seen:
        seen.add(instance)
        instance = replaces.get(instance)
    return instance == visit.instance


def _content(new: Iterable[KeptFile], visit: SiteVisit | None) -> Content:
    """Files with the row that each shows, and what the telephone says of the time."""
    places = {} if visit is None else _photo_places(visit)
    files = [
        {"name": file.name, "sha256": file.sha256, "media": file.media, **places.get(file.name, {})} for file in new
    ]
    return {"files": files} | ({"device_time": visit.begun} if visit is not None and visit.begun else {})


def _photo_places(visit: SiteVisit) -> dict[str, dict[str, str]]:
    """By the name of a photo: the gate, line or site that it shows, and what the surveyor wrote below it."""
    places = {}
    for photo in visit.photos:
        rows = [(one.table, one.row) for one in visit.observations if photo.name in one.photos]
        table, row = rows[0] if rows else ("sites", visit.site)
        places[photo.name] = {"table": table, "row": row} | ({"caption": photo.caption} if photo.caption else {})
    return places
