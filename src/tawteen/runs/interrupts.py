"""Ctrl-C, or a request of the system to end, as a flag that long work looks at."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Stop = Callable[[], bool]


@contextmanager
def stop_on_signal(signals: tuple[int, ...], notice: Callable[[], None]) -> Iterator[Stop]:
    """A stop flag that the first of `signals` raises, after which `notice` is called.

    Raises KeyboardInterrupt at the second signal. Of the main thread alone: no other may change what a signal does.
    """
    raised = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if raised.is_set():
            raise KeyboardInterrupt
        raised.set()
        notice()

    handlers = {number: signal.signal(number, on_signal) for number in signals}
    try:
        yield raised.is_set
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@contextmanager
def stop_on_interrupt(stop: Stop | None = None) -> Iterator[Stop]:
    """A stop flag that follows `stop` and is raised by the first Ctrl-C; the second one raises KeyboardInterrupt.

    In a thread of its own, or where the program has a handler for Ctrl-C, the flag follows `stop` alone.
    """
    outer = stop or (lambda: False)
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield outer
        return
    with stop_on_signal((signal.SIGINT,), lambda: None) as interrupted:
        yield lambda: interrupted() or outer()
