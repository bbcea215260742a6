"""The status of a programme follows from the gap that is stored with it."""

from __future__ import annotations

import pytest

from tawteen.plan.budget import SearchBudget
from tawteen.plan.status import peak_mb, status


@pytest.mark.parametrize(
    ("share", "gap", "ended", "proved", "right"),
    [
        (0.0, 0.001, True, False, "optimal"),
        (5e-7, 0.0, False, False, "optimal"),
        (0.0005, 0.001, True, False, "within_gap"),
        (0.04, 0.0, True, False, "unproved"),
        (0.22, 0.001, True, False, "unproved"),
        (0.04, 0.0, False, False, "time_limit"),
        (None, 0.001, True, True, "optimal"),
        (None, 0.001, True, False, "unproved"),
        (None, 0.001, False, False, "time_limit"),
    ],
)
def test_the_status_says_no_more_than_the_gap(
    share: float | None, gap: float, ended: bool, proved: bool, right: str
) -> None:
    assert status(share, gap, SearchBudget(0.0), ended=ended, proved=proved) == right


def test_memory_is_measured_where_the_system_has_no_resource_module(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = peak_mb()
    assert measured > 10

    class Info:
        peak_wset = 300 * 1024**2

    import sys

    import psutil

    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.setattr(psutil.Process, "memory_info", lambda _self: Info())
    assert peak_mb() == pytest.approx(300.0)
