"""The list of sites: search, filters, pages of bounded size."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawteen.case.tables import TABLES
from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.paging import page_of, page_place
from tawteen.web.params import REGISTRY_LISTS
from tawteen.web.registry.case_cells import registry_is_empty
from tawteen.web.registry.cell_text import CellWords, column_label
from tawteen.web.registry.models import SiteRow
from tawteen.web.registry.row_page import saved_notice
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.registry.site_search import (
    FILTERS,
    SEARCH,
    filter_choices,
    filter_label,
    found_sites,
    search_address,
)
from tawteen.web.rights import may_read
from tawteen.web.visibility import PartyView
from tawteen.words import Words

_LISTED = tuple(name for name in FILTERS if name != "gate")
"""Filters that are columns of the list; a site has several gates."""


@needs(may_read)
@require_safe
def site_list(request: HttpRequest) -> HttpResponse:
    """A page of the sites that the party sees."""
    person, words = signed_in(request), words_of(request)
    everything = SiteRow.objects.filter(party=person.party)
    rows = found_sites(everything, request.GET)
    regions = CellWords(PartyView(person.party), words).row_names("regions")
    name_column = words.pick(("name_en", "name_ar"))
    page = page_of(request, rows.order_by(name_column, "site"), REGISTRY_LISTS.rows)
    context = {
        "sites": [_shown(row, regions, words) for row in page.object_list],
        "page": page,
        "count": words.say("web.sites.count", n=page.paginator.count),
        "place": page_place(page, words),
        "listed": [words.say(f"web.filter.{name}") for name in _LISTED],
        "filters": [filter_choices(name, everything, request.GET, regions, words) for name in FILTERS],
        "q": request.GET.get(SEARCH, ""),
        "rest": search_address(request.GET),
        "kept": [(name, value) for name in (SEARCH, *FILTERS) if (value := request.GET.get(name, ""))],
        "columns": [
            (column, column_label(SITE_TABLE, column, words))
            for column in TABLES[SITE_TABLE].columns()
            if column not in TABLES[SITE_TABLE].primary_key()
        ],
        "saved": saved_notice(request),
        "empty": not everything.exists(),
        "may_begin": registry_is_empty(person.party),
    }
    return render(request, "sites.html", context)


def _shown(row: SiteRow, regions: dict[str, str], words: Words) -> dict[str, Any]:
    values = {name: filter_label(name, getattr(row, name), regions, words) for name in _LISTED}
    return {
        "id": row.site,
        "name": words.pick((row.name_en, row.name_ar)) or row.site,
        "conflicts": row.conflicts,
        "values": list(values.values()),
    }
