"""Tours: made from the survey list, shown to be printed, taken as a table or into a calendar, called off."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawteen.case.names import DIGITS
from tawteen.record.errors import FaultError
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.log.append import NewEntry
from tawteen.web.refusals import refusal
from tawteen.web.registry.models import SiteRow
from tawteen.web.registry.site_rows import position_of
from tawteen.web.rights import may_plan_tours, may_read
from tawteen.web.tours.derived import TOUR_ACT
from tawteen.web.tours.models import TourRow
from tawteen.web.tours.params import TOURS
from tawteen.web.tours.route import Place, Stop, plan_stops, short_route
from tawteen.web.tours.survey_list import survey_list_page, tour_fields
from tawteen.web.tours.tour_days import tour_context
from tawteen.web.visibility import PartyView


@needs(may_plan_tours)
@require_POST
def make_tour(request: HttpRequest) -> HttpResponse:
    """Plans a tour to the chosen sites and states it on the record."""
    person, words = signed_in(request), words_of(request)
    form = Form(request, tour_fields())
    chosen = list(dict.fromkeys(request.POST.getlist("site")))
    first_day, days = _first_day(form), _days_at_site(form)
    known = {*SiteRow.objects.filter(party=person.party, site__in=chosen[: TOURS.most_sites + 1])
             .values_list("site", flat=True)}  # fmt: skip
    sites = [site for site in chosen if site in known]
    fault = ""
    if not sites:
        fault = words.say("web.tour.no_sites")
    elif len(chosen) > TOURS.most_sites:
        fault = words.say("web.tour.many_sites", {"most": TOURS.most_sites})
    if fault or not form.sound or first_day is None or days is None:
        return survey_list_page(request, form, frozenset(chosen), fault, 422)
    places = site_places(PartyView(person.party), sites)
    stops = plan_stops(short_route(sites, places), places, first_day, days)
    tour = secrets.token_hex(TOURS.name_bytes)
    content = {
        "team": form.values["team"], "first_day": first_day.isoformat(), "stops": [_stated(stop) for stop in stops],
    }  # fmt: skip
    try:
        with writing(request, may_plan_tours) as log:
            begun = TourRow.objects.filter(party=person.party, team=content["team"], first_day=content["first_day"])
            same = next((row for row in begun if row.stops == content["stops"]), None)
            if same is None:
                log.append(NewEntry(person.name, person.party, TOUR_ACT, (tour,), content))
            else:  # the form was sent twice
                tour = same.tour
    except FaultError:
        return refusal(request, "request", 400)
    return HttpResponseRedirect(reverse("tour", args=[tour]))


def site_places(party_view: PartyView, sites: list[str]) -> dict[str, Place]:
    """Positions of sites, else those of their regions; of some there is neither."""
    regions = {region: position_of(cells) for region, cells in party_view.rows("regions").items()}
    places = {}
    for row in SiteRow.objects.filter(party=party_view.party, site__in=sites):
        for lat, lon in ((row.lat, row.lon), regions.get(row.region, (None, None))):
            if lat is not None and lon is not None:
                places[row.site] = (lat, lon)
                break
    return places


def _first_day(form: Form) -> dt.date | None:
    """The first day of a tour; None where none was typed, or one that is long past or far away."""
    try:
        day = dt.date.fromisoformat(form.values["first_day"])
    except ValueError:
        form.fault("first_day", "web.tour.no_day")
        return None
    today = dt.datetime.now(dt.UTC).date()
    if abs((day - today).days) > TOURS.years_ahead * 366:
        form.fault("first_day", "web.tour.far_day")
        return None
    return day


def _days_at_site(form: Form) -> int | None:
    typed = form.values["days_at_site"].translate(DIGITS)
    if typed.isascii() and typed.isdecimal() and len(typed) < 4 and 1 <= int(typed) <= TOURS.most_days:
        return int(typed)
    form.fault("days_at_site", "web.tour.no_days", most=TOURS.most_days)
    return None


def _stated(stop: Stop) -> dict[str, Any]:
    """A stop as the record states it."""
    stated = {"site": stop.site, "first_day": stop.first_day.isoformat(), "last_day": stop.last_day.isoformat()}
    return stated if stop.km is None else {**stated, "km": int(stop.km)}


def own_tour(request: HttpRequest, tour: str) -> TourRow | None:
    """A tour of the own party; those of another one are as if they did not exist."""
    return TourRow.objects.filter(party=signed_in(request).party, tour=tour).first()


@needs(may_read)
@never_cache
@require_safe
def tour_page(request: HttpRequest, tour: str) -> HttpResponse:
    """A tour day by day, to be printed."""
    row = own_tour(request, tour)
    if row is None:
        return refusal(request, "page", 404)
    return render(request, "tour.html", tour_context(row, words_of(request)))


@needs(may_plan_tours)
@require_POST
def call_off_tour(request: HttpRequest, tour: str) -> HttpResponse:
    """Calls a tour off, with a reason: a further act, by which it has no stops."""
    person, form = signed_in(request), Form(request, [FormField("reason")])
    with writing(request, may_plan_tours) as log:
        row = own_tour(request, tour)
        if row is None or not row.stops:
            return refusal(request, "page", 404)
        if not form.sound:
            return refusal(request, "tour_reason", 422)
        content = {"team": row.team, "first_day": row.first_day, "stops": [], "reason": form.values["reason"]}
        log.append(NewEntry(person.name, person.party, TOUR_ACT, (tour,), content, (row.number,)))
    return HttpResponseRedirect(reverse("survey_list"))
