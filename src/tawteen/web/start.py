"""The first page: of a workspace that begins, of somebody who is not signed in, and of a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.web.access import FACTORS_PAGE, must_add_factor, person_of
from tawteen.web.accounts.models import Account
from tawteen.web.accounts.parties import party_name
from tawteen.web.accounts.role_words import RoleWords
from tawteen.web.language import words_of
from tawteen.web.overview.changes import changes_since, seen_number, shown_changes
from tawteen.web.overview.site_map import site_map
from tawteen.web.overview.spoken import registry_in_one_line
from tawteen.web.overview.waiting import waiting_for
from tawteen.web.params import OVERVIEW
from tawteen.web.programmes.run_list import latest_programme
from tawteen.web.refusals import refusal
from tawteen.web.registry.case_cells import registry_is_empty
from tawteen.web.registry.version_tokens import version_token
from tawteen.web.rights import may_read
from tawteen.web.visibility import PartyView


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Leads to the first visit or to signing in; else shows the person the overview."""
    person = person_of(request)
    if person is None:
        return HttpResponseRedirect("/sign-in" if Account.objects.exists() else "/first-visit")
    if not may_read(person):
        return refusal(request, "no_role", 403, roles="")
    if must_add_factor(request):
        return HttpResponseRedirect(FACTORS_PAGE)
    words = words_of(request)
    party_view = PartyView(person.party)
    changes = changes_since(person, party_view, seen_number(person))
    listed = shown_changes(changes, party_view, words)
    context = {
        "party": party_name(person.party, words),
        "roles": RoleWords(person.party, words).held(person),
        "spoken": registry_in_one_line(person.party, words),
        "map": site_map(party_view, words),
        "changes": listed[: OVERVIEW.changes],
        "more": max(len(listed) - OVERVIEW.changes, 0),
        "newest": version_token(changes.newest),
        "waiting": waiting_for(person, words),
        "latest": latest_programme(person, words),
        "may_begin": registry_is_empty(person.party),
    }
    return render(request, "start.html", context)
