"""The page on which a conflict about a cell is settled: by one of its values or another one, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tawteen.case.tables import TABLES
from tawteen.record.cells import Place, Version, standing
from tawteen.record.errors import FaultError
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import REGISTRY_FORMS
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_edits import Settlement, StaleConflictError, write_settlement
from tawteen.web.registry.cell_text import CellWords
from tawteen.web.registry.row_address import row_address
from tawteen.web.registry.row_facts import RowFacts
from tawteen.web.registry.row_form import CELL_INPUT, CellField, cell_field, fault_text
from tawteen.web.registry.row_page import row_heading
from tawteen.web.registry.typed_row import read_typed_row
from tawteen.web.registry.version_tokens import seen_versions, version_token
from tawteen.web.rights import may_edit
from tawteen.web.visibility import PartyView

_CHOSEN, _SEEN, _OTHER = "chosen", "seen", "other"
"""Names of inputs: the version that was chosen, or that another value is typed; the versions that were shown."""


@needs(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
def settle_conflict(request: HttpRequest, table: str, column: str, row: str) -> HttpResponse:
    """Shows the values that stand beside each other, and settles them.

    Settled are the versions that were shown; where another one came meanwhile it is shown, and nothing is written.
    """
    party_view, place = PartyView(signed_in(request).party), Place(table, row, column)
    known = table in TABLES and column in TABLES[table].columns()
    history = party_view.history(table, [row]).get(place, []) if known else []
    if not history:
        return refusal(request, "page", 404)
    form = Form(request, [FormField("reason", most=REGISTRY_FORMS.reason_characters)])
    field = cell_field(place, history, CellWords(party_view, words_of(request)), words_of(request))
    if request.method != "POST":
        return (
            _page(request, place, form, field) if field.in_conflict else HttpResponseRedirect(row_address(table, row))
        )
    field.text = request.POST.get(CELL_INPUT + column, "").strip()
    seen = seen_versions(" ".join(request.POST.getlist(_SEEN)), history)
    value = _value(request, place, field, {one.number: one for one in history if one.number in seen})
    if not form.sound or field.fault:
        return _page(request, place, form, field, 422)
    return _settle(request, place, form, field, (seen, value))


def _settle(
    request: HttpRequest, place: Place, form: Form, field: CellField, choice: tuple[tuple[int, ...], Any]
) -> HttpResponse:
    """Settles the versions that were seen by a value: both are the choice."""
    seen, value = choice
    try:
        with writing(request, may_edit) as log:
            write_settlement(log, signed_in(request), place, seen, Settlement(value, form.values["reason"]))
    except StaleConflictError:
        field.fault = words_of(request).say("web.settle.stale")
        return _page(request, place, form, field, 409)
    except FaultError:
        return refusal(request, "request", 400)
    return HttpResponseRedirect(f"{row_address(place.table, place.row)}?saved=1")


def _value(request: HttpRequest, place: Place, field: CellField, versions: Mapping[int, Version]) -> Any:
    """The value of the version that was chosen, or the one that was typed; without either a fault is noted."""
    chosen = request.POST.get(_CHOSEN, "")
    if chosen != _OTHER:
        version = next((version for number, version in versions.items() if version_token(number) == chosen), None)
        if version is None:
            field.fault = words_of(request).say("web.choose_one")
        return version and version.value
    read = read_typed_row(place.table, {place.column: field.text}, PartyView(signed_in(request).party))
    if place.column in read.faults:
        field.fault = fault_text(read.faults[place.column], words_of(request))
    return read.values[place.column]


def _page(request: HttpRequest, place: Place, form: Form, field: CellField, status: int = 200) -> HttpResponse:
    """The values in conflict as they stand now, with who wrote them, and what was typed."""
    party_view, words = PartyView(signed_in(request).party), words_of(request)
    row_facts = RowFacts(party_view, words)
    cells = party_view.rows(place.table, [place.row]).get(place.row, {})
    versions = standing(party_view.history(place.table, [place.row])[place])
    context = {
        "form": form, "field": field, "chosen": request.POST.get(_CHOSEN, ""), "other": _OTHER,
        "versions": row_facts.versions(place, versions), "met": "met" in request.GET,
        **row_heading(row_facts, words, place.table, place.row, cells),
    }  # fmt: skip
    return render(request, "settle.html", context, status=status)
