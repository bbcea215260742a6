"""The workspace as a WSGI application, for `tawteen serve` and for other servers."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tawteen.web.settings")
_pages = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers a request; HEAD with headers alone.

    Neither Django nor every server takes the body away, and on a connection that is kept it would be read as the next
    answer.
    """
    body = _pages(environ, start_response)
    if environ["REQUEST_METHOD"] != "HEAD":
        return body
    if hasattr(body, "close"):
        body.close()
    return []
