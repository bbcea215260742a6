"""The submissions that a party received: what waits for somebody first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.entry_time import entry_time
from tawteen.web.language import words_of
from tawteen.web.paging import page_of, page_place
from tawteen.web.params import REGISTRY_LISTS
from tawteen.web.registry.site_names import site_names
from tawteen.web.rights import may_read
from tawteen.web.survey.models import SubmissionRow
from tawteen.web.survey.submission_states import SUBMISSION_STATES
from tawteen.words import Words


@needs(may_read)
@never_cache
@require_safe
def submission_list(request: HttpRequest) -> HttpResponse:
    """A page of the submissions of the own party, the newest first, of one state or of all."""
    person, words = signed_in(request), words_of(request)
    own = SubmissionRow.objects.filter(party=person.party)
    state = request.GET.get("state", "")
    rows = own.filter(state=state) if state in SUBMISSION_STATES else own
    page = page_of(request, rows.order_by("-first"), REGISTRY_LISTS.rows)
    names = site_names(person.party, (row.site for row in page.object_list), words)
    context = {
        "submissions": [shown_submission(row, names, words) for row in page.object_list],
        "page": page,
        "count": words.say("web.survey.received", n=page.paginator.count),
        "place": page_place(page, words),
        "states": [(one, words.say(f"web.submission.{one}"), one == state) for one in SUBMISSION_STATES],
        "rest": f"state={state}" if state in SUBMISSION_STATES else "",
    }
    return render(request, "submissions.html", context)


def shown_submission(row: SubmissionRow, names: Mapping[str, str], words: Words) -> dict[str, Any]:
    """A submission as pages show it."""
    return {
        "variant": row.variant,
        "state": row.state,
        "label": words.say(f"web.submission.{row.state}"),
        "site": row.site,
        "site_name": names.get(row.site, row.site),
        "person": row.person,
        "time": entry_time(row.time),
        "device_time": row.device_time,
        "form": row.form,
        "instance": row.instance,
        "reason": row.reason,
    }
