"""Invitations: a code on a link or a slip of paper makes its holder a person of a party."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tawteen.web.access import as_of_now
from tawteen.web.accounts.codes import hash_of_code, new_code
from tawteen.web.accounts.models import Account, Invitation
from tawteen.web.accounts.parties import party_name
from tawteen.web.accounts.people import NEW_PERSON, add_account, check_person, grant_roles
from tawteen.web.accounts.resets import open_reset
from tawteen.web.accounts.role_words import RoleWords
from tawteen.web.accounts.sign_in import begin_session
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.log.append import locked_log
from tawteen.web.params import SIGN_IN
from tawteen.web.refusals import refusal
from tawteen.web.rights import Person, may_invite

_CODE = (FormField("code", most=60),)


@dataclass(frozen=True)
class Slip:
    """What is handed over: shown once, to the one who invites."""

    code: str
    party: str
    roles: Sequence[str]
    expires: datetime
    unit: str = ""


def invite(inviter: tuple[str, str], party: str, roles: Sequence[str], note: str = "", unit: str = "") -> Slip:
    """Makes an invitation of an inviter (name and party) to a party; `unit`: of an engineer who is that of one unit."""
    code = new_code()
    expires = datetime.now(UTC) + timedelta(seconds=SIGN_IN.invitation)
    Invitation.objects.create(
        code_hash=hash_of_code(code), party=party, roles=list(roles), unit=unit, note=note, invited_by=inviter[0],
        inviting_party=inviter[1], expires=expires,
    )  # fmt: skip
    return Slip(code, party, roles, expires, unit)


def usable_invitations() -> QuerySet[Invitation]:
    """Invitations that were neither used nor withdrawn and are not too old."""
    return Invitation.objects.filter(used=None, withdrawn=None, expires__gt=datetime.now(UTC))


def open_invitation(code: str) -> Invitation | None:
    """The invitation of a code that can still be used: its roles are granted by who invited, who may still do so."""
    invitation = usable_invitations().filter(code_hash=hash_of_code(code)).first()
    return invitation if invitation is not None and inviter_may(invitation) else None


def inviter_may(invitation: Invitation) -> bool:
    """Whether the one who invited may still invite."""
    return may_invite(as_of_now(Person(invitation.invited_by, "", invitation.inviting_party, frozenset())))


def show_slip(request: HttpRequest, slip: Slip) -> HttpResponse:
    """The slip to hand over or to print, with the link and the code."""
    words = words_of(request)
    context = {
        "slip": slip,
        "link": request.build_absolute_uri(f"/join/{slip.code}"),
        "party": party_name(slip.party, words),
        "roles": RoleWords(slip.party, words).listed(list(slip.roles), slip.unit),
        "expires": words.day(slip.expires.date()),
        "other_party": isinstance(request.user, Account) and request.user.party != slip.party,
    }
    return render(request, "slip.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The form for a code from a slip of paper: of an invitation, or of a reset."""
    form = Form(request, _CODE)
    if request.method == "POST" and form.sound:
        code = form.values["code"].replace("/", "")
        if open_invitation(code) is not None:
            return HttpResponseRedirect(f"/join/{code}")
        if open_reset(code) is not None:
            return HttpResponseRedirect(f"/reset/{code}")
        form.fault("code", "web.no_invitation")
    return render(request, "code.html", {"form": form}, status=200 if form.sound else 422)


@never_cache
@sensitive_post_parameters("new_password", "repeated_password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """The form of an invited person, who is signed in once it is filled in."""
    if isinstance(request.user, Account):
        return refusal(request, "signed_in", 409, name=request.user.full_name)
    invitation = open_invitation(code)
    if invitation is None:
        return refusal(request, "invitation", 404)
    form = Form(request, NEW_PERSON)
    if request.method == "POST":
        with locked_log() as log:
            check_person(form)
            # Asked again by the one writer: of two who send the form at the same time, one uses the invitation.
            invitation = open_invitation(code)
            if invitation is None:
                return refusal(request, "invitation", 404)
            if form.sound:
                account = add_account(form, invitation.party)
                inviter = (invitation.invited_by, invitation.inviting_party)
                grant_roles(log, inviter, account, invitation.roles, invitation.unit)
                invitation.used = datetime.now(UTC)
                invitation.save(update_fields=["used"])
        if form.sound:
            begin_session(request, account, "invitation")
            return HttpResponseRedirect("/")
    context = {"form": form, "party": party_name(invitation.party, words_of(request))}
    return render(request, "join.html", context, status=200 if form.sound else 422)
