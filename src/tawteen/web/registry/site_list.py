"""The list of sites: search, filters, pages of bounded size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawteen.case.names import consonants, fold
from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.params import REGISTRY_LISTS
from tawteen.web.registry.cell_text import CellWords, code_label
from tawteen.web.registry.import_case import registry_is_empty
from tawteen.web.registry.models import SiteRow
from tawteen.web.rights import may_read
from tawteen.web.visibility import PartyView
from tawteen.words import Words

FILTERS = ("region", "field", "state")
_CODE_LISTS = {"field": "fields", "state": "site_states"}


@needs(may_read)
@require_safe
def site_list(request: HttpRequest) -> HttpResponse:
    """A page of the sites that the party sees."""
    person, words = signed_in(request), words_of(request)
    everything = SiteRow.objects.filter(party=person.party)
    rows = search(everything, request.GET.get("q", ""))
    for name in FILTERS:
        if value := request.GET.get(name, ""):
            rows = rows.filter(**{name: value})
    regions = CellWords(PartyView(person.party), words).row_names("regions")
    name_column = words.pick(("name_en", "name_ar"))
    page = Paginator(rows.order_by(name_column, "site"), REGISTRY_LISTS.rows).get_page(request.GET.get("page"))
    context = {
        "sites": [_shown(row, regions, words) for row in page.object_list],
        "page": page,
        "count": words.say("web.sites.count", n=page.paginator.count),
        "place": words.say(
            "web.page_of", {"page": words.number(page.number), "of": words.number(page.paginator.num_pages)}
        ),
        "filters": [_filter(name, everything, request, regions, words) for name in FILTERS],
        "q": request.GET.get("q", ""),
        "rest": _rest(request.GET),
        "empty": not everything.exists(),
        "may_begin": registry_is_empty(person.party),
    }
    return render(request, "sites.html", context)


def search(rows: QuerySet[SiteRow], typed: str) -> QuerySet[SiteRow]:
    """The sites that hold every typed word, as it is spelled or as it sounds in the other alphabet."""
    for word in fold(typed[: REGISTRY_LISTS.search_characters]).split():
        matching = Q(searched__contains=word)
        sound = consonants(word)
        if len(sound) >= REGISTRY_LISTS.sound_of_part:
            matching |= Q(sound__contains=sound)
        elif len(sound) == REGISTRY_LISTS.sound_of_word:
            matching |= Q(sound__contains=f" {sound} ")
        rows = rows.filter(matching)
    return rows


def _label(name: str, value: str, regions: dict[str, str], words: Words) -> str:
    return regions.get(value, value) if name == "region" else code_label(_CODE_LISTS[name], value, words)


def _shown(row: SiteRow, regions: dict[str, str], words: Words) -> dict[str, Any]:
    values = {name: _label(name, getattr(row, name), regions, words) for name in FILTERS}
    return {
        "id": row.site,
        "name": words.pick((row.name_en, row.name_ar)) or row.site,
        "conflicts": row.conflicts,
        **values,
    }


def _filter(
    name: str, rows: QuerySet[SiteRow], request: HttpRequest, regions: dict[str, str], words: Words
) -> dict[str, Any]:
    values: Iterable[str] = rows.exclude(**{name: ""}).values_list(name, flat=True).distinct()
    labelled = sorted((_label(name, value, regions, words), value) for value in values)
    return {
        "name": name,
        "label": words.say(f"web.filter.{name}"),
        "values": labelled,
        "chosen": request.GET.get(name, ""),
    }


def _rest(typed: QueryDict) -> str:
    """The search as a part of an address, without the page."""
    kept = QueryDict(mutable=True)
    for name in ("q", *FILTERS):
        if value := typed.get(name, ""):
            kept[name] = value
    return kept.urlencode()
