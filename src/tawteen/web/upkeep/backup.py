"""A workspace in one file, and a workspace from such a file.

The file is a ZIP archive: `backup.json` with the hash of each file, then the files of the folder as they are named
there. The SQLite database is copied while the workspace runs; a PostgreSQL database is not in it.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import Any

import tawteen
from tawteen.case.atomic_write import folder_beside, replacing
from tawteen.case.findings import CaseError, Finding
from tawteen.case.zip_file import DamagedZipError, opened_zip
from tawteen.runs.usage_error import UsageError
from tawteen.web.data_folder import OWNER_ONLY_FILE, OWNER_ONLY_FOLDER, DataFolder
from tawteen.web.params import BACKUP

CONTENTS, CONTENTS_VERSION = "backup.json", 1
_MISPLACED = (FileExistsError, NotADirectoryError, IsADirectoryError)
"""What the system says of names of which one stands in the place of another."""


@dataclass(frozen=True)
class Backup:
    """A file with what a workspace needs to start elsewhere, and whether its database is in it."""

    file: Path
    files: int
    has_database: bool


def backup(folder: str | Path, file: str | Path) -> Backup:
    """Writes the folder of a workspace, with its SQLite database if it has one, into a file for its owner's eyes.

    The workspace may run meanwhile: the database is as at one moment, and other files are copied after it. A database
    of PostgreSQL is saved by its own program (`pg_dump`), before this. Raises UsageError where the folder holds no
    workspace, OSError where a file cannot be read or written.
    """
    data = DataFolder(Path(folder))
    if not data.key_file.exists():
        raise UsageError("web.no_workspace", path=str(folder))
    target = Path(file)
    with replacing(target) as archive_file:
        os.close(os.open(archive_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE))
        sources: dict[str, Path] = {}
        if data.database.exists():
            sources[data.database.name] = archive_file.with_name("copy")
            _copy_database(data.database, sources[data.database.name])
        sources |= {path.relative_to(data.path).as_posix(): path for path in _other_files(data)}
        hashes: dict[str, str] = {}
        with zipfile.ZipFile(archive_file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in sources.items():
                with suppress(FileNotFoundError):  # removed since, as the word for the first visit once it is used
                    hashes[name] = _add_file(archive, name, path)
            archive.writestr(CONTENTS, _contents(hashes))
    return Backup(target, len(hashes), data.database.name in hashes)


def restore(file: str | Path, folder: str | Path) -> Path:
    """Makes the folder of a workspace from a backup, in a new or empty folder, which it returns.

    The folder appears when all files are in it and have the hashes of the backup. Raises UsageError where the folder
    is not empty or the file does not exist, CaseError where it is no whole backup, OSError where a file cannot be
    written.
    """
    target = Path(folder).absolute()
    if not Path(file).is_file():
        raise UsageError("web.no_backup_file", path=str(file))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError("web.restore_not_empty", path=str(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    with folder_beside(target) as beside:
        beside.chmod(OWNER_ONLY_FOLDER)
        try:
            with opened_zip(Path(file)) as archive:
                for name, stated in _stated_hashes(archive).items():
                    _extract(archive, name, stated, beside)
            _check_database(beside)
        except (DamagedZipError, KeyError, ValueError, sqlite3.DatabaseError, *_MISPLACED) as error:
            raise CaseError([Finding("error", "web.no_backup", file=Path(file).name)]) from error
        if target.exists():
            target.rmdir()
        beside.rename(target)
    return Path(folder)


def _copy_database(database: Path, copy: Path) -> None:
    """Copies an SQLite database as it is at one moment, also while others write to it."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _other_files(data: DataFolder) -> Iterator[Path]:
    """Files of the folder but the database, the lock and what stands under a name with a dot in front.

    Such a name have files that are being made, folders of runs that go on, and what can be made again.
    """
    for path in sorted(data.path.rglob("*")):
        parts = path.relative_to(data.path).parts
        named_for_database = parts[0].startswith(data.database.name)
        dotted = any(part.startswith(".") for part in parts)
        if path.is_file() and not named_for_database and not dotted and parts != ("lock",):
            yield path


def _add_file(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Puts a file into an archive and returns the hash of what was put there, whatever becomes of the file."""
    digest, entry = sha256(), zipfile.ZipInfo.from_file(path, name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(entry, "w") as target:
        while chunk := source.read(BACKUP.chunk_bytes):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _contents(hashes: dict[str, str]) -> str:
    stated: dict[str, Any] = {"version": CONTENTS_VERSION, "tawteen": tawteen.__version__, "sha256": hashes}
    return json.dumps(stated, indent=1, ensure_ascii=False)


def _stated_hashes(archive: zipfile.ZipFile) -> dict[str, str]:
    """The hash of each file of a backup. Raises ValueError where it is none, or KeyError."""
    stated = json.loads(archive.read(CONTENTS))
    if not isinstance(stated, dict) or stated["version"] != CONTENTS_VERSION or not isinstance(stated["sha256"], dict):
        raise ValueError("another version of backups")
    return {str(name): str(one) for name, one in stated["sha256"].items()}


def _extract(archive: zipfile.ZipFile, name: str, stated: str, folder: Path) -> None:
    """Writes a file of the archive below a folder. Raises ValueError where it would stand outside, or is another."""
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or "\\" in name or ":" in name:
        raise ValueError(name)
    path = folder / place
    path.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
    with os.fdopen(handle, "wb") as target, archive.open(name) as source:
        shutil.copyfileobj(source, target, BACKUP.chunk_bytes)
    if _hash(path) != stated:
        raise ValueError(name)


def _check_database(folder: Path) -> None:
    """Raises sqlite3.DatabaseError where the database of a folder is damaged."""
    database = DataFolder(folder).database
    if not database.exists():
        return
    with closing(sqlite3.connect(database)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
