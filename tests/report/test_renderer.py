"""Processes that draw charts beside the one that works out the figures."""

from __future__ import annotations

import os
import signal

import pytest

from tawteen.report.renderer import DrawingError, Renderer

BARS = {"data": {"values": [{"a": "x", "b": 1234567}]}, "mark": "bar",
        "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "quantitative"}}}  # fmt: skip
COMMA = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]}
APOSTROPHE = {**COMMA, "thousands": "'"}


def test_charts_come_back_to_whoever_asked_with_the_numbers_of_each():
    with Renderer(2) as renderer:
        begun = [renderer.submit(BARS, numbers) for numbers in (COMMA, APOSTROPHE) * 4]
        drawn = [each.result() for each in begun]
    assert all(text.startswith("<svg") for text in drawn)
    assert all("1,000,000" in text for text in drawn[::2])
    assert all("1'000'000" in text for text in drawn[1::2])


def test_a_chart_that_cannot_be_drawn_says_so_and_the_next_one_is_drawn():
    with Renderer(1) as renderer:
        with pytest.raises(DrawingError):
            renderer.submit({"mark": 3}, COMMA).result()
        assert renderer.submit(BARS, COMMA).result().startswith("<svg")


@pytest.mark.skipif(os.name != "posix", reason="kills by a signal")
def test_a_process_that_is_killed_is_told_and_none_is_left():
    with Renderer(1) as renderer:
        renderer.submit(BARS, COMMA).result()
        (process,) = renderer._idle
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(DrawingError, match="ended"):
            renderer.submit(BARS, COMMA).result()
    assert process.poll() is not None
