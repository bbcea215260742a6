"""The folder of a workspace: its database, its secret and the key with which it signs checkpoints."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tawteen.case.atomic_write import replacing
from tawteen.case.file_lock import FileLock
from tawteen.record.keys import LOG_KEY, SigningKey, new_key, read_key, write_key
from tawteen.record.text_file import read_note_file
from tawteen.web.params import SECRETS, SERVER

OWNER_ONLY_FILE, OWNER_ONLY_FOLDER = 0o600, 0o700


@dataclass(frozen=True)
class DataFolder:
    """Paths inside the folder of a workspace."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite database."""
        return self.path / "workspace.sqlite3"

    @property
    def files(self) -> Path:
        """Files that came with submissions or were added to rows, each under the hash of its content."""
        return self.path / "files"

    @property
    def shown_files(self) -> Path:
        """Pictures of files as pages show them; they can be made again, and stand in no backup."""
        return self.path / ".shown"

    @property
    def runs(self) -> Path:
        """Folders of runs of the planner that go on; their results are in the database, and these in no backup."""
        return self.path / ".runs"

    @property
    def secret_file(self) -> Path:
        """The secret that signs sessions and forms."""
        return self.path / "secret"

    @property
    def passphrase_file(self) -> Path:
        """The passphrase of the key of the workspace."""
        return self.path / "record.passphrase"

    @property
    def key_file(self) -> Path:
        """The key that signs checkpoints of the record."""
        return self.path / "record.key"

    @property
    def first_word_file(self) -> Path:
        """The word with which the first administrator begins, until it is used."""
        return self.path / "first.word"

    @property
    def demo_people_file(self) -> Path:
        """Names and passwords of the invented people of a demo."""
        return self.path / "demo-people.txt"

    @property
    def demo_mark(self) -> Path:
        """An empty file that is there where the workspace is a demo; every page then says so."""
        return self.path / "demo"

    def prepare(self) -> None:
        """Makes the folder, secret and key where they are missing, for the owner's eyes alone.

        Raises OSError where the folder cannot be written.
        """
        self.path.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        with self.locked():
            write_once(self.secret_file, secrets.token_urlsafe(SECRETS.server))
            if not self.key_file.exists():
                write_once(self.passphrase_file, secrets.token_urlsafe(SECRETS.server))
                name = f"tawteen-{secrets.token_hex(SECRETS.log_name)}/record"
                write_key(self.key_file, new_key(name, LOG_KEY), read_note_file(self.passphrase_file))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The folder for this process alone: of several that start at once, one prepares it and its database."""
        lock = FileLock(self.path / "lock")
        while not lock.acquire():
            time.sleep(SERVER.lock_poll)
        try:
            yield
        finally:
            lock.close()

    def secret(self) -> str:
        """The secret; empty where the folder is not prepared."""
        return self.secret_file.read_text(encoding="utf-8").strip() if self.secret_file.is_file() else ""

    def signing_key(self) -> SigningKey:
        """The key that signs checkpoints. Raises RecordError where it cannot be read."""
        return read_key(self.key_file, read_note_file(self.passphrase_file))


def write_once(path: Path, text: str) -> None:
    """Writes a file that its owner alone can read, whole or not at all, unless it exists.

    Raises OSError where it cannot be written.
    """
    if path.exists():
        return
    with replacing(path) as beside:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
