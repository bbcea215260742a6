"""The imports of a party: files that wait, those being entered, those on the record; each can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.entry_time import entry_time
from tawteen.web.imports.comparison_page import enter_parts
from tawteen.web.imports.models import ImportRow, PendingImport
from tawteen.web.imports.pending import unfinished_imports, waiting_imports
from tawteen.web.imports.strategies import UNDO
from tawteen.web.imports.undoing import compare_undo
from tawteen.web.language import words_of
from tawteen.web.params import UPLOAD
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_import, may_read
from tawteen.words import Words

_LARGEST_NUMBER = 2**63 - 1


@needs(may_read)
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """A page of the imports of the own party, with the files that wait for a decision."""
    party, words = signed_in(request).party, words_of(request)
    page = Paginator(ImportRow.objects.filter(party=party).order_by("-number"), UPLOAD.listed_imports).get_page(
        request.GET.get("page")
    )
    context = {
        "waiting": [_waiting(one, words) for one in waiting_imports(party).defer("differences").order_by("-created")],
        "unfinished": [
            _unfinished(one, words) for one in unfinished_imports().filter(party=party).defer("differences")
        ],
        "imports": _imports(list(page.object_list), party, words),
        "page": page,
        "place": words.say(
            "web.page_of", {"page": words.number(page.number), "of": words.number(page.paginator.num_pages)}
        ),
    }
    return render(request, "imports.html", context)


@needs(may_import)
@require_POST
def undo_import(request: HttpRequest, number: int) -> HttpResponse:
    """Compares what is there with what was there before an import, and leads to what taking it back would do."""
    person = signed_in(request)
    row = None
    if number <= _LARGEST_NUMBER:
        row = ImportRow.objects.filter(party=person.party, number=number).first()
    if row is None:
        return refusal(request, "page", 404)
    if unfinished_imports().filter(party=person.party, first_entry=number).exists():
        return refusal(request, "unfinished_import", 409)
    return HttpResponseRedirect(f"/imports/compared/{compare_undo(person, row).token}")


@needs(may_import)
@require_POST
def continue_import(request: HttpRequest, token: str) -> HttpResponse:
    """Goes on with an import that was interrupted, in the name of who asks for it."""
    person = signed_in(request)
    if not unfinished_imports().filter(party=person.party, token=token).update(person=person.name):
        return refusal(request, "page", 404)
    return enter_parts(request, PendingImport.objects.get(token=token))


def _waiting(one: PendingImport, words: Words) -> dict[str, Any]:
    return {
        "token": one.token, "file": one.file, "person": one.person, "undo": one.undoes is not None,
        "time": _moment(one.created), "cells": words.say("web.import.differing", n=sum(one.counts.values())),
    }  # fmt: skip


def _unfinished(one: PendingImport, words: Words) -> dict[str, Any]:
    return {
        "token": one.token, "file": one.file, "person": one.person,
        "done": words.say("web.import.taken", n=one.cells_done),
    }  # fmt: skip


def _imports(rows: Sequence[ImportRow], party: str, words: Words) -> list[dict[str, Any]]:
    """The imports with what became of them."""
    numbers = [row.number for row in rows]
    undone = dict(
        ImportRow.objects.filter(party=party, strategy=UNDO, undoes__in=numbers).values_list("undoes", "person")
    )
    left = dict(
        PendingImport.objects.filter(party=party, first_entry__in=numbers, left__gt=0).values_list(
            "first_entry", "left"
        )
    )
    unfinished = set(unfinished_imports().filter(party=party).values_list("first_entry", flat=True))
    return [
        {
            "number": row.number, "file": row.file, "person": row.person, "undo": row.strategy == UNDO,
            "time": entry_time(row.time),
            "strategy": words.say(f"web.import.done.{row.strategy}"),
            "cells": words.say("web.import.taken", n=row.cells),
            "left": words.say("web.import.left", n=left[row.number]) if row.number in left else "",
            "undone": words.say("web.import.undone", {"person": undone[row.number]}) if row.number in undone else "",
            "can_undo": row.number not in undone and row.number not in unfinished,
        }
        for row in rows
    ]  # fmt: skip


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
