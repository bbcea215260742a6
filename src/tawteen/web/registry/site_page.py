"""The page of a site: facts with grade, source, date and who; conflicts; lines, blockers and options; history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawteen.case.tables import TABLES, TITLES
from tawteen.record.cells import Place, Version, standing
from tawteen.web.access import needs, signed_in
from tawteen.web.accounts.parties import party_name
from tawteen.web.language import words_of
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_text import CellWords, column_label
from tawteen.web.registry.derived import SITE_TABLE
from tawteen.web.rights import may_read
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words

_PARTS = {
    "lines": ("name", "commodity", "nominal", "availability", "performance", "quality"),
    "blockers": ("gate", "state", "stops", "opens_by", "authority"),
    "options": ("name", "kind"),
}
"""Tables whose rows belong to a site, with the columns that the page shows of them."""

Row = dict[str, list[Version]]


@needs(may_read)
@require_safe
def site_page(request: HttpRequest, site: str) -> HttpResponse:
    """The page of a site that the party sees; another one is as if it did not exist."""
    party_view, words = PartyView(signed_in(request).party), words_of(request)
    history = party_view.history(SITE_TABLE, [site])
    cells = {place.column: standing(versions) for place, versions in history.items()}
    if not any(version.value is not None for versions in cells.values() for version in versions):
        return refusal(request, "page", 404)
    texts, evidence = CellWords(party_view, words), _evidence(party_view, site)
    facts = [
        _fact(place, history[place], evidence.get(column, ()), texts, words)
        for column in TABLES[SITE_TABLE].columns()
        if column != "id" and (place := Place(SITE_TABLE, site, column)) in history
    ]
    context = {
        "site": site,
        "name": value_of(cells, words.pick(("name_en", "name_ar"))) or site,
        "facts": facts,
        "conflicts": [fact for fact in facts if len(fact["values"]) > 1],
        "parts": [
            _part(table, rows, texts, words)
            for table in _PARTS
            if (rows := party_view.rows_naming(table, "site", site))
        ],
    }
    return render(request, "site.html", context)


def _evidence(party_view: PartyView, site: str) -> dict[str, list[Row]]:
    """By column, the observations of the site that the party sees."""
    observations: dict[str, list[Row]] = {}
    for row in party_view.rows_naming("evidence", "row", site).values():
        if value_of(row, "table") == SITE_TABLE:
            observations.setdefault(str(value_of(row, "column")), []).append(row)
    return observations


def _fact(
    place: Place, versions: list[Version], observations: Iterable[Row], texts: CellWords, words: Words
) -> dict[str, Any]:
    """A column with the values that stand, what was observed of it, and its versions."""
    shown = [_version(place, version, texts, words) for version in versions]
    current = {version.number for version in standing(versions)}
    return {
        "label": column_label(place.table, place.column, words),
        "values": [one for version, one in zip(versions, shown, strict=True) if version.number in current],
        "history": shown[::-1],
        "observations": [_observation(place, row, texts) for row in observations],
    }


def _observation(place: Place, row: Row, texts: CellWords) -> dict[str, str]:
    """What an observation says of a cell: value and grade and, where they are stated, source and day."""
    shown = {"value": texts.text(place.table, place.column, value_of(row, "value"))}
    for name in ("grade", "source", "as_of"):
        value = value_of(row, name)
        shown[name] = "" if value is None else texts.text("evidence", name, value)
    return shown


def _version(place: Place, version: Version, texts: CellWords, words: Words) -> dict[str, str]:
    return {
        "text": texts.text(place.table, place.column, version.value),
        "person": version.person,
        "party": party_name(version.party, words),
        "time": version.time.replace("T", " ").removesuffix("Z") + " UTC",
    }


def _part(table: str, rows: dict[str, Row], texts: CellWords, words: Words) -> dict[str, Any]:
    """The rows of a table that belong to the site; each cell with the label of its column."""
    columns = [words.pick(("name_en", "name_ar")) if name == "name" else name for name in _PARTS[table]]
    labels = {column: column_label(table, column, words) for column in columns}
    return {
        "title": words.pick(TITLES[table]),
        "columns": labels.values(),
        "rows": [
            [(labels[column], texts.text(table, column, value_of(row, column))) for column in columns]
            for _, row in sorted(rows.items())
        ],
    }
