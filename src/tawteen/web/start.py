"""The first page: of a workspace that begins, of somebody who is not signed in, and of a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.web.access import person_of
from tawteen.web.accounts.models import Account
from tawteen.web.accounts.parties import party_name
from tawteen.web.language import words_of
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_read


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Leads to the first visit or to signing in; else greets the person."""
    person = person_of(request)
    if person is None:
        return HttpResponseRedirect("/sign-in" if Account.objects.exists() else "/first-visit")
    if not may_read(person):
        return refusal(request, "no_role", 403, roles="")
    words = words_of(request)
    roles = words.say("cli.comma").join(words.say(f"web.role.{role}") for role in sorted(person.roles))
    return render(request, "start.html", {"party": party_name(person.party, words), "roles": roles})
