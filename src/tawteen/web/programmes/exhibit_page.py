"""The page of an exhibit of a programme: its picture, its table and where its figures come from."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.result_pages import exhibit_file
from tawteen.web.programmes.visible_runs import file_of, shown_run, visible_run
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_read
from tawteen.words import Words


@needs(may_read)
@never_cache
@require_safe
def exhibit_page(request: HttpRequest, run: str, key: str) -> HttpResponse:
    """An exhibit of a run that the person sees."""
    row, words = visible_run(signed_in(request), run), words_of(request)
    content = None if row is None else file_of(row, exhibit_file(key))
    if row is None or content is None:
        return refusal(request, "page", 404)
    context = {
        "one": shown_run(row, RunProgress.objects.get(run=run), words),
        "exhibit": shown_exhibit(json.loads(content), row, words),
    }
    return render(request, "exhibit.html", context)


def shown_exhibit(stored: dict[str, Any], row: RunRow, words: Words) -> dict[str, Any]:
    """An exhibit in the reader's language."""
    heads = [
        {"text": words.pick(one["label"]), "unit": words.pick(one["unit"]), "number": one["number"]}
        for one in stored["columns"]
    ]
    rows = [
        [
            {"text": words.pick(cell["text"]), "site": cell.get("site"), "head": head}
            for cell, head in zip(cells, heads, strict=True)
        ]
        for cells in stored["rows"]
    ]
    more = stored["of"] - len(rows)
    return {
        "key": stored["key"],
        "title": words.pick(stored["title"]),
        "note": words.pick(stored["note"]),
        "origin": words.pick(stored["origin"]),
        "picture": f"/programmes/{row.run}/pictures/{stored['key']}.{words.lang}.svg" if stored["chart"] else "",
        "heads": heads,
        "rows": rows,
        "more": words.say("web.exhibit.more", n=more) if more > 0 else "",
    }
