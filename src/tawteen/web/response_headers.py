"""Headers of every answer: who may load it, what its page may use of the device, and that no copy of it is kept."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_SWITCHED_OFF = (
    "accelerometer", "bluetooth", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope", "hid",
    "identity-credentials-get", "idle-detection", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
"""Features of browsers that no page of the workspace uses."""

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=()" for name in _SWITCHED_OFF),
         "publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
    ),
}  # fmt: skip


def headers_of_every_answer(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that adds the headers, and forbids to keep a copy where a page says nothing about it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, text in HEADERS.items():
            response.headers.setdefault(name, text)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
