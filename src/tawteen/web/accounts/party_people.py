"""The people of the own party: their roles, and invitations that are open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tawteen.record.stated_keys import WORKSPACE
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.accounts.confirmation import needs_confirmation
from tawteen.web.accounts.invitations import invite, inviter_may, show_slip, usable_invitations
from tawteen.web.accounts.models import Account, Invitation, ResetRow, RoleRow
from tawteen.web.accounts.parties import party_name
from tawteen.web.accounts.party_rules import REQUIRE_ACT, requires_second_factor
from tawteen.web.accounts.people import grant_roles
from tawteen.web.accounts.roles import END_ACT
from tawteen.web.accounts.second_factors import has_second_factor
from tawteen.web.accounts.sessions import end_sessions
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.log.append import NewEntry
from tawteen.web.refusals import refusal
from tawteen.web.registry.version_tokens import row_of_token, version_token
from tawteen.web.rights import Person, may_invite, may_read
from tawteen.web.role_names import ROLES
from tawteen.web.security_log import log_security_event
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
    inviters: dict[str, str] = {}
    for row in RoleRow.objects.filter(party=person.party, ended=None).order_by("number"):
        if row.granting_party not in ("", WORKSPACE, person.party):
            giver = {"name": row.granted_by, "party": party_name(row.granting_party, words)}
            inviters[row.person] = words.say("web.people.invited_by", giver)
        held = {"token": version_token(row.number), "label": words.say(f"web.role.{row.role}")}
        roles.setdefault(row.person, []).append(held)
    accounts = Account.objects.filter(party=person.party).order_by("full_name", "name")
    context = {
        "people": [
            {
                "account": account,
                "roles": roles.get(account.name, ()),
                "invited": inviters.get(account.name, ""),
                "reset": _last_reset(account, words),
                "has_factor": may_invite(person) and has_second_factor(account),
            }
            for account in accounts
        ],
        "required": requires_second_factor(person.party),
        "form": form,
        "choices": _role_choices(words),
        "invitations": _open_invitations(person, words) if may_invite(person) else (),
    }
    return render(request, "people.html", context, status=200 if form.sound else 422)


def _last_reset(account: Account, words: Words) -> str:
    """When, by whom and why the sign-in of a person was last reset, for all of the party to see."""
    row = ResetRow.objects.filter(person=account.name).order_by("-number").first()
    if row is None:
        return ""
    code = "web.people.reset" if row.renewed is None else "web.people.renewed"
    days = {"day": words.day(row.time.date()), "new_day": words.day((row.renewed or row.time).date())}
    return words.say(code, {**days, "by": row.by, "reason": row.reason})


def _open_invitations(person: Person, words: Words) -> list[dict[str, Any]]:
    """Invitations to the own party that nobody has used."""
    open_ones = usable_invitations().filter(inviting_party=person.party).order_by("pk")
    return [
        {
            "id": one.pk, "note": one.note, "expires": words.day(one.expires.date()),
            "roles": words.say("cli.comma").join(words.say(f"web.role.{role}") for role in one.roles),
        }
        for one in open_ones if inviter_may(one)
    ]  # fmt: skip


@needs(may_invite)
@require_POST
def invite_person(request: HttpRequest) -> HttpResponse:
    """Makes an invitation to the own party and shows its slip."""
    form, person = Form(request, _invitation_fields(request)), signed_in(request)
    if not form.sound:
        return _people_page(request, form)
    with writing(request, may_invite):
        slip = invite((person.name, person.party), person.party, form.lists["roles"], form.values["note"])
    return show_slip(request, slip)


@needs(may_invite)
@require_POST
@needs_confirmation("/people")
def require_second_factor(request: HttpRequest) -> HttpResponse:
    """Requires a second factor of the own party's people, or no longer does; who requires it has one."""
    person, required = signed_in(request), request.POST.get("required") == "yes"
    if required and not has_second_factor(Account.objects.get(name=person.name)):
        return refusal(request, "own_factor", 409)
    with writing(request, may_invite) as log:
        if requires_second_factor(person.party) != required:
            content = {"second_factor": required}
            log.append(NewEntry(person.name, person.party, REQUIRE_ACT, (person.party,), content))
    log_security_event(request, "second factor required" if required else "second factor not required", person.name)
    return HttpResponseRedirect("/people")


@needs(may_invite)
@require_POST
def withdraw_invitation(request: HttpRequest, invitation: int) -> HttpResponse:
    """Makes an invitation of the own party useless."""
    own = Invitation.objects.filter(pk=invitation, inviting_party=signed_in(request).party, used=None)
    with writing(request, may_invite):
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
    with writing(request, may_invite) as log:
        if not RoleRow.objects.filter(person=account.name, party=person.party, role=role, ended=None).exists():
            grant_roles(log, (person.name, person.party), account, [role])
            log_security_event(request, "role granted", account.name, role=role, by=person.name)
    return HttpResponseRedirect("/people")


@needs(may_invite)
@require_POST
def end_role(request: HttpRequest, token: str) -> HttpResponse:
    """Ends a role of the own party, with a reason; who has none left is signed out.

    The role is named by the token of its entry. The last administrator of a party stays, for nobody else could give
    the role back.
    """
    person, form = signed_in(request), Form(request, _end_fields())
    with writing(request, may_invite) as log:
        row = row_of_token(token, RoleRow.objects.filter(party=person.party, ended=None))
        if row is None:
            return refusal(request, "page", 404)
        if not form.sound:
            return refusal(request, "reason", 422)
        administrators = RoleRow.objects.filter(party=person.party, role="administrator", ended=None)
        if row.role == "administrator" and administrators.count() == 1:
            return refusal(request, "last_administrator", 409)
        content = {"reason": form.values["reason"]}
        log.append(NewEntry(person.name, person.party, END_ACT, (row.person,), content, (row.number,)))
        log_security_event(request, "role ended", row.person, role=row.role, by=person.name)
        if not RoleRow.objects.filter(person=row.person, party=person.party, ended=None).exists():
            account = Account.objects.get(name=row.person)
            end_sessions(account.pk)
    return HttpResponseRedirect("/people")
