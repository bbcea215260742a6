"""Submissions of a field survey, read together: visits, what they contradict each other in, and what is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.survey.form_folder import forms_of_case
from tawteen.survey.posts import Post, distinct, join_posts
from tawteen.survey.site_named import SiteFinder
from tawteen.survey.visit import Observation, SiteVisit
from tawteen.survey.visit_reader import VisitReader


@dataclass(frozen=True)
class SurveyConflict:
    """A cell of which visits state different values: each with the visit that states it, in order of instances."""

    table: str
    row: str
    column: str
    stated: tuple[tuple[SiteVisit, Observation], ...]


@dataclass(frozen=True)
class Survey:
    """Visits in order of their instances, without those that a later copy replaces (`replaced`: their instances).

    `findings`: an error for each submission that is refused as a whole, a warning for each answer that is not read.
    """

    visits: tuple[SiteVisit, ...]
    replaced: tuple[str, ...]
    conflicts: tuple[SurveyConflict, ...]
    findings: tuple[Finding, ...]


def read_submissions(
    posts: Iterable[Post],
    case: Case,
    *,
    today: dt.date,
    accepted: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
    assigned: str | None = None,
) -> Survey:
    """Reads posts of telephones for a case.

    The result is the same for every order of the posts, however often one was sent and however its photos were spread
    over posts. No submission wins over another by its time: where two state different values, both stand in
    `conflicts`. `today`: the last day on which a post can have arrived that does not state its own. `accepted`:
    versions of forms to read beside the present ones. `renamed`: earlier ids of sites with their present ones.
    `assigned`: the site of the case that all of them are about, where a person says so.
    """
    submissions, findings = join_posts(posts)
    reader = VisitReader(case, forms_of_case(case), today, SiteFinder(case, renamed or {}, assigned), accepted)
    visits = []
    for submission in submissions:
        visit, noted = reader.read(submission)
        findings += noted
        if visit is not None:
            visits.append(visit)
    replaced = _replaced(visits, findings)
    kept = tuple(visit for visit in visits if visit.instance not in replaced)
    return Survey(kept, tuple(sorted(replaced)), conflicts_of(kept), tuple(distinct(findings)))


def _replaced(visits: list[SiteVisit], findings: list[Finding]) -> set[str]:
    """Instances of which a corrected copy is there; none where two instances replace each other in a circle."""
    replaces = {visit.instance: visit.replaces for visit in visits if visit.replaces}
    replaced = set()
    for visit in visits:
        seen, instance = {visit.instance}, visit.replaces
        while instance is not None and instance not in seen:
            seen.add(instance)
            instance = replaces.get(instance)
        if instance is None:
            if visit.replaces:
                replaced.add(visit.replaces)
        elif instance == visit.instance:
            findings.append(Finding("warning", "survey.circle", file=visit.file, value=visit.instance))
    return replaced


def conflicts_of(visits: Iterable[SiteVisit]) -> tuple[SurveyConflict, ...]:
    """Cells of which visits state different values, in order of the cells; *unknown* contradicts no value."""
    stated: dict[tuple[str, str, str], list[tuple[SiteVisit, Observation]]] = {}
    for visit in visits:
        for observation in filter(lambda one: one.states_value, visit.observations):
            stated.setdefault(observation.cell, []).append((visit, observation))
    return tuple(
        SurveyConflict(*cell, tuple(pairs))
        for cell, pairs in sorted(stated.items())
        if len({one.text for _, one in pairs}) > 1
    )
