"""Files beside the record, each under the hash of its content: what was kept once is never changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from tawteen.case.atomic_write import folder_beside
from tawteen.web.data_folder import OWNER_ONLY_FILE, OWNER_ONLY_FOLDER


class FileStore:
    """A folder of files by hash, for the eyes of the server alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Where the file of a hash stands, if it is there."""
        return self._folder / digest[:2] / digest

    def keep(self, chunks: Iterable[bytes]) -> str:
        """Keeps a content and returns its SHA-256; the file is whole and on the disk, or it is not there.

        Raises OSError where it cannot be written, as on a full disk.
        """
        self._folder.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
        digest = sha256()
        with folder_beside(self._folder) as folder:
            beside = folder / "file"
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            kept = self.path(digest.hexdigest())
            kept.parent.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
            beside.replace(kept)
        return digest.hexdigest()
