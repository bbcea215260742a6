"""The page of a row of any table, and the lists of rows."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawteen.case.tables import TABLES, TITLES
from tawteen.record.cells import EVERY_PART, Place
from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.params import REGISTRY_LISTS
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_text import table_title
from tawteen.web.registry.releases import own_cells
from tawteen.web.registry.row_address import row_address
from tawteen.web.registry.row_facts import RowFacts
from tawteen.web.registry.row_relations import owners_of
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.rights import Person, may_edit, may_read
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words

_COUNT = re.compile(r"[0-9]{1,9}")


@needs(may_read)
@require_safe
def row_page(request: HttpRequest, table: str, row: str) -> HttpResponse:
    """The page of a row that the party sees; another one is as if it did not exist."""
    if table == SITE_TABLE:
        return HttpResponseRedirect(row_address(table, row))
    context = row_context(signed_in(request), words_of(request), table, row) if table in TABLES else None
    if context is None:
        return refusal(request, "page", 404)
    return render(request, "row.html", {**context, "saved": saved_notice(request)})


def saved_notice(request: HttpRequest) -> str:
    """What a page says after something was saved (`?saved=`); nothing otherwise."""
    words, count = words_of(request), count_of(request, "saved")
    if count is None:
        return ""
    return words.say("web.saved", n=count) if count else words.say("web.saved.none")


def count_of(request: HttpRequest, name: str) -> int | None:
    """A number that an address states; None where it states none."""
    stated = request.GET.get(name, "")
    return int(stated) if _COUNT.fullmatch(stated) else None


def row_context(person: Person, words: Words, table: str, row: str) -> dict[str, Any] | None:
    """What the page of a row shows; None where the party does not see it."""
    party_view = PartyView(person.party)
    row_facts = RowFacts(party_view, words)
    facts = row_facts.facts(table, row)
    cells = party_view.rows(table, [row]).get(row)
    if cells is None:
        return None
    return {
        "facts": facts,
        "has_own": own_cells(person.party, Place(table, row, EVERY_PART)).exists(),
        "conflicts": [fact for fact in facts if fact["settle"]],
        "parts": row_facts.parts(table, row, empty=may_edit(person)),
        **row_heading(row_facts, words, table, row, cells),
    }


def row_heading(row_facts: RowFacts, words: Words, table: str, row: str, cells: Any) -> dict[str, Any]:
    """Title of the table, key and name of a row, and the row that it belongs to."""
    return {
        "table": table, "row": row, "title": table_title(table, words), "name": row_facts.name(table, row, cells),
        "address": row_address(table, row), "owner": _owner(words, table, cells),
    }  # fmt: skip


def _owner(words: Words, table: str, cells: Any) -> dict[str, str] | None:
    """The row that a row belongs to, with the title of its table; None where there is none."""
    for owner, column in owners_of(table):
        if key := value_of(cells, column):
            return {"title": table_title(owner, words), "key": str(key), "address": row_address(owner, str(key))}
    return None


@needs(may_read)
@require_safe
def tables_page(request: HttpRequest) -> HttpResponse:
    """All tables of the registry, by their titles."""
    words = words_of(request)
    return render(request, "tables.html", {"tables": [(table, words.pick(title)) for table, title in TITLES.items()]})


@needs(may_read)
@require_safe
def rows_page(request: HttpRequest, table: str) -> HttpResponse:
    """A page of the rows of a table that the party sees, in the order of their keys; the next begins `?after=`."""
    if table not in TABLES:
        return refusal(request, "page", 404)
    party_view, words = PartyView(signed_in(request).party), words_of(request)
    after = request.GET.get("after", "")
    rows = party_view.rows_after(table, after, REGISTRY_LISTS.rows + 1)
    shown = dict(list(rows.items())[: REGISTRY_LISTS.rows])
    context = {
        "table": table,
        "title": table_title(table, words),
        "listed": RowFacts(party_view, words).row_list(table, shown),
        "after": after,
        "last": next(reversed(shown), "") if len(rows) > len(shown) else "",
        "saved": saved_notice(request),
    }
    return render(request, "rows.html", context)
