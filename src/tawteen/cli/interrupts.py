"""Ctrl-C, or a request of the system to end, in a command."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tawteen.cli.console import Console
from tawteen.runs.interrupts import Stop, stop_on_signal

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stoppable(console: Console, sentence: str = "cli.stopping") -> Iterator[Stop]:
    """A stop flag that the first signal raises, told with a `sentence`; the second one ends the work at once.

    Raises KeyboardInterrupt at the second signal.
    """
    with stop_on_signal(SIGNALS, lambda: console.log(console.words.say(sentence))) as stop:
        yield stop


def end_on_terminate() -> None:
    """Makes SIGTERM end a command as Ctrl-C does, so that no unfinished file remains."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, on_signal)
