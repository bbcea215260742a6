"""Ctrl-C, or a request of the system to end, as a flag that long work looks at."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from tawteen.cli.console import Console

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stoppable(console: Console, code: str = "cli.stopping") -> Iterator[Callable[[], bool]]:
    """Turns the first signal into a flag and says so with the sentence `said`; the second one ends the work at once.

    Raises KeyboardInterrupt at the second signal.
    """
    stop_event = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop_event.is_set():
            raise KeyboardInterrupt
        stop_event.set()
        console.log(console.words.say(code))

    before = {number: signal.signal(number, on_signal) for number in SIGNALS}
    try:
        yield stop_event.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_on_terminate() -> None:
    """SIGTERM ends a command as Ctrl-C does, so that nothing half made is left behind."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, on_signal)
