"""The desk: the units of the own party, with what each offers and what waits for an answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.partner.offers import UnitOffer, offers_by_unit, own_units, unit_name
from tawteen.web.partner.planned_load import PlannedLoad, planned_load
from tawteen.web.rights import may_answer_for, may_read
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words


@needs(may_read)
@require_safe
def desk_page(request: HttpRequest) -> HttpResponse:
    """The units of the own party; first those of which something is asked."""
    person, words = signed_in(request), words_of(request)
    party_view = PartyView(person.party)
    load = planned_load(person, words)
    offers = offers_by_unit(party_view)
    units: list[dict[str, Any]] = []
    for unit, cells in own_units(party_view).items():
        unanswered = sum(offer.unanswered for offer in offers[unit])
        units.append({
            "unit": unit, "name": unit_name(unit, cells, words), "city": str(value_of(cells, "city") or ""),
            "offers": words.number(len(offers[unit])), "asked": unanswered, "asked_text": words.number(unanswered),
            "load": _greatest_load(offers[unit], load, words), "own": may_answer_for(person, unit),
        })  # fmt: skip
    context = {
        "units": sorted(units, key=lambda one: (not one["own"], -one["asked"], one["name"])),
        "programme": None if load is None else load.shown,
    }
    return render(request, "desk.html", context)


def _greatest_load(offers: list[UnitOffer], load: PlannedLoad | None, words: Words) -> str:
    """The greatest share of a capacity that the programme asks for in a quarter, and which quarter that is."""
    shares = []
    for offer in offers:
        assignment, capacity = load and load.of_offer(offer.unit, offer.capability), offer.number("capacity")
        if load and assignment and capacity:
            shares += [(amount / capacity, load.labels[period]) for period, amount in assignment.amounts.items()]
    if not shares:
        return "–"
    share, quarter = max(shares, key=lambda one: one[0])
    return words.say("web.desk.load_in", {"share": words.percent(share, 0), "quarter": quarter})
