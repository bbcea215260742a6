"""A tour to take along: as a table (CSV) and for a calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.case.csv_file import FORMULA
from tawteen.web.access import needs
from tawteen.web.language import words_of
from tawteen.web.refusals import refusal
from tawteen.web.registry.version_tokens import version_token
from tawteen.web.rights import may_read
from tawteen.web.tours.models import TourRow
from tawteen.web.tours.tour_columns import TOUR_COLUMNS
from tawteen.web.tours.tour_days import tour_context
from tawteen.web.tours.tour_pages import own_tour
from tawteen.words import Words

_FORMULA = re.compile(FORMULA)
_LINE_OCTETS = 75
"""Octets of a line of iCalendar, without its end."""


@needs(may_read)
@never_cache
@require_safe
def tour_table(request: HttpRequest, tour: str) -> HttpResponse:
    """The stops as CSV; a text that a spreadsheet would calculate has an apostrophe before it."""
    row, words = own_tour(request, tour), words_of(request)
    if row is None:
        return refusal(request, "page", 404)
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([words.say(f"web.tour.column.{column}") for column in TOUR_COLUMNS])
    for stop in stops_of(row, words):
        writer.writerow([_FORMULA.sub(r"'\g<0>", str(stop[column])) for column in TOUR_COLUMNS])
    return _file(target.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"tour-{row.first_day}.csv")


@needs(may_read)
@never_cache
@require_safe
def tour_calendar(request: HttpRequest, tour: str) -> HttpResponse:
    """The stops as whole days of a calendar."""
    row, words = own_tour(request, tour), words_of(request)
    if row is None:
        return refusal(request, "page", 404)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tawteen//Workspace//EN"]
    for stop in stops_of(row, words):
        lines += _event(row, stop)
    lines.append("END:VCALENDAR")
    content = "".join(f"{_folded(line)}\r\n" for line in lines)
    return _file(content.encode(), "text/calendar; charset=utf-8", f"tour-{row.first_day}.ics")


def stops_of(row: TourRow, words: Words) -> list[dict[str, Any]]:
    """The stops of a tour with what pages show of them, and their days as the record states them."""
    shown = tour_context(row, words)["stops"]
    return [
        {**one, "km": stop.get("km", ""), "first_day": stop["first_day"], "last_day": stop["last_day"]}
        for one, stop in zip(shown, row.stops, strict=True)
    ]


def _event(row: TourRow, stop: dict[str, Any]) -> list[str]:
    """A stop as an event of whole days; its end is the day after the last one, as the format wants it."""
    first, last = (dt.date.fromisoformat(stop[name]) for name in ("first_day", "last_day"))
    stamp = row.time.replace("-", "").replace(":", "")
    after = last + dt.timedelta(days=1)
    # A number of an entry would say how many acts there are.
    act = version_token(row.number)
    return [
        "BEGIN:VEVENT", f"UID:{row.tour}-{act}-{stop['first_day']}-{_escaped(stop['site'])}@tawteen",
        f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}",
        f"SUMMARY:{_escaped(stop['name'])}", f"LOCATION:{_escaped(stop['town'])}",
        f"DESCRIPTION:{_escaped(row.team)} · {_escaped(stop['form'])}", "END:VEVENT",
    ]  # fmt: skip


def _escaped(text: str) -> str:
    """A text as a value of iCalendar."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)


def _folded(line: str) -> str:
    """A line in parts of at most 75 octets, the later ones after a space; no character is cut."""
    parts, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE_OCTETS:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += octets
    return "\r\n".join(parts)


def _file(content: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
