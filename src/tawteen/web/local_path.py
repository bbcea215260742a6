"""Where a form may lead: to a page of this workspace."""

from __future__ import annotations

from django.utils.http import url_has_allowed_host_and_scheme


def local_path(target: str | None) -> str:
    """The path that was asked for; the first page where none was, or an address elsewhere."""
    if target and target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return target
    return "/"
