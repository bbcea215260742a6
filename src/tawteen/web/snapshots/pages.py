"""Pages of snapshots: the list, taking one, and what changed from one to another or until now."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tawteen.case.tables import TITLES
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.accounts.parties import party_name
from tawteen.web.entry_time import entry_time
from tawteen.web.language import words_of
from tawteen.web.log.append import log_size
from tawteen.web.paging import page_of, page_place
from tawteen.web.params import REGISTRY_LISTS
from tawteen.web.rate_limit import costly
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_text import CellWords, column_label, table_title, view_label
from tawteen.web.registry.version_tokens import row_of_token, version_token
from tawteen.web.rights import may_read, may_take_snapshot
from tawteen.web.snapshots.changes import CellChange, Values, changes_between
from tawteen.web.snapshots.kinds import CHANGE_KINDS
from tawteen.web.snapshots.models import SnapshotRow
from tawteen.web.snapshots.taking import take_snapshot
from tawteen.web.visibility import view_named, views_of
from tawteen.words import Words


@needs(may_read)
@require_safe
def snapshot_list(request: HttpRequest) -> HttpResponse:
    """Snapshots of the views that the person sees, the newest first."""
    person, words = signed_in(request), words_of(request)
    rows = _visible(request).order_by("-number")
    page = page_of(request, rows, REGISTRY_LISTS.rows)
    context = {
        "snapshots": [_shown(row, words) for row in page.object_list],
        "choices": [_shown(row, words) for row in rows[: REGISTRY_LISTS.rows]],
        "views": [(view, view_label(view, words)) for view in views_of(person)],
        "page": page,
        "place": page_place(page, words),
    }
    return render(request, "snapshots.html", context)


@needs(may_take_snapshot)
@require_POST
@costly
def take(request: HttpRequest) -> HttpResponse:
    """Takes a snapshot of a view that the person sees."""
    person, view = signed_in(request), request.POST.get("view", "")
    if view not in views_of(person):
        return refusal(request, "page", 404)
    take_snapshot(writing(request, may_take_snapshot), person, view)
    return HttpResponseRedirect("/snapshots")


@needs(may_read)
@require_safe
@costly
def compare(request: HttpRequest) -> HttpResponse:
    """Cells that differ from a snapshot to another one of the same view, or to the state of now."""
    words = words_of(request)
    first = _snapshot(request, request.GET.get("before", ""))
    later = _snapshot(request, request.GET.get("after", ""))
    if first is None or (later is None and request.GET.get("after", "")):
        return refusal(request, "page", 404)
    if later is not None and later.view != first.view:
        return refusal(request, "other_view", 409)
    changes = list(changes_between(first.view, first.size, log_size() if later is None else later.size))
    table = request.GET.get("table", "")
    listed = [change for change in changes if table in ("", change.place.table)]
    page = page_of(request, listed, REGISTRY_LISTS.rows)
    counts = Counter(change.kind for change in changes)
    tables = dict.fromkeys(change.place.table for change in changes)
    texts = CellWords(view_named(first.view), words)
    context = {
        "before": _shown(first, words),
        "after": None if later is None else _shown(later, words),
        "counts": [(words.say(f"web.change.{kind}"), words.number(counts[kind])) for kind in CHANGE_KINDS],
        "tables": [(name, table_title(name, words)) for name in tables],
        "table": table,
        "changes": [_change(change, texts, words) for change in page.object_list],
        "page": page,
        "place": page_place(page, words),
        "query": f"before={version_token(first.number)}&after={'' if later is None else version_token(later.number)}",
    }
    return render(request, "snapshot_changes.html", context)


def _visible(request: HttpRequest) -> QuerySet[SnapshotRow]:
    return SnapshotRow.objects.filter(view__in=views_of(signed_in(request)))


def _snapshot(request: HttpRequest, token: str) -> SnapshotRow | None:
    """The snapshot of a token, which does not tell how many entries there are; None where the person sees none."""
    return row_of_token(token, _visible(request))


def _shown(row: SnapshotRow, words: Words) -> dict[str, Any]:
    return {
        "token": version_token(row.number),
        "view": view_label(row.view, words),
        "party": party_name(row.party, words),
        "person": row.person,
        "time": entry_time(row.time),
        "hash": row.hash,
    }


def _change(change: CellChange, texts: CellWords, words: Words) -> dict[str, str]:
    table, row, column = change.place
    return {
        "kind": words.say(f"web.change.{change.kind}"),
        "table": table_title(table, words),
        "row": texts.row_names(table).get(row, row) if table in TITLES else row,
        "column": column_label(table, column, words),
        "before": _values_text(change.before, table, column, texts),
        "after": _values_text(change.after, table, column, texts),
    }


def _values_text(values: Values, table: str, column: str, texts: CellWords) -> str:
    return " · ".join(texts.text(table, column, value) for value in values) or "–"
