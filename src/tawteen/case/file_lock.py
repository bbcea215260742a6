"""A lock that ends with the process that holds it, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    try:
        import fcntl
    except ImportError:  # a Python without it: two runs into one folder are then not told apart
        fcntl = None  # type: ignore[assignment]
else:
    import msvcrt


class FileLock:
    """An exclusive lock on the file `path`, which is made where it does not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Whether the lock is ours now; False at once while another process holds it.

        Raises OSError where the file cannot be made, or lies on a file system without locks.
        """
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
            try:
                locked = _locked(handle)
            except OSError:
                os.close(handle)
                raise
            if not locked:
                os.close(handle)
                return False
            try:
                current = self.path.stat()
            except FileNotFoundError:
                current = None
            # Another process may have removed the file between opening and locking it: that lock guards nothing.
            if current is not None and os.path.samestat(current, os.fstat(handle)):
                self._handle = handle
                return True
            os.close(handle)

    def close(self) -> None:
        """Gives the lock up; the file stays, where it has not been renamed or removed."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def release(self) -> None:
        """Removes the file and gives the lock up."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if sys.platform == "win32":
            os.close(handle)
            self.path.unlink(missing_ok=True)
        else:
            self.path.unlink(missing_ok=True)
            os.close(handle)


def _locked(handle: int) -> bool:
    """Whether the file is locked now; False while another process holds it. Raises OSError on other errors."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        elif fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
