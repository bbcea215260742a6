"""The cell that lies farthest from those of its kind."""

from __future__ import annotations

import pytest
from tests.odd_numbers import mutated
from tests.tiny import tiny

from tawteen.plan.odd_cell import odd_cell


def test_an_ordinary_case_has_none() -> None:
    assert odd_cell(tiny()) is None


@pytest.mark.parametrize(
    ("place", "number", "usual"),
    [
        ("options.capacity", 1e12, "2200"),
        ("options.capacity", 1e-12, "1500"),
        ("credit.amount", 1e20, "1e-06–1e+06"),
        ("supplies.quantity", 1e12, "800"),
        ("demands.quantity", 1e12, "1500"),
    ],
)
def test_it_is_named_with_what_is_usual(place: str, number: float, usual: str) -> None:
    cell = odd_cell(mutated(place, number))
    assert cell is not None
    assert (f"{cell.table}.{cell.column}", cell.row, cell.number, cell.usual) == (place, 0, number, usual)
    finding = cell.finding()
    assert (finding.severity, finding.table, finding.column) == ("error", *place.split("."))


def test_numbers_that_make_no_programme_do_not_count() -> None:
    assert odd_cell(mutated("regions.lat", 1e12)) is None
