"""Work of several people or machines at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def at_once(*pieces: Callable[[], object]) -> None:
    """Does pieces of work in threads that begin together, each with connections of its own; raises what one raised."""
    gate = Barrier(len(pieces))

    def begin(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(pieces)) as pool:
        for future in [pool.submit(begin, work) for work in pieces]:
            future.result()
