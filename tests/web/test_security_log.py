"""Events of sign-ins and rights are written down, one line of JSON each, and hold no secret."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import Workspace
from tests.web.mission import PASSWORD, add_person, begin, browser_of, send
from tests.web.test_resets import code_on
from tests.web.test_second_factors import NEW, code_of, new_client, set_up_app, sign_in

from tawteen.web.accounts.invitations import invite
from tawteen.web.params import SIGN_IN
from tawteen.web.security_log import SECURITY_LOGGER, log_security_event

ADMIN = "host-administrator"


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """What is written from here on."""
    monkeypatch.setattr(logging.getLogger(SECURITY_LOGGER), "propagate", True)
    caplog.set_level(logging.INFO, SECURITY_LOGGER)
    return caplog


def written(events: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.getMessage()) for record in events.records if record.name == SECURITY_LOGGER]


def names(events: pytest.LogCaptureFixture) -> list[tuple[str, str | None]]:
    return [(event["event"], event.get("person")) for event in written(events)]


def test_a_journey_is_written_down_without_secrets(workspace: Workspace, events: pytest.LogCaptureFixture) -> None:
    begin()
    add_person("host", "viewer")
    client = new_client()
    sign_in(client)
    secret, codes = set_up_app(client)
    other = new_client()
    sign_in(other, password="wrong wrong wrong")
    sign_in(other)
    send(other, "/sign-in/second", {"second_code": "AAAA"})
    send(other, "/sign-in/second", {"second_code": codes[0]})
    session = other.cookies["sessionid"].value
    send(other, "/people/roles/grant", {"person": "host-viewer", "role": "chair"}, "/people")
    code = code_on(send(other, "/people/reset", {"person": "host-viewer", "reason": "lost"}, "/people"))
    send(new_client(), f"/reset/{code}", NEW)
    send(other, "/account", {"password": PASSWORD, **NEW})
    send(other, "/sign-out", {}, "/people")
    assert names(events) == [
        ("signed in", ADMIN), ("app added", ADMIN), ("wrong password", ADMIN), ("wrong code", ADMIN),
        ("signed in", ADMIN), ("role granted", "host-viewer"), ("sign-in reset", "host-viewer"),
        ("signed in", "host-viewer"), ("password changed", ADMIN), ("signed out", ADMIN),
    ]  # fmt: skip
    text = "\n".join(record.getMessage() for record in events.records)
    for hidden in (PASSWORD, NEW["new_password"], "wrong wrong", secret, code_of(secret), *codes, code, session):
        assert hidden not in text, hidden
    for event in written(events):
        assert event["address"] == "127.0.0.1"
        assert event["time"].endswith("Z")


def test_a_password_typed_as_a_name_is_not_written(workspace: Workspace, events: pytest.LogCaptureFixture) -> None:
    begin()
    sign_in(new_client(), name=PASSWORD, password="x")
    assert names(events) == [("wrong password", None)]
    assert PASSWORD not in events.text


def test_lockouts_refused_rights_and_foreign_forms_are_written(
    workspace: Workspace, events: pytest.LogCaptureFixture
) -> None:
    begin()
    add_person("host", "viewer")
    for _ in range(SIGN_IN.failures + 1):
        sign_in(new_client(), password="wrong wrong wrong")
    browser_of("host-viewer").post("/people/invite")
    Client(SERVER_NAME="localhost", enforce_csrf_checks=True).post("/sign-in", {})
    assert names(events)[-3:] == [("sign-in locked", ADMIN), ("right refused", "host-viewer"), ("form refused", None)]
    assert written(events)[-2]["right"] == "may_invite"


def test_codes_in_addresses_are_not_written(workspace: Workspace, events: pytest.LogCaptureFixture) -> None:
    begin()
    code = invite((ADMIN, "host"), "host", ["viewer"]).code
    assert browser_of(ADMIN).get(f"/join/{code}").status_code == 409
    assert new_client().get("/join/AAAA-BBBB").status_code == 404
    shown = [
        record for record in events.records if record.levelno >= logging.getLogger(record.name).getEffectiveLevel()
    ]
    assert not [record for record in shown if "/join/" in record.getMessage()]
    assert settings.LOGGING["loggers"]["django.request"] == {"level": "ERROR"}


@given(st.text(), st.text())
def test_nobody_writes_a_line_of_their_own(person: str, forwarded: str) -> None:
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logger = logging.getLogger(SECURITY_LOGGER)
    logger.addHandler(handler)
    try:
        request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)
        log_security_event(request, "signed in", person)
    finally:
        logger.removeHandler(handler)
    (record,) = records
    line = record.getMessage()
    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert json.loads(line)["person"] == person
