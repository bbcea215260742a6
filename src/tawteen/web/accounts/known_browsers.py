"""Browsers in which somebody has signed in before: wrong passwords of strangers do not lock their person out.

Attempts from such a browser are counted apart from all others: the "device cookies" of OWASP. Whoever has stolen the
cookie gets as many attempts as the browser itself, and no others.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from tawteen.case.names import fold
from tawteen.web.accounts.models import Account
from tawteen.web.params import SECRETS, SIGN_IN

_SALT = "known browser"


def known_browser(request: HttpRequest, name: str) -> str:
    """What the browser of a request is called where a person has signed in with it before; else nothing."""
    cookie = _cookie(request)
    return str(cookie["browser"]) if _hash_of(name) in cookie.get("people", ()) else ""


def remember_browser(request: HttpRequest, account: Account) -> None:
    """Notes that somebody signed in, for `keep_known_browser` to tell the browser."""
    cookie = _cookie(request)
    people = [_hash_of(account.name), *cookie.get("people", ())]
    request.known_browser = {  # type: ignore[attr-defined]
        "browser": cookie.get("browser") or secrets.token_hex(SECRETS.browser),
        "people": list(dict.fromkeys(people))[: SIGN_IN.browser_people],
    }


def keep_known_browser(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that gives the cookie to a browser in which somebody has just signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if hasattr(request, "known_browser"):
            response.set_cookie(
                settings.BROWSER_COOKIE_NAME, signing.dumps(request.known_browser, salt=_SALT),
                max_age=SIGN_IN.browser, secure=request.is_secure(), httponly=True, samesite="Strict",
            )  # fmt: skip
        return response

    return middleware


def _cookie(request: HttpRequest) -> dict[str, Any]:
    """What the cookie of a request says; nothing where there is none that the workspace gave."""
    try:
        signed = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")
        return dict(signing.loads(signed, salt=_SALT, max_age=SIGN_IN.browser))
    except signing.BadSignature:
        return {}


def _hash_of(name: str) -> str:
    """A name as the cookie says it: who finds the cookie reads no name."""
    return sha256(f"{settings.SECRET_KEY} {fold(name)}".encode()).digest()[: SECRETS.known_name].hex()
