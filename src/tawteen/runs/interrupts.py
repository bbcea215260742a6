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

    Raises KeyboardInterrupt at the second signal; where that comes while other code than Python runs, the exception can
    be lost, and is raised when the flag is asked next, at the latest at the end. Of the main thread alone: no other may
    change what a signal does.
    """
    raised, second_signal = threading.Event(), threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if raised.is_set():
            second_signal.set()
            raise KeyboardInterrupt
        raised.set()
        notice()

    def stop() -> bool:
        if second_signal.is_set():
            raise KeyboardInterrupt
        return raised.is_set()

    handlers = {number: signal.signal(number, on_signal) for number in signals}
    try:
        yield stop
        stop()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def raise_lost_interrupt(stop: Stop | None) -> None:
    """Asks the flag once more before something is delivered. Raises KeyboardInterrupt after a second signal."""
    if stop is not None:
        stop()


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
