"""The page of a compared file: how many cells differ and how, which, what each way to merge does; and the decision."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tawteen.case.findings import sentence_of
from tawteen.case.tables import TABLES
from tawteen.record.cells import Place
from tawteen.record.errors import FaultError
from tawteen.web.access import needs, signed_in
from tawteen.web.imports.applying import Applying, StaleError, cells_to_enter, decide, effects, own_import
from tawteen.web.imports.comparison import values_of
from tawteen.web.imports.differences import by_consequence, finding_of, unpacked
from tawteen.web.imports.models import PendingImport
from tawteen.web.imports.strategies import (
    CHANGED,
    CONFLICT,
    DIFFERENCE_KINDS,
    MERGE_STRATEGIES,
    NEW_CELL,
    REFUSED,
    REMOVED,
    UNDO,
)
from tawteen.web.language import words_of
from tawteen.web.paging import page_of, page_place
from tawteen.web.params import REGISTRY_LISTS, UPLOAD
from tawteen.web.programmes.before_saving import asks_before_saving, foreseen_context
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_text import column_label, table_title, value_text
from tawteen.web.registry.record_tables import SETTING_TABLE
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.rights import may_import
from tawteen.words import Words


@needs(may_import)
@require_safe
def comparison_page(request: HttpRequest, token: str) -> HttpResponse:
    """A page of the cells in which a file differs; a file of another party is as if it did not exist."""
    try:
        pending = own_import(signed_in(request).party, token)
    except LookupError:
        return refusal(request, "page", 404)
    if pending.strategy:
        return HttpResponseRedirect("/imports")
    return render(request, "comparison.html", _context(request, pending))


@needs(may_import)
@require_POST
def apply_import(request: HttpRequest, token: str) -> HttpResponse:
    """Enters a compared file as it was decided; what changed since is compared again and shown first."""
    person = signed_in(request)
    try:
        pending = own_import(person.party, token)
        strategy = UNDO if pending.undoes is not None else request.POST.get("strategy", "")
        if strategy != UNDO and strategy not in MERGE_STRATEGIES:
            return refusal(request, "no_strategy", 422)
        if asks_before_saving(request) and not pending.strategy:
            return render(request, "comparison.html", _foreseen(request, pending, strategy))
        revision = int(request.POST.get("revision", ""))
        pending = decide(person, token, revision, strategy, beside=request.POST.get("beside") == "yes")
    except LookupError:
        return refusal(request, "page", 404)
    except ValueError:
        return refusal(request, "request", 400)
    except StaleError:
        return _stale(request, token)
    return enter_parts(request, pending)


def _foreseen(request: HttpRequest, pending: PendingImport, strategy: str) -> dict[str, Any]:
    """The page with what a way to merge would do to the case and to the latest programmes: nothing is written."""
    cells = cells_to_enter(unpacked(pending.differences), strategy, beside=False)
    values = {
        Place(table, row, column): None if theirs is None else json.loads(theirs)
        for table, row, column, theirs in cells.select("table", "row", "column", "theirs").iter_rows()
    }
    return {**_context(request, pending), **foreseen_context(request, values), "strategy": strategy}


def _stale(request: HttpRequest, token: str) -> HttpResponse:
    """The comparison as it is by now; the list where the same form was sent twice, so that it is decided already."""
    pending = PendingImport.objects.filter(party=signed_in(request).party, token=token).first()
    if pending is None:  # discarded meanwhile
        return refusal(request, "page", 404)
    if pending.strategy:
        return HttpResponseRedirect("/imports")
    return render(request, "comparison.html", {**_context(request, pending), "stale": True}, status=409)


def enter_parts(request: HttpRequest, pending: PendingImport, entered: str = "/imports") -> HttpResponse:
    """Enters parts of a file that is decided about, and leads to the list of imports or, where all are, elsewhere.

    Raises RightEndedError where the person may no longer enter it, for which the page of a right has an answer.
    """
    try:
        whole = Applying(pending).run(UPLOAD.request_seconds)
    except FaultError as fault:
        words = words_of(request)
        return refusal(request, "unfit_import", 422, reason=sentence_of(fault.finding(), words))
    return HttpResponseRedirect(entered if whole else "/imports")


@needs(may_import)
@require_POST
def discard_import(request: HttpRequest, token: str) -> HttpResponse:
    """Removes a compared file about which nothing is decided."""
    party = signed_in(request).party
    removed, _ = PendingImport.objects.filter(party=party, token=token, strategy="").delete()
    return HttpResponseRedirect("/imports") if removed else refusal(request, "page", 404)


def _context(request: HttpRequest, pending: PendingImport) -> dict[str, Any]:
    words, differences = words_of(request), unpacked(pending.differences)
    counts: dict[str, int] = pending.counts
    kind, table = request.GET.get("kind", ""), request.GET.get("table", "")
    chosen = by_consequence(_chosen(differences, kind, table, request.GET.get("q", "")))
    page = page_of(request, range(chosen.height), UPLOAD.listed_cells)
    rows = chosen[list(page.object_list)]
    undo = pending.undoes is not None
    return {
        "pending": pending,
        "undo": undo,
        "counts": [
            {"kind": one, "label": words.say(f"web.import.kind.{one}"), "count": words.number(counts[one]),
             "chosen": one == kind, "rest": _rest(request.GET, kind=one)}
            for one in DIFFERENCE_KINDS
            if counts[one]
        ],
        "nothing": not any(counts.values()),
        "strategies": [] if undo else _strategies(counts, words),
        "undone": words.say("web.import.undo.cells", n=sum(counts[one] for one in (NEW_CELL, CHANGED, REMOVED))),
        "left": words.say("web.import.undo.left", n=counts[CONFLICT]) if undo and counts[CONFLICT] else "",
        "conflicts": words.say("web.import.beside", n=counts[CONFLICT]) if counts[CONFLICT] and not undo else "",
        "kept": words.say("web.import.kept", n=pending.kept) if pending.kept else "",
        "tables": [(name, _title(name, words)) for name in differences["table"].unique(maintain_order=True)],
        "table": table, "kind": kind, "q": request.GET.get("q", ""),
        "cells": [_shown(row, words) for row in rows.iter_rows(named=True)],
        "found": words.say("web.import.cells", n=chosen.height),
        "place": page_place(page, words),
        "previous": _rest(request.GET, page=page.previous_page_number()) if page.has_previous() else "",
        "next": _rest(request.GET, page=page.next_page_number()) if page.has_next() else "",
    }  # fmt: skip


def _chosen(differences: pl.DataFrame, kind: str, table: str, typed: str) -> pl.DataFrame:
    """The cells of a kind and table whose row holds what was typed."""
    if kind:
        differences = differences.filter(pl.col("kind") == kind)
    if table:
        differences = differences.filter(pl.col("table") == table)
    if text := typed.strip()[: REGISTRY_LISTS.search_characters]:
        differences = differences.filter(pl.col("row").str.contains(text, literal=True))
    return differences


def _rest(typed: QueryDict, **changed: object) -> str:
    """The filters as a part of an address, with some changed; a new filter begins with the first page."""
    kept = QueryDict(mutable=True)
    for name in ("kind", "table", "q"):
        if value := str(changed.get(name, typed.get(name, ""))):
            kept[name] = value
    if "page" in changed:
        kept["page"] = str(changed["page"])
    return kept.urlencode()


def _strategies(counts: dict[str, int], words: Words) -> list[dict[str, str]]:
    """Each way to merge with what it does in numbers."""
    return [
        {
            "name": strategy,
            "label": words.say(f"web.import.strategy.{strategy}"),
            "what": words.say(f"web.import.strategy.{strategy}.what"),
            "count": words.say("web.import.entered", n=count),
        }
        for strategy, count in effects(counts).items()
    ]


def _title(table: str, words: Words) -> str:
    """What a table is called; of errors that are about no table, that they are about the file."""
    return table_title(table, words) if table else words.say("web.import.file")


def _shown(row: dict[str, Any], words: Words) -> dict[str, Any]:
    table, column = row["table"], row["column"]
    shown = {
        "kind": row["kind"], "label": words.say(f"web.import.kind.{row['kind']}"), "table": _title(table, words),
        "row": row["row"], "column": column, "file": row["file"],
        "line": "" if row["line"] is None else words.say("cli.row", {"row": row["line"]}),
        "site": row["row"] if table == SITE_TABLE else "",
        "reason": words.say(f"web.import.reason.{row['reason']}") if row["reason"] else "",
    }  # fmt: skip
    if row["kind"] == REFUSED:
        return {**shown, "theirs": row["theirs"], "reason": sentence_of(finding_of(row), words)}
    if table in TABLES:
        shown["column"] = column_label(table, column, words)
    elif table == SETTING_TABLE:
        shown["column"] = ""
    texts = [value_text(table, column, value, words)[: UPLOAD.shown_characters] for value in values_of(row)]
    return {**shown, "now": texts[0], "theirs": texts[1]}
