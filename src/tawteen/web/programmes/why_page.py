"""Why a site is in or out of a programme."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.report.lists import STATUS_LABELS
from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.result_pages import SITE_REASONS
from tawteen.web.programmes.visible_runs import file_of, registry_programmes, shown_run, visible_run
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_text import CellWords
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.rights import Person, may_read
from tawteen.web.visibility import PartyView, views_of
from tawteen.words import Words


@needs(may_read)
@never_cache
@require_safe
def why_page(request: HttpRequest, run: str, site: str) -> HttpResponse:
    """The reasons of a site in a run that the person sees."""
    person, words = signed_in(request), words_of(request)
    row = visible_run(person, run)
    reasons = None if row is None else reasons_of(row, site, words)
    if row is None or reasons is None:
        return refusal(request, "page", 404)
    names = CellWords(PartyView(person.party), words).row_names(SITE_TABLE)
    context = {
        "one": shown_run(row, RunProgress.objects.get(run=run), words),
        "site": site,
        "name": names.get(site, site),
        "why": reasons,
    }
    return render(request, "why.html", context)


def reasons_of(row: RunRow, site: str, words: Words) -> dict[str, Any] | None:
    """What a programme does at a site and why; None where the run has no programme or the site is not in its case."""
    content = file_of(row, SITE_REASONS)
    stored = None if content is None else json.loads(content).get(site)
    if stored is None:
        return None
    return {
        "status": words.pick(STATUS_LABELS[stored["status"]]),
        "option": words.pick(stored["option"]) if stored["option"] else "",
        "start": stored["start"] or "",
        "reasons": [words.pick(one) for one in stored["reasons"]],
    }


def latest_reasons(person: Person, site: str, words: Words) -> list[dict[str, Any]]:
    """Of each view that the person sees the latest programme of the registry, where it knows the site."""
    shown = []
    for view in views_of(person):
        latest = next(registry_programmes(person, view), None)
        why = None if latest is None else reasons_of(latest.row, site, words)
        if latest is not None and why is not None:
            shown.append({"one": shown_run(latest.row, latest.progress, words), "why": why})
    return shown
