"""What single cells mean, in the many ways people write them."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tawteen.case.cells import (
    NumberColumn,
    bounded,
    code_of,
    date_of,
    exact_text,
    flag_of,
    number_of,
    numbers,
    separators,
    wholes,
)
from tawteen.case.codes import LISTS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("0,123", 0.123),
        ("1234,567", 1234.567),
        ("١٢٫٥", 12.5),
        ("۱۲۳", 123.0),
        ("١٬٢٣٤٫٥", 1234.5),
        ("١٬٢٣٤", 1234.0),
        ("1 234,5", 1234.5),
        ("1\u00a0234,5", 1234.5),
        ("1\u202f234\u202f567", 1234567.0),
        ("1'234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567.0),
        ("1.234.567", 1234567.0),
        ("1,234,567.89", 1234567.89),
        ("-3", -3.0),
        ("\u22123", -3.0),
        ("\u200f12\u200e", 12.0),
        ("1e-7", 1e-7),
        ("1,5E+03", 1500.0),
    ],
)
def test_numbers_are_understood(text: str, value: float) -> None:
    assert number_of(text, share=False) == (value, None)


@pytest.mark.parametrize("text", ["1,234", "-12,345", "١٢،٣٤٥", "999,999", "9.000", "437.000"])
def test_numbers_with_two_readings_are_refused(text: str) -> None:
    assert number_of(text, share=False) == (None, "cell.number_ambiguous")


@pytest.mark.parametrize(
    "text", ["abc", "12 tons", "1,23,456", "1.2.3", "--5", "12 34", "inf", "nan", "1e9999", "٫", "1_000", "0x10", "-"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert number_of(text, share=False) == (None, "cell.number")


def test_percent_is_a_share_and_nothing_else() -> None:
    assert number_of("45%", share=True) == (0.45, None)
    assert number_of("٤٥٪", share=True) == (0.45, None)
    assert number_of("12,5 %", share=True) == (0.125, None)
    assert number_of("45%", share=False) == (None, "cell.percent")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_reads_back(value: float) -> None:
    values, problems = numbers(pl.Series("x", [exact_text(value)]))
    assert values[0] == value
    assert problems[0] is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_decimal_comma_and_eastern_digits_mean_the_same(value: object) -> None:
    plain = str(value)
    eastern = plain.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert number_of(plain.replace(".", ","), share=False) == (float(plain), None)
    assert number_of(eastern.replace(".", "٫"), share=False) == (float(plain), None)


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["437.000", "1.040.000"], [437_000.0, 1_040_000.0]),
        (["437,000", "1,040,000"], [437_000.0, 1_040_000.0]),
        (["437.000", "1.040,5"], [437_000.0, 1040.5]),
        (["437,000", "1,040.5"], [437_000.0, 1040.5]),
        (["437,000", "1.040.000"], [437.0, 1_040_000.0]),
        (["437.000", "12.5"], [437.0, 12.5]),
        (["437.000", "0.123"], [437.0, 0.123]),
        (["437,000", "12,5"], [437.0, 12.5]),
        (["٤٣٧٬٠٠٠", "9.125"], [437_000.0, None]),
        (["9.000"], [None]),
        (["9,000", "12.5"], [None, 12.5]),
        (["9.000", "12,5"], [None, 12.5]),
        (["9.000", "1.040.000", "12.5"], [None, 1_040_000.0, 12.5]),
        (["9.000", "1.040.000", "1,040,000"], [None, 1_040_000.0, 1_040_000.0]),
    ],
)
def test_other_cells_prove_what_dots_and_commas_mean(texts: list[str], values: list[float | None]) -> None:
    read, problems = numbers(pl.Series("x", texts))
    assert read.to_list() == values
    assert [problem == "cell.number_ambiguous" for problem in problems] == [value is None for value in values]


def test_the_file_proves_what_a_column_leaves_open() -> None:
    texts = pl.Series("x", ["9.125", "7"])
    assert numbers(texts)[1].to_list() == ["cell.number_ambiguous", None]
    decimal = NumberColumn(marks=separators(pl.Series(["12.5"])))
    assert numbers(texts, decimal)[0].to_list() == [9.125, 7.0]
    # the column itself has the last word
    assert numbers(pl.Series("x", ["9.125", "1.000.000"]), decimal)[0].to_list() == [9125.0, 1e6]


def test_bounds_prove_which_of_two_readings_is_meant() -> None:
    assert numbers(pl.Series("x", ["31.702"]), NumberColumn(low=-90.0, high=90.0))[0].to_list() == [31.702]
    assert numbers(pl.Series("x", ["1.200"]), NumberColumn(low=100.0, high=1e6))[0].to_list() == [1200.0]
    assert numbers(pl.Series("x", ["1.200"]), NumberColumn(low=0.0, high=1e6))[0].to_list() == [None]


def test_a_column_with_decimal_commas_makes_dotted_thousands_doubtful() -> None:
    values, problems = numbers(pl.Series("x", ["12,5", "1.234", "2.5", None]))
    assert problems.to_list() == [None, "cell.number_ambiguous", None, None]
    assert values.to_list()[2:] == [2.5, None]


def test_numbers_too_near_to_zero_to_be_meant() -> None:
    values, problems = numbers(pl.Series("x", ["1e-300", "0", "1e-9"]))
    assert bounded(values, problems, 0.0, 1.0).to_list() == ["cell.tiny", None, None]


def test_whole_numbers() -> None:
    values, problems = wholes(pl.Series("x", ["3", "4.0", "٥", "2.5", "x", None]))
    assert values.to_list() == [3, 4, 5, None, None, None]
    assert problems.to_list() == [None, None, None, "cell.whole", "cell.number", None]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-25", dt.date(2027, 3, 25)),
        ("٢٠٢٧-٠٣-٢٥", dt.date(2027, 3, 25)),
        ("2027/3/5", dt.date(2027, 3, 5)),
        ("25/03/2027", dt.date(2027, 3, 25)),
        ("25.3.2027", dt.date(2027, 3, 25)),
        ("05/05/2027", dt.date(2027, 5, 5)),
        ("2027-01-01 00:00:00", dt.date(2027, 1, 1)),
    ],
)
def test_days_are_understood(text: str, day: dt.date) -> None:
    assert date_of(text) == (day, None)


@pytest.mark.parametrize("text", ["2027-02-30", "2027", "31/31/2027", "soon", "", "2027-13-01"])
def test_what_is_no_day_is_refused(text: str) -> None:
    assert date_of(text) == (None, "cell.date")


def test_a_day_with_two_readings_is_refused() -> None:
    assert date_of("03/04/2027") == (None, "cell.date_ambiguous")


@given(st.dates(dt.date(1930, 1, 1), dt.date(2150, 12, 31)))
def test_every_iso_day_reads_back(day: dt.date) -> None:
    assert date_of(day.isoformat()) == (day, None)


def test_yes_and_no_in_both_languages() -> None:
    assert [flag_of(t)[0] for t in ("yes", "نعم", "TRUE", "1", "no", "لا", "False", "٠")] == [True] * 4 + [False] * 4
    assert flag_of("maybe") == (None, "cell.flag")


def test_codes_by_label_in_either_language() -> None:
    assert code_of("Suspended", "site_states") == ("suspended", None)
    assert code_of("متوقف", "site_states") == ("suspended", None)
    assert code_of("متـــوقف\u200f", "site_states") == ("suspended", None)
    assert code_of("As it is", "option_kinds") == ("as_is", None)
    assert code_of("m³", "units") == ("m3", None)
    assert code_of("nowhere", "site_states") == (None, "cell.code")


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_code_means_itself(name: str) -> None:
    assert {code: code_of(code, name)[0] for code in LISTS[name]} == {code: code for code in LISTS[name]}


def test_codes_that_lost_their_zeros() -> None:
    assert code_of("111", "isic") == ("0111", None)
    assert code_of("111.0", "isic") == ("0111", None)
    assert code_of("٠١١١", "isic") == ("0111", None)
    assert code_of("011", "isic") == ("011", None)
    assert code_of("99999", "isic") == (None, "cell.code")
