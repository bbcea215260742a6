"""When the joint committee meets next: until then the programme stands as it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tawteen.case.model import Case
from tawteen.case.params import ESTIMATE


@dataclass(frozen=True)
class NextMeeting:
    """`date` of the meeting and the quarters that begin before it (at least 1); `assumed` where no date is stated."""

    date: dt.date
    quarters: int
    assumed: bool


def next_meeting(case: Case) -> NextMeeting:
    """The first meeting after the start of the horizon."""
    calendar, time = case.calendar, case.settings.time
    later = sorted(meeting.date for meeting in case.settings.committee if meeting.date > time.start)
    if not later:
        quarters = min(ESTIMATE.meeting_quarters, time.periods)
        return NextMeeting(calendar.first_day(quarters), quarters, assumed=True)
    date = later[0]
    begun = calendar.period(date) + (date != calendar.first_day(calendar.period(date)))
    return NextMeeting(date, min(max(begun, 1), time.periods), assumed=False)
