"""Days in every way people write them, and the years that nobody means."""

from __future__ import annotations

import datetime as dt

import pytest

from tawteen.case.days import day_in, from_hijri, span_of, year_number


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2011", dt.date(2011, 1, 1), dt.date(2011, 12, 31)),
        ("٢٠١١", dt.date(2011, 1, 1), dt.date(2011, 12, 31)),
        ("2012-02", dt.date(2012, 2, 1), dt.date(2012, 2, 29)),
        ("06/2011", dt.date(2011, 6, 1), dt.date(2011, 6, 30)),
        ("2011-06-30T09:15:00.000+02:00", dt.date(2011, 6, 30), dt.date(2011, 6, 30)),
        ("2011-06-30 23:59:59Z", dt.date(2011, 6, 30), dt.date(2011, 6, 30)),
        ("14/6/1453 هـ", dt.date(2031, 10, 1), dt.date(2031, 10, 1)),
        ("1445-09-01 AH", dt.date(2024, 3, 11), dt.date(2024, 3, 11)),
        ("1445-09 هـ", dt.date(2024, 3, 11), dt.date(2024, 4, 9)),
        ("١٤٤٥ هـ", dt.date(2023, 7, 19), dt.date(2024, 7, 7)),
    ],
)
def test_a_day_a_month_or_a_year(text: str, first: dt.date, last: dt.date) -> None:
    assert span_of(text) == ((first, last), None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1453-06-14", "cell.date_hijri"),
        ("1449", "cell.date_hijri"),
        ("25/03/27", "cell.date_two_digits"),
        ("31-02-03", "cell.date_two_digits"),
        ("0031-02-03", "cell.date_year"),
        ("1905", "cell.date_year"),
        ("9999-01-01", "cell.date_year"),
        ("1905-07-11", "cell.date_year_number"),
        ("1899-12-30", "cell.date_zero"),
        ("1900-01-00", "cell.date_zero"),
        ("1900-01-01", "cell.date_zero"),
        ("1904-01-01", "cell.date_zero"),
        ("0", "cell.date_zero"),
        ("46388", "cell.date_number"),
        ("03/04/2027", "cell.date_ambiguous"),
        ("2027-02-30", "cell.date"),
        ("1445-13-01 هـ", "cell.date"),
        ("2027-03-25 هـ", "cell.date"),
        ("soon", "cell.date"),
    ],
)
def test_what_nobody_means_is_refused_with_what_it_looks_like(text: str, code: str) -> None:
    assert span_of(text) == (None, code)


def test_hijri_years_are_read_where_the_case_says_so() -> None:
    assert span_of("1453-06-14", hijri=True) == ((dt.date(2031, 10, 1),) * 2, None)
    assert span_of("2031-10-01", hijri=True) == ((dt.date(2031, 10, 1),) * 2, None)


@pytest.mark.parametrize(
    ("hijri", "day"),
    [
        ((1400, 1, 1), dt.date(1979, 11, 21)),
        ((1445, 9, 1), dt.date(2024, 3, 11)),
        ((1447, 1, 1), dt.date(2025, 6, 27)),
    ],
)
def test_known_days_of_the_tabular_calendar(hijri: tuple[int, int, int], day: dt.date) -> None:
    assert from_hijri(*hijri) == day


def test_every_hijri_month_begins_where_the_last_ended() -> None:
    for year in range(1440, 1470):
        for month in range(1, 12):
            assert from_hijri(year, month + 1, 1) - from_hijri(year, month, 0) == dt.timedelta(days=1)
        assert from_hijri(year + 1, 1, 1) - from_hijri(year, 12, 0) == dt.timedelta(days=1)


def test_the_number_of_a_day_in_a_spreadsheet() -> None:
    assert year_number(dt.date(1905, 7, 11)) == 2019


def test_the_day_a_plan_takes_of_a_span() -> None:
    span = dt.date(2011, 1, 1), dt.date(2011, 12, 31)
    assert [day_in(span, part) for part in ("first", "middle", "last")] == [span[0], dt.date(2011, 7, 2), span[1]]
