"""The list of runs with state, view and what came out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.paging import page_of, page_place
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.models import RunProgress
from tawteen.web.programmes.visible_runs import registry_programmes, shown_run, visible_runs
from tawteen.web.rights import Person, may_read
from tawteen.words import Words


@needs(may_read)
@never_cache
@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    """A page of the runs that the person sees."""
    words = words_of(request)
    page = page_of(request, visible_runs(signed_in(request)), PLANNER_RUNS.shown)
    rows = list(page.object_list)
    progress = RunProgress.objects.in_bulk([row.run for row in rows])
    context = {
        "runs": [shown_run(row, progress[row.run], words) for row in rows if row.run in progress],
        "page": page,
        "place": page_place(page, words),
    }
    return render(request, "runs.html", context)


def latest_programme(person: Person, words: Words) -> dict[str, Any] | None:
    """The latest programme of the registry, not of a what-if, that the person sees; None where there is none."""
    latest = next(registry_programmes(person), None)
    return None if latest is None else shown_run(latest.row, latest.progress, words)
