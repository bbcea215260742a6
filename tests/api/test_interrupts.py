"""Ctrl-C in a notebook keeps the best programme; a second one ends the call."""

from __future__ import annotations

import signal
import threading

import pytest
from tests.tiny import tiny

import tawteen as tw


class Presses:
    """A progress callback that presses Ctrl-C so many times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self, _event: tw.ProgressEvent) -> None:
        if self.left:
            self.left -= 1
            signal.raise_signal(signal.SIGINT)


def test_the_first_keeps_the_best_so_far() -> None:
    result = tw.plan(tiny(), fixed=True, progress=Presses(1))
    assert result.status == "interrupted"
    assert result.value is not None
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_second_ends_the_call() -> None:
    with pytest.raises(KeyboardInterrupt):
        tw.plan(tiny(), fixed=True, progress=Presses(2))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_program_is_left_alone() -> None:
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(1))
    try:
        assert tw.plan(tiny(), fixed=True, time_limit=20, progress=Presses(2)).status == "optimal"
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(pressed) == 2


def test_it_plans_in_a_thread_of_its_own() -> None:
    results: list[tw.PlanResult] = []
    thread = threading.Thread(target=lambda: results.append(tw.plan(tiny(), fixed=True, time_limit=20)))
    thread.start()
    thread.join()
    assert results[0].status == "optimal"
