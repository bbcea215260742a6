"""One folder takes the place of another: a single system call where there is one, else two renames that recover.

Linux (`renameat2`, `RENAME_EXCHANGE`) and macOS (`renamex_np`, `RENAME_SWAP`) exchange two folders at once. Windows and
some file systems do not: there the old folder is renamed away and the new one into its place, and whoever comes next
finishes what a killed process began.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

NEW, OLD, READY = "new", "old", "ready"
_LINUX_HERE, _EXCHANGE = -100, 2


def swap(target: Path, staging: Path) -> None:
    """`staging/new` becomes `target`; what stood there becomes `staging/old` or `staging/new`. Raises OSError.

    When it raises, `target` is as it was.
    """
    new, old = staging / NEW, staging / OLD
    (staging / READY).touch()
    if not target.exists():
        new.rename(target)
    elif not exchange(new, target):
        target.rename(old)
        try:
            new.rename(target)
        except OSError:
            old.rename(target)
            raise


def recover(target: Path, staging: Path) -> None:
    """Puts a whole folder at `target` where a killed process left none between its two renames."""
    if target.exists() or not (staging / OLD).is_dir():
        return
    for left in (staging / NEW, staging / OLD) if (staging / READY).exists() else (staging / OLD,):
        if left.is_dir() and not left.is_symlink():
            left.rename(target)
            return


def clear(staging: Path) -> None:
    """Removes the new and the old folder in `staging` and unfinished files beside them; never follows links."""
    for path in [*(staging / name for name in (READY, NEW, OLD)), *staging.glob(f".{NEW}-*")]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def exchange(one: Path, other: Path) -> bool:
    """Whether two folders have been exchanged in one step; False where system or file system cannot do it."""
    if sys.platform == "win32":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        call = getattr(library, "renamex_np", None)
        return call is not None and call(*names, _EXCHANGE) == 0
    call = getattr(library, "renameat2", None)
    return call is not None and call(_LINUX_HERE, names[0], _LINUX_HERE, names[1], _EXCHANGE) == 0
