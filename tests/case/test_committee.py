"""The next meeting of the joint committee."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.tiny import tiny

from tawteen.case.committee import next_meeting
from tawteen.case.model import Case
from tawteen.case.params import ESTIMATE
from tawteen.case.settings import Meeting


def with_meetings(*dates: dt.date) -> Case:
    case = tiny()
    meetings = tuple(Meeting(date=date) for date in dates)
    return replace(case, settings=case.settings.model_copy(update={"committee": meetings}))


def test_without_dates_a_meeting_is_assumed() -> None:
    meeting = next_meeting(tiny())
    assert meeting.assumed
    assert meeting.quarters == ESTIMATE.meeting_quarters
    assert meeting.date == tiny().calendar.first_day(ESTIMATE.meeting_quarters)


@pytest.mark.parametrize(("days", "quarters"), [(1, 1), (89, 1), (91, 2), (366, 5), (100_000, None)])
def test_quarters_that_begin_before_the_meeting(days: int, quarters: int | None) -> None:
    start = tiny().settings.time.start
    date = min(start + dt.timedelta(days=days), dt.date(2150, 12, 31))
    meeting = next_meeting(with_meetings(date, start - dt.timedelta(days=5)))
    assert not meeting.assumed
    assert meeting.date == date
    assert meeting.quarters == (quarters or tiny().settings.time.periods)


def test_a_meeting_on_the_first_day_of_a_quarter_is_before_it() -> None:
    case = tiny()
    assert next_meeting(with_meetings(case.calendar.first_day(3))).quarters == 3
