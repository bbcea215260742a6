"""The folder of a workspace: what is made in it once, for its owner's eyes alone."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from tests.web.conftest import FOLDER

from tawteen.record.errors import RecordError
from tawteen.web.data_folder import DataFolder, write_once
from tawteen.web.database import DatabaseAddressError, database_settings


def test_secret_and_key_are_made_once(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "a" / "b")
    assert folder.secret() == ""
    folder.prepare()
    kept = folder.secret(), folder.signing_key().verifier
    assert len(kept[0]) >= 50
    folder.prepare()
    assert (folder.secret(), folder.signing_key().verifier) == kept
    assert kept[0] != FOLDER.secret()
    assert kept[1].name != FOLDER.signing_key().verifier.name


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "workspace")
    folder.prepare()
    rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder.path, *folder.path.iterdir())}
    assert rights.pop("lock") & 0o777
    assert rights == {"workspace": 0o700, "secret": 0o600, "record.key": 0o600, "record.passphrase": 0o600}


def test_a_key_without_its_passphrase_is_told(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "workspace")
    folder.prepare()
    folder.passphrase_file.write_text("another passphrase", encoding="utf-8")
    with pytest.raises(RecordError):
        folder.signing_key()


def test_of_several_that_prepare_one_makes_the_secret(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "workspace")
    threads = [threading.Thread(target=folder.prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.name for path in folder.path.iterdir()) == ["lock", "record.key", "record.passphrase", "secret"]
    assert folder.signing_key().verifier.name


def test_what_is_written_once_stays(tmp_path: Path) -> None:
    write_once(tmp_path / "word", "first")
    write_once(tmp_path / "word", "second")
    assert (tmp_path / "word").read_text(encoding="utf-8") == "first"


def test_the_address_of_a_database_is_read() -> None:
    settings = database_settings("postgresql://amal:a%40b@db.example:5433/mission?sslmode=require", Path())
    assert {name: settings[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "mission", "USER": "amal", "PASSWORD": "a@b", "HOST": "db.example", "PORT": "5433",
        "OPTIONS": {"sslmode": "require", "connect_timeout": 10, "options": "-c lock_timeout=20s"},
    }  # fmt: skip
    own = database_settings("postgresql:///m?connect_timeout=3&options=-c%20lock_timeout%3D5s", Path())["OPTIONS"]
    assert own == {"connect_timeout": "3", "options": "-c lock_timeout=20s -c lock_timeout=5s"}
    assert database_settings("postgres:///mission", Path())["NAME"] == "mission"


@pytest.mark.parametrize(
    "address", ["mysql://x/y", "postgresql://", "postgresql://host/", "mission", "postgresql://[/x"]
)
def test_an_address_of_no_database_is_refused(address: str) -> None:
    with pytest.raises(DatabaseAddressError):
        database_settings(address, Path())
