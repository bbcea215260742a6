"""Which sites a search finds: words however they are spelled, and filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from tawteen.case.codes import codes
from tawteen.case.names import consonants, fold
from tawteen.web.params import REGISTRY_LISTS
from tawteen.web.registry.cell_text import code_label
from tawteen.web.registry.models import SiteRow
from tawteen.words import Words

FILTERS = ("region", "field", "state", "gate", "grade")
"""`gate` finds sites at which it is closed or unknown, `grade` those whose best observation has it."""
SEARCH = "q"
_CODE_LISTS = {"field": "fields", "state": "site_states", "gate": "gates", "grade": "grades"}


def found_sites(rows: QuerySet[SiteRow], typed: Mapping[str, str]) -> QuerySet[SiteRow]:
    """Of the sites of a party those that a search and its filters find."""
    rows = search(rows, typed.get(SEARCH, ""))
    for name in FILTERS:
        if value := typed.get(name, ""):
            rows = rows.filter(gates__contains=f" {value} ") if name == "gate" else rows.filter(**{name: value})
    return rows


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


def filter_label(name: str, value: str, regions: Mapping[str, str], words: Words) -> str:
    """A value of a filter in the reader's words."""
    return regions.get(value, value) if name == "region" else code_label(_CODE_LISTS[name], value, words)


def filter_choices(
    name: str, rows: QuerySet[SiteRow], typed: Mapping[str, str], regions: Mapping[str, str], words: Words
) -> dict[str, Any]:
    """A filter with the values that occur among the sites of a party."""
    if name == "gate":
        texts = rows.exclude(gates__in=(" ", "  ")).values_list("gates", flat=True).distinct()
        values = {gate for text in texts for gate in text.split()}
        ordered = [gate for gate in codes("gates") if gate in values]
        labelled = [(filter_label(name, value, regions, words), value) for value in ordered]
    else:
        values = set(rows.exclude(**{name: ""}).values_list(name, flat=True).distinct())
        labelled = sorted((filter_label(name, value, regions, words), value) for value in values)
        if name == "grade":
            labelled = [
                (filter_label(name, value, regions, words), value) for value in codes("grades") if value in values
            ]
    return {
        "name": name,
        "label": words.say(f"web.filter.{name}"),
        "values": labelled,
        "chosen": typed.get(name, ""),
    }


def search_address(typed: Mapping[str, str]) -> str:
    """The search and its filters as a part of an address, without the page."""
    kept = QueryDict(mutable=True)
    for name in (SEARCH, *FILTERS):
        if value := typed.get(name, ""):
            kept[name] = value
    return kept.urlencode()
