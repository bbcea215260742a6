"""Many independent pieces of work in this process, in several, or on the machines of a cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Tell = Callable[[float], None]
Stop = Callable[[], bool]

THREADS = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def sweep(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    executor: Executor | None = None,
    *,
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> list[Result | None]:
    """`work` of each item, in the order of the items; None for those that `stop` left undone.

    `executor` is anything like `concurrent.futures.Executor` (Dask's `Client.get_executor()` is), by default this
    process. Work that is lost with a worker is done here: the result does not depend on who worked.
    """
    results: list[Result | None] = [None] * len(items)
    report_share, stopped = tell or (lambda _share: None), stop or (lambda: False)
    if executor is None:
        for i, item in enumerate(items):
            if stopped():
                break
            results[i] = work(item)
            report_share((i + 1) / len(items))
        return results
    futures: dict[Future[Result], int] = {executor.submit(work, item): i for i, item in enumerate(items)}
    for done, future in enumerate(as_completed(futures), start=1):
        i = futures[future]
        if not future.cancelled():
            results[i] = _kept(future, work, items[i])
        report_share(done / len(items))
        if stopped():
            for other in futures:
                other.cancel()
    return results


def _kept(future: Future[Result], work: Callable[[Item], Result], item: Item) -> Result:
    try:
        return future.result()
    except BrokenExecutor:
        return work(item)


@contextmanager
def processes(workers: int | None = None) -> Iterator[Executor | None]:
    """An executor of `workers` fresh processes with one thread each (by default a process for each core); None for one.

    Processes are spawned: a forked one would inherit locks of threads that it does not have.
    """
    count = workers or os.cpu_count() or 1
    if count == 1:
        yield None
        return
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        with ProcessPoolExecutor(
            count, multiprocessing.get_context("spawn"), initializer=_leave_stopping_to_me
        ) as pool:
            yield pool
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _leave_stopping_to_me() -> None:
    """Makes a worker process ignore Ctrl-C, so that the process that distributes the work handles it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """An executor on the Dask cluster at `address`. Raises OSError where none answers, ValueError where it is no
    address, ImportError without Dask.

    What a dying worker was doing is given to another one by the scheduler.
    """
    from distributed import Client  # noqa: PLC0415 - only who names a cluster needs it
    from distributed.comm.addressing import get_address_host_port  # noqa: PLC0415

    # A client that was given no address clings to its loop for a while and complains when it is thrown away.
    get_address_host_port(address if "://" in address else f"tcp://{address}", strict=True)
    with Client(address, timeout="10s", set_as_default=False) as client:  # type: ignore[no-untyped-call]
        yield client.get_executor(pure=False, retries=3)
