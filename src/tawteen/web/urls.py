"""Addresses of the workspace. Each of them is a line of the matrix in `tests/web/test_routes.py`."""

from __future__ import annotations

from django.urls import path

from tawteen.web.health import health
from tawteen.web.language import choose_language
from tawteen.web.start import start

urlpatterns = [
    path("", start, name="start"),
    path("health", health, name="health"),
    path("language", choose_language, name="language"),
]
handler400 = "tawteen.web.refusals.bad_request"
handler403 = "tawteen.web.refusals.forbidden"
handler404 = "tawteen.web.refusals.not_found"
handler500 = "tawteen.web.refusals.broken"
