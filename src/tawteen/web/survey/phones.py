"""The own telephones: each has a password, shown once with a code that ODK Collect scans, and can be ended."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawteen.web.access import needs, signed_in
from tawteen.web.accounts.confirmation import needs_confirmation
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.qr_code import qr_path
from tawteen.web.refusals import PHONE_PATH, refusal
from tawteen.web.rights import may_survey
from tawteen.web.row_tokens import row_named, row_token
from tawteen.web.security_log import log_security_event
from tawteen.web.survey.models import Phone
from tawteen.web.survey.params import PHONES
from tawteen.web.survey.phone_sign_in import add_phone

_FIELDS = (FormField("phone", hint="web.hint.phone"),)
_COLOUR = "#14504a"


@needs(may_survey)
@never_cache
@require_safe
def own_phones(request: HttpRequest) -> HttpResponse:
    """The telephones that are signed in."""
    words = words_of(request)
    context = {
        "phones": [
            {"token": row_token(one), "name": one.name, "note": one.note,
             "used": words.day(one.used.date()) if one.used else ""}
            for one in _active(request)
        ],
    }  # fmt: skip
    return render(request, "phones.html", context)


def _active(request: HttpRequest) -> QuerySet[Phone]:
    """The telephones of one's own that are signed in."""
    return Phone.objects.filter(account=signed_in(request).name, ended=None).order_by("pk")


@needs(may_survey)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_confirmation("/account/phones/add")
def new_phone(request: HttpRequest) -> HttpResponse:
    """The form for another telephone, which leads to its password."""
    person, form = signed_in(request), Form(request, _FIELDS)
    if request.method == "POST" and form.sound:
        if _active(request).count() < PHONES.most:
            phone, code = add_phone(person.name, form.values["phone"])
            log_security_event(request, "telephone signed in", person.name, phone=phone.name)
            return _slip(request, phone, code)
        form.fault("phone", "web.survey.phones.many", most=PHONES.most)
    return render(request, "new_phone.html", {"form": form}, status=200 if form.sound else 422)


@needs(may_survey)
@require_POST
def end_phone(request: HttpRequest, token: str) -> HttpResponse:
    """Ends a telephone of one's own: it can neither load forms nor send any more."""
    phone = row_named(token, _active(request))
    if phone is None or not _active(request).filter(pk=phone.pk).update(ended=datetime.now(UTC)):
        return refusal(request, "page", 404)
    log_security_event(request, "telephone ended", signed_in(request).name)
    return HttpResponseRedirect("/account/phones")


def _slip(request: HttpRequest, phone: Phone, code: str) -> HttpResponse:
    """The page with the password and the code to scan."""
    server = request.build_absolute_uri(PHONE_PATH)
    settings = collect_settings(server, phone.name, code, words_of(request).say("web.name"))
    size, path = qr_path(settings)
    context = {"phone": phone, "code": code, "server": server, "size": size, "path": path,
               "encrypted": request.is_secure()}  # fmt: skip
    return render(request, "phone_slip.html", context)


def collect_settings(server: str, name: str, code: str, project: str) -> str:
    """The settings as ODK Collect scans them: JSON, compressed by zlib, in base64."""
    settings: dict[str, Any] = {
        "general": {
            "protocol": "odk_default", "server_url": server, "username": name, "password": code,
            "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular",
        },
        "project": {"name": project, "icon": project[0], "color": _COLOUR},
        "admin": {},
    }  # fmt: skip
    return base64.b64encode(zlib.compress(json.dumps(settings).encode())).decode()
