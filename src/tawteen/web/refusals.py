"""Pages that refuse: each says the reason and what to do."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tawteen.web.params import SERVER
from tawteen.web.security_log import log_security_event
from tawteen.words import Words

_FULL = re.compile("disk is full|No space left on device")
"""What SQLite and PostgreSQL say where the disk is full."""
PHONE_PATH = "/collect"
"""The address below the workspace that telephones ask."""


def refusal(request: HttpRequest, code: str, status: int, **args: str) -> HttpResponse:
    """A page with the sentences of a reason and of its remedy."""
    if not hasattr(request, "words"):  # refused before the middleware that finds the language
        request.words = Words("en")  # type: ignore[attr-defined]
    words: Words = request.words  # type: ignore[attr-defined]
    reason, remedy = words.say(f"web.refused.{code}", args), words.say(f"web.remedy.{code}", args)
    return render(request, "refusal.html", {"reason": reason, "remedy": remedy}, status=status)


def without_null(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that refuses the character NUL, which PostgreSQL keeps in no text.

    What telephones send is read once they have signed in, and no field of it is kept as a text.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        forms = [request.GET] if request.path.startswith(PHONE_PATH) else [request.GET, request.POST]
        texts = [request.path, *(text for sent in forms for _, all_ in sent.lists() for text in all_)]
        if any("\x00" in str(text) for text in texts):
            return refusal(request, "request", 400)
        return get_response(request)

    return middleware


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """A request that cannot be read."""
    return refusal(request, "request", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """A request that its sender may not make."""
    return refusal(request, "right", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form that is not from a page of this workspace, or from an old one."""
    log_security_event(request, "form refused")
    return refusal(request, "form", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """An address without a page."""
    return refusal(request, "page", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of the workspace; of a disk that is full or a database that is busy or away it says so."""
    error = sys.exc_info()[1]
    text = str(error)
    if getattr(error, "errno", None) == errno.ENOSPC or (isinstance(error, DatabaseError) and _FULL.search(text)):
        return refusal(request, "full_disk", 507)
    if isinstance(error, (OperationalError, InterfaceError)):
        request.person = None  # type: ignore[attr-defined]  # who asks stands in the database too
        response = refusal(request, "busy", 503)
        response["Retry-After"] = str(SERVER.lock_wait)
        return response
    return refusal(request, "fault", 500)
