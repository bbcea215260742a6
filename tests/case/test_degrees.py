"""Degrees, minutes and seconds are read where they can mean one place only."""

from __future__ import annotations

import polars as pl
import pytest

from tawteen.case.column_reader import Reading, read_column
from tawteen.case.degrees import degrees_of
from tawteen.case.tables import TABLES

PLACES = [
    ("32°22'30\"N", "lat", 32.375),
    ("32° 22′ 30″ N", "lat", 32.375),
    ("N 32° 22.5'", "lat", 32.375),
    ("32 22.5 N", "lat", 32.375),
    ("32.375° S", "lat", -32.375),
    ("-32°22'30\"", "lat", -32.375),
    ("13° 5’ 6” W", "lon", -(13 + 5 / 60 + 6 / 3600)),
    ("٣٢° ٢٢′ ٣٠″ شمال", "lat", 32.375),
    ("٣٢٫٣٧٥° شمالاً", "lat", 32.375),
    ("13.5 شرقا", "lon", 13.5),
    ("32,375°N", "lat", 32.375),
    ("32º 22' 30'' N", "lat", 32.375),
    ("32-22-30 N", "lat", 32.375),
    ("0°30'S", "lat", -0.5),
]
REFUSED = [
    ("32°22'30\"E", "lat"),  # the other axis
    ("32°75'N", "lat"),
    ("32°22'61\"N", "lat"),
    ("-32°22'N", "lat"),
    ("32.5°22'N", "lat"),
    ("near Misrata", "lat"),
    ("32 N E", "lat"),
    ("N", "lat"),
    ("32°22'30\"10 N", "lat"),
]


@pytest.mark.parametrize(("text", "axis", "decimal"), PLACES)
def test_a_place_in_degrees_is_read_as_its_decimal(text: str, axis: str, decimal: float) -> None:
    assert degrees_of(text, axis) == pytest.approx(decimal, abs=1e-12)
    values, problems = read_column(axis, TABLES["sites"].columns()[axis], pl.Series([text, "1.5", None]), Reading())
    assert values.to_list() == [pytest.approx(decimal), 1.5, None]
    assert problems.null_count() == 3


@pytest.mark.parametrize(("text", "axis"), REFUSED)
def test_what_can_be_no_place_is_refused(text: str, axis: str) -> None:
    assert degrees_of(text, axis) is None
    _, problems = read_column(axis, TABLES["sites"].columns()[axis], pl.Series([text]), Reading())
    assert problems.to_list() == ["cell.number"]


@pytest.mark.parametrize("text", ["32.375", "-7", "7"])
def test_a_plain_number_is_left_to_the_reader_of_numbers(text: str) -> None:
    assert degrees_of(text, "lat") is None


def test_powers_of_ten_are_no_degrees_east() -> None:
    assert degrees_of("1e20", "lon") is None
