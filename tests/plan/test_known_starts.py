"""The starts that a search tells while it goes on are a programme from which another search can go on."""

from __future__ import annotations

from tawteen.case.generate import generate
from tawteen.plan.earlier_starts import KnownStarts
from tawteen.plan.planning import plan
from tawteen.progress import ProgressEvent


def test_a_search_goes_on_from_the_starts_that_another_one_told() -> None:
    case = generate(12, periods=16)
    events: list[ProgressEvent] = []
    programme = plan(case, steps=6, progress=events.append)
    last = [event for event in events if event.starts is not None][-1]
    assert last.starts
    assert last.value is not None
    assert last.baseline is not None
    again = plan(case, steps=0, start=KnownStarts.from_pairs(last.starts))
    for found in (programme, again):
        assert found.value is not None
        assert found.do_nothing is not None
        assert found.value - found.do_nothing >= (last.value - last.baseline) * (1 - 1e-6)
