"""Pages on which a row is changed, added, or taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tawteen.case.tables import TABLES
from tawteen.record.cells import Place
from tawteen.record.errors import FaultError
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import REGISTRY_FORMS
from tawteen.web.programmes.before_saving import asks_before_saving, foreseen_context
from tawteen.web.rate_limit import costly_where
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_edits import (
    CellEdit,
    LostReferenceError,
    RowExistsError,
    UnknownVersionError,
    WrittenEdits,
    write_edits,
    write_new_row,
)
from tawteen.web.registry.cell_text import table_title
from tawteen.web.registry.day_spans import write_spans
from tawteen.web.registry.row_address import row_address, settle_address
from tawteen.web.registry.row_facts import RowFacts
from tawteen.web.registry.row_form import SEEN_INPUT, RowForm, fault_text, row_form
from tawteen.web.registry.row_page import row_heading
from tawteen.web.registry.row_relations import naming_rows
from tawteen.web.registry.version_tokens import seen_versions, tokens_of
from tawteen.web.rights import may_edit
from tawteen.web.visibility import PartyView


@needs(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
@costly_where(asks_before_saving)
def edit_row(request: HttpRequest, table: str, row: str) -> HttpResponse:
    """Changes cells of a row that the party sees: those of the address (`?column=`), or all."""
    party_view = PartyView(signed_in(request).party)
    if table not in TABLES or not party_view.rows(table, [row]):
        return refusal(request, "page", 404)
    form = row_form(request, party_view, table, row, request.GET.getlist("column"))
    if request.method != "POST":
        return _form_page(request, form)
    edits = form.read(request, party_view)
    if not form.sound or asks_before_saving(request):
        return _form_page(request, form, edits)
    try:
        with writing(request, may_edit) as log:
            written = write_edits(log, signed_in(request), edits, form.details)
            write_spans(log, signed_in(request), form.texts_of(edits))
    except LostReferenceError as lost:
        form.fault(lost.place.column, fault_text(lost.finding, words_of(request)))
        return _form_page(request, form)
    except (UnknownVersionError, FaultError):
        return refusal(request, "request", 400)
    return _go_on(row_address(table, row), written)


@needs(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
@costly_where(asks_before_saving)
def add_row(request: HttpRequest, table: str) -> HttpResponse:
    """Adds a row to a table; columns that the address names (`?site=`) are filled in."""
    if table not in TABLES:
        return refusal(request, "page", 404)
    party_view = PartyView(signed_in(request).party)
    form = row_form(request, party_view, table, None)
    if request.method != "POST":
        for one in form.fields:
            one.text = request.GET.get(one.column, "")
        return _form_page(request, form)
    edits = form.read(request, party_view)
    if not form.sound or asks_before_saving(request):
        return _form_page(request, form, edits)
    row = edits[0].place.row
    try:
        with writing(request, may_edit) as log:
            written = write_new_row(log, signed_in(request), edits, form.details)
            write_spans(log, signed_in(request), form.texts_of(edits))
    except RowExistsError:
        form.fault(TABLES[table].primary_key()[-1], words_of(request).say("web.typed.twice", {"row": row}))
    except LostReferenceError as lost:
        form.fault(lost.place.column, fault_text(lost.finding, words_of(request)))
    except FaultError:
        return refusal(request, "request", 400)
    else:
        return _go_on(row_address(table, row), written)
    return _form_page(request, form)


@needs(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
@costly_where(asks_before_saving)
def remove_row(request: HttpRequest, table: str, row: str) -> HttpResponse:
    """Empties all cells of a row that the party sees and that no other row names; it needs a reason."""
    party_view, words = PartyView(signed_in(request).party), words_of(request)
    cells = party_view.rows(table, [row]).get(row) if table in TABLES else None
    if cells is None:
        return refusal(request, "page", 404)
    form = Form(request, [FormField("reason", most=REGISTRY_FORMS.reason_characters)])
    naming, asks = _naming(request, table, row), asks_before_saving(request)
    if request.method == "POST" and form.sound and not naming and not asks:
        history = party_view.history(table, [row])
        edits = [
            CellEdit(place, None, seen_versions(request.POST.get(SEEN_INPUT + place.column, ""), history[place]))
            for place in (Place(table, row, column) for column in cells)
        ]
        try:
            with writing(request, may_edit) as log:
                # Nobody else can write from here on: what no row names now is named by none when it is away.
                naming, written = _naming(request, table, row), WrittenEdits()
                if not naming:
                    written = write_edits(log, signed_in(request), edits, {"reason": form.values["reason"]})
        except (UnknownVersionError, FaultError):
            return refusal(request, "request", 400)
        if not naming:
            owner = row_heading(RowFacts(party_view, words), words, table, row, cells)["owner"]
            return _go_on(owner["address"] if owner else reverse("rows", args=[table]), written)
    context = {
        "form": form,
        "seen": [(f"{SEEN_INPUT}{name}", tokens_of(one.number for one in row)) for name, row in cells.items()],
        "naming": naming, **row_heading(RowFacts(party_view, words), words, table, row, cells),
    }  # fmt: skip
    if asks:
        form.faults.clear()  # a reason is asked for when the row is taken away
        context |= foreseen_context(request, {Place(table, row, column): None for column in cells})
    refused = request.method == "POST" and bool(naming)  # who only looks is told too, and has done nothing wrong
    return render(request, "row_removal.html", context, status=422 if refused or not form.sound else 200)


def _naming(request: HttpRequest, table: str, row: str) -> list[dict[str, Any]]:
    """The rows that the party sees now and that name a row, by table."""
    words = words_of(request)
    return [
        {"title": table_title(name, words), "rows": [(row_address(name, key), key) for key in sorted(rows)]}
        for name, rows in naming_rows(PartyView(signed_in(request).party), table, row)
    ]


def _go_on(address: str, written: WrittenEdits) -> HttpResponse:
    """To the page that shows what was written; to that of a conflict where there is one."""
    if len(written.conflicts) == 1:
        return HttpResponseRedirect(f"{settle_address(written.conflicts[0])}?met=yes")
    return HttpResponseRedirect(f"{address}?saved={len(written.entries)}")


def _form_page(request: HttpRequest, form: RowForm, edits: Sequence[CellEdit] = ()) -> HttpResponse:
    """The form with what was typed and what is wrong with it, or what its changes would do where that is asked."""
    words, table = words_of(request), form.table
    context: dict[str, Any] = {"form": form, "title": table_title(table, words), "table": table, "row": form.row}
    if form.row is not None:
        party_view = PartyView(signed_in(request).party)
        row_facts, cells = RowFacts(party_view, words), party_view.rows(table, [form.row]).get(form.row, {})
        context |= row_heading(row_facts, words, table, form.row, cells)
    if form.sound and asks_before_saving(request):
        context |= foreseen_context(request, {one.place: one.value for one in edits})
    return render(request, "row_form.html", context, status=200 if form.sound else 422)
