"""Files appear whole or not at all: the one place where a file of results is replaced.

What is being made stands beside its place under a name with a dot in front, locked while its process lives; what a
killed process left there is removed by the next that writes to the same place.
"""

from __future__ import annotations

import os
import re
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
        beside, lock = _new_folder(path.parent, stem)
    except OSError as error:
        error.filename = str(path)
        raise
    try:
        with _named(path, beside):
            yield beside / NEW
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        lock.close()


def _new_folder(parent: Path, stem: str) -> tuple[Path, FileLock]:
    """A folder of its own with an empty folder in it and its lock, which is not held where the system has none.

    Raises OSError.
    """
    while True:
        beside = Path(tempfile.mkdtemp(prefix=stem, dir=parent))
        lock = FileLock(beside / LOCK)
        if sys.platform != "win32":  # there an open file keeps the writer itself out
            with suppress(OSError):
                lock.acquire()
        try:
            (beside / NEW).mkdir()
        except FileNotFoundError:
            lock.close()  # another writer took the folder for one that was left, while it was empty
            continue
        except OSError:
            lock.close()
            shutil.rmtree(beside, ignore_errors=True)
            raise
        return beside, lock


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
    """Folders that a process made or is making, by the start of their names and the end that `mkdtemp` gives them."""
    with suppress(OSError):
        return [one for one in folder.iterdir() if re.fullmatch(re.escape(start) + "[a-z0-9_]{8}", one.name)]
    return []


def _remove_if_left(left: Path) -> None:
    """Removes what a killed process left: nobody holds its lock. Systems without such locks keep it."""
    if sys.platform == "win32" or left.is_symlink():
        return
    with suppress(OSError):
        if not (left / LOCK).is_file():
            left.rmdir()  # empty where a process was killed before it had its lock; else it stays
            return
        lock = FileLock(left / LOCK)
        if lock.acquire():
            shutil.rmtree(left, ignore_errors=True)
            lock.release()


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 text to `path` whole or not at all. Raises OSError where it cannot be written."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
