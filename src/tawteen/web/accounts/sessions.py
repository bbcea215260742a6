"""Sessions in the database, which know whose they are, so that people can see and end theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from tawteen.web.accounts.models import AccountSession

BROWSER_KEY, BEGUN_KEY, CONFIRMED_KEY = "browser", "begun", "confirmed"


class SessionStore(DatabaseStore):
    """The store that Django looks for by this name."""

    @classmethod
    def get_model_class(cls) -> type[AccountSession]:
        """The table of the sessions."""
        return AccountSession

    def create_model_instance(self, data: dict[str, Any]) -> AccountSession:
        """A row of the table with the account that is signed in."""
        row = super().create_model_instance(data)
        assert isinstance(row, AccountSession)
        row.account = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.browser = str(data.get(BROWSER_KEY, ""))
        row.begun = datetime.fromtimestamp(float(data[BEGUN_KEY]), UTC) if BEGUN_KEY in data else None
        return row


def end_sessions(account: int, except_key: str | None = None) -> None:
    """Ends the sessions of an account, but the one of a key."""
    AccountSession.objects.filter(account=account).exclude(session_key=except_key or "").delete()
