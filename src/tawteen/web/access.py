"""Who asks, and whether they may: every page but those for everybody states its right here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from tawteen.web.accounts.models import Account
from tawteen.web.accounts.roles import roles_of
from tawteen.web.language import words_of
from tawteen.web.refusals import refusal
from tawteen.web.rights import RIGHTS, Person

View = Callable[..., HttpResponseBase]


def person_of(request: HttpRequest) -> Person | None:
    """The person who is signed in, with the roles held now; None where nobody is."""
    if not hasattr(request, "person"):
        account = getattr(request, "user", None)
        person = None
        if isinstance(account, Account):
            roles = roles_of(account.name, account.party)
            person = Person(account.name, account.full_name, account.party, roles)
        request.person = person  # type: ignore[attr-defined]
    known: Person | None = request.person  # type: ignore[attr-defined]
    return known


def person_of_request(request: HttpRequest) -> dict[str, Any]:
    """The person for templates, with what the navigation shows to them."""
    person = person_of(request)
    rights = {right.__name__: right(person) for right in RIGHTS} if person else {}
    return {"person": person, **rights}


def needs(right: Callable[[Person], bool]) -> Callable[[View], View]:
    """A page for people with a right: others sign in first, or are told which roles have it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
            person = person_of(request)
            if person is None:
                return redirect_to_login(request.get_full_path(), "/sign-in", "next")
            if not right(person):
                return refuse_right(request, right)
            return view(request, *args, **more)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def refuse_right(request: HttpRequest, right: Callable[[Person], bool]) -> HttpResponse:
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
