"""Days as people write them: exact, to the month or the year, with a time of day, by the Hijri calendar."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from tawteen.case.names import DIGITS, INVISIBLE

FIRST_YEAR, LAST_YEAR = 1930, 2150
"""Years that a case can mean; a factory older than the first is described without its year."""

SPREADSHEET_ZERO = dt.date(1899, 12, 30)
_TIME = r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
_ISO = re.compile(rf"(\d{{1,4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?:{_TIME})?")
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2}|\d{4})")
_YEAR = re.compile(r"(\d{4})")
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})")
PARTIAL = r"^\s*(?:[\d٠-٩]{4}|[\d٠-٩]{4}[-/.][\d٠-٩]{1,2}|[\d٠-٩]{1,2}[-/.][\d٠-٩]{4})(?:\s?(?:هـ|ه|AH|H))?\s*$"
"""A cell that states only a year or a month."""

_HIJRI = re.compile(r"(?: ?(?:هـ|ه|AH|H))$")

Span = tuple[dt.date, dt.date]


def span_of(text: str, *, hijri: bool = False) -> tuple[Span | None, str | None]:
    """First and last day that a cell can mean, or the code of why it means none.

    A year or a month means all its days. A time of day and its zone are left out: the day counts as it is written.
    Days marked AH or by the letter ha are Hijri days by the tabular calendar (`from_hijri`), as are those of the
    years 1300 to 1600 where `hijri` says that the case writes them so.
    """
    plain = " ".join(re.sub(INVISIBLE.replace("\u0640", ""), "", text).translate(DIGITS).split())
    marked = bool(_HIJRI.search(plain))
    plain = _HIJRI.sub("", plain).replace("\u0640", "")
    try:
        first, last = _parts(plain)
        if marked or (hijri and 1300 <= first[0] <= 1600):
            return (from_hijri(*first), from_hijri(*last)), None
        end = last if last[2] else (last[0], last[1], calendar.monthrange(last[0], last[1])[1])
        return _checked((dt.date(*first), dt.date(*end)))
    except _UnclearDayError as unclear:
        return None, unclear.code
    except (ValueError, IndexError):
        return None, "cell.date"


class _UnclearDayError(ValueError):
    """A day that can be read in two ways, or in none that is meant."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _parts(plain: str) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """First and last day as (year, month, day); day 0 is the last of its month. ValueError where it is no day."""
    if year := _YEAR.fullmatch(plain):
        return (int(year[1]), 1, 1), (int(year[1]), 12, 0)
    if month := _MONTH.fullmatch(plain):
        parts = (int(month[1] or month[4]), int(month[2] or month[3]))
        return (*parts, 1), (*parts, 0)
    if day := _DAY_FIRST.fullmatch(plain):
        if len(day[4]) == 2:
            raise _UnclearDayError("cell.date_two_digits")
        one, two, year_ = int(day[1]), int(day[3]), int(day[4])
        if one <= 12 and two <= 12 and one != two:
            raise _UnclearDayError("cell.date_ambiguous")
        return ((year_, min(one, two), max(one, two)),) * 2
    if day := _ISO.fullmatch(plain):
        if len(day[1]) < 4:
            raise _UnclearDayError("cell.date_two_digits")
        if (day[1], int(day[3]), int(day[4])) in {("1900", 1, 0), ("0000", 0, 0)}:
            raise _UnclearDayError("cell.date_zero")
        return ((int(day[1]), int(day[3]), int(day[4])),) * 2
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):
        raise _UnclearDayError("cell.date_number")
    raise _UnclearDayError("cell.date_zero" if re.fullmatch(r"[01](\.0+)?", plain) else "cell.date")


def _checked(span: Span) -> tuple[Span | None, str | None]:
    """The span where its years can be meant, else the code that says what they look like."""
    first, last = span
    if first.year >= FIRST_YEAR and last.year <= LAST_YEAR:
        return span, None
    if first in {SPREADSHEET_ZERO, dt.date(1899, 12, 31), dt.date(1900, 1, 1), dt.date(1904, 1, 1)}:
        return None, "cell.date_zero"
    if FIRST_YEAR <= year_number(first) <= LAST_YEAR:
        return None, "cell.date_year_number"
    return None, "cell.date_hijri" if 1300 <= first.year <= 1600 else "cell.date_year"


def year_number(day: dt.date) -> int:
    """The number a spreadsheet keeps for a day: what was typed where a year stands in a cell for dates."""
    return (day - SPREADSHEET_ZERO).days


def from_hijri(year: int, month: int, day: int) -> dt.date:
    """The Gregorian day of a Hijri one by the tabular calendar (30-year cycle, civil epoch 622-07-19 Gregorian).

    It may differ by a day from the calendar that is proclaimed. Day 0 is the last of the month. Raises ValueError
    where there is no such day. Source: Dershowitz and Reingold, Calendrical Calculations (2018), chapter 7.
    """
    leap = (14 + 11 * year) % 30 < 11
    length = 30 if month % 2 or (month == 12 and leap) else 29
    day = day or length
    if not (1300 <= year <= 1600 and 1 <= month <= 12 and 1 <= day <= length):
        raise ValueError(f"{year}-{month}-{day}")
    passed = day + 29 * (month - 1) + month // 2 + (year - 1) * 354 + (3 + 11 * year) // 30
    return dt.date.fromordinal(dt.date(622, 7, 19).toordinal() + passed - 1)


def day_in(span: Span, part: str) -> dt.date:
    """The day of a span that a plan takes: its `first`, its `last`, or the one in its `middle`."""
    first, last = span
    return first if part == "first" else last if part == "last" else first + (last - first) // 2
