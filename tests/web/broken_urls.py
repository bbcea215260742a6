"""Addresses whose only page has a fault."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tawteen.web.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def fault(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(1 // 0))


urlpatterns = [path("", fault), path("language", fault, name="language")]
