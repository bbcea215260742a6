"""The page on which one column of several sites is changed: of chosen ones, or of all that a search finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tawteen.case.tables import TABLES
from tawteen.record.cells import Place, Version, differ, standing
from tawteen.record.errors import FaultError
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.forms import Form
from tawteen.web.language import words_of
from tawteen.web.params import REGISTRY_FORMS
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_edits import (
    CellEdit,
    LostReferenceError,
    UnknownVersionError,
    histories_of,
    write_edits,
)
from tawteen.web.registry.cell_text import CellWords, column_label
from tawteen.web.registry.day_spans import write_spans
from tawteen.web.registry.models import SiteRow
from tawteen.web.registry.row_form import (
    CELL_INPUT,
    CellField,
    about_fields,
    cell_field,
    details_of,
    empties,
    empty_field,
    fault_text,
)
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.registry.site_search import found_sites, search_address
from tawteen.web.registry.typed_row import read_typed_row
from tawteen.web.registry.version_tokens import seen_versions, tokens_of
from tawteen.web.rights import may_edit
from tawteen.web.visibility import PartyView

_ALL = "all"


@dataclass(frozen=True)
class ChosenSite:
    """A site whose column is to be changed. `seen` are the versions that the form showed."""

    site: str
    name: str
    seen: tuple[int, ...]
    text: str
    in_conflict: bool

    @property
    def seen_text(self) -> str:
        """The versions as the form sends them back."""
        return tokens_of(self.seen)


@needs(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_sites(request: HttpRequest) -> HttpResponse:
    """Gives a column (`?column=`) of several sites one value: of `?site=`, or of all that a search finds (`?all=yes`).

    One act for each cell, all in one transaction, each based on the version that the form showed.
    """
    party_view, column = PartyView(signed_in(request).party), request.GET.get("column", "")
    schema = TABLES[SITE_TABLE]
    if column not in schema.columns() or column in schema.primary_key():
        return refusal(request, "page", 404)
    sites = _chosen(request, party_view)
    if not sites:
        return refusal(request, "no_sites", 422)
    if len(sites) > REGISTRY_FORMS.edited_sites:
        return refusal(request, "many_sites", 422, most=str(REGISTRY_FORMS.edited_sites))
    words = words_of(request)
    field = cell_field(Place(SITE_TABLE, "", column), (), CellWords(party_view, words), words)
    form = Form(request, [empty_field(words), *about_fields(words)])
    shown = _shown(request, party_view, sites, column)
    if request.method != "POST":
        return _page(request, field, form, shown)
    field.text = request.POST.get(CELL_INPUT + column, "").strip()
    read = read_typed_row(SITE_TABLE, {column: field.text}, party_view)
    if column in read.faults:
        field.fault = fault_text(read.faults[column], words)
    elif not field.text and not empties(form):
        field.fault = words.say("web.fill_in")
    edits = [CellEdit(Place(SITE_TABLE, one.site, column), read.values.get(column), one.seen) for one in shown]
    answer = None if field.fault or not form.sound else _write(request, edits, form, field)
    return _page(request, field, form, shown) if answer is None else answer


def _write(request: HttpRequest, edits: Sequence[CellEdit], form: Form, field: CellField) -> HttpResponse | None:
    """Appends the changes to what was typed, and goes to the list of sites, or of conflicts where one was met.

    None where what was typed names a row that is there no longer, which is noted in the field.
    """
    try:
        with writing(request, may_edit) as log:
            written = write_edits(log, signed_in(request), edits, details_of(form))
            write_spans(log, signed_in(request), {edit.place: field.text for edit in edits})
    except LostReferenceError as lost:
        field.fault = fault_text(lost.finding, words_of(request))
        return None
    except (UnknownVersionError, FaultError):
        return refusal(request, "request", 400)
    if written.conflicts:
        return HttpResponseRedirect(f"/conflicts?saved={len(written.entries)}")
    rest = search_address(request.GET)
    return HttpResponseRedirect(f"/sites?{rest}{'&' if rest else ''}saved={len(written.entries)}")


def _chosen(request: HttpRequest, party_view: PartyView) -> dict[str, SiteRow]:
    """The sites that were chosen and that the party sees: of a form those that it showed."""
    rows = SiteRow.objects.filter(party=party_view.party)
    if request.method == "POST":
        rows = rows.filter(site__in=request.POST.getlist("site")[: REGISTRY_FORMS.edited_sites + 1])
    elif request.GET.get(_ALL):
        rows = found_sites(rows, request.GET)
    else:
        rows = rows.filter(site__in=request.GET.getlist("site")[: REGISTRY_FORMS.edited_sites + 1])
    return {row.site: row for row in rows.order_by("site")[: REGISTRY_FORMS.edited_sites + 1]}


def _shown(
    request: HttpRequest, party_view: PartyView, sites: Mapping[str, SiteRow], column: str
) -> list[ChosenSite]:  # fmt: skip
    """The chosen sites with the value that stands, and the versions that the form showed."""
    words = words_of(request)
    texts = CellWords(party_view, words)
    sent = dict(zip(request.POST.getlist("site"), request.POST.getlist("seen"), strict=False))
    histories = histories_of(party_view, [Place(SITE_TABLE, site, column) for site in sites])
    shown = []
    for site, row in sites.items():
        history: list[Version] = histories.get(Place(SITE_TABLE, site, column), [])
        current = standing(history)
        seen = seen_versions(sent[site], history) if site in sent else tuple(version.number for version in current)
        name = words.pick((row.name_en, row.name_ar)) or site
        text = texts.text(SITE_TABLE, column, current[0].value) if current else "–"
        shown.append(ChosenSite(site, name, seen, text, site not in sent and differ(current)))
    return shown


def _page(request: HttpRequest, field: CellField, form: Form, sites: Sequence[ChosenSite]) -> HttpResponse:
    """The form; sites in conflict are shown, and are settled apart."""
    words = words_of(request)
    context: dict[str, Any] = {
        "field": field,
        "form": form,
        "sites": [one for one in sites if not one.in_conflict],
        "in_conflict": [one for one in sites if one.in_conflict],
        "count": words.say("web.bulk.count", n=len([one for one in sites if not one.in_conflict])),
        "label": column_label(SITE_TABLE, field.column, words),
    }
    return render(request, "bulk_edit.html", context, status=422 if field.fault or not form.sound else 200)
