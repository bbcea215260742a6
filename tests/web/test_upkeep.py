"""What operators do, rehearsed: save and restore on both databases, rebuild, a worker apart, the record for a party."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.web import postgresql
from tests.web.commands import command, refused
from tests.web.conftest import Workspace
from tests.web.people_of_demo import SignedIn
from tests.web.test_serve import environment, serving, whole

import tawteen as tw
from tawteen.record.verification import verify_record
from tawteen.web.data_folder import DataFolder
from tawteen.web.demo.filling import fill
from tawteen.web.log.derived import rebuild
from tawteen.web.registry.models import CellVersion, SiteRow
from tawteen.web.upkeep import backup as backup_module

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are ended by a signal")
FILES = {"demo", "demo-people.txt", "record.key", "record.passphrase", "secret", "workspace.sqlite3"}

SITES = "SELECT party, site, searched, conflicts FROM registry_siterow ORDER BY 1, 2"


def tables() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, without the numbers that the database gives to rows itself."""
    shown = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            columns = ", ".join(f'"{name}"' for name in names if name != "id")
            cursor.execute(f'SELECT {columns} FROM "{table}"')
            shown[table] = sorted(cursor.fetchall(), key=repr)
    return shown


def test_all_tables_that_follow_from_the_record_are_made_again_as_they_were(either: Workspace, tmp_path: Path) -> None:
    fill(tw.init(tmp_path / "case"))
    before = tables()
    assert len(before["registry_cellversion"]) > 300
    assert {"accounts_rolerow", "accounts_partyrow", "registry_releaserow", "registry_siterow", "log_holderkey"} <= {
        *before
    }
    CellVersion.objects.filter(row__contains="a").delete()
    SiteRow.objects.update(name_en="")
    assert rebuild() == len(before["record_log"])
    assert tables() == before


def test_a_rebuild_by_command_says_how_many_entries_there_are(demo_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(demo_folder, tmp_path / "workspace")
    with sqlite(folder) as database:
        kept = database.execute(SITES).fetchall()
        database.execute("DELETE FROM registry_siterow")
    entries = command("rebuild", "--data", folder)["entries"]
    with sqlite(folder) as database:
        assert entries == database.execute("SELECT count(*) FROM record_log").fetchone()[0]
        made = database.execute(SITES).fetchall()
    assert made == kept


@contextmanager
def sqlite(folder: Path) -> Iterator[Any]:
    import sqlite3

    database = sqlite3.connect(folder / "workspace.sqlite3")
    with database:
        yield database
    database.close()


def test_a_backup_of_a_served_workspace_starts_elsewhere(demo_folder: Path, tmp_path: Path) -> None:
    """While somebody changes something all the time; everybody signs in to the restored one with their password."""
    folder = shutil.copytree(demo_folder, tmp_path / "workspace")
    (folder / "files").mkdir()
    (folder / "files" / "photo.jpg").write_bytes(b"a photo")
    file, restored = tmp_path / "monday.zip", tmp_path / "elsewhere" / "workspace"
    with serving(folder) as (host, port):
        administrator = SignedIn(folder, host, port, "host-administrator")
        invited = threading.Thread(target=lambda: [administrator.invite("surveyor") for _ in range(20)])
        invited.start()
        answer = command("backup", file, "--data", folder)
        invited.join()
    assert answer == {**answer, "files": len(FILES) + 1, "has_database": True}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    command("restore", file, "--data", restored)
    assert {path.name for path in restored.iterdir()} == {*FILES, "files"}
    assert (restored / "files" / "photo.jpg").read_bytes() == b"a photo"
    assert stat.S_IMODE((restored / "secret").stat().st_mode) == 0o600
    with serving(restored) as (host, port):
        assert whole(host, port)
        assert SignedIn(restored, host, port, "partner-analyst").get("/sites")[0] == 200
    exported = command("export-record", "--data", restored, "--party", "host", "--out", tmp_path / "host")
    assert verify_record(Path(exported["record"]), [Path(exported["checkpoint"])]).whole


def test_what_is_being_made_stands_in_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of runs that go on, files under a name with a dot, and what is removed while the backup is written."""
    data = DataFolder(tmp_path / "workspace")
    data.prepare()
    made = (data.runs / "ab-1" / "programme.json", data.runs / ".ab-1.tawteen" / "new" / "x", data.files / ".a" / "x")
    for path in (*made, data.files / "ab" / "abc", data.first_word_file):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    other_files = backup_module._other_files

    def removed_since(folder: DataFolder) -> Iterator[Path]:
        paths = list(other_files(folder))
        folder.first_word_file.unlink()
        return iter(paths)

    monkeypatch.setattr(backup_module, "_other_files", removed_since)
    assert tw.backup(data.path, tmp_path / "saved.zip").files == 4
    tw.restore(tmp_path / "saved.zip", tmp_path / "restored")
    restored = {path.relative_to(tmp_path / "restored").as_posix() for path in (tmp_path / "restored").rglob("*")}
    assert restored == {"files", "files/ab", "files/ab/abc", "record.key", "record.passphrase", "secret"}


def test_nothing_is_restored_over_a_workspace(demo_folder: Path, tmp_path: Path) -> None:
    command("backup", tmp_path / "saved.zip", "--data", demo_folder)
    assert refused("restore", tmp_path / "saved.zip", "--data", demo_folder) == "web.restore_not_empty"
    assert refused("restore", tmp_path / "other.zip", "--data", tmp_path / "new") == "web.no_backup_file"
    assert refused("backup", tmp_path / "saved.zip", "--data", demo_folder) == "cli.exists"
    assert refused("backup", tmp_path / "other.zip", "--data", tmp_path) == "web.no_workspace"
    for name in ("rebuild", "work"):
        assert refused(name, "--data", tmp_path) == "web.no_workspace"


def saved(tmp_path: Path, files: dict[str, bytes], **changed: Any) -> Path:
    """A backup with these files whose contents are stated right unless they are changed."""
    import json
    from hashlib import sha256

    hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
    path = tmp_path / "saved.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("backup.json", json.dumps({"version": 1, "tawteen": "0", "sha256": hashes, **changed}))
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside", "C:/outside", "a\\..\\..\\outside"])
def test_no_file_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, {name: b"x"})
    with pytest.raises(tw.CaseError):
        tw.restore(path, tmp_path / "inside" / "workspace")
    assert not [one for one in tmp_path.rglob("*") if "outside" in one.name]
    assert not (tmp_path / "inside" / "workspace").exists()


@pytest.mark.parametrize(
    "damage",
    [
        "cut",
        "byte",
        "other file",
        "missing file",
        "another hash",
        "another version",
        "no list",
        "no archive",
        "packed",
        "misplaced",
        "database",
    ],
)
def test_a_damaged_backup_is_refused_and_leaves_no_folder(tmp_path: Path, damage: str) -> None:
    content = os.urandom(50_000)
    path = saved(tmp_path, {"secret": content})
    whole_file = path.read_bytes()
    if damage == "cut":
        path.write_bytes(whole_file[:-2000])
    elif damage == "byte":
        place = whole_file.index(content[:20]) + 100
        path.write_bytes(whole_file[:place] + bytes([whole_file[place] ^ 1]) + whole_file[place + 1 :])
    elif damage == "no archive":
        path.write_bytes(b"PK")
    elif damage == "packed":  # in the middle of what is unpacked
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("backup.json", '{"version": 1}' + " " * 90 + str(content))
        packed = path.read_bytes()
        path.write_bytes(packed[:200] + bytes(50) + packed[250:])
    elif damage == "other file":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("secret", b"x")
    else:
        changed: dict[str, Any] = {
            "missing file": {"sha256": {"secret": "0", "record.key": "0"}}, "another hash": {"sha256": {"secret": "0"}},
            "another version": {"version": 2}, "no list": {"sha256": ["secret"]},
        }.get(damage, {})  # fmt: skip
        files = {
            "database": {"workspace.sqlite3": b"SQLite format 3\0" + content}, "misplaced": {"a": b"", "a/b": b""},
        }.get(damage, {"secret": content})  # fmt: skip
        path = saved(tmp_path, files, **changed)
    with pytest.raises(tw.CaseError):
        tw.restore(path, tmp_path / "workspace")
    assert [one.name for one in tmp_path.iterdir()] == ["saved.zip"]


def test_a_backup_of_postgresql_starts_in_another_database(postgresql_server: str, tmp_path: Path) -> None:
    """As the page for operators says: pg_dump, then the folder; createdb and pg_restore, then the folder."""
    programs = postgresql.programs()
    assert programs is not None
    for name in ("saved", "restored"):
        postgresql.ask(postgresql_server, f"CREATE DATABASE {name}")
    addresses = {name: postgresql_server.replace("/postgres?", f"/{name}?") for name in ("saved", "restored")}
    dump = tmp_path / "saved.dump"
    command("demo", tmp_path / "workspace", "--no-programme", DATABASE_URL=addresses["saved"])
    subprocess.run([programs / "pg_dump", "--format=custom", f"--file={dump}", addresses["saved"]], check=True)
    answer = command("backup", tmp_path / "saved.zip", "--data", tmp_path / "workspace")
    assert not answer["has_database"]
    subprocess.run(
        [programs / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={addresses['restored']}", dump],
        check=True,
    )
    restored = tmp_path / "restored"
    command("restore", tmp_path / "saved.zip", "--data", restored)
    with serving(restored, DATABASE_URL=addresses["restored"]) as (host, port):
        assert whole(host, port)
        administrator = SignedIn(restored, host, port, "host-administrator")
        assert administrator.invite("viewer") == 200
    with pytest.raises(Exception, match="the record takes the next entry"):
        postgresql.ask(addresses["restored"], "DELETE FROM record_log")


@contextmanager
def working(folder: Path, **variables: str) -> Iterator[None]:
    """A worker in a process of its own."""
    line = [sys.executable, "-m", "tawteen", "work", "--data", str(folder)]
    process = subprocess.Popen(
        line, env=environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stderr is not None
    assert "Working for the workspace" in process.stderr.readline()
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert "The worker has ended." in out


def test_machines_share_a_database_and_the_folder_of_a_backup(postgresql_server: str, tmp_path: Path) -> None:
    """Two that serve and one that works: a session of one is one of the other, and each knows that the worker lives."""
    postgresql.ask(postgresql_server, "CREATE DATABASE shared")
    address = postgresql_server.replace("/postgres?", "/shared?")
    folders = [tmp_path / name for name in ("first", "second", "third")]
    command("demo", folders[0], "--no-programme", DATABASE_URL=address)
    command("backup", tmp_path / "folder.zip", "--data", folders[0])
    for folder in folders[1:]:
        command("restore", tmp_path / "folder.zip", "--data", folder)
    first = serving(folders[0], "--no-worker", DATABASE_URL=address)
    second = serving(folders[1], "--no-worker", DATABASE_URL=address)
    with first as (host, port), second as (other_host, other_port):
        assert b'"worker": false' in SignedIn(folders[0], host, port, None).get("/health")[1]
        person = SignedIn(folders[0], host, port, "partner-analyst")
        person.host, person.port = other_host, other_port
        assert person.get("/sites")[0] == 200
        with working(folders[2], DATABASE_URL=address):
            assert whole(host, port)
            assert whole(other_host, other_port)


def test_a_party_gets_its_record_and_cosigns_it(demo_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(demo_folder, tmp_path / "workspace")
    (tmp_path / "words.txt").write_text("seven palms by the sea\n", encoding="utf-8")
    words = ("--passphrase-file", tmp_path / "words.txt")
    command("new-key", "mission.example/partner", "--out", tmp_path / "partner.key", *words)
    out = tmp_path / "for-partner"
    exported = command("export-record", "--data", folder, "--party", "partner", "--out", out, "--cosigned", "0")
    record, checkpoint = Path(exported["record"]), Path(exported["checkpoint"])
    verification = verify_record(record, [checkpoint])
    assert verification.whole
    text = record.read_text(encoding="utf-8")
    assert '"value":21370' not in text
    assert '"value":870' in text
    assert len(re.findall(r'^\{"leaf":', text, re.MULTILINE)) >= 10
    cosigned = command(
        "cosign", str(exported["request"]), "--checkpoint", tmp_path / "cosigned.txt", "--first",
        "--key", tmp_path / "partner.key", "--seen", tmp_path / "seen.txt", "--keys", folder / "record.key", *words,
    )  # fmt: skip
    assert cosigned["size"] == exported["size"]
    assert refused("export-record", "--data", folder, "--party", "third", "--out", out) == "web.no_party"
    too_many = ("--cosigned", str(10**6))
    assert refused("export-record", "--data", folder, "--party", "host", "--out", out, *too_many) == "web.cosigned_more"
