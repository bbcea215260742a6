"""The page of a run: how far it is while it runs, then its programme; and what is done with it."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawteen.report.exhibit import EXHIBIT_GROUPS
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.language import words_of
from tawteen.web.programmes.cancelling import cancel_run
from tawteen.web.programmes.gap_chart import gap_chart
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.result_files import downloads_of
from tawteen.web.programmes.result_pages import RESULT_PAGE
from tawteen.web.programmes.visible_runs import file_of, shown_findings, shown_run, visible_run
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_plan, may_read
from tawteen.words import Words


@needs(may_read)
@never_cache
@require_safe
def run_page(request: HttpRequest, run: str) -> HttpResponse:
    """The page of a run that the person sees; another one is as if it did not exist."""
    person, words = signed_in(request), words_of(request)
    row = visible_run(person, run)
    if row is None:
        return refusal(request, "page", 404)
    progress = RunProgress.objects.get(run=run)
    context = {
        "one": shown_run(row, progress, words),
        "findings": shown_findings(progress.findings, progress.summary, words),
        "may_cancel": row.ended is None and not progress.cancelled and may_plan(person) and row.party == person.party,
        "downloads": downloads_of(row, words),
        **_progress(row, progress, words),
        **_result(row, words),
    }
    return render(request, "run.html", context)


@needs(may_read)
@never_cache
@require_safe
def run_progress(request: HttpRequest, run: str) -> HttpResponse:
    """How far a run is, as the part of its page that is asked for again and again."""
    row = visible_run(signed_in(request), run)
    if row is None:
        return refusal(request, "page", 404)
    words, progress = words_of(request), RunProgress.objects.get(run=run)
    context = {"one": shown_run(row, progress, words), **_progress(row, progress, words)}
    return render(request, "run_progress.html", context)


@needs(may_plan)
@require_POST
def cancel(request: HttpRequest, run: str) -> HttpResponse:
    """Cancels a run of the own party: the best programme so far is kept."""
    person = signed_in(request)
    row = visible_run(person, run)
    if row is None:
        return refusal(request, "page", 404)
    if row.party != person.party:
        return refusal(request, "other_run", 403)
    with writing(request, may_plan) as log:
        cancel_run(log, row, person)
    return HttpResponseRedirect(f"/programmes/{run}")


def _progress(row: RunRow, progress: RunProgress, words: Words) -> dict[str, Any]:
    """Figures of a run that goes on."""
    if row.ended is not None:
        return {}
    figures = [
        ("web.run.seconds", words.number(round(progress.seconds))),
        ("web.run.limit", words.number(progress.parameters["time_limit"])),
    ]
    if progress.gain is not None:
        figures.append(("web.run.best", words.compact(progress.gain)))
    if progress.gain is not None and progress.left is not None:
        figures.append(("web.run.bound", words.compact(progress.gain + progress.left)))
        if progress.gain > 0:
            figures.append(("web.run.gap", words.percent(progress.left / progress.gain, 2)))
    return {
        "stage": words.say(f"cli.stage.{progress.stage}", {"subject": ""}) if progress.stage else "",
        "share": None if progress.share is None else round(100 * progress.share),
        "figures": [{"label": words.say(code), "text": text} for code, text in figures],
        "chart": gap_chart(progress.history, progress.seconds, words),
        "attempt": progress.attempt,
        "again": progress.attempt > 1,
    }


def _result(row: RunRow, words: Words) -> dict[str, Any]:
    """Sentences, figures and exhibits of a programme."""
    content = file_of(row, RESULT_PAGE)
    if content is None:
        return {}
    result = json.loads(content)
    groups = [
        {
            "title": words.pick(EXHIBIT_GROUPS[group][0]),
            "exhibits": [{"key": one["key"], "title": words.pick(one["title"])} for one in members],
        }
        for group, members in groupby(result["exhibits"], key=lambda one: one["group"])
    ]
    return {
        "headline": [words.pick(one) for one in result["headline"]],
        "cards": [
            {"label": words.pick(one["label"]), "text": words.pick(one["text"])}
            for one in result["figures"]
            if one["card"]
        ],
        "groups": groups,
    }
