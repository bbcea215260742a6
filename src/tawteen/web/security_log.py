"""What happens to sign-ins and rights, one line of JSON each, for who operates the workspace. No secret is in it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from django.http import HttpRequest

SECURITY_LOGGER = "tawteen.security"
_log = logging.getLogger(SECURITY_LOGGER)


def log_security_event(request: HttpRequest, event: str, person: str | None = None, **facts: str | int) -> None:
    """Writes an event with its time, the person that it is about and the address it came from.

    JSON keeps what was typed inside its quotes: nobody can write a line of their own.
    """
    where = {name: request.META[key][:200] for name, key in _ADDRESSES.items() if request.META.get(key)}
    known = {} if person is None else {"person": person}
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    _log.info("%s", json.dumps({"time": time, "event": event, **known, **facts, **where}))


_ADDRESSES = {"address": "REMOTE_ADDR", "forwarded_for": "HTTP_X_FORWARDED_FOR"}
"""The computer that asked, and behind a proxy what the proxy says about it."""
