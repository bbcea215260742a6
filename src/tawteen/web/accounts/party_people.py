"""The people of the own party: their roles, and invitations that are open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.accounts.invitations import invite, show_slip
from tawteen.web.accounts.models import Account, Invitation, RoleRow
from tawteen.web.accounts.people import grant_roles
from tawteen.web.accounts.roles import END_ACT
from tawteen.web.accounts.sessions import end_sessions
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.log.append import NewEntry, locked_log
from tawteen.web.refusals import refusal
from tawteen.web.rights import Person, may_invite, may_read
from tawteen.web.role_names import ROLES
from tawteen.words import Words


def _role_choices(words: Words) -> list[tuple[str, str]]:
    return [(role, words.say(f"web.role.{role}")) for role in ROLES]


def _invitation_fields(request: HttpRequest) -> list[FormField]:
    choices = _role_choices(words_of(request))
    return [FormField("note", required=False, hint="web.hint.note"), FormField("roles", "several", choices=choices)]


def _end_fields() -> list[FormField]:
    return [FormField("reason")]


@needs(may_read)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people of the own party with their roles; those who may invite see the open invitations too."""
    return _people_page(request, Form(request, _invitation_fields(request)))


def _people_page(request: HttpRequest, form: Form) -> HttpResponse:
    person, words = signed_in(request), words_of(request)
    roles: dict[str, list[dict[str, Any]]] = {}
    for row in RoleRow.objects.filter(party=person.party, ended=None).order_by("number"):
        roles.setdefault(row.person, []).append({"number": row.number, "label": words.say(f"web.role.{row.role}")})
    accounts = Account.objects.filter(party=person.party).order_by("full_name", "name")
    context = {
        "people": [{"account": account, "roles": roles.get(account.name, ())} for account in accounts],
        "form": form,
        "choices": _role_choices(words),
        "invitations": _open_invitations(person, words) if may_invite(person) else (),
    }
    return render(request, "people.html", context, status=200 if form.sound else 422)


def _open_invitations(person: Person, words: Words) -> list[dict[str, Any]]:
    """Invitations to the own party that nobody has used."""
    open_ones = Invitation.objects.filter(inviting_party=person.party, used=None, withdrawn=None)
    return [
        {
            "id": one.pk, "note": one.note, "expires": words.day(one.expires.date()),
            "roles": words.say("cli.comma").join(words.say(f"web.role.{role}") for role in one.roles),
        }
        for one in open_ones.filter(expires__gt=datetime.now(UTC)).order_by("pk")
    ]  # fmt: skip


@needs(may_invite)
@require_POST
def invite_person(request: HttpRequest) -> HttpResponse:
    """Makes an invitation to the own party and shows its slip."""
    form, person = Form(request, _invitation_fields(request)), signed_in(request)
    if not form.sound:
        return _people_page(request, form)
    slip = invite((person.name, person.party), person.party, form.lists["roles"], form.values["note"])
    return show_slip(request, slip)


@needs(may_invite)
@require_POST
def withdraw_invitation(request: HttpRequest, invitation: int) -> HttpResponse:
    """Makes an invitation of the own party useless."""
    own = Invitation.objects.filter(pk=invitation, inviting_party=signed_in(request).party, used=None)
    if not own.update(withdrawn=datetime.now(UTC)):
        return refusal(request, "page", 404)
    return HttpResponseRedirect("/people")


@needs(may_invite)
@require_POST
def grant_role(request: HttpRequest) -> HttpResponse:
    """Grants a role to a person of the own party."""
    person = signed_in(request)
    account = Account.objects.filter(party=person.party, name=request.POST.get("person", "")).first()
    role = request.POST.get("role", "")
    if account is None or role not in ROLES:
        return refusal(request, "page", 404)
    with locked_log() as log:
        if not RoleRow.objects.filter(person=account.name, party=person.party, role=role, ended=None).exists():
            grant_roles(log, (person.name, person.party), account, [role])
    return HttpResponseRedirect("/people")


@needs(may_invite)
@require_POST
def end_role(request: HttpRequest, number: int) -> HttpResponse:
    """Ends a role of the own party, with a reason; who has none left is signed out.

    The last administrator of a party stays, for nobody else could give the role back.
    """
    person, form = signed_in(request), Form(request, _end_fields())
    with locked_log() as log:
        row = RoleRow.objects.filter(number=number, party=person.party, ended=None).first()
        if row is None:
            return refusal(request, "page", 404)
        if not form.sound:
            return refusal(request, "reason", 422)
        administrators = RoleRow.objects.filter(party=person.party, role="administrator", ended=None)
        if row.role == "administrator" and administrators.count() == 1:
            return refusal(request, "last_administrator", 409)
        content = {"reason": form.values["reason"]}
        log.append(NewEntry(person.name, person.party, END_ACT, (row.person,), content, (row.number,)))
        if not RoleRow.objects.filter(person=row.person, party=person.party, ended=None).exists():
            account = Account.objects.get(name=row.person)
            end_sessions(account.pk)
    return HttpResponseRedirect("/people")
