"""The page of a site: facts with grade, source, date and who; conflicts; lines, blockers and options; history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.programmes.why_page import latest_reasons
from tawteen.web.refusals import refusal
from tawteen.web.registry.row_page import row_context, saved_notice
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.rights import may_read
from tawteen.web.survey.site_files import site_files
from tawteen.web.visibility import PartyView


@needs(may_read)
@require_safe
def site_page(request: HttpRequest, site: str) -> HttpResponse:
    """The page of a site that the party sees; another one is as if it did not exist."""
    person, words = signed_in(request), words_of(request)
    context = row_context(person, words, SITE_TABLE, site)
    if context is None:
        return refusal(request, "page", 404)
    files = site_files(PartyView(person.party), site, words)
    more = {"saved": saved_notice(request), "site": site, "whys": latest_reasons(person, site, words)}
    return render(request, "site.html", {**context, **files, **more})
