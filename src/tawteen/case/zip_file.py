"""ZIP files that somebody sends: opened in one place, which says where one is damaged."""

from __future__ import annotations

import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OverflowError,
    RuntimeError,  # encrypted, or packed in a way that is not known
    ValueError,  # a name that is no UTF-8, a place before the beginning
)
_BZIP2_ERRNOS = (None, errno.EINVAL)
"""Numbers of the OSError of a damaged bzip2 stream and of a place that no file has: those of a disk are others."""


class DamagedZipError(Exception):
    """A ZIP file that is cut, changed, locked with a password, or packed in a way that is not known."""


@contextmanager
def opened_zip(file: Path | IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """A ZIP file to be read, as long as the block lasts.

    Raises DamagedZipError where it, or a part that the block reads, is damaged; KeyError where it lacks the part.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except _FAULTS as error:
        raise DamagedZipError(str(error)) from error
    except OSError as error:
        if error.errno not in _BZIP2_ERRNOS:
            raise
        raise DamagedZipError(str(error)) from error
