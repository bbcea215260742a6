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
from tawteen.web.registry.import_case import registry_is_empty
from tawteen.web.registry.models import SiteRow
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
    context = {
        "party": party_name(person.party, words),
        "roles": roles,
        "sites": words.say("web.sites.count", n=SiteRow.objects.filter(party=person.party).count()),
        "may_begin": registry_is_empty(person.party),
    }
    return render(request, "start.html", context)
