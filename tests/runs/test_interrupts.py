"""Signals as a stop flag."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

import pytest

from tawteen.runs.interrupts import Stop, raise_lost_interrupt, stop_on_signal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the system cannot send itself such signals")


SIGNALS = (signal.SIGUSR1,) if sys.platform != "win32" else ()


def lose_a_second_signal(stop: Stop) -> None:
    """Two signals; the exception of the second is lost, as in a callback of a library that is not written in Python."""
    assert not stop()
    signal.raise_signal(signal.SIGUSR1)
    assert stop()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGUSR1)


def work_that_asks() -> None:
    with stop_on_signal(SIGNALS, lambda: None) as stop:
        lose_a_second_signal(stop)
        with pytest.raises(KeyboardInterrupt):
            stop()
        raise_lost_interrupt(stop)


def work_that_asks_no_more() -> None:
    with stop_on_signal(SIGNALS, lambda: None) as stop:
        lose_a_second_signal(stop)


@pytest.mark.parametrize("work", [work_that_asks, work_that_asks_no_more])
def test_a_second_signal_whose_exception_is_lost_is_raised_later(work: Callable[[], None]) -> None:
    before = signal.getsignal(signal.SIGUSR1)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert signal.getsignal(signal.SIGUSR1) == before
