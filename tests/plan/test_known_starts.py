"""The starts that a search tells while it goes on are a programme from which another search can go on."""

from __future__ import annotations

from tawteen.case.generate import generate
from tawteen.plan.earlier_starts import KnownStarts
from tawteen.plan.planning import plan
from tawteen.progress import ProgressEvent


def test_a_search_goes_on_from_the_starts_that_another_one_told() -> None:
    """Also one that is stopped at once: without them it has no programme."""
    case = generate(12, periods=16)
    events: list[ProgressEvent] = []
    first = plan(case, progress=events.append, stop=lambda: any(event.starts for event in events))
    last = [event for event in events if event.starts is not None][-1]
    assert last.starts
    assert last.value is not None
    assert last.baseline is not None
    known = KnownStarts.from_pairs(last.starts)
    again, stopped = plan(case, steps=0, start=known), plan(case, stop=lambda: True, start=known)
    assert (stopped.status, plan(case, stop=lambda: True).value) == ("interrupted", None)
    for programme in (first, again, stopped):
        assert programme.value is not None
        assert programme.do_nothing is not None
        assert programme.value - programme.do_nothing >= (last.value - last.baseline) * (1 - 1e-6)
