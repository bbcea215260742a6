"""Who asks, and whether they may: every page but those for everybody states its right here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from tawteen.web.accounts.models import Account
from tawteen.web.accounts.party_rules import lacks_second_factor
from tawteen.web.accounts.roles import roles_of, units_of
from tawteen.web.language import words_of
from tawteen.web.log.append import LogWriter, locked_log
from tawteen.web.refusals import refusal
from tawteen.web.rights import RIGHTS, Person, may_have_account
from tawteen.web.security_log import log_security_event

FACTORS_PAGE = "/account/factors"
"""Where people set up second factors."""
View = Callable[..., HttpResponseBase]
Right = Callable[[Person], bool]


class RightEndedError(Exception):
    """A right that its holder had when the page was asked for, and no longer has."""

    def __init__(self, right: Right) -> None:
        super().__init__(right.__name__)
        self.right = right


def person_of(request: HttpRequest) -> Person | None:
    """The person who is signed in, with the roles held now; None where nobody is."""
    if not hasattr(request, "person"):
        account = getattr(request, "user", None)
        person = None
        if isinstance(account, Account):
            roles = roles_of(account.name, account.party)
            units = units_of(account.name, account.party)
            person = Person(account.name, account.full_name, account.party, roles, units)
        request.person = person  # type: ignore[attr-defined]
    known: Person | None = request.person  # type: ignore[attr-defined]
    return known


def person_of_request(request: HttpRequest) -> dict[str, Any]:
    """The person for templates, with what the navigation shows to them."""
    person = person_of(request)
    rights = {right.__name__: right(person) for right in RIGHTS} if person else {}
    return {"person": person, **rights}


def needs(right: Right) -> Callable[[View], View]:
    """A page for people with a right: others sign in first, or are told which roles have it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
            person = person_of(request)
            if person is None:
                return redirect_to_login(request.get_full_path(), "/sign-in", "next")
            if not right(person):
                log_security_event(request, "right refused", person.name, right=right.__name__)
                return refuse_right(request, right)
            if right is not may_have_account and must_add_factor(request):
                return HttpResponseRedirect(FACTORS_PAGE)
            try:
                return view(request, *args, **more)
            except RightEndedError as ended:
                return refuse_right(request, ended.right)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def must_add_factor(request: HttpRequest) -> bool:
    """Whether the person first sets up the second factor that their party requires."""
    return isinstance(request.user, Account) and lacks_second_factor(request.user)


@contextmanager
def writing(request: HttpRequest, right: Right) -> Iterator[LogWriter]:
    """The right to append to the record (`locked_log`) for who is signed in and holds a right still.

    Raises RightEndedError where a role ended after the page was asked for.
    """
    with locked_log() as log:
        check_rights(signed_in(request), right)
        yield log


def check_rights(person: Person, *rights: Right) -> None:
    """Raises RightEndedError where a person does not hold one of some rights now.

    Asked while the record is locked, it holds until the end of the transaction.
    """
    now = as_of_now(person)
    for right in rights:
        if not right(now):
            raise RightEndedError(right)


def as_of_now(person: Person) -> Person:
    """A person with the roles and units that are held now, none where the account is closed: for the one writer."""
    if not Account.objects.filter(name=person.name, party=person.party, is_active=True).exists():
        return replace(person, roles=frozenset(), units=frozenset())
    return replace(person, roles=roles_of(person.name, person.party), units=units_of(person.name, person.party))


def refuse_right(request: HttpRequest, right: Right) -> HttpResponse:
    """The page that says which roles have a right, and who grants them."""
    words = words_of(request)
    roles = words.say("cli.comma").join(words.say(f"web.role.{role}") for role in RIGHTS[right])
    return refusal(request, "role" if roles else "no_role", 403, roles=roles)


def signed_in(request: HttpRequest) -> Person:
    """The person of a page that has a right. Raises TypeError where nobody is signed in."""
    person = person_of(request)
    if person is None:
        raise TypeError("the page states no right")
    return person
