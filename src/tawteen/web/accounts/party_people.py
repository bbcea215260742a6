"""The people of the own party: their roles, and invitations that are open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tawteen.record.stated_keys import WORKSPACE
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.accounts.confirmation import is_confirmed, needs_confirmation
from tawteen.web.accounts.invitations import invite, inviter_may, show_slip, usable_invitations
from tawteen.web.accounts.models import Account, Invitation, PartyRow, ResetRow, RoleRow
from tawteen.web.accounts.parties import party_name
from tawteen.web.accounts.party_rules import REQUIRE_ACT, requires_second_factor
from tawteen.web.accounts.people import grant_roles
from tawteen.web.accounts.role_words import RoleWords
from tawteen.web.accounts.roles import END_ACT
from tawteen.web.accounts.second_factors import has_second_factor
from tawteen.web.accounts.sessions import end_sessions
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.log.append import NewEntry
from tawteen.web.refusals import refusal
from tawteen.web.registry.version_tokens import row_of_token, version_token
from tawteen.web.rights import Person, may_invite, may_read
from tawteen.web.role_names import ENGINEER, ROLES
from tawteen.web.row_tokens import row_named, row_token
from tawteen.web.security_log import log_security_event
from tawteen.words import Words

_UNIT = FormField("unit", required=False, hint="web.hint.unit", known="units")


@dataclass(frozen=True)
class _RefusedGrant:
    """A role that was not granted to a person: what was typed, and why."""

    person: str
    role: str
    unit: str
    fault: str


def _role_words(request: HttpRequest) -> RoleWords:
    return RoleWords(signed_in(request).party, words_of(request))


def _invitation_fields(role_words: RoleWords) -> list[FormField]:
    """Who is meant and the roles; the unit of an engineer where the party has units."""
    roles = FormField("roles", "several", choices=role_words.choices)
    return [FormField("note", required=False, hint="web.hint.note"), roles, *([_UNIT] if role_words.units else ())]


def _unit_of(form: Form, roles: Iterable[str], role_words: RoleWords) -> str:
    """The unit that was typed, empty where none was; a fault of the form where it is none or nobody is its engineer."""
    typed = form.values.get(_UNIT.name, "")
    unit = role_words.unit_named(typed) if typed else ""
    if unit is None:
        form.fault(_UNIT.name, "web.no_unit")
    elif unit and ENGINEER not in roles:
        form.fault(_UNIT.name, "web.unit_of_engineer")
    return unit or ""


def _end_fields() -> list[FormField]:
    return [FormField("reason")]


@needs(may_read)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people of the own party with their roles; those who may invite see the open invitations too."""
    return _people_page(request, Form(request, _invitation_fields(_role_words(request))))


def _people_page(request: HttpRequest, form: Form, refused: _RefusedGrant | None = None) -> HttpResponse:
    person, words, role_words = signed_in(request), words_of(request), _role_words(request)
    roles: dict[str, list[dict[str, Any]]] = {}
    inviters: dict[str, str] = {}
    for row in RoleRow.objects.filter(party=person.party, ended=None).order_by("number"):
        if row.granting_party not in ("", WORKSPACE, person.party):
            giver = {"name": row.granted_by, "party": party_name(row.granting_party, words)}
            inviters[row.person] = words.say("web.people.invited_by", giver)
        held = {"token": version_token(row.number), "label": role_words.label(row.role, row.unit)}
        roles.setdefault(row.person, []).append(held)
    accounts = Account.objects.filter(party=person.party).order_by("full_name", "name")
    context = {
        "people": [
            {
                "account": account,
                "roles": roles.get(account.name, ()),
                "invited": inviters.get(account.name, ""),
                "reset": _last_reset(account, words),
                "refused": refused if refused is not None and refused.person == account.name else None,
                "has_factor": may_invite(person) and has_second_factor(account),
            }
            for account in accounts
        ],
        "confirmed": is_confirmed(request),
        "required": requires_second_factor(person.party),
        "form": form,
        "choices": role_words.choices,
        "units": role_words.units if may_invite(person) else (),
        "founded": [(row.party, party_name(row.party, words)) for row in _parties_without_people()],
        "invitations": _open_invitations(person, words) if may_invite(person) else (),
    }
    return render(request, "people.html", context, status=200 if form.sound and refused is None else 422)


def _parties_without_people() -> QuerySet[PartyRow]:
    """Parties of which nobody has joined yet."""
    return PartyRow.objects.exclude(party__in=Account.objects.values("party")).order_by("party")


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
            "token": row_token(one), "note": one.note, "expires": words.day(one.expires.date()),
            "roles": RoleWords(one.party, words).listed(one.roles, one.unit),
            "party": party_name(one.party, words) if one.party != person.party else "",
        }
        for one in open_ones if inviter_may(one)
    ]  # fmt: skip


@needs(may_invite)
@require_POST
def invite_person(request: HttpRequest) -> HttpResponse:
    """Makes an invitation to the own party and shows its slip."""
    person, role_words = signed_in(request), _role_words(request)
    form = Form(request, _invitation_fields(role_words))
    unit = _unit_of(form, form.lists["roles"], role_words)
    if not form.sound:
        return _people_page(request, form)
    with writing(request, may_invite):
        slip = invite((person.name, person.party), person.party, form.lists["roles"], form.values["note"], unit)
    return show_slip(request, slip)


@needs(may_invite)
@require_POST
def invite_founder(request: HttpRequest, party: str) -> HttpResponse:
    """Invites the administrator of a party of which nobody has joined yet, in place of an invitation that was lost."""
    person = signed_in(request)
    with writing(request, may_invite):
        if not _parties_without_people().filter(party=party).exists():
            return refusal(request, "page", 404)
        usable_invitations().filter(party=party).update(withdrawn=datetime.now(UTC))
        slip = invite((person.name, person.party), party, ["administrator"])
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
def withdraw_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Makes an invitation of the own party useless."""
    with writing(request, may_invite):
        own = row_named(token, Invitation.objects.filter(inviting_party=signed_in(request).party, used=None))
        if own is None:
            return refusal(request, "page", 404)
        own.withdrawn = datetime.now(UTC)
        own.save(update_fields=["withdrawn"])
    return HttpResponseRedirect("/people")


@needs(may_invite)
@require_POST
def grant_role(request: HttpRequest) -> HttpResponse:
    """Grants a role to a person of the own party."""
    person = signed_in(request)
    account = Account.objects.filter(party=person.party, name=request.POST.get("person", "")).first()
    role, role_words = request.POST.get("role", ""), _role_words(request)
    if account is None or role not in ROLES:
        return refusal(request, "page", 404)
    form = Form(request, [_UNIT])
    unit = _unit_of(form, [role], role_words)
    with writing(request, may_invite) as log:
        held = RoleRow.objects.filter(person=account.name, party=person.party, role=role, ended=None)
        if unit and held.filter(unit=None).exists():
            form.fault(_UNIT.name, "web.unit_of_all")
        if form.sound and not held.filter(unit=unit or None).exists():
            grant_roles(log, (person.name, person.party), account, [role], unit)
            log_security_event(request, "role granted", account.name, role=role, by=person.name)
    if not form.sound:
        refused = _RefusedGrant(account.name, role, form.values[_UNIT.name], form.faults[_UNIT.name])
        return _people_page(request, Form(request, _invitation_fields(role_words), sent=False), refused)
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
