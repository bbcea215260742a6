"""GET /health: whether database, record and worker are whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import InterfaceError, connection
from django.test import Client
from tests.web.conftest import Workspace, use
from tests.web.entries import append_cells

from tawteen.record.keys import SigningKey
from tawteen.web import health
from tawteen.web.log.checkpoints import state_workspace_key
from tawteen.web.log.heartbeats import KEEPER_SERVICE, write_heartbeat
from tawteen.web.log.models import WorkerHeartbeat
from tawteen.web.log.record_check import RecordCheck
from tawteen.web.params import WORKER
from tawteen.web.worker import work


@pytest.fixture(autouse=True)
def check(monkeypatch: pytest.MonkeyPatch) -> RecordCheck:
    """A check that has read nothing yet, for the answer and for the worker."""
    fresh = RecordCheck()
    for module in ("tawteen.web.health", "tawteen.web.worker"):
        monkeypatch.setattr(f"{module}.RECORD_STATE_CHECK", fresh)
    return fresh


def test_all_is_whole(either: Workspace, key: SigningKey, browser: Client) -> None:
    state_workspace_key(key)
    work(key)
    assert browser.get("/health").json()["keeper"] is False
    write_heartbeat(KEEPER_SERVICE)
    answer = browser.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"database": True, "record": True, "worker": True, "keeper": True}
    assert "no-store" in answer["Cache-Control"]


def test_it_tells_nothing_about_the_record(workspace: Workspace, key: SigningKey, browser: Client) -> None:
    state_workspace_key(key)
    work(key)
    before = browser.get("/health")
    append_cells(5)
    work(key)
    after = browser.get("/health")
    assert (before.content, before.headers.keys()) == (after.content, after.headers.keys())


def test_a_worker_without_a_heartbeat_is_told(workspace: Workspace, key: SigningKey, browser: Client) -> None:
    assert browser.get("/health").json() == {"database": True, "record": True, "worker": False, "keeper": False}
    work(key)
    WorkerHeartbeat.objects.update(time=datetime.now(UTC) - timedelta(seconds=WORKER.silence + 1))
    answer = browser.get("/health")
    assert (answer.status_code, answer.json()["worker"]) == (503, False)


def test_a_record_without_its_triggers_is_told(workspace: Workspace, key: SigningKey, browser: Client) -> None:
    work(key)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER record_log_delete")
    health.RECORD_STATE_CHECK.step()
    answer = browser.get("/health")
    assert (answer.status_code, answer.json()["record"]) == (503, False)


def test_a_database_that_is_away_is_told(workspace: Workspace, key: SigningKey, browser: Client) -> None:
    work(key)
    use({**workspace.settings, "NAME": "/nowhere/at.all"})
    answer = browser.get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"database": False, "record": False, "worker": False, "keeper": False}


def test_a_check_that_cannot_be_made_is_told(
    workspace: Workspace, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong: a connection that is lost is no error of the database, and a damaged value is none of it."""
    for error in (InterfaceError("closed"), OSError("a disk"), ValueError("damaged")):
        monkeypatch.setattr(health, "has_heartbeat", lambda _, error=error: raised(error))
        answer = browser.get("/health")
        assert (answer.status_code, answer.json()["worker"]) == (503, False)


def raised(error: Exception) -> bool:
    raise error


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_only_answers(workspace: Workspace, method: str) -> None:
    assert getattr(Client(SERVER_NAME="localhost"), method)("/health").status_code == 405
