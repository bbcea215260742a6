"""What waits for a person: for each kind of thing, how many there are, and the first ones with a link."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from tawteen.web.accounts.models import Invitation
from tawteen.web.params import OVERVIEW
from tawteen.web.partner.offers import offers_by_unit, own_units, unit_name
from tawteen.web.registry.models import SiteRow
from tawteen.web.rights import (
    Person,
    may_answer_for,
    may_answer_offers,
    may_import,
    may_invite,
    may_plan_tours,
    may_settle_submission,
)
from tawteen.web.survey.models import SubmissionRow
from tawteen.web.survey.submission_states import FAULTY
from tawteen.web.tours.survey_list import open_tours
from tawteen.web.visibility import PartyView
from tawteen.words import Words


def waiting_for(person: Person, words: Words) -> list[dict[str, Any]]:
    """What a person may do something about; nothing where a role does not allow it."""
    kinds = []
    if may_import(person):
        kinds.append(_conflicts(person, words))
    if may_settle_submission(person):
        kinds.append(_submissions(person, words))
    if may_invite(person):
        kinds.append(_invitations(person, words))
    if may_answer_offers(person):
        kinds.append(_offers(person, words))
    if may_plan_tours(person):
        kinds.append(_tours(person, words))
    return [kind for kind in kinds if kind["n"]]


def _conflicts(person: Person, words: Words) -> dict[str, Any]:
    """Sites of which values are in conflict."""
    rows = SiteRow.objects.filter(party=person.party, conflicts__gt=0)
    name = words.pick(("name_en", "name_ar"))
    listed = [
        {"text": getattr(row, name) or row.site, "href": reverse("site", args=[row.site])}
        for row in rows.order_by(name, "site")[: OVERVIEW.waiting]
    ]
    return _kind(words.say("web.waiting.conflicts", n=(n := rows.count())), n, listed)


def _submissions(person: Person, words: Words) -> dict[str, Any]:
    """Submissions of telephones that cannot be read as they are."""
    n = SubmissionRow.objects.filter(party=person.party, state=FAULTY).count()
    listed = {"text": words.say("web.survey.submissions"), "href": f"{reverse('submissions')}?state={FAULTY}"}
    return _kind(words.say("web.waiting.submissions", n=n), n, [listed])


def _invitations(person: Person, words: Words) -> dict[str, Any]:
    """Invitations of the own party that nobody has used and that are still valid."""
    usable = Invitation.objects.filter(inviting_party=person.party, used=None, withdrawn=None)
    n = usable.filter(expires__gt=datetime.now(UTC)).count()
    people = {"text": words.say("web.people"), "href": reverse("people")}
    return _kind(words.say("web.waiting.invitations", n=n), n, [people])


def _offers(person: Person, words: Words) -> dict[str, Any]:
    """What others ask of the units for which the person answers."""
    party_view = PartyView(person.party)
    units = own_units(party_view)
    counts = {
        unit: sum(offer.unanswered for offer in offers)
        for unit, offers in offers_by_unit(party_view).items()
        if may_answer_for(person, unit)
    }
    listed = [
        {"text": unit_name(unit, units[unit], words), "href": reverse("unit", args=[unit])}
        for unit, n in counts.items()
        if n
    ]
    n = sum(counts.values())
    return _kind(words.say("web.waiting.offers", n=n), n, listed[: OVERVIEW.waiting])


def _tours(person: Person, words: Words) -> dict[str, Any]:
    """Tours of the own party whose last day is not past."""
    today = datetime.now(UTC).date().isoformat()
    rows = [row for row in open_tours(person.party) if row.last_day >= today]
    listed = [{"text": row.team, "href": reverse("tour", args=[row.tour])} for row in rows[: OVERVIEW.waiting]]
    return _kind(words.say("web.waiting.tours", n=len(rows)), len(rows), listed)


def _kind(text: str, n: int, listed: list[dict[str, str]]) -> dict[str, Any]:
    return {"text": text, "n": n, "listed": listed}
