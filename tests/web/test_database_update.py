"""The database is brought up to date by one process at a time, and whole also after one that was killed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, connections
from tests.web import mission, postgresql
from tests.web.at_once import at_once
from tests.web.conftest import Workspace, use
from tests.web.entries import append_cells

from tawteen.record.errors import FaultError
from tawteen.web import database_update
from tawteen.web.database import database_settings
from tawteen.web.database_update import update_database
from tawteen.web.log.models import RebuiltMigration
from tawteen.web.registry.models import CellVersion


class KilledError(Exception):
    """Stands for a process that is killed."""


def kill() -> int:
    CellVersion.objects.all().delete()
    raise KilledError


def test_a_start_that_was_killed_before_its_end_is_made_up_by_the_next(
    either: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an update: the new tables are there, and what follows from the record is not in them yet."""
    mission.begin()
    append_cells(3)
    CellVersion.objects.all().delete()
    with monkeypatch.context() as killed:
        killed.setattr(database_update, "rebuild", kill)
        with pytest.raises(KilledError):
            update_database()
    assert not RebuiltMigration.objects.exists()
    update_database()
    assert CellVersion.objects.count() > 3
    CellVersion.objects.all().delete()
    update_database()
    assert not CellVersion.objects.exists()  # nothing was due, and nothing is made again
    RebuiltMigration.objects.filter(app="registry").delete()
    update_database()
    assert CellVersion.objects.count() > 3


def test_a_line_that_is_no_entry_is_told(workspace: Workspace) -> None:
    mission.begin()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO record_log (number, line) SELECT max(number) + 1, X'6e6f' FROM record_log")
    with pytest.raises(FaultError):
        update_database()


def test_machines_that_start_at_once_update_one_postgresql_after_the_other(postgresql_server: str) -> None:
    postgresql.ask(postgresql_server, "CREATE DATABASE at_once")
    use(database_settings(postgresql_server.replace("/postgres?", "/at_once?"), Path()))
    at_once(update_database, update_database)
    assert RebuiltMigration.objects.filter(app="log").count() == 2
    connections.close_all()
