"""The settings of the case: horizon, money, rates, parties, committee. A list, and a form for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from tawteen.case.findings import Finding, sentence_of
from tawteen.case.model import SETTINGS
from tawteen.case.settings import Settings
from tawteen.case.settings_file import choices_of, is_setting, read_rows, setting_help_code, setting_value
from tawteen.record.cells import EVERY_PART, Place, Version, differ, standing
from tawteen.record.errors import FaultError
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.accounts.parties import party_name
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import REGISTRY_FORMS
from tawteen.web.programmes.before_saving import asks_before_saving, foreseen_context
from tawteen.web.rate_limit import costly_where
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_edits import (
    CellEdit,
    Settlement,
    StaleConflictError,
    UnknownVersionError,
    write_edits,
    write_settlement,
)
from tawteen.web.registry.record_tables import SETTING_COLUMN, SETTING_TABLE
from tawteen.web.registry.releases import own_cells
from tawteen.web.registry.row_address import settle_address
from tawteen.web.registry.row_form import empties, empty_field
from tawteen.web.registry.row_page import saved_notice
from tawteen.web.registry.typed_row import json_value, typed_text
from tawteen.web.registry.version_tokens import seen_versions, tokens_of
from tawteen.web.rights import may_edit, may_read
from tawteen.web.visibility import PartyView
from tawteen.words import Words

_SECTIONS = tuple(Settings.model_fields)


@needs(may_read)
@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """The settings that the party sees, section by section."""
    words = words_of(request)
    stated = PartyView(signed_in(request).party).rows(SETTING_TABLE)
    rows = [_shown(key, cells.get(SETTING_COLUMN, []), words) for key, cells in stated.items()]
    context = {
        "settings": sorted(rows, key=lambda row: _order(row["key"])),
        "known": [f"{section}." for section in _SECTIONS],
        "saved": saved_notice(request),
    }
    return render(request, "settings.html", context)


@needs(may_edit)
@require_http_methods(["GET", "HEAD", "POST"])
@costly_where(asks_before_saving)
def edit_setting(request: HttpRequest) -> HttpResponse:
    """Changes the setting of a dotted key (`?key=`): one in conflict is settled, which needs a reason."""
    words, key = words_of(request), request.GET.get("key", "").strip()
    if not is_setting(key):
        return refusal(request, "no_setting", 404)
    place = Place(SETTING_TABLE, key, SETTING_COLUMN)
    history = PartyView(signed_in(request).party).history(SETTING_TABLE, [key]).get(place, [])
    current = standing(history)
    form = Form(request, _fields(key, words, in_conflict=differ(current)))
    if request.method != "POST":
        form.values["setting"] = typed_text(current[0].value) if current and not differ(current) else ""
        return _form_page(request, key, form, current)
    text = form.values["setting"]
    if (finding := _fault(request, key, text)) is not None:
        form.faults["setting"] = sentence_of(finding, words)
    elif differ(current) and not text and not empties(form):
        form.fault("setting", "web.fill_in")
    value = json_value(setting_value(key, text)) if text else None
    if not form.sound or asks_before_saving(request):
        return _form_page(request, key, form, current, value)
    return _saved(request, place, form, value)


def _saved(request: HttpRequest, place: Place, form: Form, value: Any) -> HttpResponse:
    """Writes the value on the versions that were shown, and goes on to the list or to the conflict."""
    history = PartyView(signed_in(request).party).history(SETTING_TABLE, [place.row]).get(place, [])
    seen = seen_versions(request.POST.get("seen", ""), history)
    shown = [version for version in history if version.number in seen]
    try:
        with writing(request, may_edit) as log:
            if differ(shown):
                write_settlement(log, signed_in(request), place, seen, Settlement(value, form.values["reason"]))
                return HttpResponseRedirect("/settings?saved=1")
            details = {name: form.values[name] for name in ("reason",) if form.values[name]}
            written = write_edits(log, signed_in(request), [CellEdit(place, value, seen)], details)
    except StaleConflictError:  # what was typed stays, beside what stands by now
        form.faults["setting"] = words_of(request).say("web.settle.stale")
        history = PartyView(signed_in(request).party).history(SETTING_TABLE, [place.row])[place]
        return _form_page(request, place.row, form, standing(history), status=409)
    except (UnknownVersionError, FaultError):
        return refusal(request, "request", 400)
    if written.conflicts:
        return HttpResponseRedirect(f"{settle_address(place)}&met=yes")
    return HttpResponseRedirect(f"/settings?saved={len(written.entries)}")


def _fields(key: str, words: Words, *, in_conflict: bool) -> list[FormField]:
    """The value and why; of a setting in conflict the form shows no value, so that an empty one is asked for."""
    choices = [(choice, choice) for choice in choices_of(key)]
    kind = "select" if choices else "text"
    return [
        FormField("setting", kind, required=False, choices=choices, most=REGISTRY_FORMS.reason_characters),
        *([empty_field(words)] if in_conflict else []),
        FormField("reason", required=in_conflict, most=REGISTRY_FORMS.reason_characters),
    ]


def _fault(request: HttpRequest, key: str, text: str) -> Finding | None:
    """What is wrong with a setting beside the others as they stand."""
    stated = PartyView(signed_in(request).party).rows(SETTING_TABLE)
    texts = {row: typed_text(cells[SETTING_COLUMN][0].value) for row, cells in stated.items()} | {key: text}
    _, findings = read_rows([(0, row, text) for row, text in sorted(texts.items())], SETTINGS)
    return next((one for one in findings if one.column == key and one.severity == "error"), None)


def _form_page(
    request: HttpRequest, key: str, form: Form, current: Sequence[Version], value: Any = None, *, status: int = 422
) -> HttpResponse:
    words = words_of(request)
    context: dict[str, Any] = {
        "form": form,
        **_shown(key, current, words),
        "seen": tokens_of(version.number for version in current),
        "met": "met" in request.GET,
        "has_own": own_cells(signed_in(request).party, Place(SETTING_TABLE, key, EVERY_PART)).exists(),
    }
    if form.sound and asks_before_saving(request):
        context |= foreseen_context(request, {Place(SETTING_TABLE, key, SETTING_COLUMN): value})
    return render(request, "setting_form.html", context, status=200 if form.sound else status)


def _shown(key: str, current: Sequence[Version], words: Words) -> dict[str, Any]:
    return {
        "key": key,
        "meaning": words.say(setting_help_code(key)) if is_setting(key) else "",
        "values": [
            {"text": typed_text(one.value), "person": one.person, "party": party_name(one.party, words)}
            for one in (current if differ(current) else current[:1])
        ],
        "conflict": differ(current),
    }


def _order(key: str) -> tuple[int, str]:
    section = key.partition(".")[0]
    return (_SECTIONS.index(section) if section in _SECTIONS else len(_SECTIONS), key)
