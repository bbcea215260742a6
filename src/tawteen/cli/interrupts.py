"""Ctrl-C as a flag that long work looks at."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from tawteen.cli.console import Console

if TYPE_CHECKING:
    pass


@contextmanager
def stoppable(console: Console) -> Iterator[Callable[[], bool]]:
    """Turns the first Ctrl-C into a flag that planning looks at; the second one stops everything."""
    asked = threading.Event()

    def heard(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        console.log(console.words.say("cli.stopping"))

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
