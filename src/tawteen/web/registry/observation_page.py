"""The page on which an observation is entered: choose a fact, say what was seen and how well it is known, save."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tawteen.case.codes import codes
from tawteen.case.tables import TABLES
from tawteen.record.cells import Place
from tawteen.record.errors import FaultError
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import REGISTRY_FORMS
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_edits import LostReferenceError, RowExistsError, UnknownVersionError
from tawteen.web.registry.cell_text import CellWords, column_label
from tawteen.web.registry.observations import NewObservation, source_titles, write_observation
from tawteen.web.registry.row_address import row_address, settle_address
from tawteen.web.registry.row_facts import RowFacts
from tawteen.web.registry.row_form import CELL_INPUT, SEEN_INPUT, CellField, cell_field, fault_text
from tawteen.web.registry.row_page import row_heading
from tawteen.web.registry.typed_row import read_typed_row, typed_text
from tawteen.web.registry.version_tokens import seen_versions
from tawteen.web.rights import may_observe
from tawteen.web.visibility import PartyView
from tawteen.words import Words

_YES = "yes"


@needs(may_observe)
@require_http_methods(["GET", "HEAD", "POST"])
def observe(request: HttpRequest, table: str, row: str) -> HttpResponse:
    """Enters an observation of a fact (`?column=`) of a row that the party sees; without one it is chosen."""
    party_view, column = PartyView(signed_in(request).party), request.GET.get("column", "")
    if table not in TABLES or not party_view.rows(table, [row]):
        return refusal(request, "page", 404)
    schema = TABLES[table]
    if column not in schema.columns() or column in schema.primary_key():
        return _page(request, party_view, Place(table, row, ""), None, None)
    place, words = Place(table, row, column), words_of(request)
    field = cell_field(place, party_view.history(table, [row]).get(place, []), CellWords(party_view, words), words)
    form = Form(request, _fields(words, takes=not field.in_conflict))
    if request.method != "POST":
        form.values |= {"as_of": dt.datetime.now(dt.UTC).date().isoformat()}
        form.lists["taken"] = [_YES]
        return _page(request, party_view, place, field, form)
    observation = _read(request, party_view, place, field, form)
    answer = None if field.fault or not form.sound else _write(request, observation, field)
    return _page(request, party_view, place, field, form) if answer is None else answer


def _write(request: HttpRequest, observation: NewObservation, field: CellField) -> HttpResponse | None:
    """Appends the observation, and goes to the page of its row, or to that of a conflict that it met.

    None where it names a row that is there no longer, which is noted in the field.
    """
    place = observation.place
    try:
        with writing(request, may_observe) as log:
            written = write_observation(log, signed_in(request), observation)
    except LostReferenceError as lost:
        field.fault = fault_text(lost.finding, words_of(request))
        return None
    except RowExistsError:
        return refusal(request, "observation_changed", 409)
    except (UnknownVersionError, FaultError):
        return refusal(request, "request", 400)
    if written.conflicts:
        return HttpResponseRedirect(f"{settle_address(place)}?met=yes")
    return HttpResponseRedirect(f"{row_address(place.table, place.row)}?saved={min(len(written.entries), 1)}")


def _fields(words: Words, *, takes: bool) -> list[FormField]:
    """What is asked about an observation beside its value; of a cell in conflict not whether the value is taken."""
    grades = [(code, words.pick(labels)) for code, labels in codes("grades").items()]
    fields = [
        FormField("grade", "select", choices=grades),
        FormField("source", required=False, hint="web.hint.observation_source", known="known-sources"),
        FormField("as_of", required=False, hint="web.hint.day"),
        FormField("remark", required=False, most=REGISTRY_FORMS.reason_characters),
    ]
    if takes:
        fields.append(FormField("taken", "several", required=False, choices=[(_YES, words.say("web.observe.take"))]))
    return fields


def _read(
    request: HttpRequest, party_view: PartyView, place: Place, field: CellField, form: Form
) -> NewObservation:  # fmt: skip
    """The observation that a browser sent; what is wrong is noted in the field and the form."""
    words, column = words_of(request), place.column
    field.text = request.POST.get(CELL_INPUT + column, "").strip()
    history = party_view.history(place.table, [place.row]).get(place, [])
    seen = seen_versions(request.POST.get(SEEN_INPUT + column, ""), history)
    read = read_typed_row(place.table, {column: field.text}, party_view)
    if column in read.faults:
        field.fault = fault_text(read.faults[column], words)
    elif not field.text:
        field.fault = words.say("web.fill_in")
    day = read_typed_row("evidence", {"as_of": form.values["as_of"]}, party_view)
    if "as_of" in day.faults:
        form.faults.setdefault("as_of", fault_text(day.faults["as_of"], words))
    is_day = TABLES[place.table].columns()[column].dtype.is_temporal()
    return NewObservation(
        place, read.values[column], field.text if is_day else typed_text(read.values[column]), form.values["grade"],
        form.values["source"], day.values["as_of"], form.values["remark"], seen, bool(form.lists.get("taken")),
    )  # fmt: skip


def _page(
    request: HttpRequest, party_view: PartyView, place: Place, field: CellField | None, form: Form | None
) -> HttpResponse:
    """The facts to choose from or, where one is chosen, its form."""
    words = words_of(request)
    schema, row_facts = TABLES[place.table], RowFacts(party_view, words)
    cells = party_view.rows(place.table, [place.row])[place.row]
    context = {
        "field": field,
        "form": form,
        "columns": [
            (column, column_label(place.table, column, words))
            for column in schema.columns()
            if column not in schema.primary_key()
        ],
        "sources": sorted(source_titles(party_view).values())[: REGISTRY_FORMS.listed_rows] if field else (),
        **row_heading(row_facts, words, place.table, place.row, cells),
    }
    return render(
        request, "observation.html", context,
        status=422 if field and (field.fault or (form and not form.sound)) else 200,
    )  # fmt: skip
