"""`tawteen serve` as a person starts it: a process that makes its folder, answers, and ends when it is told to."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.web import postgresql

from tawteen.record.record_file import write_record
from tawteen.record.verification import verify_record

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process is ended by a signal")


def environment(**changed: str) -> dict[str, str]:
    ours = ("TAWTEEN_DATA", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "TAWTEEN_HOST", "LANG", "LC_ALL")
    return {**{name: value for name, value in os.environ.items() if name not in ours}, "COLUMNS": "200", **changed}


@contextmanager
def serving(folder: Path, *options: str, **variables: str) -> Iterator[tuple[str, int]]:
    """A served workspace; host and port."""
    command = [sys.executable, "-m", "tawteen", "serve", "--data", str(folder), "--port", "0", *options]
    process = subprocess.Popen(
        command, env=environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stderr is not None
    try:
        shown = ""
        while (address := re.search(r"served at http://([\d.]+|\[::1\]):(\d+)/", shown)) is None:
            line = process.stderr.readline()
            assert line, shown
            shown += line
        yield address[1].strip("[]"), int(address[2])
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert "The workspace has ended." in out
    assert "Traceback" not in err


def get(host: str, port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, port)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def whole(host: str, port: int) -> bool:
    """Whether the workspace is whole once its worker has begun."""
    for _ in range(200):
        status, body = get(host, port, "/health")
        if status == 200:
            return bool(json.loads(body) == {"database": True, "record": True, "worker": True, "keeper": True})
    return False


def test_a_fresh_folder_is_made_and_served_and_served_again(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    for _ in range(2):
        with serving(folder) as (host, port):
            assert host == "127.0.0.1"
            assert whole(host, port)
            status, page = get(host, port, "/first-visit")
            assert (status, b"<html" in page) == (200, True)
            for name in ("workspace.css", "icon.svg"):
                status, content = get(host, port, f"/static/{name}")
                assert (status, bool(content)) == (200, True)
            assert get(host, port, "/static/../settings.py")[0] == 404
    names = {path.name for path in folder.iterdir()}
    assert names == {"first.word", "lock", "record.key", "record.passphrase", "secret", "workspace.sqlite3"}


def test_behind_a_proxy_with_tls_pages_open(tmp_path: Path) -> None:
    """Through the server itself, which takes headers of proxies out unless it is told to leave them in."""

    def asked(port: int, how: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/first-visit", headers={"Host": "workspace.example", "X-Forwarded-Proto": how})
        answer = connection.getresponse()
        connection.close()
        return answer.status, answer.headers.get("Location", "")

    with serving(tmp_path / "workspace", TAWTEEN_ORIGIN="https://workspace.example") as (_, port):
        assert asked(port, "https") == (200, "")
        assert asked(port, "http") == (301, "https://workspace.example/first-visit")


def test_the_record_of_postgresql_is_whole(postgresql_server: str, tmp_path: Path) -> None:
    import psycopg

    postgresql.ask(postgresql_server, "CREATE DATABASE served")
    address = postgresql_server.replace("/postgres?", "/served?")
    with serving(tmp_path / "workspace", DATABASE_URL=address) as (host, port):
        assert whole(host, port)
    with psycopg.connect(address) as connection:
        lines = [line for (line,) in connection.execute("SELECT line FROM record_log ORDER BY number")]
        notes = [note for (note,) in connection.execute("SELECT note FROM log_storedcheckpoint ORDER BY size")]
    write_record(tmp_path / "record.jsonl", lines)
    (tmp_path / "checkpoint.txt").write_text(notes[-1], encoding="utf-8", newline="\n")
    verification = verify_record(tmp_path / "record.jsonl", [tmp_path / "checkpoint.txt"])
    assert verification.whole
    assert [signed.size for signed in verification.signatures] == [1]


def refused(folder: Path, *options: str, **variables: str) -> dict[str, object]:
    """The one finding with which the command ends at once."""
    command = [sys.executable, "-m", "tawteen", "serve", "--json", "--data", str(folder), *options]
    done = subprocess.run(command, env=environment(**variables), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    assert isinstance(finding, dict)
    return finding


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        finding = refused(tmp_path / "workspace", "--port", str(taken.getsockname()[1]))
    assert finding["code"] == "web.port_taken"


def test_an_address_of_another_computer_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "workspace", "--host", "192.0.2.1")["code"] == "web.no_listening"


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    address = f"postgresql://x@/x?host={tmp_path}"
    assert refused(tmp_path / "workspace", DATABASE_URL=address)["code"] == "web.no_database"
    assert refused(tmp_path / "workspace", DATABASE_URL="mysql://x/y")["code"] == "web.database_address"


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "workspace").write_text("", encoding="utf-8")
    assert refused(tmp_path / "workspace")["code"] == "cli.system"


def test_the_key_of_another_folder_is_told(tmp_path: Path) -> None:
    for name in ("first", "second"):
        with serving(tmp_path / name):
            pass
    (tmp_path / "second" / "workspace.sqlite3").write_bytes((tmp_path / "first" / "workspace.sqlite3").read_bytes())
    assert refused(tmp_path / "second")["code"] == "web.other_key"


def test_settings_behind_a_proxy_pass_the_checks_of_django(tmp_path: Path) -> None:
    from tawteen.web.data_folder import DataFolder

    DataFolder(tmp_path).prepare()
    variables = {
        "TAWTEEN_DATA": str(tmp_path), "TAWTEEN_ORIGIN": "https://workspace.example",
        "DJANGO_SETTINGS_MODULE": "tawteen.web.settings",
    }  # fmt: skip
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"]
    done = subprocess.run(command, env=environment(**variables), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_models_and_migrations_agree(tmp_path: Path) -> None:
    variables = {"TAWTEEN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tawteen.web.settings"}
    command = [sys.executable, "-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"]
    done = subprocess.run(command, env=environment(**variables), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
