"""The table of the record: what it takes, and that the database refuses all else."""

from __future__ import annotations

import sqlite3
import threading
from functools import partial
from pathlib import Path

import pytest
from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from tests.web.at_once import at_once
from tests.web.conftest import Workspace
from tests.web.entries import append_cells, cell

from tawteen.record.entry import read_line
from tawteen.record.errors import FaultError
from tawteen.web.log.append import NewEntry, append, locked_log, log_size
from tawteen.web.log.derived import rebuild
from tawteen.web.log.models import HolderKey, RecordRow
from tawteen.web.log.triggers import triggers_stand


def rows() -> list[tuple[int, bytes]]:
    return [(row.number, bytes(row.line)) for row in RecordRow.objects.order_by("number")]


def test_entries_are_kept_as_their_canonical_bytes(either: Workspace) -> None:
    first, second = append(cell()), append(cell("S2", None, based_on=(1,)))
    assert rows() == [(1, first.line()), (2, second.line())]
    assert [read_line(line).entry() for _, line in rows()] == [first, second]
    assert second.based_on == (1,)


def test_an_entry_that_is_not_valid_leaves_no_trace(either: Workspace) -> None:
    with pytest.raises(FaultError, match=r"record\.unknown_act"):
        append(cell(act="rumour"))
    with pytest.raises(FaultError, match=r"record\.basis"), locked_log() as log:  # noqa: PT012 - all of it is undone
        log.append(cell())
        log.append(cell(act="settle", content={"value": 1, "reason": ""}))
    assert rows() == []
    assert append(cell()).number == 1


def test_numbers_have_no_gap_when_many_write_at_once(either: Workspace) -> None:
    def write(writer: int) -> None:
        for number in range(12):
            if number % 4 == 3:
                with pytest.raises(FaultError):
                    append(cell(act="rumour"))
            append(cell(f"S{writer}", number))

    at_once(*(partial(write, writer) for writer in range(6)))
    stated = [read_line(line) for _, line in rows()]
    assert [line.number for line in stated] == list(range(1, 73))
    for writer in range(6):
        own = [line.entry() for line in stated if line.entry().subject[1] == f"S{writer}"]
        assert [entry.content["value"] for entry in own] == list(range(12))


def test_what_a_writer_reads_stays_until_it_has_written(either: Workspace) -> None:
    """The second writer waits for the first one, and sees what it wrote."""
    sizes: list[int] = []
    inside, done = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait()
        with locked_log() as log:
            sizes.append(log.size)
        connections.close_all()
        done.set()

    other = threading.Thread(target=second)
    other.start()
    with locked_log() as log:
        inside.set()
        assert not done.wait(0.3)
        log.append(cell())
    other.join()
    assert sizes == [1]


FORGED = b'{"forged":true}'
REFUSED_ON_BOTH = [
    "UPDATE record_log SET line = %s WHERE number = 2",
    "UPDATE record_log SET line = %s",
    "UPDATE record_log SET number = 9, line = %s WHERE number = 2",
    "INSERT INTO record_log (number, line) VALUES (2, %s)",
    "INSERT INTO record_log (number, line) VALUES (5, %s)",
    "INSERT INTO record_log (number, line) VALUES (0, %s)",
    "INSERT INTO record_log (number, line) VALUES (-1, %s)",
    "INSERT INTO record_log (number, line) VALUES (2, %s) ON CONFLICT (number) DO UPDATE SET line = excluded.line",
    "INSERT INTO record_log (number, line) VALUES (2, %s) ON CONFLICT (number) DO NOTHING",
]
REFUSED_WITHOUT_VALUE = [
    "DELETE FROM record_log",
    "DELETE FROM record_log WHERE number = 3",
]
REFUSED_BY_SQLITE = [
    "INSERT OR REPLACE INTO record_log (number, line) VALUES (2, %s)",
    "INSERT OR REPLACE INTO record_log (number, line) VALUES (3, %s)",
    "INSERT OR IGNORE INTO record_log (number, line) VALUES (2, %s)",
    "REPLACE INTO record_log (number, line) VALUES (2, %s)",
    "UPDATE OR REPLACE record_log SET number = 3, line = %s WHERE number = 2",
    "INSERT INTO record_log (line) VALUES (%s)",
    "INSERT INTO record_log (number, line) VALUES (NULL, %s)",
]
REFUSED_BY_POSTGRESQL = ["TRUNCATE record_log", "TRUNCATE record_log CASCADE"]


@pytest.mark.parametrize("statement", [*REFUSED_ON_BOTH, *REFUSED_WITHOUT_VALUE])
def test_the_database_refuses_what_is_not_the_next_entry(either: Workspace, statement: str) -> None:
    refused(statement)


@pytest.mark.parametrize("statement", REFUSED_BY_SQLITE)
def test_sqlite_refuses_to_replace(workspace: Workspace, statement: str) -> None:
    refused(statement)


@pytest.mark.parametrize("statement", REFUSED_BY_SQLITE)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_refuses_whoever_opens_the_file(workspace: Workspace, statement: str, recursive: str) -> None:
    """Another program does not set what the workspace sets."""
    append_cells(3)
    before = rows()
    connections.close_all()
    file = sqlite3.connect(workspace.settings["NAME"])
    file.execute(f"PRAGMA recursive_triggers={recursive}")
    with pytest.raises(sqlite3.IntegrityError):
        file.execute(statement.replace("%s", "?"), [FORGED])
    file.rollback()
    file.close()
    assert rows() == before


@pytest.mark.parametrize("statement", REFUSED_BY_POSTGRESQL)
def test_postgresql_refuses_to_empty_the_table(postgresql_server: str, statement: str) -> None:
    from tests.web.conftest import fresh_postgresql

    fresh_postgresql(postgresql_server)
    refused(statement)


def refused(statement: str) -> None:
    append_cells(3)
    before = rows()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [FORGED] if "%s" in statement else None)
    assert rows() == before
    assert append(cell()).number == 4


def test_several_entries_in_one_statement_are_taken_in_their_order(either: Workspace) -> None:
    lines = [append(cell(str(number))).line() for number in range(2)]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO record_log (number, line) VALUES (3, %s), (4, %s)", lines)
    assert log_size() == 4
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO record_log (number, line) VALUES (5, %s), (7, %s)", lines)
    assert log_size() == 4


def test_missing_triggers_are_seen(either: Workspace) -> None:
    assert triggers_stand(connection)
    on_table = " ON record_log" if either.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER record_log_update{on_table}")
    assert not triggers_stand(connection)


def test_a_trigger_that_is_switched_off_is_seen(postgresql_server: str) -> None:
    from tests.web.conftest import fresh_postgresql

    fresh_postgresql(postgresql_server)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE record_log DISABLE TRIGGER record_log_delete")
    assert not triggers_stand(connection)


def test_derived_tables_follow_and_can_be_made_again(either: Workspace) -> None:
    from tests.record.records import HOST, HOST_LATER

    append(NewEntry("amal", "host", "key", ("host",), {"verifier": str(HOST.verifier)}))
    append(cell())
    append(NewEntry("amal", "host", "key", ("host",), {"verifier": str(HOST_LATER.verifier)}, (1,)))
    kept = list(HolderKey.objects.order_by("number").values_list())
    assert kept == [(1, "host", str(HOST.verifier)), (3, "host", str(HOST_LATER.verifier))]
    HolderKey.objects.filter(number=1).delete()
    HolderKey.objects.filter(number=3).update(holder="other")
    assert rebuild() == 3
    assert list(HolderKey.objects.order_by("number").values_list()) == kept


def test_an_undone_transaction_undoes_what_follows(either: Workspace) -> None:
    from tests.record.records import HOST

    with pytest.raises(FaultError), locked_log() as log:  # noqa: PT012 - the whole transaction is undone
        log.append(NewEntry("amal", "host", "key", ("host",), {"verifier": str(HOST.verifier)}))
        log.append(cell(act="rumour"))
    assert rows() == []
    assert not HolderKey.objects.exists()


def test_sqlite_is_set_up_for_a_worker_beside(workspace: Workspace, tmp_path: Path) -> None:
    close_old_connections()
    with connection.cursor() as cursor:
        answers = {}
        for pragma in ("journal_mode", "recursive_triggers", "synchronous", "busy_timeout", "foreign_keys"):
            cursor.execute(f"PRAGMA {pragma}")
            answers[pragma] = cursor.fetchone()[0]
    assert answers == {
        "journal_mode": "wal", "recursive_triggers": 1, "synchronous": 2, "busy_timeout": 20_000, "foreign_keys": 1,
    }  # fmt: skip
