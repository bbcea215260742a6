"""One at a time holds a lock, and what keeps it from being held is told apart."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from tawteen.case import file_lock
from tawteen.case.atomic_write import write_text
from tawteen.case.file_lock import FileLock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of another kind")


def test_one_at_a_time_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first, second = FileLock(path), FileLock(path)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert not path.exists()
    assert second.acquire()
    second.close()
    assert path.exists()


def without_locks(handle: int, operation: int) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def test_a_file_system_without_locks_is_not_taken_for_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_lock.fcntl, "flock", without_locks)
    closed = []
    monkeypatch.setattr(file_lock.os, "close", lambda handle, close=os.close: closed.append(close(handle)))
    with pytest.raises(OSError, match="No locks available"):
        FileLock(tmp_path / "lock").acquire()
    assert len(closed) == 1
    write_text(tmp_path / "a.json", "new")
    assert (tmp_path / "a.json").read_text() == "new"


def test_a_file_in_a_folder_that_is_not_there_is_named_by_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "a.json"
    with pytest.raises(FileNotFoundError) as told:
        write_text(path, "new")
    assert told.value.filename == str(path)
