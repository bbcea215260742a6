"""The page of all open conflicts that a party sees."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawteen.case.tables import TABLES
from tawteen.record.cells import Place, standing
from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.paging import page_of
from tawteen.web.params import REGISTRY_LISTS
from tawteen.web.registry.cell_edits import histories_of
from tawteen.web.registry.cell_text import column_label, table_title
from tawteen.web.registry.models import ConflictRow
from tawteen.web.registry.row_address import row_address, settle_address
from tawteen.web.registry.row_facts import RowFacts
from tawteen.web.registry.row_page import saved_notice
from tawteen.web.rights import may_read
from tawteen.web.visibility import Cells, PartyView
from tawteen.words import Words


@needs(may_read)
@require_safe
def conflicts_page(request: HttpRequest) -> HttpResponse:
    """A page of the cells in which several values stand beside each other."""
    party, words = signed_in(request).party, words_of(request)
    listed = ConflictRow.objects.filter(party=party).order_by("table", "row", "column")
    page = page_of(request, listed, REGISTRY_LISTS.rows)
    party_view = PartyView(party)
    places = [Place(one.table, one.row, one.column) for one in page.object_list]
    histories, row_facts = histories_of(party_view, places), RowFacts(party_view, words)
    context = {
        "conflicts": [_conflict(place, histories, row_facts, words) for place in places],
        "count": words.say("web.conflicts.count", n=page.paginator.count),
        "page": page,
        "saved": saved_notice(request),
    }
    return render(request, "conflicts.html", context)


def _conflict(place: Place, histories: Cells, row_facts: RowFacts, words: Words) -> dict[str, Any]:
    """A cell with the values that stand in it."""
    row = {one.column: standing(versions) for one, versions in histories.items() if one[:2] == place[:2]}
    return {
        "name": row_facts.name(place.table, place.row, row) if place.table in TABLES else place.row,
        "title": table_title(place.table, words),
        "label": column_label(place.table, place.column, words) if place.table in TABLES else "",
        "address": row_address(place.table, place.row),
        "settle": settle_address(place),
        "versions": row_facts.versions(place, standing(histories[place])),
    }
