"""Results that several tests read and none changes, made once for all processes of a run of the suite."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tawteen.case.file_lock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills, under a name that no other result has; the first process to ask makes it."""
    top = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        top = top.parent
    place, half = top / name, top / f"{name}.half"
    lock = FileLock(top / f"{name}.lock")
    while not lock.acquire():
        time.sleep(0.1)
    try:
        if not place.exists():
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            make(half)
            half.rename(place)
    finally:
        lock.close()
    return place
