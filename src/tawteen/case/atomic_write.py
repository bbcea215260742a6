"""Files appear whole or not at all: the one place where a file of results is replaced.

What is being made stands beside its place under a name with a dot in front, locked while its process lives; what a
killed process left there is removed by the next that writes to the same place.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tawteen.case.file_lock import FileLock
from tawteen.case.params import WORKBOOK

LOCK, NEW = "lock", "new"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` at the end, or vanishes on an error.

    The new file has the name of `path` and the rights that the system gives to new files, and is on the disk before it
    is moved, so that a power cut leaves the old or the new file. Each thread has a path of its own; of several, the
    last takes the place. Raises OSError where `path` cannot be written.
    """
    path = Path(path)
    with folder_beside(path) as folder:
        beside = folder / path.name
        yield beside
        _flush(beside)
        beside.replace(path)


@contextmanager
def folder_beside(path: Path) -> Iterator[Path]:
    """An empty folder beside `path` to write into and to move from; what is left of it vanishes at the end.

    Raises OSError where `path` cannot be written.
    """
    path = Path(path)
    stem = f".{path.name[: WORKBOOK.stem_characters]}-"
    for left in _besides(path.parent, stem):
        _remove_if_left(left)
    try:
        beside = Path(tempfile.mkdtemp(prefix=stem, dir=path.parent))
    except OSError as error:
        error.filename = str(path)
        raise
    try:
        with _named(path, beside), _locked(beside / LOCK):
            (beside / NEW).mkdir()
            yield beside / NEW
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def _named(path: Path, beside: Path) -> Iterator[None]:
    """Errors are about `path`: a full disk is told without a name, and nobody knows what stands beside."""
    try:
        yield
    except OSError as error:
        if error.filename is None or Path(str(error.filename)).is_relative_to(beside):
            error.filename = str(path)
        raise


def _besides(folder: Path, start: str) -> list[Path]:
    """Folders that a process made or is making, by the start of their names."""
    with suppress(OSError):
        return [one for one in folder.iterdir() if one.name.startswith(start)]
    return []


def _remove_if_left(left: Path) -> None:
    """Removes what a killed process left: nobody holds its lock. Systems without such locks keep it."""
    if sys.platform == "win32":
        return
    lock = FileLock(left / LOCK)
    with suppress(OSError):
        if not left.is_symlink() and (left / LOCK).is_file() and lock.acquire():
            shutil.rmtree(left, ignore_errors=True)
            lock.release()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Holds a lock on `path`, which is made empty; without one where there are none or one keeps the writer itself out.

    A path that cannot be made is an error of the writer, who names it.
    """
    if sys.platform == "win32":
        yield
        return
    lock = FileLock(path)
    with suppress(OSError):
        lock.acquire()
    try:
        yield
    finally:
        lock.close()


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 text to `path` whole or not at all. Raises OSError where it cannot be written."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
