"""Brings the tables of a workspace up to date: one process at a time, and whole also after one that was killed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.management import call_command
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader

from tawteen.web.log.append import locked_log
from tawteen.web.log.derived import rebuild
from tawteen.web.log.models import RebuiltMigration
from tawteen.web.params import SERVER

_UPDATE_LOCK = 0x74617775706474
"""The lock of PostgreSQL that a process holds while it changes tables ("tawupdt")."""


def update_database() -> None:
    """Applies the migrations that are missing, and makes the derived tables again where they were not made with them.

    Which migrations they were made with is written in the transaction that makes them: a process that is killed before
    its end leaves the work to the next one. Raises FaultError where a line of the record is no entry.
    """
    with _alone():
        call_command("migrate", verbosity=0, interactive=False)
        migrations = set(MigrationLoader(connection).graph.nodes)
        if migrations <= set(RebuiltMigration.objects.values_list("app", "name")):
            return
        with locked_log():
            rebuild()
            RebuiltMigration.objects.all().delete()
            RebuiltMigration.objects.bulk_create(RebuiltMigration(app=app, name=name) for app, name in migrations)


@contextmanager
def _alone() -> Iterator[None]:
    """The tables of PostgreSQL for this process alone, on whichever machine others start; they wait.

    SQLite is in a folder, whose lock does the same.
    """
    if connection.vendor != "postgresql":
        yield
        return
    # Asked for again and again, because waiting for it would end at the `lock_timeout` of requests.
    while not _lock_answer("SELECT pg_try_advisory_lock(%s)"):
        time.sleep(SERVER.lock_poll)
    try:
        yield
    finally:
        with suppress(Error):  # a connection that broke has given the lock up
            _lock_answer("SELECT pg_advisory_unlock(%s)")


def _lock_answer(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_UPDATE_LOCK])
        return bool(cursor.fetchone()[0])
