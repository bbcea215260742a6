"""The imports of a party: files that wait, those being entered, those on the record; each can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.entry_time import entry_time
from tawteen.web.imports.applying import end_import
from tawteen.web.imports.comparison_page import enter_parts
from tawteen.web.imports.models import ImportRow, PendingImport
from tawteen.web.imports.pending import unfinished_imports, waiting_imports
from tawteen.web.imports.strategies import UNDO
from tawteen.web.imports.undoing import UndoState, compare_undo, undo_states
from tawteen.web.language import words_of
from tawteen.web.paging import page_of, page_place
from tawteen.web.params import UPLOAD
from tawteen.web.refusals import refusal
from tawteen.web.registry.version_tokens import row_of_token, version_token
from tawteen.web.rights import may_import, may_read
from tawteen.words import Words


@needs(may_read)
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """A page of the imports of the own party, with the files that wait for a decision."""
    party, words = signed_in(request).party, words_of(request)
    page = page_of(request, ImportRow.objects.filter(party=party).order_by("-number"), UPLOAD.listed_imports)
    context = {
        "waiting": [_waiting(one, words) for one in waiting_imports(party).defer("differences").order_by("-created")],
        "unfinished": [
            _unfinished(one, words) for one in unfinished_imports().filter(party=party).defer("differences")
        ],
        "imports": _imports(list(page.object_list), party, words),
        "empty_ones": [
            {"file": one.file, "person": one.person, "time": _moment(one.created), "left": _left(one, words)}
            for one in _finished(party).filter(first_entry=None).order_by("-created")
        ],
        "page": page,
        "place": page_place(page, words),
    }
    return render(request, "imports.html", context)


@needs(may_import)
@require_POST
def undo_import(request: HttpRequest, token: str) -> HttpResponse:
    """Compares what is there with what was there before an import, and leads to what taking it back would do.

    The import is named by a token, which does not tell how many entries others wrote.
    """
    person = signed_in(request)
    row = row_of_token(token, ImportRow.objects.filter(party=person.party))
    if row is None:
        return refusal(request, "page", 404)
    if unfinished_imports().filter(party=person.party, first_entry=row.number).exists():
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


@needs(may_import)
@require_POST
def stop_import(request: HttpRequest, token: str) -> HttpResponse:
    """Ends an import that cannot or should not go on; what it has entered can be undone."""
    try:
        end_import(signed_in(request), token)
    except LookupError:
        return refusal(request, "page", 404)
    return HttpResponseRedirect("/imports")


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
    states = undo_states(party)
    finished = _finished(party).filter(first_entry__in=[row.number for row in rows])
    left = {one.first_entry: _left(one, words) for one in finished}
    unfinished = set(unfinished_imports().filter(party=party).values_list("first_entry", flat=True))
    return [
        {
            "token": version_token(row.number), "file": row.file, "person": row.person, "undo": row.strategy == UNDO,
            "time": entry_time(row.time),
            "strategy": words.say(f"web.import.done.{row.strategy}"),
            "cells": words.say("web.import.taken", n=row.cells),
            "left": left.get(row.number, ""),
            "undone": _undone(states[row.number], words) if row.number in states else "",
            "can_undo": row.number not in unfinished,
        }
        for row in rows
    ]  # fmt: skip


def _finished(party: str) -> QuerySet[PendingImport]:
    """Imports of a party that are at their end, as long as it is kept how they were entered."""
    return PendingImport.objects.filter(party=party, finished=True).defer("differences")


def _left(one: PendingImport, words: Words) -> str:
    """Cells that an import did not enter, and why."""
    unentered = one.cells - one.cells_done
    return " ".join((
        *([words.say("web.import.left", n=one.left)] if one.left else []),
        *([words.say("web.import.unentered", n=unentered)] if unentered else []),
    ))  # fmt: skip


def _undone(state: UndoState, words: Words) -> str:
    return words.say("web.import.undone" if state.undone else "web.import.brought_back", {"person": state.person})


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
