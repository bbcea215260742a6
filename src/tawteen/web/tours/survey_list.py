"""The survey list: what to find out first, why, and a button that makes it a tour for a team."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.programmes.newest_tables import newest_tables
from tawteen.web.registry.cell_text import code_label, value_text
from tawteen.web.registry.site_names import site_names
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.rights import may_read
from tawteen.web.tours.models import TourRow
from tawteen.web.tours.params import TOURS
from tawteen.web.tours.survey_needs import SurveyNeed, survey_needs
from tawteen.web.visibility import PartyView
from tawteen.words import Words


def tour_fields() -> list[FormField]:
    """What is asked about a tour."""
    return [
        FormField("team", most=TOURS.team_characters, hint="web.hint.team"),
        FormField("first_day", "date"),
        FormField("days_at_site", "number", hint="web.hint.days_at_site", hint_args={"most": TOURS.most_days}),
    ]


@needs(may_read)
@never_cache
@require_safe
def survey_list(request: HttpRequest) -> HttpResponse:
    """The sites of which something is not known, and the tours that are planned."""
    return survey_list_page(request, Form(request, tour_fields()), None)


def survey_list_page(
    request: HttpRequest, form: Form, chosen: frozenset[str] | None, fault: str = "", status: int = 200
) -> HttpResponse:
    """The list with the form of a tour; `chosen` are the sites that were chosen, those at its head without a choice."""
    person, words = signed_in(request), words_of(request)
    party_view = PartyView(person.party)
    newest = newest_tables(person, words, with_policy=True)
    worths = (newest[1].worths if newest else None) or {}
    needs_listed = survey_needs(party_view, worths)
    shown = needs_listed[: TOURS.listed]
    names = site_names(person.party, [need.site for need in shown], words)
    if chosen is None:
        chosen = frozenset(need.site for need in shown[: TOURS.proposed])
    context = {
        "needs": [_shown(need, names, need.site in chosen, words) for need in shown if need.site in names],
        "more": len(needs_listed) - len(shown),
        "by_worth": bool(worths),
        "programme": newest[0] if newest else None,
        "form": form,
        "fault": fault,
        "tours": [shown_tour(row, words) for row in open_tours(person.party)],
    }
    return render(request, "survey_list.html", context, status=status)


def open_tours(party: str) -> list[TourRow]:
    """Tours of a party that are not called off, the latest first."""
    rows = TourRow.objects.filter(party=party).order_by("-first_day", "tour")
    return [row for row in rows if row.stops]


def shown_tour(row: TourRow, words: Words) -> dict[str, Any]:
    """A tour as lists show it."""
    days = {"first": day_text(row.first_day, words), "last": day_text(row.last_day, words)}
    return {
        "tour": row.tour, "team": row.team, "days": words.say("web.tour.days", days),
        "sites": words.say("web.tour.sites", n=len(row.stops)),
    }  # fmt: skip


def day_text(day: str, words: Words) -> str:
    """A day of the record as the language writes it."""
    return words.day(dt.date.fromisoformat(day))


def _shown(need: SurveyNeed, names: Mapping[str, str], chosen: bool, words: Words) -> dict[str, Any]:
    return {
        "site": need.site, "name": names[need.site], "chosen": chosen,
        "worth": "" if need.worth is None else words.compact(need.worth),
        "gates": words.say("cli.comma").join(code_label("gates", gate, words) for gate in need.gates),
        "gate_count": words.number(len(need.gates)),
        "state": code_label("site_states", need.state, words) if need.state else "–",
        "as_of": value_text(SITE_TABLE, "state_as_of", need.state_as_of or None, words),
        "unobserved": words.number(need.unobserved),
        "weeks": "–" if need.survey_weeks is None else words.number(need.survey_weeks),
        "kind": words.say(f"survey.kind.{need.kind}"),
    }  # fmt: skip
