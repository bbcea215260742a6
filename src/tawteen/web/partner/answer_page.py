"""The page on which an offer is accepted, countered or declined by the party of its unit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tawteen.record.errors import FaultError
from tawteen.web.access import RightEndedError, as_of_now, needs, refuse_right, signed_in, writing
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import REGISTRY_FORMS
from tawteen.web.partner.answers import (
    ACCEPT,
    ANSWERED_COLUMNS,
    ANSWERS,
    COUNTER,
    DECLINE,
    OfferAnswer,
    OpenConflictError,
    StaleAnswerError,
    write_answer,
)
from tawteen.web.partner.offer_words import OfferWords
from tawteen.web.partner.offers import OFFERS, OWN_WORD_COLUMNS, UnitOffer, offers_of, own_units, unit_name
from tawteen.web.partner.planned_load import planned_load
from tawteen.web.refusals import refusal
from tawteen.web.registry.row_form import SEEN_INPUT, RowForm, row_form
from tawteen.web.registry.version_tokens import seen_versions
from tawteen.web.rights import may_answer_for, may_answer_offers
from tawteen.web.visibility import PartyView

_DATED = ("start", "end")
"""Columns that an acceptance may state: since when, and until when."""


@needs(may_answer_offers)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: HttpRequest, unit: str, capability: str) -> HttpResponse:
    """The offer of a unit of the own party as a form, with the three answers."""
    person = signed_in(request)
    party_view = PartyView(person.party)
    offer = _offer(party_view, unit, capability)
    if offer is None:
        return refusal(request, "page", 404)
    if not may_answer_for(person, unit):
        return refuse_right(request, may_answer_offers)
    form = row_form(request, party_view, OFFERS, offer.row, ANSWERED_COLUMNS)
    why = _reason_form(request)
    if request.method != "POST":
        return _page(request, offer, form, why)
    if request.POST.get("answer") not in ANSWERS:
        return refusal(request, "request", 400)
    answer = _read(request, offer, form, why)
    return _page(request, offer, form, why, status=422) if answer is None else _written(request, offer, answer, form)


def _written(request: HttpRequest, offer: UnitOffer, answer: OfferAnswer, form: RowForm) -> HttpResponse:
    """Writes an answer to the offer as it is now; the page says so where it is not as it was seen."""
    person = signed_in(request)
    try:
        with writing(request, may_answer_offers) as log:
            if not may_answer_for(as_of_now(person), offer.unit):
                raise RightEndedError(may_answer_offers)
            newest = _offer(PartyView(person.party), offer.unit, offer.capability) or offer
            write_answer(log, person, newest, answer, _seen(request, form))
    except (StaleAnswerError, OpenConflictError):
        fresh = row_form(request, PartyView(person.party), OFFERS, offer.row, ANSWERED_COLUMNS)
        return _page(request, newest, fresh, _reason_form(request), stale=True, status=409)
    except FaultError:
        return refusal(request, "request", 400)
    return HttpResponseRedirect(reverse("unit", args=[offer.unit]))


def _seen(request: HttpRequest, form: RowForm) -> dict[str, tuple[int, ...]]:
    """By column, the versions of which the browser says that they were shown."""
    return {
        one.column: seen_versions(request.POST.get(f"{SEEN_INPUT}{one.column}", ""), form.history.get(one.column, ()))
        for one in form.fields
    }


def _reason_form(request: HttpRequest) -> Form:
    return Form(request, [FormField("answer_reason", required=False, most=REGISTRY_FORMS.reason_characters)])


def _offer(party_view: PartyView, unit: str, capability: str) -> UnitOffer | None:
    """An offer of a unit of the reader's party; None where it sees no such one."""
    if unit not in own_units(party_view):
        return None
    return next((one for one in offers_of(party_view, unit) if one.capability == capability), None)


def _read(request: HttpRequest, offer: UnitOffer, form: RowForm, why: Form) -> OfferAnswer | None:
    """The answer that was sent; None where something is wrong with it, which its fields say then."""
    kind, words = request.POST["answer"], words_of(request)
    if kind == DECLINE:
        if not why.values["answer_reason"]:
            why.fault("answer_reason", "web.desk.decline_reason")
        return OfferAnswer({"capacity": 0}, why.values["answer_reason"]) if why.sound else None
    values: dict[str, Any] = {
        edit.place.column: edit.value for edit in form.read(request, PartyView(signed_in(request).party))
    }
    if kind == ACCEPT:
        for column in values.keys() - {*_DATED}:
            form.fault(column, words.say("web.desk.accept_changed"))
        for column in OWN_WORD_COLUMNS:
            if offer.number(column) is None:
                form.fault(column, words.say("web.desk.accept_missing"))
    if kind == COUNTER and not values and form.sound:
        form.fault(ANSWERED_COLUMNS[0], words.say("web.desk.counter_nothing"))
    return OfferAnswer(values, why.values["answer_reason"]) if form.sound and why.sound else None


def _page(
    request: HttpRequest, offer: UnitOffer, form: RowForm, why: Form, *, stale: bool = False, status: int = 200
) -> HttpResponse:
    """The offer with the form; `stale` says that it changed while somebody answered."""
    person, words = signed_in(request), words_of(request)
    party_view = PartyView(person.party)
    load = planned_load(person, words)
    offer_words = OfferWords(party_view, words, load)
    assignment = None if load is None else load.of_offer(offer.unit, offer.capability)
    context = {
        "unit": offer.unit,
        "unit_name": unit_name(offer.unit, own_units(party_view)[offer.unit], words),
        "offer": offer_words.offer(offer),
        "load": None if assignment is None else offer_words.load(assignment, offer),
        "programme": None if load is None else load.shown,
        "form": form,
        "form_why": why,
        "stale": stale,
    }
    return render(request, "offer_answer.html", context, status=status)
