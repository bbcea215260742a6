"""What is released to whom, and the form with which cells are released."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from tawteen.case.tables import TABLES, TITLES
from tawteen.record.cells import EVERY_PART, Place
from tawteen.record.entry import Entry
from tawteen.record.errors import FaultError
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.accounts.models import PartyRow
from tawteen.web.accounts.parties import party_name
from tawteen.web.entry_time import entry_time
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.log.append import log_size
from tawteen.web.paging import page_of
from tawteen.web.params import REGISTRY_FORMS, REGISTRY_LISTS
from tawteen.web.programmes.before_saving import asks_before_saving, foreseen_context
from tawteen.web.rate_limit import costly_where
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_text import column_label, table_title
from tawteen.web.registry.models import ReleaseRow
from tawteen.web.registry.record_tables import SETTING_TABLE
from tawteen.web.registry.releases import NewRelease, entries_of, own_cells, rows_of_a_row, write_releases
from tawteen.web.registry.row_address import row_address
from tawteen.web.registry.row_facts import RowFacts
from tawteen.web.registry.row_page import count_of
from tawteen.web.rights import may_read, may_release
from tawteen.web.visibility import PartyView
from tawteen.words import Words

_YES = "yes"


@needs(may_read)
@require_safe
def releases_page(request: HttpRequest) -> HttpResponse:
    """What the own party shows to others, and what others show to it (`?from=others`), the last first."""
    person, words = signed_in(request), words_of(request)
    from_others = request.GET.get("from") == "others"
    if from_others:
        rows = [row for row in ReleaseRow.objects.exclude(party=person.party) if person.party in row.receivers]
    else:
        rows = list(ReleaseRow.objects.filter(party=person.party))
    rows.sort(key=lambda row: -row.number)
    page = page_of(request, rows, REGISTRY_LISTS.rows)
    entries, row_facts = entries_of([row.number for row in page.object_list]), RowFacts(PartyView(person.party), words)
    names = {row.party: words.pick((row.name_en, row.name_ar)) or row.party for row in PartyRow.objects.all()}
    released = count_of(request, "released")
    context = {
        "releases": [_shown(entries[row.number], row_facts, names, words) for row in page.object_list],
        "from_others": from_others,
        "page": page,
        "tables": [(table, table_title(table, words)) for table in (*TITLES, SETTING_TABLE)],
        "saved": "" if released is None else _notice(released, words),
    }
    return render(request, "releases.html", context)


def _notice(released: int, words: Words) -> str:
    return words.say("web.released", n=released) if released else words.say("web.released.none")


def _shown(entry: Entry, row_facts: RowFacts, names: Mapping[str, str], words: Words) -> dict[str, Any]:
    """A release in words: what, to whom, by whom, when and why; with the names of parties."""
    table, row, column = entry.subject
    receivers = (names.get(party, party) for party in entry.content["to"] if party != entry.party)
    return {
        "table": words.say("web.release.all_tables") if table == EVERY_PART else table_title(table, words),
        "row": "" if row == EVERY_PART else row,
        "name": _name(row_facts, table, row),
        "address": "" if row == EVERY_PART else _address(table, row),
        "column": column_label(table, column, words) if table in TABLES and column != EVERY_PART else "",
        "receivers": words.say("cli.comma").join(receivers),
        "later": entry.content["later"],
        "person": entry.person,
        "party": names.get(entry.party, entry.party),
        "time": entry_time(entry.time),
        "reason": str(entry.content.get("reason", "")),
    }


@needs(may_release)
@require_http_methods(["GET", "HEAD", "POST"])
@costly_where(asks_before_saving)
def release(request: HttpRequest) -> HttpResponse:
    """Releases a table (`?table=`) or a row of it (`&row=`), whole or one column, to other parties with a reason."""
    person, words = signed_in(request), words_of(request)
    table, row = request.GET.get("table", ""), request.GET.get("row", "") or EVERY_PART
    if table not in (*TABLES, SETTING_TABLE) or (
        row != EVERY_PART and not own_cells(person.party, Place(table, row, EVERY_PART)).exists()
    ):
        return refusal(request, "page", 404)
    form = Form(request, _fields(table, row, person.party, words))
    asks = asks_before_saving(request)
    if request.method == "POST" and form.sound and not asks:
        try:
            with writing(request, may_release) as log:
                written = write_releases(log, person, _new_releases(form, table, row, person.party))
        except FaultError:
            return refusal(request, "request", 400)
        return HttpResponseRedirect(f"/releases?released={len(written)}")
    row_facts = RowFacts(PartyView(person.party), words)
    context = {
        "form": form,
        "title": table_title(table, words),
        "row": "" if row == EVERY_PART else row,
        "name": _name(row_facts, table, row),
    }
    if asks and form.sound:
        releases = _new_releases(form, table, row, person.party)
        context |= foreseen_context(request, {}, [one.cell_release(person.party, log_size() + 1) for one in releases])
    return render(request, "release.html", context, status=200 if form.sound else 422)


def _name(row_facts: RowFacts, table: str, row: str) -> str:
    """What the row of a release is called; nothing for all rows."""
    if EVERY_PART in (table, row):
        return ""
    return row_facts.name_of(table, row) if table in TABLES else row


def _address(table: str, row: str) -> str:
    """The page of a row; none of a table that no page shows."""
    return row_address(table, row) if table in (*TABLES, SETTING_TABLE) else ""


def _fields(table: str, row: str, party: str, words: Words) -> list[FormField]:
    """What is asked of a release of a table or row."""
    schema = TABLES[table].columns() if table in TABLES else ()
    columns = [(column, column_label(table, column, words)) for column in schema]
    others = PartyRow.objects.exclude(party=party).order_by("party").values_list("party", flat=True)
    fields = [
        FormField("column", "select", required=False, choices=columns, hint="web.hint.column"),
        FormField("receivers", "several", choices=[(other, party_name(other, words)) for other in others]),
        FormField("later", "several", required=False, choices=[(_YES, words.say("web.release.later"))]),
        FormField("reason", most=REGISTRY_FORMS.reason_characters),
    ]
    if row != EVERY_PART and _own_belonging(party, table, row):
        choices = [(_YES, words.say("web.release.belonging"))]
        fields.insert(1, FormField("belonging", "several", required=False, choices=choices))
    return fields


def _own_belonging(party: str, table: str, row: str) -> list[Place]:
    """The rows that belong to a row and of which the party wrote something itself."""
    if table == SETTING_TABLE:
        return []
    return [place for place in rows_of_a_row(PartyView(party), table, row) if own_cells(party, place).exists()]


def _new_releases(form: Form, table: str, row: str, party: str) -> list[NewRelease]:
    """The releases of a sound form: of the table or row and, where it is asked for, of what belongs to the row."""
    places = [Place(table, row, form.values["column"] or EVERY_PART)]
    if form.lists.get("belonging"):
        places += _own_belonging(party, table, row)
    receivers, later = tuple(form.lists["receivers"]), bool(form.lists["later"])
    return [NewRelease(place, receivers, later, form.values["reason"]) for place in places]
