"""Every address of the workspace, and who gets what there. An address that is not listed fails."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver
from tests.web.conftest import Workspace

ANYBODY = {"": 200, "health": 503, "language": 405}
"""Status of a GET without login; a workspace of tests has no worker."""


def addresses() -> set[str]:
    return {str(pattern.pattern) for pattern in get_resolver().url_patterns}


def test_every_address_is_listed() -> None:
    assert addresses() == {*ANYBODY}


@pytest.mark.parametrize("address", ANYBODY)
def test_what_anybody_gets(either: Workspace, browser: Client, address: str) -> None:
    assert browser.get(f"/{address}").status_code == ANYBODY[address]
