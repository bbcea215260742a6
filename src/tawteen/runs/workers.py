"""Processes of this machine or of a cluster that share the work of one run."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from tawteen.runs.usage_error import UsageError


@contextmanager
def open_workers(workers: int | None, address: str | None) -> Iterator[Executor | None]:
    """Processes of this machine, or a Dask cluster by its address."""
    from tawteen.plan.robust.parallel import cluster, processes

    if address is None:
        with processes(workers) as executor:
            yield executor
        return
    try:
        entered = cluster(address)
        executor = entered.__enter__()
    except (ImportError, OSError, ValueError) as error:
        raise UsageError("cli.no_cluster", address=address, reason=str(error)) from error
    try:
        yield executor
    finally:
        entered.__exit__(None, None, None)
