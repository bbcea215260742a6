"""The page of a unit: what it offers, what the newest programme asks of it by quarter, and what waits for an answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.partner.offer_words import OfferWords
from tawteen.web.partner.offers import UNITS, offers_of, own_units, unit_name
from tawteen.web.partner.planned_load import planned_load
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_text import CellWords, column_label
from tawteen.web.rights import may_answer_for, may_read
from tawteen.web.visibility import PartyView, value_of

_FACTS = ("city", "country", "civil_lines")


@needs(may_read)
@require_safe
def unit_page(request: HttpRequest, unit: str) -> HttpResponse:
    """A unit of the own party; another one is as if it did not exist."""
    person, words = signed_in(request), words_of(request)
    party_view = PartyView(person.party)
    cells = own_units(party_view).get(unit)
    if cells is None:
        return refusal(request, "page", 404)
    load, texts = planned_load(person, words), CellWords(party_view, words)
    offers = {offer.capability: offer for offer in offers_of(party_view, unit)}
    offer_words = OfferWords(party_view, words, load)
    context = {
        "unit": unit,
        "name": unit_name(unit, cells, words),
        "facts": [
            (column_label(UNITS, column, words), texts.text(UNITS, column, value_of(cells, column)))
            for column in _FACTS
            if cells.get(column)
        ],
        "offers": [offer_words.offer(offer) for offer in offers.values()],
        "may_answer": may_answer_for(person, unit),
        "programme": None if load is None else load.shown,
        "loads": [offer_words.load(one, offers.get(one.capability)) for one in (load.of_unit(unit) if load else ())],
    }
    return render(request, "unit.html", context)
