"""Sessions in the database, which know whose they are, so that people can see and end theirs.

The database holds hashes of their keys: who reads it cannot act in a session.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest, HttpResponse

from tawteen.web.accounts.models import AccountSession
from tawteen.web.params import SIGN_IN
from tawteen.web.security_log import log_security_event

BROWSER_KEY, BEGUN_KEY, SEEN_KEY, CONFIRMED_KEY = "browser", "begun", "seen", "confirmed"
_HASH_DIGITS = 40
"""As many as the column of Django holds: 160 bits."""


def hash_of_session_key(key: str) -> str:
    """What the database knows of the key of a session."""
    return sha256(key.encode()).hexdigest()[:_HASH_DIGITS]


class SessionStore(DatabaseStore):
    """The store that Django looks for by this name."""

    @classmethod
    def get_model_class(cls) -> type[AccountSession]:
        """The table of the sessions."""
        return AccountSession

    def _get_session_from_db(self) -> AccountSession | None:
        key = hash_of_session_key(self.session_key or "")
        row = AccountSession.objects.filter(session_key=key, expire_date__gt=datetime.now(UTC)).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        """Whether there is a session with a key."""
        return AccountSession.objects.filter(session_key=hash_of_session_key(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        """Deletes a session, or this one."""
        if (key := session_key or self.session_key) is not None:
            AccountSession.objects.filter(session_key=hash_of_session_key(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> AccountSession:
        """A row of the table with the account that is signed in."""
        row = super().create_model_instance(data)
        assert isinstance(row, AccountSession)
        row.session_key = hash_of_session_key(row.session_key)
        row.account = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.browser = str(data.get(BROWSER_KEY, ""))
        row.begun = datetime.fromtimestamp(float(data[BEGUN_KEY]), UTC) if BEGUN_KEY in data else None
        return row


def note_begin(sender: object, request: HttpRequest, **more: Any) -> None:  # noqa: ARG001 - a signal hands them over
    """Writes down when a session begins, and in which browser: whenever somebody is signed in."""
    request.session[BROWSER_KEY] = request.headers.get("User-Agent", "")[:200]
    request.session[BEGUN_KEY] = request.session[SEEN_KEY] = time.time()


def end_old_session(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that ends a session some hours after it began, and earlier where nothing was asked in it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        session, now = request.session, time.time()
        if SESSION_KEY in session:
            begun, seen = session.get(BEGUN_KEY, 0), session.get(SEEN_KEY, 0)
            if now - begun > SIGN_IN.session or now - seen > SIGN_IN.idle:
                log_security_event(request, "session too old", account=int(session[SESSION_KEY]))
                session.flush()
            elif now - seen > SIGN_IN.seen_every:
                session[SEEN_KEY] = now
        return get_response(request)

    return middleware


def end_sessions(account: int, except_key: str | None = None) -> None:
    """Ends the sessions of an account, but the one of a key."""
    kept = hash_of_session_key(except_key or "")
    AccountSession.objects.filter(account=account).exclude(session_key=kept).delete()
