"""The page of changes, and the button that says they are seen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.overview.changes import changes_since, seen_number, shown_changes
from tawteen.web.overview.models import SeenChanges
from tawteen.web.params import OVERVIEW
from tawteen.web.registry.version_tokens import number_of_token, version_token
from tawteen.web.rights import may_read
from tawteen.web.visibility import PartyView


@needs(may_read)
@never_cache
@require_safe
def changes_page(request: HttpRequest) -> HttpResponse:
    """What others changed since the person last said that it is seen. Looking at it moves nothing on."""
    person, words = signed_in(request), words_of(request)
    party_view = PartyView(person.party)
    changes = changes_since(person, party_view, seen_number(person))
    listed = shown_changes(changes, party_view, words)
    context = {
        "changes": listed[: OVERVIEW.changes_page],
        "more": max(len(listed) - OVERVIEW.changes_page, 0),
        "whole": changes.whole,
        "newest": version_token(changes.newest),
    }
    return render(request, "changes.html", context)


@needs(may_read)
@require_POST
def changes_seen(request: HttpRequest) -> HttpResponse:
    """Notes that the changes up to the newest one on the page are seen; those that came meanwhile are not.

    The page names that entry by a token, which does not tell how many entries others wrote; an old one moves nothing.
    """
    person, token = signed_in(request), request.POST.get("newest", "")
    changes = changes_since(person, PartyView(person.party), seen_number(person))
    number = number_of_token(token, changes.numbers)
    if number is not None:
        SeenChanges.objects.get_or_create(person=person.name, defaults={"number": number})
        SeenChanges.objects.filter(person=person.name, number__lt=number).update(number=number)
    return HttpResponseRedirect("/")
