"""Names beside bars: broken into lines that hold them, each Arabic line embedded by itself, nothing lost."""

from __future__ import annotations

import re

import pytest

from tawteen.report.drawing import PDF, RLE
from tawteen.report.labels import bar_names_axis, in_lines, step, width_of

LONG = (
    "Metal working machine tool setters and operators: new entrants (trainees at once)",
    "مشغلو ومعدّو آلات تشكيل المعادن: داخلون جدد (متدرب في آن واحد)",
)


@pytest.mark.parametrize("k", [0, 1])
def test_a_long_name_breaks_and_loses_no_word(k):
    label = in_lines(LONG, k, 220, lines=3)
    lines = label.split("\n")
    assert 1 < len(lines) <= 3
    assert all(width_of(line, k) <= 220 for line in lines)
    assert label.replace(RLE, "").replace(PDF, "").split() == LONG[k].split()


def test_each_arabic_line_is_embedded_by_itself():
    lines = in_lines(LONG, 1, 220, lines=3).split("\n")
    assert all(line.startswith(RLE) and line.endswith(PDF) for line in lines)
    assert RLE not in in_lines(LONG, 0, 220)


def test_a_short_name_stays_on_one_line():
    assert in_lines(("Sabha mill", "مطحنة سبها"), 0, 200) == "Sabha mill"
    assert in_lines(("Sabha mill", None), 1, 200) == "Sabha mill"


def test_one_word_wider_than_the_room_loses_its_end():
    short = in_lines(("W" * 90, "و" * 90), 0, 100)
    assert re.fullmatch("W+…", short)
    assert width_of(short, 0) <= 115
    assert in_lines(("W" * 15, "و" * 15), 0, 100) == "W" * 15


def test_bars_take_the_room_that_names_leave():
    short, long = ["Mill", "Press"], [in_lines(LONG, 0, 400)]
    assert bar_names_axis(short, 0, 400)[1] > bar_names_axis(long, 0, 400)[1] > 400
    assert (step(short, 20, 30), step(long, 20, 30)) == (20, 30)
    assert re.search(r"\n", long[0])
