"""Files appear whole or not at all: the one place where a file of results is replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` at the end, or vanishes on an error.

    The new file keeps the ending of `path`, has the rights that the system gives to new files, and is on the disk
    before it is renamed, so that a power cut leaves the old or the new file. Raises OSError where neither is possible.
    """
    path = Path(path)
    beside = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield beside
        _flush(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 text to `path` whole or not at all. Raises OSError where it cannot be written."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def new_workbook(path: Path, **options: Any) -> Iterator[Any]:
    """An XlsxWriter workbook whose texts stay texts; `path` appears whole when it is closed, or not at all.

    `options` are those of `xlsxwriter.Workbook`. Raises OSError where it cannot be written, such as on a full disk.
    """
    kept = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False, **options}
    with replacing(path) as beside:
        try:
            with xlsxwriter.Workbook(str(beside), kept) as book:
                yield book
        except FileCreateError as error:
            # XlsxWriter wraps what the system said in an exception of its own.
            cause = error.args[0] if error.args else None
            raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
