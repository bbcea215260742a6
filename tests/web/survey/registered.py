"""A registry with the tiny case and its lines, which the host imported, and people who survey."""

from __future__ import annotations

from tests.survey.instances import surveyed_case
from tests.web.entered_case import enter_case
from tests.web.mission import add_person, begin

from tawteen.case.model import Case
from tawteen.web.rights import Person

SURVEYOR = "host-surveyor"


def register(case: Case | None = None, *, shared: bool = False) -> None:
    """Two parties with administrators, surveyors and analysts, and a case of the host."""
    begin()
    for party in ("host", "partner"):
        for role in ("surveyor", "analyst", "viewer"):
            add_person(party, role)
    person = Person("host-analyst", "", "host", frozenset(("analyst",)))
    enter_case(person, surveyed_case() if case is None else case, shared=shared)
